import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables

TABLES = [
    # learners/models/assigning.py
    migrations.CreateModel(
        name="AssessorProfile",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "user",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="assessor_profile",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("profession", models.CharField(blank=True, max_length=40)),
            ("weekly_cap", models.PositiveSmallIntegerField(default=20)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("weekly_cap__lte", 200)), name="assessor_weekly_cap_at_most_200"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Leave",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "assessor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="leave", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("from_on", models.DateField()),
            ("until_on", models.DateField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("until_on__gte", models.F("from_on"))), name="leave_ends_after_it_begins"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Conflict",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "assessor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "learner",
                models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learners.learner"),
            ),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("adviser", "adviser or mentor"),
                        ("co-author", "research co-author"),
                        ("family", "family or close relation"),
                        ("clerkship-grader", "current clerkship grader"),
                        ("undisclosed", "another conflict, which I keep to myself"),
                    ],
                    max_length=20,
                ),
            ),
            ("declared_at", models.DateTimeField()),
            ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("withdrawn_at__isnull", True)),
                    fields=("assessor", "learner"),
                    name="conflict_stands_once",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="AssignmentEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "assignment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.assignment"
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
                        ("assigned", "assigned"),
                        ("overridden", "assigned against the rules"),
                        ("ended", "ended"),
                    ],
                    max_length=20,
                ),
            ),
            ("note", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name="Escalation",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="learners.submission"
                ),
            ),
            ("percent", models.PositiveSmallIntegerField()),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("submission", "percent"), name="escalation_once")],
        },
    ),
    # learners/models/marking.py
    migrations.CreateModel(
        name="MarkingLock",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, related_name="marking_lock", to="learners.submission"
                ),
            ),
            (
                "holder",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("since_at", models.DateTimeField()),
            ("seen_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("seen_at__gte", models.F("since_at"))), name="marking_lock_seen_after_it_began"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="ShortcutChoice",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "user",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="shortcut_choice",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("is_on", models.BooleanField(default=True)),
            ("keys", models.JSONField(default=dict, help_text="Action to key, for those that were changed.")),
        ],
    ),
    migrations.CreateModel(
        name="Snippet",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "owner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="snippets", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "shared_in",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="credentials.organization",
                ),
            ),
            ("abbreviation", models.CharField(max_length=20)),
            ("text", models.TextField()),
            ("kept_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    models.F("owner"),
                    django.db.models.functions.text.Lower("abbreviation"),
                    name="snippet_abbreviation_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("text", ""), _negated=True), models.Q(("abbreviation", ""), _negated=True)
                    ),
                    name="snippet_has_its_words",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="LevelExample",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "criterion",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="examples", to="credentials.criterion"
                ),
            ),
            ("level", models.PositiveSmallIntegerField()),
            ("text", models.TextField()),
            (
                "added_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("added_at", models.DateTimeField()),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("level__range", (1, 4))), name="level_example_level_in_range"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Concern",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="concerns", to="learners.submission"
                ),
            ),
            (
                "kind",
                models.CharField(
                    choices=[("misconduct", "possible misconduct"), ("not-my-field", "not my field")], max_length=20
                ),
            ),
            ("text", models.TextField()),
            (
                "raised_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("raised_at", models.DateTimeField()),
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
            ("closed_at", models.DateTimeField(blank=True, null=True)),
            ("answer", models.TextField(blank=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("closed_at__isnull", True)),
                    fields=("submission", "kind"),
                    name="concern_open_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("answer", ""), ("closed_at__isnull", True), ("closed_by__isnull", True)),
                        models.Q(
                            ("closed_at__isnull", False),
                            ("closed_by__isnull", False),
                            models.Q(("answer", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="concern_closed_has_answer",
                ),
            ],
        },
    ),
    # learners/models/observation.py
    migrations.CreateModel(
        name="ObservationInvitation",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="observation_invitations",
                    to="learners.enrollment",
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
            ("code", models.CharField(max_length=10, unique=True)),
            ("email", models.EmailField(blank=True, max_length=254)),
            ("token_sha256", models.CharField(blank=True, max_length=64, null=True, unique=True)),
            ("made_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField()),
            ("used_at", models.DateTimeField(blank=True, null=True)),
            ("draft", models.JSONField(blank=True, default=dict)),
            (
                "draft_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("mailed_at", models.DateTimeField(blank=True, null=True)),
            ("mail_after", models.DateTimeField(blank=True, null=True)),
            ("mail_tries", models.PositiveSmallIntegerField(default=0)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("mailed_at__isnull", True), models.Q(("email", ""), _negated=True)),
                    fields=["made_at"],
                    name="invitation_to_mail",
                )
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("expires_at__gt", models.F("made_at"))), name="invitation_ends_after_start"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("email", ""), ("token_sha256__isnull", True)),
                        models.Q(models.Q(("email", ""), _negated=True), ("token_sha256__isnull", False)),
                        _connector="OR",
                    ),
                    name="invitation_link_has_address",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Observation",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="observations", to="learners.enrollment"
                ),
            ),
            (
                "invitation",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="observation",
                    to="learners.observationinvitation",
                ),
            ),
            (
                "observer",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("observer_email", models.EmailField(blank=True, max_length=254)),
            ("scale", models.CharField(blank=True, max_length=20)),
            ("scale_direction", models.CharField(blank=True, max_length=40)),
            ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
            (
                "setting",
                models.CharField(
                    blank=True,
                    choices=[
                        ("ward", "Ward"),
                        ("clinic", "Clinic"),
                        ("emergency", "Emergency"),
                        ("operating", "Operating room"),
                        ("community", "Community"),
                        ("simulation", "Simulation"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "complexity",
                models.CharField(
                    blank=True, choices=[("low", "Simple"), ("medium", "Moderate"), ("high", "Complex")], max_length=20
                ),
            ),
            ("context", models.CharField(blank=True, max_length=200)),
            ("comment", models.TextField()),
            (
                "file",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="learners.storedfile",
                ),
            ),
            ("observed_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("observer__isnull", False), models.Q(("observer_email", ""), _negated=True), _connector="OR"
                    ),
                    name="observation_has_an_observer",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("level__isnull", True), ("scale", ""), ("scale_direction", "")),
                        models.Q(
                            ("level__range", (1, 5)),
                            models.Q(("scale", ""), _negated=True),
                            models.Q(("scale_direction", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="observation_level_has_its_scale",
                ),
            ],
        },
    ),
    # learners/models/second_marking.py
    migrations.CreateModel(
        name="SecondMarking",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="second_marking", to="learners.submission"
                ),
            ),
            (
                "cause",
                models.CharField(choices=[("sample", "drawn at random"), ("pair", "judged by two")], max_length=10),
            ),
            (
                "status",
                models.CharField(
                    choices=[
                        ("marking", "being judged by two"),
                        ("settled", "judged alike"),
                        ("differs", "judged differently; to be agreed"),
                        ("third", "with a third assessor"),
                        ("agreed", "agreed"),
                    ],
                    default="marking",
                    max_length=20,
                ),
            ),
            ("drawn_at", models.DateTimeField()),
            ("opened_at", models.DateTimeField(blank=True, help_text="When the two were found to differ.", null=True)),
            ("third_after", models.DateTimeField(blank=True, help_text="When a third assessor is asked.", null=True)),
            (
                "agreed",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="learners.assessment",
                ),
            ),
            ("reason", models.TextField(blank=True)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("status", "agreed"), _negated=True),
                        models.Q(("agreed__isnull", False), models.Q(("reason", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="second_marking_agreed_has_reason",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="SecondMarkingEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "second_marking",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.secondmarking"
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
    # learners/models/calibration.py
    migrations.CreateModel(
        name="Calibration",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "credential",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="calibration", to="credentials.credential"
                ),
            ),
            ("is_required", models.BooleanField(default=False)),
            ("works_max", models.PositiveSmallIntegerField(default=5)),
            ("changed_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("works_max__range", (3, 10))), name="calibration_size_in_range"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="ModelWork",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="model_works",
                    to="credentials.credentialversion",
                ),
            ),
            ("title", models.CharField(max_length=200)),
            (
                "begun_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("begun_at", models.DateTimeField()),
            ("ready_at", models.DateTimeField(blank=True, null=True)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("retired_at__isnull", True)),
                    fields=("version", "title"),
                    name="model_work_title_once",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="ModelPiece",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "work",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="pieces", to="learners.modelwork"
                ),
            ),
            ("title", models.CharField(max_length=200)),
            ("text", models.TextField(blank=True)),
            (
                "file",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="model_pieces",
                    to="learners.storedfile",
                ),
            ),
            ("added_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("file__isnull", True), models.Q(("text", ""), _negated=True)),
                        models.Q(("file__isnull", False), ("text", "")),
                        _connector="OR",
                    ),
                    name="model_piece_text_or_file",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="AgreedLevel",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "work",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="agreed", to="learners.modelwork"
                ),
            ),
            (
                "criterion",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.criterion"
                ),
            ),
            ("level", models.PositiveSmallIntegerField()),
            ("reason", models.TextField()),
            (
                "set_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("set_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("work", "criterion"), name="agreed_level_once"),
                models.CheckConstraint(condition=models.Q(("level__range", (1, 4))), name="agreed_level_in_range"),
                models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True), name="agreed_level_has_reason"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="CalibrationRound",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "assessor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="calibration_rounds",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="calibration_rounds",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="calibration_rounds",
                    to="credentials.credential",
                ),
            ),
            ("started_at", models.DateTimeField()),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            ("is_passed", models.BooleanField(default=False)),
            (
                "near",
                models.PositiveSmallIntegerField(default=0, help_text="Criteria within one level of what was agreed."),
            ),
            ("criteria", models.PositiveSmallIntegerField(default=0)),
            ("right", models.PositiveSmallIntegerField(default=0, help_text="Works with the same outcome.")),
            ("works", models.PositiveSmallIntegerField(default=0)),
            ("valid_until", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("finished_at__isnull", True)),
                    fields=("assessor", "credential"),
                    name="calibration_round_open_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("is_passed", False), ("valid_until__isnull", True)),
                        models.Q(("finished_at__isnull", False), ("is_passed", True), ("valid_until__isnull", False)),
                        _connector="OR",
                    ),
                    name="calibration_passed_has_times",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="CalibrationJudgment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "round",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="judgments",
                    to="learners.calibrationround",
                ),
            ),
            (
                "work",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="judgments", to="learners.modelwork"
                ),
            ),
            (
                "criterion",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.criterion"
                ),
            ),
            ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("comment", models.TextField(blank=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("round", "work", "criterion"), name="calibration_judgment_once"),
                models.CheckConstraint(
                    condition=models.Q(("level__isnull", True), ("level__range", (1, 4)), _connector="OR"),
                    name="calibration_level_in_range",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="CalibrationEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="calibration_events",
                    to="credentials.credential",
                ),
            ),
            (
                "work",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="events",
                    to="learners.modelwork",
                ),
            ),
            (
                "round",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="events",
                    to="learners.calibrationround",
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
        name="CalibrationReminder",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "assessor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.credential"
                ),
            ),
            ("due_on", models.DateField(blank=True, null=True)),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("assessor", "credential", "due_on"), name="calibration_reminder_once", nulls_distinct=False
                )
            ],
        },
    ),
    # learners/models/drafts.py
    migrations.CreateModel(
        name="FormDraft",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="form_drafts", to="learners.submission"
                ),
            ),
            ("form", models.CharField(max_length=30)),
            ("values", models.JSONField(default=dict, help_text="What stands in each field, by its name.")),
            ("saved_at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("submission", "form"), name="form_draft_once")],
        },
    ),
    # learners/models/resubmission.py
    migrations.CreateModel(
        name="ReopenedCriterion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "submission",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="reopened_criteria",
                    to="learners.submission",
                ),
            ),
            (
                "criterion",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.criterion"
                ),
            ),
            (
                "by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("reason", models.TextField()),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("submission", "criterion", "by"), name="reopened_criterion_once"),
                models.CheckConstraint(
                    condition=models.Q(("reason", ""), _negated=True), name="reopened_criterion_says_why"
                ),
            ],
        },
    ),
    # learners/models/responses.py
    migrations.CreateModel(
        name="FeedbackResponse",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "submission",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="feedback_response",
                    to="learners.submission",
                ),
            ),
            ("plan", models.TextField(blank=True)),
            ("plan_by", models.DateField(blank=True, null=True)),
            (
                "useful",
                models.CharField(
                    blank=True, choices=[("yes", "Yes"), ("partly", "Partly"), ("no", "No")], max_length=10
                ),
            ),
            ("given_at", models.DateTimeField()),
            ("changed_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("plan", ""), _negated=True), models.Q(("useful", ""), _negated=True), _connector="OR"
                    ),
                    name="feedback_response_says_something",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("plan", ""), _negated=True), ("plan_by__isnull", True), _connector="OR"
                    ),
                    name="feedback_response_date_has_plan",
                ),
            ],
        },
    ),
    # learners/models/appeals.py
    migrations.CreateModel(
        name="Appeal",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "decision",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="learners.decision"
                ),
            ),
            (
                "ground",
                models.CharField(
                    choices=[
                        ("procedure", "The procedure was not kept"),
                        ("evidence-overlooked", "Evidence was overlooked"),
                        ("conflict-of-interest", "An assessor had a conflict of interest"),
                    ],
                    max_length=30,
                ),
            ),
            ("text", models.TextField()),
            ("opened_at", models.DateTimeField()),
            ("due_at", models.DateTimeField(blank=True, help_text="When the written answer is promised.", null=True)),
            ("is_award_paused", models.BooleanField(default=False)),
            (
                "reviewer",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "outcome",
                models.CharField(
                    blank=True,
                    choices=[
                        ("upheld", "The decision stands"),
                        ("re-mark", "The work is marked again"),
                        ("corrected", "The decision is corrected"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "corrected_to",
                models.CharField(
                    blank=True,
                    choices=[("awarded", "awarded"), ("returned", "returned for changes"), ("not-met", "not met")],
                    max_length=20,
                ),
            ),
            ("reasons", models.TextField(blank=True)),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("outcome", ""),
                        models.Q(("decided_at__isnull", False), ("reviewer__isnull", False)),
                        _connector="OR",
                    ),
                    name="appeal_decided_has_reviewer",
                ),
                models.CheckConstraint(
                    condition=models.Q(("outcome", ""), models.Q(("reasons", ""), _negated=True), _connector="OR"),
                    name="appeal_decided_has_reasons",
                ),
                models.CheckConstraint(
                    condition=models.Q(("corrected_to", ""), ("outcome", "corrected"), _connector="OR"),
                    name="appeal_corrected_says_to_what",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="AppealEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "appeal",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.appeal"
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
    # learners/models/amendments.py
    migrations.CreateModel(
        name="Amendment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="learners.learner"
                ),
            ),
            (
                "award",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="amendments",
                    to="learners.award",
                ),
            ),
            (
                "decision",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="amendments",
                    to="learners.decision",
                ),
            ),
            (
                "part",
                models.CharField(
                    blank=True, help_text="The part of the record, where it is another one.", max_length=200
                ),
            ),
            ("wrong", models.TextField(help_text="What is wrong, and what it should say.")),
            (
                "status",
                models.CharField(
                    choices=[
                        ("requested", "waiting for the registrar"),
                        ("amended", "amended"),
                        ("refused", "not amended"),
                        ("hearing", "to be heard"),
                        ("upheld", "not amended after a hearing"),
                        ("withdrawn", "taken back by the learner"),
                    ],
                    default="requested",
                    max_length=20,
                ),
            ),
            ("requested_at", models.DateTimeField()),
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
            ("reasons", models.TextField(blank=True)),
            (
                "heard_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("heard_on", models.DateField(blank=True, null=True)),
            ("hearing_note", models.TextField(blank=True)),
            ("statement", models.TextField(blank=True)),
            ("stated_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("statement", ""), _negated=True),
                    fields=["award"],
                    name="amendment_stated_of_award",
                ),
                models.Index(fields=["status", "requested_at"], name="amendment_to_decide"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("award__isnull", False), ("decision__isnull", True), ("part", "")),
                        models.Q(("award__isnull", True), ("decision__isnull", False), ("part", "")),
                        models.Q(
                            ("award__isnull", True), ("decision__isnull", True), models.Q(("part", ""), _negated=True)
                        ),
                        _connector="OR",
                    ),
                    name="amendment_is_about_one_record",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("status__in", ["requested", "withdrawn"]),
                        models.Q(
                            ("decided_at__isnull", False),
                            ("decided_by__isnull", False),
                            models.Q(("reasons", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="amendment_decided_with_reasons",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("heard_by__isnull", True),
                        models.Q(
                            ("heard_on__isnull", False),
                            models.Q(("hearing_note", ""), _negated=True),
                            models.Q(("heard_by", models.F("decided_by")), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="amendment_heard_by_another",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("stated_at__isnull", True), ("statement", "")),
                        models.Q(
                            models.Q(("statement", ""), _negated=True),
                            ("stated_at__isnull", False),
                            ("status__in", ["refused", "hearing", "upheld"]),
                        ),
                        _connector="OR",
                    ),
                    name="amendment_statement_follows_refusal",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="AmendmentEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "amendment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.amendment"
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
]


class Migration(migrations.Migration):
    replaces = [
        ("learners", "0009_access_log"),
        ("learners", "0010_goals_and_visits"),
        ("learners", "0011_rosters_and_standing"),
        ("learners", "0012_school_holidays"),
        ("learners", "0013_team_events"),
        ("learners", "0014_notice_preferences"),
        ("learners", "0015_calendar_feed"),
        ("learners", "0016_expiry_and_renewal"),
        ("learners", "0017_newest_awards"),
        ("learners", "0018_patient_data_reports"),
    ]

    dependencies = [
        ("learners", "0002_learning_evidence_awards"),
    ]

    operations = [CreateTables(TABLES)]
