from django.db import migrations, models

# What was accepted before a row said what it gives: as much as it said.
SAY_WHAT_IT_GIVES = """
UPDATE learners_recognizedcredential
SET credit = CASE WHEN counts_toward_id IS NULL THEN 'part' ELSE 'whole' END
WHERE status = 'accepted' AND credit = '';
UPDATE learners_recognizedcredential SET reason = 'Not kept.' WHERE status = 'refused' AND reason = '';
"""


class Migration(migrations.Migration):
    dependencies = [("learners", "0025_recognized_learning")]

    operations = [
        migrations.RunSQL(SAY_WHAT_IT_GIVES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="recognizedcredential",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["checking", "submitted", "accepted"])),
                fields=("learner", "rule", "part"),
                name="recognized_brought_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="recognizedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["checking", "submitted", "withdrawn"]),
                    models.Q(
                        ("decided_at__isnull", False),
                        models.Q(("decided_by__isnull", False), ("is_passed_by_rule", True), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="recognized_decided_by_person_or_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="recognizedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "refused"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="recognized_refused_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="recognizedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["accepted", "ended"]), _negated=True),
                    models.Q(("credit", ""), _negated=True),
                    _connector="OR",
                ),
                name="recognized_accepted_has_credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="recognizedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit", "partial"), _negated=True),
                    models.Q(("satisfies", []), _negated=True),
                    _connector="OR",
                ),
                name="recognized_partial_says_for_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="recognizedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "ended"), _negated=True),
                    models.Q(("ended_at__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="recognized_ended_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="recognizedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rule__isnull", True),
                    ("status", "withdrawn"),
                    models.Q(("link", ""), _negated=True),
                    ("file__isnull", False),
                    _connector="OR",
                ),
                name="recognized_has_something_to_check",
            ),
        ),
    ]
