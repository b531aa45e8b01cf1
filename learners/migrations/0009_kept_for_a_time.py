import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from config.create_tables import CreateTables
from config.triggers import append_only, append_only_for

KINDS = [
    ("evidence", "Files of evidence"),
    ("drafts", "Drafts never submitted"),
    ("results", "Feedback, and levels that led to no badge"),
    ("access", "Who looked for a learner"),
    ("mail", "What was told by notice and mail"),
    ("surveys", "Whose survey answers are"),
]
# A survey of an item names it, so that its answers stay with the item once nobody knows whose they are.
NAME_THE_ITEM = """
UPDATE learners_surveyresponse SET credential_id = e.credential_id
FROM learners_enrollment e WHERE e.id = learners_surveyresponse.enrollment_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(model, name="+", **fields):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, **fields)


def by():
    return to(settings.AUTH_USER_MODEL)


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0007_confirmed_endorsements_are_frozen"),
        ("learners", "0008_sign_in_closed"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="RetentionRule",
                    fields=[
                        ("id", key()),
                        ("kind", models.CharField(choices=KINDS, max_length=20)),
                        ("months", models.PositiveSmallIntegerField()),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("actor", by()),
                        ("organization", to("credentials.organization", "retention_rules")),
                    ],
                    options={
                        "indexes": [models.Index(fields=["organization", "kind", "-at"], name="retention_newest_rule")],
                        "constraints": [
                            models.CheckConstraint(condition=~Q(reason=""), name="retention_rule_says_why"),
                            models.CheckConstraint(condition=Q(months__gte=1), name="retention_rule_keeps_a_while"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionHold",
                    fields=[
                        ("id", key()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("litigation", "litigation or an official inquiry"),
                                    ("misconduct", "possible misconduct"),
                                    ("other", "another reason"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("actor", by()),
                        ("learner", to("learners.learner", "retention_holds")),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(condition=~Q(reason=""), name="retention_hold_says_why")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionHoldEnd",
                    fields=[
                        ("id", key()),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("actor", by()),
                        (
                            "hold",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="end",
                                to="learners.retentionhold",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(condition=~Q(reason=""), name="retention_hold_end_says_why")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionWarning",
                    fields=[
                        ("id", key()),
                        ("goes_on", models.DateField()),
                        ("at", models.DateTimeField()),
                        ("draft", to("learners.submission", "retention_warnings", blank=True, null=True)),
                        ("file", to("learners.storedfile", "retention_warnings", blank=True, null=True)),
                        ("learner", to("learners.learner", "retention_warnings")),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(file__isnull=False, draft__isnull=True)
                                | Q(file__isnull=True, draft__isnull=False),
                                name="retention_warning_is_about_one_thing",
                            ),
                            models.UniqueConstraint(
                                fields=("learner", "file", "draft", "goes_on"),
                                name="retention_warned_once",
                                nulls_distinct=False,
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionRun",
                    fields=[
                        ("id", key()),
                        ("on", models.DateField()),
                        ("begun_at", models.DateTimeField()),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("warned", models.PositiveIntegerField(default=0)),
                        ("organization", to("credentials.organization", "retention_runs")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("organization", "on"), name="retention_run_once_a_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionCount",
                    fields=[
                        ("id", key()),
                        ("kind", models.CharField(choices=KINDS, max_length=20)),
                        (
                            "months",
                            models.PositiveSmallIntegerField(help_text="The school's rule on that day."),
                        ),
                        ("until", models.DateTimeField()),
                        ("removed", models.PositiveIntegerField(default=0)),
                        (
                            "run",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="counts",
                                to="learners.retentionrun",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("run", "kind"), name="retention_count_once")],
                    },
                ),
            ]
        ),
        append_only("learners_retentionrule"),
        append_only("learners_retentionhold"),
        append_only("learners_retentionholdend"),
        append_only("learners_retentionwarning"),
        # Nobody, and no error, removes what is younger than a year.
        append_only_for("learners_accessentry", "at", "1 year"),
        # Long lists, in the order in which their pages show them.
        migrations.AddIndex(model_name="accessentry", index=models.Index(fields=["-at", "-id"], name="access_log")),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(F("decided_at").desc(nulls_first=True), F("due_at"), F("id"), name="appeal_open_first"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=~Q(way="site"), fields=["-created_at", "-id"], name="notice_log"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=Q(mailed_at__isnull=True) & ~Q(way="site"),
                fields=["-created_at", "-id"],
                name="notice_log_waiting",
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="tombstone_cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("patient-data", "patient data"),
                    ("scanner", "refused by the scanner"),
                    ("retention", "the school's retention rule"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=Q(tombstone_cause="") | Q(tombstoned_at__isnull=False),
                name="stored_file_cause_is_of_a_tombstone",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="results_removed_at",
            field=models.DateTimeField(
                blank=True, help_text="When the school's retention rule took its feedback away.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "a draft"),
                    ("submitted", "waiting for an assessor"),
                    ("in-review", "being assessed"),
                    ("returned", "returned for changes"),
                    ("decided", "decided"),
                    ("withdrawn", "withdrawn"),
                    ("quarantined", "set aside because of patient data"),
                    ("expired", "a draft that expired"),
                ],
                default="draft",
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="submission", name="submission_attempt_once"),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                condition=~Q(status__in=["quarantined", "expired"]),
                fields=("enrollment", "attempt"),
                name="submission_attempt_once",
            ),
        ),
        migrations.RemoveConstraint(model_name="submission", name="submission_submitted_has_time"),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn", "expired"]) | Q(submitted_at__isnull=False),
                name="submission_submitted_has_time",
            ),
        ),
        migrations.AlterField(
            model_name="studycode",
            name="user",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="study_code",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="surveyresponse",
            name="credential",
            field=to("credentials.credential", blank=True, null=True),
        ),
        migrations.AddField(
            model_name="surveyresponse",
            name="unlinked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(NAME_THE_ITEM, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="surveyresponse", name="survey_of_an_enrollment_or_a_term"),
        migrations.AddConstraint(
            model_name="surveyresponse",
            constraint=models.CheckConstraint(
                condition=Q(moment="term", credential__isnull=True) & ~Q(term="")
                | ~Q(moment="term") & Q(credential__isnull=False, term=""),
                name="survey_of_an_item_or_a_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyresponse",
            constraint=models.CheckConstraint(
                condition=Q(moment="term", enrollment__isnull=True)
                | ~Q(moment="term")
                & (
                    Q(enrollment__isnull=False, unlinked_at__isnull=True)
                    | Q(enrollment__isnull=True, unlinked_at__isnull=False)
                ),
                name="survey_unlinked_names_no_enrollment",
            ),
        ),
        migrations.AddIndex(
            model_name="surveyresponse",
            index=models.Index(
                condition=Q(unlinked_at__isnull=True),
                fields=["organization", "answered_at"],
                name="survey_still_linked",
            ),
        ),
    ]
