import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables

TABLES = [
    # learners/models/people.py
    migrations.CreateModel(
        name="Cohort",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="cohorts", to="credentials.organization"
                ),
            ),
            ("name", models.CharField(max_length=100)),
            ("entered_on", models.DateField()),
            ("graduates_on", models.DateField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("organization", "name"), name="cohort_name_once"),
                models.CheckConstraint(
                    condition=models.Q(("graduates_on__gt", models.F("entered_on"))),
                    name="cohort_graduates_after_it_enters",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Learner",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "user",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="learner",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="learners", to="credentials.organization"
                ),
            ),
            (
                "cohort",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="learners",
                    to="learners.cohort",
                ),
            ),
            ("display_name", models.CharField(max_length=200)),
            ("profession", models.CharField(max_length=40)),
            ("student_number", models.CharField(blank=True, max_length=40)),
            (
                "status",
                models.CharField(
                    choices=[("active", "active"), ("leave", "on leave"), ("graduated", "graduated"), ("left", "left")],
                    default="active",
                    max_length=20,
                ),
            ),
            ("is_directory_opt_out", models.BooleanField(default=False)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("student_number", ""), _negated=True),
                    fields=("organization", "student_number"),
                    name="learner_student_number_once",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="LearnerName",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="names", to="learners.learner"
                ),
            ),
            ("full_name", models.CharField(max_length=200)),
            ("from_at", models.DateTimeField()),
            ("until_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("until_at__isnull", True)), fields=("learner",), name="learner_one_current_name"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("until_at__isnull", True), ("until_at__gt", models.F("from_at")), _connector="OR"
                    ),
                    name="learner_name_ends_after_start",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="RoleGrant",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="role_grants", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "role",
                models.CharField(
                    choices=[
                        ("assessor", "assessor"),
                        ("lead", "lead"),
                        ("pathway-admin", "pathway administrator"),
                        ("committee", "committee member"),
                        ("registrar", "registrar"),
                        ("auditor", "auditor"),
                        ("administrator", "administrator"),
                        ("privacy", "privacy officer"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="role_grants",
                    to="credentials.organization",
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="role_grants",
                    to="credentials.credential",
                ),
            ),
            ("from_at", models.DateTimeField()),
            ("until_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("until_at__isnull", True)),
                    fields=("user", "role", "organization", "credential"),
                    name="role_granted_once",
                    nulls_distinct=False,
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("until_at__isnull", True), ("until_at__gt", models.F("from_at")), _connector="OR"
                    ),
                    name="role_ends_after_start",
                ),
            ],
        },
    ),
    # learners/models/enrollment.py
    migrations.CreateModel(
        name="Enrollment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="learners.learner"
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="credentials.credential"
                ),
            ),
            (
                "credential_version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="enrollments",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "offering",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="enrollments",
                    to="credentials.offering",
                ),
            ),
            (
                "status",
                models.CharField(
                    choices=[
                        ("active", "active"),
                        ("waitlisted", "on the waitlist"),
                        ("completed", "completed"),
                        ("not-met", "ended without the award"),
                        ("withdrawn", "withdrawn"),
                    ],
                    default="active",
                    max_length=20,
                ),
            ),
            (
                "renews",
                models.ForeignKey(
                    blank=True,
                    help_text="The award that this enrollment renews.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="renewals",
                    to="learners.award",
                ),
            ),
            (
                "is_early_assessment",
                models.BooleanField(
                    db_default=False, default=False, help_text="Assessed without taking part in an offering."
                ),
            ),
            (
                "attempts_granted",
                models.PositiveSmallIntegerField(
                    db_default=0,
                    default=0,
                    help_text="Attempts beyond those of the version, after a meeting with the lead.",
                ),
            ),
            ("enrolled_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status__in", ["active", "waitlisted"])),
                    fields=("learner", "credential"),
                    name="enrollment_one_open",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("ended_at__isnull", True), ("status__in", ["active", "waitlisted"])),
                        models.Q(
                            models.Q(("status__in", ["active", "waitlisted"]), _negated=True),
                            ("ended_at__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="enrollment_ended_has_time",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "waitlisted"), _negated=True), ("offering__isnull", False), _connector="OR"
                    ),
                    name="enrollment_waits_for_an_offering",
                ),
                models.CheckConstraint(
                    condition=models.Q(("is_early_assessment", False), ("offering__isnull", True), _connector="OR"),
                    name="enrollment_early_needs_no_seat",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Team",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "credential_version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="teams",
                    to="credentials.credentialversion",
                ),
            ),
            ("name", models.CharField(max_length=100)),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("credential_version", "name"), name="team_name_once")],
        },
    ),
    migrations.CreateModel(
        name="TeamMember",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "team",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="members", to="learners.team"
                ),
            ),
            (
                "enrollment",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="team_member", to="learners.enrollment"
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="ConfidenceRating",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="confidence_ratings",
                    to="learners.enrollment",
                ),
            ),
            (
                "outcome",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.outcome"
                ),
            ),
            (
                "moment",
                models.CharField(
                    choices=[("before", "before"), ("submission", "at submission"), ("retrospective", "in retrospect")],
                    max_length=20,
                ),
            ),
            ("value", models.PositiveSmallIntegerField()),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("enrollment", "outcome", "moment"), name="confidence_once"),
                models.CheckConstraint(condition=models.Q(("value__range", (1, 5))), name="confidence_in_range"),
            ],
        },
    ),
    # learners/models/evidence.py
    migrations.CreateModel(
        name="Submission",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="learners.enrollment"
                ),
            ),
            ("attempt", models.PositiveSmallIntegerField()),
            (
                "status",
                models.CharField(
                    choices=[
                        ("draft", "a draft"),
                        ("submitted", "waiting for an assessor"),
                        ("in-review", "being assessed"),
                        ("returned", "returned for changes"),
                        ("decided", "decided"),
                        ("withdrawn", "withdrawn"),
                        ("quarantined", "set aside because of patient data"),
                    ],
                    default="draft",
                    max_length=20,
                ),
            ),
            ("started_at", models.DateTimeField()),
            ("submitted_at", models.DateTimeField(blank=True, null=True)),
            (
                "due_at",
                models.DateTimeField(blank=True, help_text="When the assessor's answer is promised.", null=True),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["status", "due_at"], name="submission_queue")],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status", "quarantined"), _negated=True),
                    fields=("enrollment", "attempt"),
                    name="submission_attempt_once",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("status__in", ["draft", "submitted", "in-review"])),
                    fields=("enrollment",),
                    name="submission_one_open",
                ),
                models.CheckConstraint(condition=models.Q(("attempt__gte", 1)), name="submission_attempt_from_one"),
                models.CheckConstraint(
                    condition=models.Q(
                        ("status__in", ["draft", "withdrawn"]), ("submitted_at__isnull", False), _connector="OR"
                    ),
                    name="submission_submitted_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="SubmissionEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.submission"
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("moved_to", models.CharField(max_length=20)),
            ("note", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name="StoredFile",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ("sha256", models.CharField(max_length=64)),
            ("media_type", models.CharField(max_length=100)),
            ("size_bytes", models.PositiveBigIntegerField()),
            ("original_name", models.CharField(max_length=200)),
            ("path", models.CharField(max_length=200)),
            (
                "scan_state",
                models.CharField(
                    choices=[
                        ("not-configured", "no scanner configured"),
                        ("waiting", "waiting for the scanner"),
                        ("clean", "clean"),
                        ("infected", "refused by the scanner"),
                    ],
                    default="not-configured",
                    max_length=20,
                ),
            ),
            (
                "scan_after",
                models.DateTimeField(
                    blank=True, help_text="Set while a worker asks the scanner, and after a try that failed.", null=True
                ),
            ),
            (
                "uploaded_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("uploaded_at", models.DateTimeField()),
            ("quarantined_at", models.DateTimeField(blank=True, null=True)),
            ("tombstoned_at", models.DateTimeField(blank=True, null=True)),
            ("bytes_removed_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("scan_state", "waiting")),
                    fields=["scan_after", "id"],
                    name="stored_file_to_scan",
                ),
                models.Index(
                    condition=models.Q(("bytes_removed_at__isnull", True), ("tombstoned_at__isnull", False)),
                    fields=["tombstoned_at"],
                    name="stored_file_to_remove",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("bytes_removed_at__isnull", True), ("tombstoned_at__isnull", False), _connector="OR"
                    ),
                    name="stored_file_bytes_go_after_the_tombstone",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("scan_state", "infected"), _negated=True),
                        ("tombstoned_at__isnull", False),
                        _connector="OR",
                    ),
                    name="stored_file_infected_is_removed",
                ),
                models.CheckConstraint(
                    condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="stored_file_digest_is_hex"
                ),
                models.CheckConstraint(condition=models.Q(("size_bytes__gt", 0)), name="stored_file_is_not_empty"),
            ],
        },
    ),
    migrations.CreateModel(
        name="EvidenceItem",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="evidence_items", to="learners.submission"
                ),
            ),
            (
                "requirement",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="credentials.evidencerequirement",
                ),
            ),
            (
                "kind",
                models.CharField(
                    choices=[("text", "text"), ("file", "file"), ("link", "link"), ("hours", "hours")], max_length=20
                ),
            ),
            ("title", models.CharField(max_length=200)),
            ("text", models.TextField(blank=True)),
            ("link", models.URLField(blank=True, max_length=500)),
            ("hours", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
            (
                "file",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="evidence_items",
                    to="learners.storedfile",
                ),
            ),
            (
                "added_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("added_at", models.DateTimeField()),
            (
                "set_aside_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="items",
                    to="learners.patientdatareport",
                ),
            ),
            (
                "harmless_at",
                models.DateTimeField(
                    blank=True, help_text="When the learner said that what looks like it names no patient.", null=True
                ),
            ),
            (
                "result",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="items",
                    to="learners.recordedresult",
                ),
            ),
            (
                "shared_from",
                models.ForeignKey(
                    blank=True,
                    help_text="What a member of the team handed in for all.",
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="shared",
                    to="learners.evidenceitem",
                ),
            ),
            ("purged_sha256", models.CharField(blank=True, help_text="The digest of what stood here.", max_length=64)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("purged_sha256", ""),
                        models.Q(("link", ""), ("set_aside_by__isnull", False), ("text", "")),
                        _connector="OR",
                    ),
                    name="evidence_purged_is_empty",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("purged_sha256", ""), _negated=True),
                        models.Q(("kind", "text"), models.Q(("text", ""), _negated=True)),
                        models.Q(("file__isnull", False), ("kind", "file")),
                        models.Q(("kind", "link"), models.Q(("link", ""), _negated=True)),
                        models.Q(("hours__gt", 0), ("kind", "hours")),
                        _connector="OR",
                    ),
                    name="evidence_has_its_content",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Declaration",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="declarations", to="learners.submission"
                ),
            ),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("no-patient-data", "free of patient data"),
                        ("own-work", "own work"),
                        ("ai-use", "use of AI"),
                    ],
                    max_length=20,
                ),
            ),
            ("wording_version", models.CharField(max_length=20)),
            ("wording", models.TextField()),
            ("answer", models.TextField(blank=True)),
            (
                "made_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("made_at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("submission", "kind"), name="declaration_once")],
        },
    ),
    # learners/models/assessment.py
    migrations.CreateModel(
        name="Assignment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="learners.submission"
                ),
            ),
            (
                "assessor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "role",
                models.CharField(
                    choices=[("first", "first"), ("second", "second"), ("third", "third")],
                    default="first",
                    max_length=10,
                ),
            ),
            ("assigned_at", models.DateTimeField()),
            (
                "assigned_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("reason", models.TextField(blank=True)),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("ended_at__isnull", True)),
                    fields=["assessor"],
                    name="assignment_open_by_assessor",
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("ended_at__isnull", True)),
                    fields=("submission", "role"),
                    name="assignment_one_per_role",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("ended_at__isnull", True)),
                    fields=("submission", "assessor"),
                    name="assignment_once",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Assessment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="learners.submission"
                ),
            ),
            (
                "assessor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "role",
                models.CharField(
                    choices=[("first", "first"), ("second", "second"), ("third", "third")],
                    default="first",
                    max_length=10,
                ),
            ),
            (
                "status",
                models.CharField(
                    choices=[("draft", "a draft"), ("finished", "finished")], default="draft", max_length=20
                ),
            ),
            ("overall_comment", models.TextField(blank=True)),
            ("is_agreed", models.BooleanField(default=False, help_text="The result that several assessors agreed on.")),
            ("started_at", models.DateTimeField()),
            ("saved_at", models.DateTimeField()),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("is_agreed", False)),
                    fields=("submission", "assessor"),
                    name="assessment_once_per_assessor",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("is_agreed", True)), fields=("submission",), name="assessment_one_agreed"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "finished"), _negated=True), ("finished_at__isnull", False), _connector="OR"
                    ),
                    name="assessment_finished_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Judgment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "assessment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="judgments", to="learners.assessment"
                ),
            ),
            (
                "criterion",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="judgments", to="credentials.criterion"
                ),
            ),
            ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("cannot_judge", models.BooleanField(default=False)),
            ("comment", models.TextField(blank=True)),
            ("next_step", models.TextField(blank=True)),
            (
                "kept_from",
                models.ForeignKey(
                    blank=True,
                    help_text="What met the standard at the last attempt and was not judged anew.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="learners.judgment",
                ),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("kept_from__isnull", True), ("level__isnull", False), _connector="OR"),
                    name="judgment_kept_has_level",
                ),
                models.UniqueConstraint(fields=("assessment", "criterion"), name="judgment_once_per_criterion"),
                models.CheckConstraint(
                    condition=models.Q(("level__isnull", True), ("level__range", (1, 4)), _connector="OR"),
                    name="judgment_level_in_range",
                ),
                models.CheckConstraint(
                    condition=models.Q(("cannot_judge", False), ("level__isnull", True), _connector="OR"),
                    name="judgment_cannot_judge_has_no_level",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Decision",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="learners.enrollment"
                ),
            ),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="learners.submission"
                ),
            ),
            ("attempt", models.PositiveSmallIntegerField()),
            (
                "outcome",
                models.CharField(
                    choices=[("awarded", "awarded"), ("returned", "returned for changes"), ("not-met", "not met")],
                    max_length=20,
                ),
            ),
            (
                "status",
                models.CharField(
                    choices=[("proposed", "proposed"), ("released", "released"), ("undone", "undone")],
                    default="proposed",
                    max_length=20,
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("reason", models.TextField(help_text="The pass rule, applied, in words.")),
            ("note", models.TextField(blank=True)),
            ("proposed_at", models.DateTimeField()),
            ("effective_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [models.Index(fields=["status", "proposed_at"], name="decision_to_release")],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status", "undone"), _negated=True),
                    fields=("enrollment", "attempt"),
                    name="decision_attempt_once",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("status", "undone"), _negated=True),
                    fields=("submission",),
                    name="decision_one_standing",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "released"), _negated=True),
                        ("effective_at__isnull", False),
                        _connector="OR",
                    ),
                    name="decision_released_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="DecisionEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "decision",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.decision"
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("moved_to", models.CharField(max_length=20)),
            ("note", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
    ),
    # learners/models/awards.py
    migrations.CreateModel(
        name="Award",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="learners.learner"
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="awards", to="credentials.credential"
                ),
            ),
            (
                "credential_version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="awards",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "decision",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="awards",
                    to="learners.decision",
                ),
            ),
            (
                "status",
                models.CharField(
                    choices=[
                        ("active", "active"),
                        ("suspended", "suspended"),
                        ("withdrawn", "withdrawn before it was signed"),
                        ("superseded", "superseded"),
                        ("revoked", "revoked"),
                    ],
                    default="active",
                    max_length=20,
                ),
            ),
            ("awarded_at", models.DateTimeField()),
            ("sign_after", models.DateTimeField()),
            ("valid_until", models.DateTimeField(blank=True, null=True)),
            (
                "supersedes",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="superseded_by",
                    to="learners.award",
                ),
            ),
            ("revoked_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(condition=models.Q(("status", "active")), fields=["sign_after"], name="award_due"),
                models.Index(fields=["learner", "awarded_at"], name="award_by_learner"),
                models.Index(fields=["-awarded_at", "-id"], name="award_newest"),
                models.Index(condition=models.Q(("status", "active")), fields=["valid_until"], name="award_lapses"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status__in", ["active", "suspended"])),
                    fields=("learner", "credential"),
                    name="award_one_active",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("status", "withdrawn"), _negated=True),
                    fields=("decision",),
                    name="award_once_per_decision",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("status", "withdrawn"), _negated=True),
                    fields=("supersedes",),
                    name="award_superseded_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("revoked_at__isnull", False), ("status", "revoked")),
                        models.Q(models.Q(("status", "revoked"), _negated=True), ("revoked_at__isnull", True)),
                        _connector="OR",
                    ),
                    name="award_revoked_has_time",
                ),
                models.CheckConstraint(
                    condition=models.Q(("sign_after__gte", models.F("awarded_at"))), name="award_signed_after_awarded"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="AwardComponent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="components", to="learners.award"
                ),
            ),
            (
                "component",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="part_of", to="learners.award"
                ),
            ),
            ("requirement", models.CharField(max_length=200)),
            ("position", models.PositiveSmallIntegerField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("award", "component"), name="award_component_once"),
                models.CheckConstraint(
                    condition=models.Q(("award", models.F("component")), _negated=True),
                    name="award_is_not_its_own_component",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="AwardEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.award"
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("moved_to", models.CharField(max_length=20)),
            ("note", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name="ExpiryReminder",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="learners.award"
                ),
            ),
            ("days_ahead", models.PositiveSmallIntegerField()),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("award", "days_ahead"), name="expiry_reminder_once")],
        },
    ),
    # learners/models/incidents.py
    migrations.CreateModel(
        name="PatientDataReport",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="patient_data_reports",
                    to="learners.submission",
                ),
            ),
            (
                "status",
                models.CharField(
                    choices=[
                        ("open", "set aside, being looked into"),
                        ("released", "released: a false alarm"),
                        ("purged", "purged"),
                    ],
                    default="open",
                    max_length=20,
                ),
            ),
            (
                "submission_status",
                models.CharField(help_text="What the submission was when it was reported.", max_length=20),
            ),
            (
                "reported_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("reported_at", models.DateTimeField()),
            ("quarantined_at", models.DateTimeField()),
            (
                "settled_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("settled_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [models.Index(fields=["status", "reported_at"], name="patient_data_reports")],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status", "released"), _negated=True),
                    fields=("submission",),
                    name="patient_data_report_one_standing",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("settled_at__isnull", True), ("settled_by__isnull", True), ("status", "open")),
                        models.Q(
                            ("settled_at__isnull", False),
                            ("settled_by__isnull", False),
                            ("status__in", ["released", "purged"]),
                        ),
                        _connector="OR",
                    ),
                    name="patient_data_report_settled_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="PatientDataEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "report",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.patientdatareport"
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "moved_to",
                models.CharField(
                    choices=[
                        ("reported", "reported"),
                        ("quarantined", "set aside"),
                        ("released", "released as a false alarm"),
                        ("purged", "purged"),
                        ("bytes-removed", "files removed from storage"),
                    ],
                    max_length=20,
                ),
            ),
            ("note", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
    ),
    # learners/models/results.py
    migrations.CreateModel(
        name="RecordedResult",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="results", to="learners.enrollment"
                ),
            ),
            (
                "requirement",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.evidencerequirement"
                ),
            ),
            ("title", models.CharField(help_text="Which quiz, station or occasion.", max_length=200)),
            ("score", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
            ("out_of", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
            ("words", models.CharField(blank=True, max_length=200)),
            ("comment", models.TextField(blank=True)),
            (
                "rater_kind",
                models.CharField(
                    choices=[
                        ("faculty", "a member of the faculty"),
                        ("staff", "a member of staff"),
                        ("standardized-patient", "a standardized patient"),
                        ("computer", "a computer"),
                    ],
                    max_length=30,
                ),
            ),
            ("rater", models.CharField(blank=True, max_length=200)),
            ("rated_on", models.DateField()),
            (
                "corrects",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="corrected_by",
                    to="learners.recordedresult",
                ),
            ),
            (
                "recorded_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("recorded_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("corrects__isnull", True)),
                    fields=("enrollment", "requirement", "title", "rated_on"),
                    name="recorded_result_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("out_of__isnull", True), ("score__isnull", True)),
                        models.Q(("out_of__gt", 0), ("score__gte", 0), ("score__lte", models.F("out_of"))),
                        _connector="OR",
                    ),
                    name="recorded_result_score_in_range",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("score__isnull", False), models.Q(("words", ""), _negated=True), _connector="OR"
                    ),
                    name="recorded_result_says_something",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ResultList",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "uploaded_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("uploaded_at", models.DateTimeField()),
            ("file_name", models.CharField(max_length=200)),
            (
                "status",
                models.CharField(
                    choices=[
                        ("checked", "checked"),
                        ("confirmed", "being carried out"),
                        ("finished", "finished"),
                        ("dropped", "dropped"),
                    ],
                    default="checked",
                    max_length=20,
                ),
            ),
            (
                "confirmed_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="result_lists",
                    to="credentials.credential",
                ),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("status__in", ["checked", "dropped"]),
                        models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="result_list_confirmed_by_a_person",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "finished"), _negated=True), ("finished_at__isnull", False), _connector="OR"
                    ),
                    name="result_list_finished_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ResultRow",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("number", models.PositiveIntegerField()),
            ("line", models.PositiveIntegerField()),
            (
                "plan",
                models.CharField(
                    choices=[("create", "new"), ("change", "changed"), ("same", "unchanged"), ("faulty", "faulty")],
                    max_length=10,
                ),
            ),
            ("said", models.TextField(blank=True, help_text="What changes, or what is wrong.")),
            (
                "result",
                models.CharField(
                    blank=True,
                    choices=[("create", "new"), ("change", "changed"), ("same", "unchanged"), ("faulty", "faulty")],
                    max_length=10,
                ),
            ),
            ("done_at", models.DateTimeField(blank=True, null=True)),
            (
                "list",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="learners.resultlist"
                ),
            ),
            ("student_number", models.CharField(blank=True, max_length=500)),
            ("email", models.CharField(blank=True, max_length=500)),
            ("evidence", models.CharField(blank=True, max_length=500)),
            ("title", models.CharField(blank=True, max_length=500)),
            ("score", models.CharField(blank=True, max_length=500)),
            ("out_of", models.CharField(blank=True, max_length=500)),
            ("words", models.CharField(blank=True, max_length=500)),
            ("rated_on", models.CharField(blank=True, max_length=500)),
            ("rater_kind", models.CharField(blank=True, max_length=500)),
            ("rater", models.CharField(blank=True, max_length=500)),
            ("comment", models.CharField(blank=True, max_length=500)),
            (
                "recorded",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="learners.recordedresult",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("done_at__isnull", True)), fields=["list", "number"], name="result_row_to_do"
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("list", "number"), name="result_row_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("done_at__isnull", True), ("result", "")),
                        models.Q(models.Q(("result", ""), _negated=True), ("done_at__isnull", False)),
                        _connector="OR",
                    ),
                    name="result_row_done_has_result",
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("learners", "0002_events_and_composite_keys"),
        ("learners", "0003_notice_tries"),
        ("learners", "0004_marking_tools"),
        ("learners", "0005_ward_observation"),
        ("learners", "0006_assigning_and_second_marking"),
        ("learners", "0007_appeals"),
        ("learners", "0008_seats_and_waitlist"),
    ]

    dependencies = [
        ("credentials", "0001_catalog_tables"),
        ("learners", "0001_user"),
    ]

    operations = [CreateTables(TABLES)]
