import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables

TABLES = [
    # learners/models/recognition.py
    migrations.CreateModel(
        name="RecognitionRule",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "family",
                models.UUIDField(
                    default=uuid.uuid4, editable=False, help_text="The same for all that replace another."
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recognition_rules",
                    to="credentials.credential",
                ),
            ),
            (
                "provider",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recognition_rules",
                    to="credentials.organization",
                ),
            ),
            ("title", models.CharField(help_text="What the provider calls it.", max_length=200)),
            ("is_whole", models.BooleanField(default=False)),
            (
                "satisfies",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                ),
            ),
            (
                "parts",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                ),
            ),
            ("parts_needed", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("max_age_months", models.PositiveSmallIntegerField(blank=True, null=True)),
            (
                "issuer_ids",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=500), blank=True, default=list, size=None
                ),
            ),
            (
                "badge_passes",
                models.BooleanField(
                    default=False, help_text="A badge of a named issuer that passes every check needs no look by staff."
                ),
            ),
            ("note", models.TextField(blank=True, help_text="For learners: what to bring.")),
            ("valid_from", models.DateField()),
            ("valid_until", models.DateField(blank=True, null=True)),
            (
                "replaces",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="replaced_by",
                    to="learners.recognitionrule",
                ),
            ),
            (
                "added_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("added_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("is_whole", True), ("satisfies", [])),
                        models.Q(("is_whole", False), models.Q(("satisfies", []), _negated=True)),
                        _connector="OR",
                    ),
                    name="recognition_rule_whole_or_some",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("parts", []), ("parts_needed__isnull", True)),
                        models.Q(models.Q(("parts", []), _negated=True), ("parts_needed__gte", 1)),
                        _connector="OR",
                    ),
                    name="recognition_rule_series_says_how_many",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("badge_passes", False), models.Q(("issuer_ids", []), _negated=True), _connector="OR"
                    ),
                    name="recognition_rule_passes_by_named_issuer",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                    ),
                    name="recognition_rule_ends_after_start",
                ),
                models.CheckConstraint(
                    condition=models.Q(("max_age_months__isnull", True), ("max_age_months__gte", 1), _connector="OR"),
                    name="recognition_rule_age_in_months",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="RecognitionRuleEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "rule",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.recognitionrule"
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
    migrations.CreateModel(
        name="RecognizedCredential",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recognized_credentials",
                    to="learners.learner",
                ),
            ),
            (
                "provider",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recognized_credentials",
                    to="credentials.organization",
                ),
            ),
            (
                "rule",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recognized_credentials",
                    to="learners.recognitionrule",
                ),
            ),
            ("title", models.CharField(max_length=200)),
            ("part", models.CharField(blank=True, help_text="Of a series; empty for the whole.", max_length=200)),
            ("earned_on", models.DateField()),
            (
                "counts_toward",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recognized_credentials",
                    to="credentials.credential",
                ),
            ),
            ("link", models.URLField(blank=True, max_length=500)),
            (
                "file",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="recognized",
                    to="learners.storedfile",
                ),
            ),
            ("is_badge", models.BooleanField(default=False)),
            (
                "status",
                models.CharField(
                    choices=[
                        ("checking", "being checked"),
                        ("submitted", "waiting for staff"),
                        ("accepted", "recognized"),
                        ("refused", "declined"),
                        ("withdrawn", "withdrawn"),
                        ("ended", "no longer recognized"),
                    ],
                    default="submitted",
                    max_length=20,
                ),
            ),
            ("submitted_at", models.DateTimeField(blank=True, null=True)),
            (
                "check_after",
                models.DateTimeField(
                    blank=True, help_text="Set while a worker asks the issuer, so that no other does.", null=True
                ),
            ),
            ("check_tries", models.PositiveSmallIntegerField(default=0)),
            (
                "credit",
                models.CharField(
                    blank=True,
                    choices=[
                        ("part", "a part of a series"),
                        ("partial", "a part of the evidence"),
                        ("whole", "the whole credential"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "satisfies",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                ),
            ),
            ("valid_until", models.DateField(blank=True, null=True)),
            (
                "decided_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            ("is_passed_by_rule", models.BooleanField(default=False)),
            ("reason", models.TextField(blank=True)),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            ("end_reason", models.TextField(blank=True)),
        ],
        options={
            "indexes": [
                models.Index(condition=models.Q(("status", "checking")), fields=["id"], name="recognized_to_check"),
                models.Index(fields=["counts_toward", "status", "submitted_at"], name="recognized_queue"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status__in", ["checking", "submitted", "accepted"])),
                    fields=("learner", "rule", "part"),
                    name="recognized_brought_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("status__in", ["checking", "submitted", "withdrawn"]),
                        models.Q(
                            ("decided_at__isnull", False),
                            models.Q(("decided_by__isnull", False), ("is_passed_by_rule", True), _connector="OR"),
                        ),
                        _connector="OR",
                    ),
                    name="recognized_decided_by_person_or_rule",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "refused"), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="recognized_refused_has_reason",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status__in", ["accepted", "ended"]), _negated=True),
                        models.Q(("credit", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="recognized_accepted_has_credit",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("credit", "partial"), _negated=True),
                        models.Q(("satisfies", []), _negated=True),
                        _connector="OR",
                    ),
                    name="recognized_partial_says_for_what",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "ended"), _negated=True),
                        models.Q(("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="recognized_ended_has_reason",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("rule__isnull", True),
                        ("status", "withdrawn"),
                        models.Q(("link", ""), _negated=True),
                        ("file__isnull", False),
                        _connector="OR",
                    ),
                    name="recognized_has_something_to_check",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="RecognizedBadge",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "recognized",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="badge",
                    to="learners.recognizedcredential",
                ),
            ),
            ("state", models.CharField(max_length=20)),
            ("issuer_id", models.CharField(blank=True, max_length=500)),
            ("issuer", models.CharField(blank=True, max_length=200)),
            ("title", models.CharField(blank=True, max_length=200)),
            ("holder", models.CharField(blank=True, max_length=200)),
            ("issued_on", models.DateField(blank=True, null=True)),
            ("valid_until", models.DateField(blank=True, null=True)),
            ("checked_at", models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name="RecognitionCheck",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "badge",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="learners.recognizedbadge"
                ),
            ),
            ("position", models.PositiveSmallIntegerField()),
            ("name", models.CharField(max_length=40)),
            ("outcome", models.CharField(max_length=20)),
            ("code", models.CharField(max_length=60)),
            ("sentence", models.TextField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("badge", "position"), name="recognition_check_once")],
        },
    ),
    migrations.CreateModel(
        name="RecognitionEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "recognized",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="events",
                    to="learners.recognizedcredential",
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
        name="CreditedRequirement",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="credited", to="learners.submission"
                ),
            ),
            (
                "requirement",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.evidencerequirement"
                ),
            ),
            (
                "recognized",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="credited",
                    to="learners.recognizedcredential",
                ),
            ),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("submission", "requirement"), name="credited_requirement_once")
            ],
        },
    ),
    # learners/models/roster.py
    migrations.CreateModel(
        name="RosterImport",
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
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="roster_imports",
                    to="credentials.organization",
                ),
            ),
            (
                "is_inviting",
                models.BooleanField(default=False, help_text="Whoever is new gets a mail that leads to a password."),
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
                    name="roster_confirmed_by_a_person",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "finished"), _negated=True), ("finished_at__isnull", False), _connector="OR"
                    ),
                    name="roster_finished_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="RosterRow",
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
                "roster",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="learners.rosterimport"
                ),
            ),
            ("student_number", models.CharField(blank=True, max_length=500)),
            ("name", models.CharField(blank=True, max_length=500)),
            ("email", models.CharField(blank=True, max_length=500)),
            ("profession", models.CharField(blank=True, max_length=500)),
            ("cohort", models.CharField(blank=True, max_length=500)),
            (
                "learner",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="learners.learner",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("done_at__isnull", True)), fields=["roster", "number"], name="roster_row_to_do"
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("roster", "number"), name="roster_row_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("done_at__isnull", True), ("result", "")),
                        models.Q(models.Q(("result", ""), _negated=True), ("done_at__isnull", False)),
                        _connector="OR",
                    ),
                    name="roster_row_done_has_result",
                ),
            ],
        },
    ),
    # learners/models/standing.py
    migrations.CreateModel(
        name="LearnerEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.learner"
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
                "kind",
                models.CharField(
                    choices=[
                        ("added", "added"),
                        ("name", "name changed"),
                        ("cohort", "class changed"),
                        ("profession", "profession changed"),
                        ("number", "student number changed"),
                        ("leave-set", "leave of absence set"),
                        ("leave-ended", "leave of absence ended"),
                        ("away", "went on leave"),
                        ("back", "came back from leave"),
                        ("graduated", "graduated"),
                        ("left", "left"),
                        ("directory", "directory information"),
                        ("sign-in", "sign-in moved to the personal address"),
                    ],
                    max_length=20,
                ),
            ),
            ("note", models.CharField(blank=True, max_length=500)),
            ("at", models.DateTimeField()),
        ],
        options={
            "indexes": [models.Index(fields=["learner", "at"], name="learner_event_by_learner")],
        },
    ),
    migrations.CreateModel(
        name="LearnerLeave",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="leaves", to="learners.learner"
                ),
            ),
            ("from_on", models.DateField()),
            ("until_on", models.DateField()),
            (
                "set_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("set_at", models.DateTimeField()),
        ],
        options={
            "indexes": [models.Index(fields=["learner", "until_on"], name="learner_leave_by_learner")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("until_on__gte", models.F("from_on"))),
                    name="learner_leave_ends_after_it_starts",
                )
            ],
        },
    ),
    # learners/models/enrollment_events.py
    migrations.CreateModel(
        name="EnrollmentEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.enrollment"
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
        name="AttemptGrant",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="attempt_grants", to="learners.enrollment"
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("met_on", models.DateField()),
            ("note", models.TextField()),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("note", ""), _negated=True), name="attempt_grant_says_what_was_agreed"
                )
            ],
        },
    ),
    # learners/models/teams.py
    migrations.CreateModel(
        name="TeamEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "team",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.team"
                ),
            ),
            (
                "before",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="learners.team",
                ),
            ),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="team_events", to="learners.enrollment"
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("kind", models.CharField(choices=[("formed", "formed"), ("moved", "moved")], max_length=10)),
            ("reason", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("kind", "formed"),
                        models.Q(models.Q(("reason", ""), _negated=True), ("before__isnull", False)),
                        _connector="OR",
                    ),
                    name="team_move_says_why",
                )
            ],
        },
    ),
    # learners/models/uploads.py
    migrations.CreateModel(
        name="Upload",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to="learners.submission"
                ),
            ),
            (
                "owner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("name", models.CharField(max_length=200)),
            ("size_bytes", models.PositiveBigIntegerField()),
            ("changed_ms", models.BigIntegerField()),
            ("received_bytes", models.PositiveBigIntegerField(default=0)),
            ("seen_at", models.DateTimeField(db_index=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("submission", "owner", "name", "size_bytes", "changed_ms"), name="upload_once"
                ),
                models.CheckConstraint(
                    condition=models.Q(("received_bytes__lte", models.F("size_bytes"))), name="upload_not_more_than_all"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="UploadPart",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "upload",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="learners.upload"
                ),
            ),
            ("offset", models.PositiveBigIntegerField()),
            ("path", models.CharField(max_length=200)),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("upload", "offset"), name="upload_part_once")],
        },
    ),
    # learners/models/notices.py
    migrations.CreateModel(
        name="Notice",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("kind", models.CharField(max_length=40)),
            ("subject", models.CharField(max_length=200)),
            ("text", models.TextField()),
            ("path", models.CharField(max_length=300)),
            ("created_at", models.DateTimeField()),
            ("read_at", models.DateTimeField(blank=True, null=True)),
            (
                "way",
                models.CharField(
                    choices=[
                        ("at-once", "By mail at once"),
                        ("digest", "In one mail a day"),
                        ("site", "On the site only"),
                    ],
                    db_default="at-once",
                    default="at-once",
                    help_text="How it is mailed.",
                    max_length=10,
                ),
            ),
            ("mailed_at", models.DateTimeField(blank=True, null=True)),
            ("mail_after", models.DateTimeField(blank=True, null=True)),
            ("mail_tries", models.PositiveSmallIntegerField(default=0)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("mailed_at__isnull", True), ("way", "at-once")),
                    fields=["created_at"],
                    name="notice_at_once",
                ),
                models.Index(
                    condition=models.Q(("mailed_at__isnull", True), ("way", "digest")),
                    fields=["mail_after"],
                    name="notice_for_digest",
                ),
                models.Index(fields=["user", "created_at"], name="notice_by_user"),
            ],
        },
    ),
    # learners/models/preferences.py
    migrations.CreateModel(
        name="NoticePreference",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "user",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="notice_preferences",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "about",
                models.CharField(
                    choices=[
                        ("security", "Your account and record"),
                        ("results", "Decisions and badges"),
                        ("learning", "Enrollment, teams and what is due"),
                        ("work", "New work to assess"),
                        ("urgent", "Work that is late or waits for you"),
                        ("registry", "Cases, revocations and lists"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "way",
                models.CharField(
                    choices=[
                        ("at-once", "By mail at once"),
                        ("digest", "In one mail a day"),
                        ("site", "On the site only"),
                    ],
                    max_length=10,
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("user", "about"), name="notice_preference_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("about", "security"), _negated=True), ("way", "at-once"), _connector="OR"
                    ),
                    name="notice_security_at_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("about", "results"), _negated=True),
                        models.Q(("way", "site"), _negated=True),
                        _connector="OR",
                    ),
                    name="notice_results_by_mail",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="NoticeTimes",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "user",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="notice_times",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("digest_hour", models.PositiveSmallIntegerField(default=7)),
            ("quiet_from", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("quiet_until", models.PositiveSmallIntegerField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(condition=models.Q(("digest_hour__lte", 23)), name="notice_digest_hour"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                        models.Q(
                            ("quiet_from__isnull", False),
                            ("quiet_from__lte", 23),
                            ("quiet_until__isnull", False),
                            ("quiet_until__lte", 23),
                        ),
                        _connector="OR",
                    ),
                    name="notice_quiet_hours",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="DueReminder",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="due_reminders", to="learners.enrollment"
                ),
            ),
            ("due_on", models.DateField()),
            ("days", models.PositiveSmallIntegerField()),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("enrollment", "due_on", "days"), name="due_reminder_once")],
        },
    ),
    # learners/models/feed.py
    migrations.CreateModel(
        name="CalendarFeed",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "user",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="calendar_feed",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("token_digest", models.CharField(max_length=64, unique=True)),
            (
                "is_discreet",
                models.BooleanField(default=False, help_text="Events say “Registry deadline” and nothing else."),
            ),
            ("made_at", models.DateTimeField()),
        ],
    ),
    # learners/models/calendar.py
    migrations.CreateModel(
        name="SchoolHoliday",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="holidays", to="credentials.organization"
                ),
            ),
            ("on", models.DateField()),
            ("name", models.CharField(max_length=100)),
            (
                "added_by",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("organization", "on"), name="holiday_once")],
        },
    ),
    # learners/models/growth.py
    migrations.CreateModel(
        name="Goal",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="goals", to="learners.learner"
                ),
            ),
            ("text", models.CharField(max_length=300)),
            ("due_on", models.DateField(blank=True, null=True)),
            ("made_at", models.DateTimeField()),
            ("reached_at", models.DateTimeField(blank=True, null=True)),
        ],
    ),
    migrations.CreateModel(
        name="HomeVisit",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "learner",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="home_visit", to="learners.learner"
                ),
            ),
            ("seen_at", models.DateTimeField()),
            ("before_at", models.DateTimeField(blank=True, null=True)),
        ],
    ),
    # learners/models/access.py
    migrations.CreateModel(
        name="AccessEntry",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="access_entries", to="learners.learner"
                ),
            ),
            (
                "reason",
                models.CharField(
                    choices=[
                        ("advising", "Advising or support of the learner"),
                        ("assessment", "Assessment or appeal"),
                        ("records", "Correcting or issuing a record"),
                        ("request", "The learner asked for it"),
                        ("review", "Audit or accreditation"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "submission",
                models.ForeignKey(
                    blank=True,
                    help_text="The work, judged blind, whose learner was shown; empty for a search.",
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="unblindings",
                    to="learners.submission",
                ),
            ),
            ("note", models.TextField(blank=True, db_default="", default="")),
            ("at", models.DateTimeField()),
        ],
        options={
            "indexes": [models.Index(fields=["learner", "actor", "at"], name="access_by_learner")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("submission__isnull", True), models.Q(("note", ""), _negated=True), _connector="OR"
                    ),
                    name="access_unblinding_has_note",
                )
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("learners", "0019_files_wait_for_the_scanner"),
        ("learners", "0020_files_in_parts"),
        ("learners", "0021_looked_at_for_patients"),
        ("learners", "0022_calibration_and_feedback"),
        ("learners", "0023_kept_levels_and_drafts"),
        ("learners", "0024_results_teams_and_attempts"),
        ("learners", "0025_recognized_learning"),
        ("learners", "0026_recognized_says_what_it_gives"),
    ]

    dependencies = [
        ("learners", "0003_assessing"),
    ]

    operations = [CreateTables(TABLES)]
