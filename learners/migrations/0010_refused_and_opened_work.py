import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learners", "0009_kept_for_a_time"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="accessentry",
            name="access_unblinding_has_note",
        ),
        migrations.AddField(
            model_name="accessentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("looked", "looked for the learner"),
                    ("opened", "opened work, as an auditor"),
                    ("refused", "asked for work that they may not see"),
                ],
                db_default="looked",
                default="looked",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("advising", "Advising or support of the learner"),
                    ("assessment", "Assessment or appeal"),
                    ("records", "Correcting or issuing a record"),
                    ("request", "The learner asked for it"),
                    ("review", "Audit or accreditation"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="submission",
            field=models.ForeignKey(
                blank=True,
                help_text="The work that was opened or asked for; empty for a search.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="unblindings",
                to="learners.submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("submission__isnull", True),
                    models.Q(("note", ""), _negated=True),
                    models.Q(("kind", "looked"), _negated=True),
                    _connector="OR",
                ),
                name="access_unblinding_has_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "looked"), ("submission__isnull", False), _connector="OR"),
                name="access_to_work_names_the_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "refused"), ("reason", "")),
                    models.Q(models.Q(("kind", "refused"), _negated=True), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="access_has_reason_unless_refused",
            ),
        ),
    ]
