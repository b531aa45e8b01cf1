import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0026_recognized_says_what_it_gives"),
    ]

    operations = [
        migrations.AlterField(
            model_name="learnerevent",
            name="kind",
            field=models.CharField(
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
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reasons", models.TextField(blank=True)),
                ("heard_on", models.DateField(blank=True, null=True)),
                ("hearing_note", models.TextField(blank=True)),
                ("statement", models.TextField(blank=True)),
                ("stated_at", models.DateTimeField(blank=True, null=True)),
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
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "heard_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="learners.learner"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AmendmentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moved_to", models.CharField(max_length=20)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="learners.amendment"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="amendment",
            index=models.Index(
                condition=models.Q(("statement", ""), _negated=True), fields=["award"], name="amendment_stated_of_award"
            ),
        ),
        migrations.AddIndex(
            model_name="amendment",
            index=models.Index(fields=["status", "requested_at"], name="amendment_to_decide"),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
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
        ),
        append_only("learners_amendmentevent"),
    ]
