from django.db import migrations

from config.triggers import append_only

CONSENT = """
CREATE OR REPLACE FUNCTION issuance_consent_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE checked issuance_consent%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL THEN
        checked := NEW; checked.withdrawn_at := NULL;
        IF checked IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'a consent is never changed: it is withdrawn once, and a new one is given'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER issuance_consent_immutable BEFORE UPDATE OR DELETE ON issuance_consent
    FOR EACH ROW EXECUTE FUNCTION issuance_consent_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("issuance", "0001_documents_status_sharing")]

    operations = [
        migrations.RunSQL(
            CONSENT,
            "DROP TRIGGER issuance_consent_immutable ON issuance_consent; DROP FUNCTION issuance_consent_immutable();",
        ),
        append_only("issuance_consentaward"),
        append_only("issuance_disclosure"),
    ]
