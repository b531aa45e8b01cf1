import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables

TABLES = [
    # pathways/models.py
    migrations.CreateModel(
        name="Pathway",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            ("slug", models.SlugField(max_length=80, unique=True)),
            (
                "credential",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="pathway", to="credentials.credential"
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="PathwayVersion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "pathway",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="pathways.pathway"
                ),
            ),
            ("number", models.PositiveIntegerField()),
            (
                "status",
                models.CharField(
                    choices=[("draft", "a draft"), ("published", "published"), ("retired", "retired")],
                    default="draft",
                    max_length=20,
                ),
            ),
            (
                "credential_version",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="pathway_versions",
                    to="credentials.credentialversion",
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
            ("summary", models.TextField(blank=True)),
            (
                "professions_admitted",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                ),
            ),
            ("minimum_hours", models.PositiveIntegerField(default=0)),
            ("minimum_distinct_professions", models.PositiveSmallIntegerField(default=1)),
            ("time_limit_months", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("components_valid_at_award", models.BooleanField(default=True)),
            ("is_double_counting_allowed", models.BooleanField(default=False)),
            ("shared_components_max", models.PositiveSmallIntegerField(default=1)),
            (
                "recognized_max",
                models.PositiveSmallIntegerField(
                    blank=True,
                    help_text="How many credentials of other providers may stand in for badges. Empty: any.",
                    null=True,
                ),
            ),
            ("max_per_learner", models.PositiveSmallIntegerField(blank=True, null=True)),
            (
                "committee_on",
                models.DateField(
                    blank=True, help_text="When the committee meets; badges have to be in force on that day.", null=True
                ),
            ),
            ("capstone_form", models.CharField(blank=True, help_text="Empty: no capstone.", max_length=200)),
            (
                "recorded_on",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                ),
            ),
            ("cohorts", models.ManyToManyField(blank=True, related_name="pathway_versions", to="learners.cohort")),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("pathway", "number"), name="pathway_version_number_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        ("status", "draft"),
                        models.Q(
                            ("credential_version__isnull", False),
                            ("published_at__isnull", False),
                            ("published_by__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="pathway_published_has_all",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Requirement",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="requirements",
                    to="pathways.pathwayversion",
                ),
            ),
            (
                "parent",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="children",
                    to="pathways.requirement",
                ),
            ),
            ("position", models.PositiveIntegerField()),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("all-of", "all of"),
                        ("any-of", "any of"),
                        ("choose", "choose n"),
                        ("in-order", "in this order"),
                        ("credential", "a badge"),
                        ("hours", "at least n hours"),
                        ("points", "at least n points"),
                        ("coverage", "competencies to cover"),
                        ("observations", "observations"),
                        ("professions", "professions in team evidence"),
                        ("outside", "credentials of other providers"),
                        ("capstone", "a capstone"),
                        ("confirmation", "the committee’s confirmation"),
                    ],
                    max_length=20,
                ),
            ),
            ("label", models.CharField(blank=True, max_length=200)),
            (
                "credential",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="requirements",
                    to="credentials.credential",
                ),
            ),
            ("minimum", models.PositiveIntegerField(blank=True, help_text="How many, for what is counted.", null=True)),
            (
                "points",
                models.PositiveSmallIntegerField(
                    db_default=1, default=1, help_text="What a badge brings to a rule on points."
                ),
            ),
            (
                "repeats_max",
                models.PositiveSmallIntegerField(
                    db_default=1, default=1, help_text="How often the same badge counts, for sums over badges."
                ),
            ),
            ("contexts_min", models.PositiveSmallIntegerField(db_default=1, default=1)),
            ("assessors_min", models.PositiveSmallIntegerField(db_default=1, default=1)),
            ("window_days", models.PositiveSmallIntegerField(blank=True, null=True)),
            (
                "provider",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="pathway_requirements",
                    to="credentials.organization",
                ),
            ),
            (
                "codes",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=40),
                    blank=True,
                    db_default=[],
                    default=list,
                    help_text="Of the competencies to cover, in whichever version of their framework.",
                    size=None,
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("version", "parent", "position"), name="requirement_position_once", nulls_distinct=False
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("credential__isnull", False), ("kind", "credential")),
                        models.Q(models.Q(("kind", "credential"), _negated=True), ("credential__isnull", True)),
                        _connector="OR",
                    ),
                    name="requirement_credential_matches_kind",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            (
                                "kind__in",
                                ["choose", "hours", "points", "coverage", "observations", "professions", "outside"],
                            ),
                            _negated=True,
                        ),
                        ("minimum__gte", 1),
                        _connector="OR",
                    ),
                    name="requirement_counts_something",
                ),
                models.CheckConstraint(
                    condition=models.Q(("assessors_min__gte", 1), ("contexts_min__gte", 1), ("repeats_max__gte", 1)),
                    name="requirement_at_least_one",
                ),
                models.CheckConstraint(
                    condition=models.Q(("window_days__isnull", True), ("window_days__gte", 1), _connector="OR"),
                    name="requirement_window_has_a_day",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="PathwayEnrollment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="pathway_enrollments",
                    to="learners.learner",
                ),
            ),
            (
                "pathway",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="enrollments", to="pathways.pathway"
                ),
            ),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="enrollments",
                    to="pathways.pathwayversion",
                ),
            ),
            (
                "status",
                models.CharField(
                    choices=[("active", "active"), ("completed", "completed"), ("left", "left")],
                    default="active",
                    max_length=20,
                ),
            ),
            ("joined_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status", "left"), _negated=True),
                    fields=("learner", "pathway"),
                    name="pathway_joined_once",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Waiver",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="waivers", to="pathways.pathwayenrollment"
                ),
            ),
            (
                "requirement",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="waivers", to="pathways.requirement"
                ),
            ),
            (
                "substitute",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="credentials.credential",
                ),
            ),
            ("reason", models.TextField()),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("enrollment", "requirement"), name="waiver_once")],
        },
    ),
    migrations.CreateModel(
        name="CapstoneRecord",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "enrollment",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="capstones",
                    to="pathways.pathwayenrollment",
                ),
            ),
            (
                "requirement",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="records", to="pathways.requirement"
                ),
            ),
            ("done_on", models.DateField()),
            ("note", models.TextField()),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("at", models.DateTimeField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("enrollment", "requirement"), name="capstone_once")],
        },
    ),
    migrations.CreateModel(
        name="DesignationCase",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="designation_cases", to="learners.learner"
                ),
            ),
            (
                "pathway_version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="pathways.pathwayversion"
                ),
            ),
            (
                "status",
                models.CharField(
                    choices=[
                        ("open", "waiting for the committee"),
                        ("confirmed", "confirmed by the committee"),
                        ("declined", "declined by the committee"),
                    ],
                    default="open",
                    max_length=20,
                ),
            ),
            ("opened_at", models.DateTimeField()),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            (
                "award",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="designation_case",
                    to="learners.award",
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status", "declined"), _negated=True),
                    fields=("learner", "pathway_version"),
                    name="case_one_standing",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("award__isnull", False), ("status", "confirmed")),
                        models.Q(models.Q(("status", "confirmed"), _negated=True), ("award__isnull", True)),
                        _connector="OR",
                    ),
                    name="case_confirmed_has_award",
                ),
                models.CheckConstraint(
                    condition=models.Q(("status", "open"), ("decided_at__isnull", False), _connector="OR"),
                    name="case_decided_has_time",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="CaseEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "case",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="pathways.designationcase"
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
        name="PathwayEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="events", to="pathways.pathwayversion"
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
        name="Plan",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="plan_items", to="learners.learner"
                ),
            ),
            (
                "credential",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.credential"
                ),
            ),
            ("term", models.CharField(max_length=40)),
            ("position", models.PositiveSmallIntegerField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("learner", "credential"), name="plan_item_once")],
        },
    ),
]


class Migration(migrations.Migration):
    initial = True
    replaces = [("pathways", "0001_pathways"), ("pathways", "0002_published_is_frozen")]

    dependencies = [
        ("learners", "0004_recognition_rosters_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreateTables(TABLES)]
