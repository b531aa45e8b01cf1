from django.db import migrations, models
from django.db.models import F


def tell_nobody_of_the_past(apps, schema_editor):
    """What was put before a committee earlier counts as told."""
    apps.get_model("credentials", "ContentCase").objects.filter(told_at=None).update(told_at=F("put_at"))


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_confirmed_endorsements_are_frozen")]

    operations = [
        migrations.AddField(
            model_name="contentcase",
            name="told_at",
            field=models.DateTimeField(blank=True, help_text="When the members were told of it.", null=True),
        ),
        migrations.RunPython(tell_nobody_of_the_past, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="contentcase",
            index=models.Index(
                condition=models.Q(("told_at__isnull", True)), fields=["put_at"], name="content_case_to_tell"
            ),
        ),
    ]
