import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0005_badge_lists"),
        ("learners", "0021_looked_at_for_patients"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PageVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_helpful", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="page_votes", to="learners.award"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VerifierQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asker", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("text", models.TextField()),
                ("asked_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "waiting for an answer"), ("closed", "answered")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closing_note", models.TextField(blank=True)),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifier_questions",
                        to="learners.award",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["status", "-asked_at"], name="verifier_question_inbox")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "open"),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                models.Q(("closing_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="verifier_question_closed_has_actor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="verifier_question_has_text"
                    ),
                ],
            },
        ),
        append_only("issuance_pagevote"),
    ]
