from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION issuance_signed_is_not_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM issuance_signeddocument WHERE award_id = NEW.id) THEN
        RAISE EXCEPTION 'a signed award is revoked, never withdrawn' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_signed_is_not_withdrawn BEFORE UPDATE OF status ON learners_award
    FOR EACH ROW WHEN (NEW.status = 'withdrawn') EXECUTE FUNCTION issuance_signed_is_not_withdrawn();
"""


class Migration(migrations.Migration):
    dependencies = [("issuance", "0002_consent_is_immutable")]

    operations = [
        migrations.RunSQL(
            REFUSE,
            "DROP TRIGGER issuance_signed_is_not_withdrawn ON learners_award; "
            "DROP FUNCTION issuance_signed_is_not_withdrawn();",
        )
    ]
