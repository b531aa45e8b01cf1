import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_renewal_path"),
        ("pathways", "0002_published_is_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CapstoneRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done_on", models.DateField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="requirement",
            name="requirement_has_its_number",
        ),
        migrations.AddField(
            model_name="pathwayversion",
            name="recognized_max",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How many credentials of other providers may stand in for badges. Empty: any.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="pathwayversion",
            name="committee_on",
            field=models.DateField(
                blank=True, help_text="When the committee meets; badges have to be in force on that day.", null=True
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="assessors_min",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="requirement",
            name="codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                db_default=[],
                default=list,
                help_text="Of the competencies to cover, in whichever version of their framework.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="contexts_min",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="requirement",
            name="points",
            field=models.PositiveSmallIntegerField(
                db_default=1, default=1, help_text="What a badge brings to a rule on points."
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="provider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pathway_requirements",
                to="credentials.organization",
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="repeats_max",
            field=models.PositiveSmallIntegerField(
                db_default=1, default=1, help_text="How often the same badge counts, for sums over badges."
            ),
        ),
        migrations.AddField(
            model_name="requirement",
            name="window_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="requirement",
            name="kind",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="requirement",
            name="minimum",
            field=models.PositiveIntegerField(blank=True, help_text="How many, for what is counted.", null=True),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("assessors_min__gte", 1), ("contexts_min__gte", 1), ("repeats_max__gte", 1)),
                name="requirement_at_least_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("window_days__isnull", True), ("window_days__gte", 1), _connector="OR"),
                name="requirement_window_has_a_day",
            ),
        ),
        migrations.AddField(
            model_name="capstonerecord",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="capstonerecord",
            name="enrollment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="capstones", to="pathways.pathwayenrollment"
            ),
        ),
        migrations.AddField(
            model_name="capstonerecord",
            name="requirement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="records", to="pathways.requirement"
            ),
        ),
        migrations.AddConstraint(
            model_name="capstonerecord",
            constraint=models.UniqueConstraint(fields=("enrollment", "requirement"), name="capstone_once"),
        ),
        append_only("pathways_capstonerecord"),
    ]
