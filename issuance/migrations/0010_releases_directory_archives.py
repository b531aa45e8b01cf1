import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_renewal_path"),
        ("issuance", "0009_links_packets_profiles_codes"),
        ("learners", "0027_amendments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("requested_at", models.DateTimeField()),
                ("parts_done", models.PositiveIntegerField(default=0)),
                ("parts_total", models.PositiveIntegerField(default=0)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("keep_until", models.DateTimeField(blank=True, null=True)),
                ("path", models.CharField(blank=True, max_length=200)),
                ("size_bytes", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="archives", to="learners.learner"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("keep_until__isnull", True), ("made_at__isnull", True)),
                            models.Q(("keep_until__isnull", False), ("made_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="archive_made_has_an_end",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("made_at__isnull", True)), fields=("learner",), name="archive_one_waiting"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectoryDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField()),
                ("notice", models.TextField(help_text="Where and when learners were told, and how they can opt out.")),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="directory_decisions",
                        to="credentials.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-at"], name="directory_newest_decision")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("notice", ""), _negated=True), name="directory_decision_names_its_notice"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("recorded_at", models.DateTimeField()),
                ("released_on", models.DateField()),
                ("recipient", models.CharField(max_length=200)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("court", "court order or subpoena"),
                            ("accreditor", "accrediting body"),
                            ("audit", "audit or evaluation by an authority"),
                            ("school", "another school where the learner enrolls"),
                            ("aid", "financial aid"),
                            ("study", "study for the school"),
                            ("emergency", "health or safety emergency"),
                            ("other", "other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("interest", models.TextField(help_text="The legitimate interest of the recipient.")),
                ("records", models.TextField(help_text="What was given.")),
                ("is_barred", models.BooleanField(default=False, help_text="The law forbids telling the learner.")),
                ("barred_until", models.DateField(blank=True, help_text="Without a date, for good.", null=True)),
                ("bar", models.TextField(blank=True, help_text="Which order or law forbids it.")),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="learners.learner"
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
                "indexes": [models.Index(fields=["learner", "recorded_at"], name="release_by_learner")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recipient", ""), _negated=True),
                            models.Q(("interest", ""), _negated=True),
                            models.Q(("records", ""), _negated=True),
                        ),
                        name="release_says_what_to_whom_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bar", ""), ("barred_until__isnull", True), ("is_barred", False)),
                            models.Q(("is_barred", True), models.Q(("bar", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="release_bar_has_its_cause",
                    ),
                ],
            },
        ),
        append_only("issuance_recordrelease"),
        append_only("issuance_directorydecision"),
    ]
