from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learners", "0002_events_and_composite_keys")]

    operations = [
        migrations.AddField("notice", "mail_after", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("notice", "mail_tries", models.PositiveSmallIntegerField(default=0)),
    ]
