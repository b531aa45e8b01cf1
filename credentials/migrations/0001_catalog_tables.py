import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables

TABLES = [
    # credentials/models/organizations.py
    migrations.CreateModel(
        name="Organization",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "parent",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="units",
                    to="credentials.organization",
                ),
            ),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("school", "school"),
                        ("unit", "unit of a school"),
                        ("society", "specialty society"),
                        ("program", "residency program"),
                        ("provider", "provider of outside credentials"),
                    ],
                    default="school",
                    max_length=20,
                ),
            ),
            ("name", models.CharField(max_length=200)),
            ("short_name", models.CharField(blank=True, max_length=60)),
            ("slug", models.SlugField(max_length=60, unique=True)),
            ("country", models.CharField(help_text="Two letters, ISO 3166-1.", max_length=2)),
            ("website", models.URLField()),
            ("contact_email", models.EmailField(blank=True, max_length=254)),
            ("accredited_by", models.TextField(blank=True)),
            (
                "ink",
                models.CharField(
                    default="#1f3a5f", help_text="The color of the seal's lines, as #rrggbb.", max_length=7
                ),
            ),
            ("did_path", models.CharField(blank=True, max_length=100)),
            ("is_issuer", models.BooleanField(default=False)),
            ("is_fictional", models.BooleanField(default=False)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("ink__regex", "^#[0-9a-f]{6}$")), name="organization_ink_is_hex"
                ),
                models.CheckConstraint(
                    condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="organization_country_is_iso"
                ),
                models.UniqueConstraint(django.db.models.functions.text.Lower("name"), name="organization_name_once"),
                models.UniqueConstraint(
                    condition=models.Q(("is_issuer", True)), fields=("did_path",), name="organization_did_path_once"
                ),
            ],
        },
    ),
    # credentials/models/frameworks.py
    migrations.CreateModel(
        name="Framework",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "public_id",
                models.UUIDField(
                    db_default=django.contrib.postgres.functions.RandomUUID(),
                    default=uuid.uuid4,
                    editable=False,
                    unique=True,
                ),
            ),
            ("slug", models.SlugField(max_length=60)),
            ("version", models.CharField(max_length=30)),
            ("title", models.CharField(max_length=200)),
            ("publisher", models.CharField(max_length=200)),
            ("kind", models.CharField(max_length=30)),
            ("professions", models.JSONField(blank=True, default=list)),
            ("source_url", models.URLField(blank=True)),
            ("note", models.TextField(blank=True)),
            ("loaded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            (
                "loaded_by",
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
            "constraints": [models.UniqueConstraint(fields=("slug", "version"), name="framework_version_once")],
        },
    ),
    migrations.CreateModel(
        name="Competency",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "public_id",
                models.UUIDField(
                    db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                ),
            ),
            (
                "framework",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="competencies", to="credentials.framework"
                ),
            ),
            (
                "parent",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="children",
                    to="credentials.competency",
                ),
            ),
            ("code", models.CharField(max_length=40)),
            ("short_name", models.CharField(max_length=200)),
            ("paraphrase", models.TextField(blank=True)),
            (
                "verification",
                models.CharField(help_text="How the code was compared with the publication.", max_length=20),
            ),
            ("position", models.PositiveIntegerField(default=0)),
        ],
        options={
            "verbose_name_plural": "competencies",
            "constraints": [
                models.UniqueConstraint(fields=("framework", "code"), name="competency_code_once"),
                models.UniqueConstraint(fields=("framework", "public_id"), name="competency_identifier_once"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Crosswalk",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "source",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="leads_to", to="credentials.competency"
                ),
            ),
            (
                "target",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="comes_from", to="credentials.competency"
                ),
            ),
            (
                "relation",
                models.CharField(
                    choices=[("same", "the same"), ("replaced", "replaced by"), ("related", "related to")],
                    max_length=20,
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("source", "target"), name="crosswalk_once"),
                models.CheckConstraint(
                    condition=models.Q(("source", models.F("target")), _negated=True), name="crosswalk_leads_elsewhere"
                ),
            ],
        },
    ),
    # credentials/models/catalog.py
    migrations.CreateModel(
        name="Credential",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "kind",
                models.CharField(
                    choices=[("microcredential", "microcredential"), ("designation", "designation")], max_length=20
                ),
            ),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="credentials",
                    to="credentials.organization",
                ),
            ),
            ("code", models.CharField(max_length=40)),
            ("slug", models.SlugField(max_length=80)),
            (
                "status",
                models.CharField(
                    choices=[("draft", "not offered yet"), ("offered", "offered"), ("retired", "no longer offered")],
                    default="draft",
                    max_length=20,
                ),
            ),
            (
                "owner",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="owned_credentials",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("review_on", models.DateField(blank=True, null=True)),
            (
                "allows_early_assessment",
                models.BooleanField(
                    db_default=False,
                    default=False,
                    help_text="Whoever can do it already may be assessed without a seat in an offering.",
                ),
            ),
            (
                "current_version",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "seal_parts",
                models.JSONField(
                    blank=True,
                    default=list,
                    help_text="What a designation's seal shows around it: public id and theme of each, set once.",
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("organization", "code"), name="credential_code_once"),
                models.UniqueConstraint(fields=("organization", "slug"), name="credential_slug_once"),
                models.CheckConstraint(
                    condition=models.Q(("status", "draft"), ("current_version__isnull", False), _connector="OR"),
                    name="credential_offered_has_version",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="CredentialVersion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="credentials.credential"
                ),
            ),
            ("number", models.PositiveIntegerField()),
            (
                "status",
                models.CharField(
                    choices=[("draft", "a draft"), ("published", "published")], default="draft", max_length=20
                ),
            ),
            ("published_at", models.DateTimeField(blank=True, null=True)),
            (
                "published_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("title", models.CharField(max_length=200)),
            ("theme", models.CharField(blank=True, max_length=80)),
            ("summary", models.TextField(blank=True)),
            (
                "claim",
                models.TextField(
                    blank=True,
                    db_default="",
                    help_text="What a holder has been shown to be able to do, in one sentence.",
                ),
            ),
            ("language", models.CharField(default="en", max_length=10)),
            (
                "level",
                models.CharField(
                    blank=True,
                    choices=[("foundation", "foundation"), ("intermediate", "intermediate"), ("advanced", "advanced")],
                    max_length=20,
                ),
            ),
            ("learner_phase", models.CharField(blank=True, max_length=30)),
            (
                "setting",
                models.CharField(
                    blank=True,
                    choices=[
                        ("curricular", "curricular"),
                        ("extracurricular", "extracurricular"),
                        ("mixed", "curricular and extracurricular"),
                    ],
                    max_length=20,
                ),
            ),
            (
                "requirement",
                models.CharField(
                    blank=True,
                    choices=[("required", "required"), ("elective", "elective"), ("open", "open to everybody")],
                    max_length=20,
                ),
            ),
            ("delivery", models.CharField(blank=True, max_length=40)),
            ("workload_hours", models.PositiveIntegerField(blank=True, null=True)),
            ("workload_note", models.TextField(blank=True)),
            (
                "cost",
                models.CharField(blank=True, db_default="", help_text="What it costs the learner.", max_length=200),
            ),
            (
                "professions_admitted",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                ),
            ),
            (
                "assessment_methods",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=80), blank=True, default=list, size=None
                ),
            ),
            (
                "miller_level",
                models.CharField(
                    blank=True,
                    choices=[
                        ("knows", "knows"),
                        ("knows-how", "knows how"),
                        ("shows-how", "shows how"),
                        ("does", "does"),
                    ],
                    max_length=20,
                ),
            ),
            ("supervision_and_identity", models.CharField(blank=True, max_length=100)),
            (
                "quality_assurance",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                ),
            ),
            (
                "content_informed_by",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=100), blank=True, default=list, size=None
                ),
            ),
            ("limits", models.TextField(blank=True, help_text="What it does not authorize.")),
            (
                "ai_rule",
                models.TextField(
                    blank=True,
                    db_default="",
                    help_text="Which use of artificial intelligence is allowed in the evidence.",
                ),
            ),
            ("renewal", models.TextField(blank=True)),
            (
                "statement_for_letters",
                models.TextField(blank=True, help_text="At most two sentences, for designations."),
            ),
            ("is_stackable", models.BooleanField(default=True)),
            ("required_minimum_level", models.PositiveSmallIntegerField(default=3)),
            ("optional_minimum_level", models.PositiveSmallIntegerField(default=2)),
            ("attempts_max", models.PositiveSmallIntegerField(default=3)),
            (
                "attempts_wait_days",
                models.PositiveSmallIntegerField(default=3, help_text="After a decision of not met."),
            ),
            ("assessors_count", models.PositiveSmallIntegerField(default=1)),
            ("second_mark_percent", models.PositiveSmallIntegerField(default=0)),
            ("is_blind", models.BooleanField(default=False)),
            ("review_target_working_days", models.PositiveSmallIntegerField(default=5)),
            ("expires_after_months", models.PositiveSmallIntegerField(blank=True, null=True)),
            (
                "renewal_kind",
                models.CharField(
                    choices=[("whole", "everything again"), ("short", "a short reassessment")],
                    db_default="whole",
                    default="whole",
                    max_length=20,
                ),
            ),
            ("renewal_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
            (
                "renewal_opens_days",
                models.PositiveSmallIntegerField(
                    db_default=90, default=90, help_text="So many days before it expires."
                ),
            ),
            (
                "renewal_grace_days",
                models.PositiveSmallIntegerField(
                    db_default=90, default=90, help_text="So many days after it has expired; then it is earned anew."
                ),
            ),
            ("learners_expected", models.PositiveIntegerField(blank=True, null=True)),
            ("assessment_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("revision", models.PositiveIntegerField(db_default=1, default=1)),
            ("edited_at", models.DateTimeField(blank=True, null=True)),
            (
                "edited_by",
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
            "constraints": [
                models.UniqueConstraint(fields=("credential", "number"), name="version_number_once"),
                models.UniqueConstraint(fields=("id", "credential"), name="version_with_credential"),
                models.UniqueConstraint(
                    condition=models.Q(("status", "draft")), fields=("credential",), name="version_one_draft"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("status", "draft"),
                        models.Q(("published_at__isnull", False), ("published_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="version_published_has_time_and_actor",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("optional_minimum_level__range", (1, 4)), ("required_minimum_level__range", (1, 4))
                    ),
                    name="version_minimum_levels_in_range",
                ),
                models.CheckConstraint(condition=models.Q(("attempts_max__gte", 1)), name="version_has_an_attempt"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Outcome",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="outcomes",
                    to="credentials.credentialversion",
                ),
            ),
            ("position", models.PositiveIntegerField()),
            ("text", models.TextField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("version", "position"), name="outcome_position_once")],
        },
    ),
    migrations.CreateModel(
        name="Criterion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="criteria",
                    to="credentials.credentialversion",
                ),
            ),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ("key", models.SlugField(max_length=60)),
            ("position", models.PositiveIntegerField()),
            ("name", models.CharField(max_length=200)),
            ("looks_for", models.TextField(blank=True)),
            ("is_required", models.BooleanField(default=True)),
            ("weight", models.PositiveSmallIntegerField(default=1)),
        ],
        options={
            "verbose_name_plural": "criteria",
            "constraints": [
                models.UniqueConstraint(fields=("version", "position"), name="criterion_position_once"),
                models.UniqueConstraint(fields=("version", "key"), name="criterion_key_once"),
            ],
        },
    ),
    migrations.CreateModel(
        name="CriterionLevel",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "criterion",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="levels", to="credentials.criterion"
                ),
            ),
            ("value", models.PositiveSmallIntegerField()),
            ("label", models.CharField(max_length=60)),
            ("descriptor", models.TextField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("criterion", "value"), name="criterion_level_once"),
                models.CheckConstraint(condition=models.Q(("value__range", (1, 4))), name="criterion_level_in_range"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Alignment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="alignments",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "criterion",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="alignments",
                    to="credentials.criterion",
                ),
            ),
            (
                "competency",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="alignments", to="credentials.competency"
                ),
            ),
            (
                "strength",
                models.CharField(
                    choices=[("addresses", "addresses"), ("assesses", "assesses")], default="assesses", max_length=20
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("version", "criterion", "competency"), name="alignment_once", nulls_distinct=False
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="EvidenceRequirement",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="evidence_requirements",
                    to="credentials.credentialversion",
                ),
            ),
            ("position", models.PositiveIntegerField()),
            ("kind", models.CharField(max_length=80)),
            (
                "source",
                models.CharField(
                    choices=[
                        ("learner", "learner"),
                        ("staff", "staff"),
                        ("event", "event"),
                        ("import", "import"),
                        ("team", "team"),
                    ],
                    default="learner",
                    max_length=20,
                ),
            ),
            ("items_min", models.PositiveSmallIntegerField(default=1)),
            ("patient_data_risk", models.CharField(default="low", max_length=20)),
            ("instructions", models.TextField(blank=True)),
            (
                "is_in_renewal",
                models.BooleanField(
                    db_default=True,
                    default=True,
                    help_text="Asked for again when a badge is renewed by a short reassessment.",
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("version", "position"), name="evidence_position_once")],
        },
    ),
    migrations.CreateModel(
        name="Prerequisite",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="prerequisites",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "requires",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="required_by", to="credentials.credential"
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("version", "requires"), name="prerequisite_once")],
        },
    ),
    migrations.CreateModel(
        name="CredentialEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="credentials.credential"
                ),
            ),
            (
                "version",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="events",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("action", models.CharField(max_length=40)),
            ("note", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
    ),
    # credentials/models/content.py
    migrations.CreateModel(
        name="Proposal",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="credentials.organization"
                ),
            ),
            ("title", models.CharField(max_length=200)),
            ("need", models.TextField()),
            (
                "proposed_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("proposed_at", models.DateTimeField()),
            (
                "credential",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="proposal",
                    to="credentials.credential",
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="ContentDecision",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "proposal",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="decisions",
                    to="credentials.proposal",
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="content_decisions",
                    to="credentials.credential",
                ),
            ),
            (
                "outcome",
                models.CharField(
                    choices=[("accepted", "accepted"), ("refused", "refused"), ("deferred", "deferred")], max_length=20
                ),
            ),
            ("votes_for", models.PositiveIntegerField()),
            ("votes_against", models.PositiveIntegerField()),
            ("conditions", models.TextField(blank=True)),
            ("decided_on", models.DateField()),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("credential__isnull", True), ("proposal__isnull", False)),
                        models.Q(("credential__isnull", False), ("proposal__isnull", True)),
                        _connector="OR",
                    ),
                    name="content_decision_has_one_subject",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Offering",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="offerings", to="credentials.credential"
                ),
            ),
            (
                "delivered_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="offerings", to="credentials.organization"
                ),
            ),
            ("name", models.CharField(max_length=200)),
            ("place", models.CharField(blank=True, max_length=200)),
            ("opens_on", models.DateField()),
            ("closes_on", models.DateField()),
            ("seats", models.PositiveIntegerField(blank=True, help_text="Empty: no limit.", null=True)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("closes_on__gte", models.F("opens_on"))), name="offering_closes_after_it_opens"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Endorsement",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="endorsements",
                    to="credentials.credentialversion",
                ),
            ),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="endorsements",
                    to="credentials.organization",
                ),
            ),
            ("statement", models.TextField()),
            ("confirmed_at", models.DateTimeField(blank=True, null=True)),
            ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("version", "organization"), name="endorsement_once")],
        },
    ),
    # credentials/models/planning.py
    migrations.CreateModel(
        name="PlannedChange",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="planned_changes",
                    to="credentials.credential",
                ),
            ),
            (
                "version",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="planned_changes",
                    to="credentials.credentialversion",
                ),
            ),
            ("kind", models.CharField(choices=[("publish", "publish"), ("retire", "retire")], max_length=20)),
            (
                "status",
                models.CharField(
                    choices=[
                        ("waiting", "planned"),
                        ("done", "done"),
                        ("refused", "could not be done"),
                        ("canceled", "canceled"),
                    ],
                    default="waiting",
                    max_length=20,
                ),
            ),
            ("due_at", models.DateTimeField()),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("planned_at", models.DateTimeField()),
            ("ended_at", models.DateTimeField(blank=True, null=True)),
            ("refusal", models.TextField(blank=True)),
            ("told_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("status", "waiting")), fields=["due_at"], name="planned_change_due_idx"
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status", "waiting")),
                    fields=("credential", "kind"),
                    name="planned_change_one_waiting",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "publish"), ("version__isnull", False)),
                        models.Q(("kind", "retire"), ("version__isnull", True)),
                        _connector="OR",
                    ),
                    name="planned_publish_names_version",
                ),
                models.CheckConstraint(
                    condition=models.Q(("status", "waiting"), ("ended_at__isnull", False), _connector="OR"),
                    name="planned_change_ended_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ReviewReminder",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="review_reminders",
                    to="credentials.credential",
                ),
            ),
            ("review_on", models.DateField()),
            ("days", models.PositiveSmallIntegerField()),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("credential", "review_on", "days"), name="review_reminder_once")
            ],
        },
    ),
    # credentials/models/specialties.py
    migrations.CreateModel(
        name="SpecialtyClaim",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="specialty_claims",
                    to="credentials.credential",
                ),
            ),
            ("specialty", models.CharField(max_length=80)),
            ("source", models.CharField(max_length=200)),
            ("stated_on", models.DateField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("credential", "specialty"), name="specialty_claimed_once")],
        },
    ),
]


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("credentials", "0001_catalog"),
        ("credentials", "0002_catalog_people"),
        ("credentials", "0003_published_is_frozen"),
        ("credentials", "0004_catalog_search"),
        ("credentials", "0005_renewal_path"),
        ("credentials", "0006_editing"),
        ("credentials", "0007_frameworks_are_kept"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreateTables(TABLES)]
