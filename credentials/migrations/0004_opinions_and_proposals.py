import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import frozen


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0003_frameworks_have_a_keeper"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpinionMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(choices=[("asked", "the link"), ("answered", "what came of it")], max_length=20),
                ),
                ("made_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("mail_after", models.DateTimeField(blank=True, null=True)),
                ("mail_tries", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="OpinionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("email", models.EmailField(max_length=254)),
                ("note", models.TextField(blank=True)),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("kept", models.JSONField(blank=True, default=dict)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recommendation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("publish", "Publish it as it is"),
                            ("change", "Publish it with changes"),
                            ("rethink", "Think it over again"),
                        ],
                        max_length=20,
                    ),
                ),
                ("general", models.TextField(blank=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("role", models.CharField(blank=True, max_length=200)),
                ("naming_consent", models.TextField(blank=True)),
                ("unnamed_at", models.DateTimeField(blank=True, null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ProposalVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("position", models.PositiveIntegerField()),
                ("part", models.CharField(max_length=80)),
                ("about", models.TextField()),
                ("text", models.TextField()),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("taken", "Taken up"), ("partly", "Taken up in part"), ("not-taken", "Not taken up")],
                        max_length=20,
                    ),
                ),
                ("answer_text", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="proposal",
            name="audience",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="proposal",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="reason",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="proposal",
            name="status",
            field=models.CharField(
                choices=[("open", "open for votes"), ("taken", "taken over as a draft"), ("declined", "declined")],
                db_default="open",
                default="open",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", False), ("told_at__isnull", True)),
                fields=["ended_at"],
                name="proposal_to_tell",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True), ("status", "open")),
                    models.Q(
                        models.Q(("status", "open"), _negated=True),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="proposal_ended_has_time_and_actor",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "taken"), _negated=True), ("credential__isnull", False), _connector="OR"
                ),
                name="proposal_taken_has_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "declined"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="proposal_declined_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="opinionrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="opinionrequest",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opinion_requests",
                to="credentials.credentialversion",
            ),
        ),
        migrations.AddField(
            model_name="opinionmail",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mails", to="credentials.opinionrequest"
            ),
        ),
        migrations.AddField(
            model_name="proposalvote",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="credentials.proposal"
            ),
        ),
        migrations.AddField(
            model_name="proposalvote",
            name="voter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="proposal_votes", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="suggestions", to="credentials.opinionrequest"
            ),
        ),
        migrations.AddIndex(
            model_name="opinionrequest",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False), ("told_at__isnull", True)),
                fields=["sent_at"],
                name="opinion_to_tell",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("asked_at"))), name="opinion_ends_after_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="opinionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sent_at__isnull", True),
                    models.Q(("recommendation", ""), ("name", ""), ("role", ""), _connector="OR", _negated=True),
                    _connector="OR",
                ),
                name="opinion_sent_says_who",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"),
                name="opinion_one_end",
            ),
        ),
        migrations.AddIndex(
            model_name="opinionmail",
            index=models.Index(
                condition=models.Q(("mailed_at__isnull", True)), fields=["made_at"], name="opinion_mail_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="opinionmail",
            constraint=models.UniqueConstraint(fields=("request", "kind"), name="opinion_mail_once"),
        ),
        migrations.AddConstraint(
            model_name="proposalvote",
            constraint=models.UniqueConstraint(fields=("proposal", "voter"), name="proposal_vote_once"),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.UniqueConstraint(fields=("request", "position"), name="suggestion_position_once"),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""),
                        ("answer_text", ""),
                        ("answered_at__isnull", True),
                        ("answered_by__isnull", True),
                    ),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        models.Q(("answer_text", ""), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="suggestion_answer_is_whole",
            ),
        ),
        # What was said stays as said, and so does what was answered.
        frozen(
            "credentials_opinionrequest",
            status="recommendation",
            open_status="",
            may_change=("unnamed_at", "told_at"),
        ),
        frozen("credentials_suggestion", status="answer", open_status=""),
    ]
