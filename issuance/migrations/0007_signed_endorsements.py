import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0006_endorsements_and_content_committee"),
        ("issuance", "0006_season_dates"),
        ("learners", "0006_check_in"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="signeddocument",
            name="document_has_one_subject",
        ),
        migrations.AddField(
            model_name="signeddocument",
            name="endorsement",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="credentials.endorsement",
            ),
        ),
        migrations.AlterField(
            model_name="signeddocument",
            name="kind",
            field=models.CharField(
                choices=[
                    ("credential", "credential (JSON)"),
                    ("credential-jwt", "credential (VC-JWT)"),
                    ("certificate", "certificate (PDF)"),
                    ("transcript", "transcript (PDF)"),
                    ("clr", "transcript (JSON)"),
                    ("endorsement", "endorsement (JSON)"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="signeddocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("award__isnull", False), ("endorsement__isnull", True), ("transcript__isnull", True)),
                    models.Q(("award__isnull", True), ("endorsement__isnull", True), ("transcript__isnull", False)),
                    models.Q(("award__isnull", True), ("endorsement__isnull", False), ("transcript__isnull", True)),
                    _connector="OR",
                ),
                name="document_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="signeddocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("endorsement__isnull", False)),
                fields=("endorsement", "sequence"),
                name="endorsement_document_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="signeddocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("endorsement__isnull", False), ("superseded_at__isnull", True)),
                fields=("endorsement",),
                name="endorsement_one_current_document",
            ),
        ),
    ]
