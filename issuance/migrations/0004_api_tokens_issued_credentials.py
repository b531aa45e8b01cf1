import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

STAYS_AS_ISSUED = """
CREATE OR REPLACE FUNCTION issuance_issued_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE checked issuance_issuedcredential%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NULL THEN
        checked := NEW; checked.revoked_at := NULL;
        IF checked IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'what was issued stays as issued' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER issuance_issued_stays BEFORE UPDATE OR DELETE ON issuance_issuedcredential
    FOR EACH ROW EXECUTE FUNCTION issuance_issued_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0003_published_is_frozen"),
        ("issuance", "0003_signed_is_not_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("credentials:issue", "issue credentials"),
                                ("credentials:revoke", "revoke credentials that were issued"),
                            ],
                            max_length=40,
                        ),
                        size=None,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_tokens",
                        to="credentials.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IssuedCredential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("credential_id", models.TextField(blank=True)),
                ("bytes", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("index", models.PositiveIntegerField(blank=True, null=True)),
                ("issued_at", models.DateTimeField()),
                ("issued_by_process", models.CharField(max_length=100)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issued_credentials",
                        to="issuance.signingkey",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issued_credentials",
                        to="issuance.statuslist",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issued_credentials",
                        to="credentials.organization",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issued_credentials",
                        to="issuance.apitoken",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("organization", "name"),
                name="api_token_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="api_token_digest_is_hex"
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(condition=models.Q(("scopes__len__gt", 0)), name="api_token_has_scope"),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))), name="api_token_expires_later"
            ),
        ),
        migrations.AddIndex(
            model_name="issuedcredential",
            index=models.Index(fields=["organization", "credential_id"], name="issued_credential_id"),
        ),
        migrations.AddConstraint(
            model_name="issuedcredential",
            constraint=models.UniqueConstraint(fields=("list", "index"), name="issued_status_index_once"),
        ),
        migrations.AddConstraint(
            model_name="issuedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("index__isnull", True), ("list__isnull", True)),
                    models.Q(("index__isnull", False), ("list__isnull", False)),
                    _connector="OR",
                ),
                name="issued_status_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked_at__isnull", True), ("list__isnull", False), _connector="OR"),
                name="issued_revoked_has_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuedcredential",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="issued_digest_is_hex"
            ),
        ),
        migrations.RunSQL(
            STAYS_AS_ISSUED,
            "DROP TRIGGER issuance_issued_stays ON issuance_issuedcredential; DROP FUNCTION issuance_issued_stays();",
        ),
    ]
