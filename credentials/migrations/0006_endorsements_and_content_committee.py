import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables
from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_offerings_links_counts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="ContentCase",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("note", models.TextField(blank=True)),
                        ("put_at", models.DateTimeField()),
                        ("seen_sha256", models.CharField(blank=True, max_length=64)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "before the committee"),
                                    ("accepted", "accepted"),
                                    ("refused", "refused"),
                                    ("deferred", "deferred"),
                                    ("taken-back", "taken back"),
                                ],
                                default="open",
                                max_length=20,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="ContentCondition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("text", models.TextField()),
                        ("due_on", models.DateField(blank=True, null=True)),
                        ("set_at", models.DateTimeField()),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "is_dropped",
                            models.BooleanField(default=False, help_text="The committee no longer asks for it."),
                        ),
                        ("note", models.TextField(blank=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="ContentQuorum",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quorum", models.PositiveSmallIntegerField()),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ContentVote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "vote",
                            models.CharField(
                                choices=[("for", "for"), ("against", "against"), ("abstain", "abstains")], max_length=10
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="EndorsementMail",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("made_at", models.DateTimeField()),
                        ("mailed_at", models.DateTimeField(blank=True, null=True)),
                        ("mail_after", models.DateTimeField(blank=True, null=True)),
                        ("mail_tries", models.PositiveSmallIntegerField(default=0)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("asked", "the link"), ("confirmed", "what was confirmed")], max_length=20
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="EndorsementRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("organization_name", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("society", "specialty society"),
                                    ("program", "residency program"),
                                    ("school", "peer school"),
                                    ("employer", "employer"),
                                    ("other", "other organization"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("website", models.URLField()),
                        ("country", models.CharField(max_length=2)),
                        ("email", models.EmailField(max_length=254)),
                        ("note", models.TextField(blank=True)),
                        ("statement", models.TextField(help_text="The words that the school proposes.")),
                        ("token_sha256", models.CharField(max_length=64, unique=True)),
                        ("asked_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("declined_because", models.TextField(blank=True)),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
            ]
        ),
        migrations.RemoveConstraint(
            model_name="endorsement",
            name="endorsement_once",
        ),
        migrations.AddField(
            model_name="proposal",
            name="demand_shown",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="proposal",
            name="mission",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="proposal",
            name="resources",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="contentdecision",
            name="reason",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="contentdecision",
            name="votes_abstained",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="agreed",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="content_sha256",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="lapsed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="name",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="role",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="withdrawn_because",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="organization",
            name="kind",
            field=models.CharField(
                choices=[
                    ("school", "school"),
                    ("unit", "unit of a school"),
                    ("society", "specialty society"),
                    ("program", "residency program"),
                    ("provider", "provider of outside credentials"),
                    ("employer", "employer"),
                    ("other", "other organization"),
                ],
                default="school",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.UniqueConstraint(
                condition=models.Q(("did_path__startswith", "endorsers:")),
                fields=("did_path",),
                name="organization_endorser_path_once",
            ),
        ),
        migrations.AddField(
            model_name="contentcase",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="content_cases", to="credentials.organization"
            ),
        ),
        migrations.AddField(
            model_name="contentcase",
            name="proposal",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="content_cases",
                to="credentials.proposal",
            ),
        ),
        migrations.AddField(
            model_name="contentcase",
            name="put_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="contentcase",
            name="version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="content_cases",
                to="credentials.credentialversion",
            ),
        ),
        migrations.AddField(
            model_name="contentdecision",
            name="case",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision",
                to="credentials.contentcase",
            ),
        ),
        migrations.AddField(
            model_name="contentcondition",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="conditions", to="credentials.contentcase"
            ),
        ),
        migrations.AddField(
            model_name="contentcondition",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="contentcondition",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contentquorum",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="contentquorum",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="content_quorums",
                to="credentials.organization",
            ),
        ),
        migrations.AddField(
            model_name="contentvote",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="credentials.contentcase"
            ),
        ),
        migrations.AddField(
            model_name="contentvote",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="endorsementrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="endorsementrequest",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="endorsement_requests",
                to="credentials.credentialversion",
            ),
        ),
        migrations.AddField(
            model_name="endorsementmail",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mails", to="credentials.endorsementrequest"
            ),
        ),
        migrations.AddField(
            model_name="endorsement",
            name="request",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="endorsement",
                to="credentials.endorsementrequest",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lapsed_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("version", "organization"),
                name="endorsement_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at__isnull", True),
                    models.Q(
                        ("name", ""), ("role", ""), ("agreed", ""), ("statement", ""), _connector="OR", _negated=True
                    ),
                    _connector="OR",
                ),
                name="endorsement_confirmed_says_who",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_by__isnull", True),
                    models.Q(("withdrawn_at__isnull", False), models.Q(("withdrawn_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="endorsement_withdrawn_by_school_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="contentcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposal__isnull", True), ("version__isnull", False)),
                    models.Q(("proposal__isnull", False), ("version__isnull", True)),
                    _connector="OR",
                ),
                name="content_case_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="contentcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("status", "open")),
                    models.Q(models.Q(("status", "open"), _negated=True), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="content_case_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="contentcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")), fields=("version",), name="content_case_one_open_for_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="contentcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "open")), fields=("proposal",), name="content_case_one_open_for_proposal"
            ),
        ),
        migrations.AddConstraint(
            model_name="contentcondition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_dropped", False), ("settled_at__isnull", True), ("settled_by__isnull", True)),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="content_condition_settled_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="contentquorum",
            constraint=models.CheckConstraint(
                condition=models.Q(("quorum__lte", 25)), name="content_quorum_at_most_25"
            ),
        ),
        migrations.AddIndex(
            model_name="contentvote",
            index=models.Index(fields=["case", "member", "-id"], name="content_vote_newest"),
        ),
        migrations.AddIndex(
            model_name="endorsementrequest",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", False), ("told_at__isnull", True)),
                fields=["answered_at"],
                name="endorsement_to_tell",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsementrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                name="endorsement_request_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsementrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("answered_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"),
                name="endorsement_request_one_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsementrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("declined_because", ""), ("answered_at__isnull", False), _connector="OR"),
                name="endorsement_declined_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsementrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="endorsement_request_country_is_iso"
            ),
        ),
        migrations.AddIndex(
            model_name="endorsementmail",
            index=models.Index(
                condition=models.Q(("mailed_at__isnull", True)), fields=["made_at"], name="endorsement_mail_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="endorsementmail",
            constraint=models.UniqueConstraint(fields=("request", "kind"), name="endorsement_mail_once"),
        ),
        append_only("credentials_contentquorum"),
        append_only("credentials_contentvote"),
    ]
