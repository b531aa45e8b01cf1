import django.db.models.deletion
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0008_levels_of_consents"),
        ("learners", "0007_surveys_and_assignments_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeasonReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("day", models.CharField(help_text="What happens on it, as config.seasons names it.", max_length=20)),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="season_reminders",
                        to="learners.learner",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("learner", "year", "day", "on"), name="season_reminder_once")
                ],
            },
        ),
        append_only("issuance_seasonreminder"),
        migrations.AddField(
            model_name="sharelink",
            name="is_by_theme",
            field=models.BooleanField(
                db_default=False, default=False, help_text="The badges stand by theme, not in one list."
            ),
        ),
    ]
