import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables
from config.triggers import append_only


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0007_surveys_and_assignments_by_time"),
        ("pathways", "0004_stable_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="CapstoneWork",
                    fields=[
                        ("id", key()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("attempt", models.PositiveSmallIntegerField()),
                        ("text", models.TextField(blank=True)),
                        ("link", models.URLField(blank=True, max_length=500)),
                        ("wording", models.TextField()),
                        ("wording_version", models.CharField(max_length=20)),
                        ("ai_use", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="works",
                                to="pathways.pathwayenrollment",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="capstone_works",
                                to="learners.storedfile",
                            ),
                        ),
                        (
                            "requirement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="works",
                                to="pathways.requirement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "requirement", "attempt"), name="capstone_attempt_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("text", ""), _negated=True),
                                    models.Q(("link", ""), _negated=True),
                                    ("file__isnull", False),
                                    _connector="OR",
                                ),
                                name="capstone_work_holds_something",
                            ),
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="CapstoneAnswer",
                    fields=[
                        ("id", key()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("accepted", "accepted"),
                                    ("returned", "returned"),
                                    ("taken-back", "taken back"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "record",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answer",
                                to="pathways.capstonerecord",
                            ),
                        ),
                        (
                            "work",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answer",
                                to="pathways.capstonework",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome", "accepted"), ("record__isnull", False)),
                                    models.Q(
                                        ("outcome", "returned"),
                                        ("record__isnull", True),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(("outcome", "taken-back"), ("record__isnull", True)),
                                    _connector="OR",
                                ),
                                name="capstone_answer_says_why",
                            )
                        ]
                    },
                ),
            ]
        ),
        append_only("pathways_capstonework"),
        append_only("pathways_capstoneanswer"),
    ]
