import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0005_events_stay"),
        ("pathways", "0002_frozen_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseCondition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("text", models.TextField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("set_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("is_dropped", models.BooleanField(default=False, help_text="The committee no longer asks for it.")),
                ("note", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaseVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
            name="CatchUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reached", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField(help_text="Learners to look at, counted as it began.")),
                ("looked_at", models.PositiveIntegerField(default=0)),
                ("opened", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CatchUpMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("looked_until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PlanSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hours_per_term", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="QuorumRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quorum", models.PositiveSmallIntegerField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="designationcase",
            name="case_one_standing",
        ),
        migrations.AddField(
            model_name="designationcase",
            name="reviews",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="designation_reviews",
                to="learners.award",
            ),
        ),
        migrations.AlterField(
            model_name="designationcase",
            name="status",
            field=models.CharField(
                choices=[
                    ("open", "waiting for the committee"),
                    ("confirmed", "confirmed by the committee"),
                    ("declined", "declined by the committee"),
                    ("kept", "kept by the committee"),
                    ("to-revoke", "to be revoked, as the committee decided"),
                ],
                default="open",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="designationcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("status", "declined"), _negated=True), ("reviews__isnull", True)),
                fields=("learner", "pathway_version"),
                name="case_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="designationcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reviews__isnull", False), ("status", "open")),
                fields=("reviews",),
                name="case_one_open_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="designationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "open"),
                    models.Q(("reviews__isnull", True), ("status__in", ["confirmed", "declined"])),
                    models.Q(("reviews__isnull", False), ("status__in", ["kept", "to-revoke"])),
                    _connector="OR",
                ),
                name="case_ends_as_it_was_asked",
            ),
        ),
        migrations.AddField(
            model_name="casecondition",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="conditions", to="pathways.designationcase"
            ),
        ),
        migrations.AddField(
            model_name="casecondition",
            name="set_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="casecondition",
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
            model_name="casevote",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="pathways.designationcase"
            ),
        ),
        migrations.AddField(
            model_name="casevote",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="catchup",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="catch_ups", to="pathways.pathwayversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="catchupmark",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="catch_up_mark_is_one"),
        ),
        migrations.AddField(
            model_name="plansetting",
            name="learner",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="plan_setting", to="learners.learner"
            ),
        ),
        migrations.AddField(
            model_name="quorumrule",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="quorumrule",
            name="pathway",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="quorum_rules", to="pathways.pathway"
            ),
        ),
        migrations.AddConstraint(
            model_name="casecondition",
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
                name="condition_settled_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="casevote",
            index=models.Index(fields=["case", "member", "-id"], name="case_vote_newest"),
        ),
        migrations.AddConstraint(
            model_name="catchup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at__isnull", True)), fields=("version",), name="catch_up_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="plansetting",
            constraint=models.CheckConstraint(
                condition=models.Q(("hours_per_term__gte", 1), ("hours_per_term__lte", 600)), name="plan_hours_1_to_600"
            ),
        ),
        migrations.AddConstraint(
            model_name="quorumrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("quorum__gte", 1), ("quorum__lte", 25)), name="quorum_between_1_and_25"
            ),
        ),
        append_only("pathways_quorumrule"),
        append_only("pathways_casevote"),
    ]
