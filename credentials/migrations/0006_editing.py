import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_renewal_path"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Crosswalk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "relation",
                    models.CharField(
                        choices=[("same", "the same"), ("replaced", "replaced by"), ("related", "related to")],
                        max_length=20,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PlannedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                ("planned_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("refusal", models.TextField(blank=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReviewReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("review_on", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="competency",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
            ),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="ai_rule",
            field=models.TextField(
                blank=True, db_default="", help_text="Which use of artificial intelligence is allowed in the evidence."
            ),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="assessment_minutes",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="claim",
            field=models.TextField(
                blank=True, db_default="", help_text="What a holder has been shown to be able to do, in one sentence."
            ),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="cost",
            field=models.CharField(blank=True, db_default="", help_text="What it costs the learner.", max_length=200),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="edited_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="edited_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="learners_expected",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="credentialversion",
            name="revision",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="framework",
            name="loaded_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="framework",
            name="loaded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="framework",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="credentialversion",
            name="requirement",
            field=models.CharField(
                blank=True,
                choices=[("required", "required"), ("elective", "elective"), ("open", "open to everybody")],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="competency",
            constraint=models.UniqueConstraint(fields=("framework", "public_id"), name="competency_identifier_once"),
        ),
        migrations.AddField(
            model_name="crosswalk",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="leads_to", to="credentials.competency"
            ),
        ),
        migrations.AddField(
            model_name="crosswalk",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comes_from", to="credentials.competency"
            ),
        ),
        migrations.AddField(
            model_name="plannedchange",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="plannedchange",
            name="credential",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="planned_changes", to="credentials.credential"
            ),
        ),
        migrations.AddField(
            model_name="plannedchange",
            name="version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="planned_changes",
                to="credentials.credentialversion",
            ),
        ),
        migrations.AddField(
            model_name="reviewreminder",
            name="credential",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="review_reminders",
                to="credentials.credential",
            ),
        ),
        migrations.AddConstraint(
            model_name="crosswalk",
            constraint=models.UniqueConstraint(fields=("source", "target"), name="crosswalk_once"),
        ),
        migrations.AddConstraint(
            model_name="crosswalk",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("target")), _negated=True), name="crosswalk_leads_elsewhere"
            ),
        ),
        migrations.AddIndex(
            model_name="plannedchange",
            index=models.Index(
                condition=models.Q(("status", "waiting")), fields=["due_at"], name="planned_change_due_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "waiting")),
                fields=("credential", "kind"),
                name="planned_change_one_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "publish"), ("version__isnull", False)),
                    models.Q(("kind", "retire"), ("version__isnull", True)),
                    _connector="OR",
                ),
                name="planned_publish_names_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="plannedchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "waiting"), ("ended_at__isnull", False), _connector="OR"),
                name="planned_change_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewreminder",
            constraint=models.UniqueConstraint(fields=("credential", "review_on", "days"), name="review_reminder_once"),
        ),
    ]
