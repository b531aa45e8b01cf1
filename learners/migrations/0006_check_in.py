import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_offerings_links_counts"),
        ("learners", "0005_events_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "came_as",
                    models.CharField(
                        choices=[("seated", "with a seat"), ("walk-in", "walked in")], default="seated", max_length=20
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("expected", "expected"), ("present", "present"), ("late", "late")], max_length=20
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("arrived_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendance", to="learners.enrollment"
                    ),
                ),
                (
                    "offering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendance",
                        to="credentials.offering",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "attendance",
            },
        ),
        migrations.CreateModel(
            name="AttendanceEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moved_to", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("pressed_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "attendance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.attendance"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RatedCriterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.criterion"
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rated_criteria",
                        to="learners.recordedresult",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "rated criteria",
            },
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("offering", "enrollment"), name="attendance_once"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(models.Q(("status", "late"), _negated=True), ("came_as", "seated")),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="attendance_late_or_walked_in_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratedcriterion",
            constraint=models.UniqueConstraint(fields=("result", "criterion"), name="rated_criterion_once"),
        ),
        migrations.AddConstraint(
            model_name="ratedcriterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__range", (1, 4))), name="rated_criterion_level_in_range"
            ),
        ),
        append_only("learners_attendanceevent"),
        append_only("learners_ratedcriterion"),
    ]
