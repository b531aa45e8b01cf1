from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0007_signed_endorsements"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentaward",
            name="levels",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
