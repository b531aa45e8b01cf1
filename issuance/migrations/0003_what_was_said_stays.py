from django.db import migrations

from config.triggers import append_only

# A consent is withdrawn once and otherwise never changed.
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
CONSENT_UNDO = """
DROP TRIGGER issuance_consent_immutable ON issuance_consent; DROP FUNCTION issuance_consent_immutable();
"""

# What somebody may hold a signed document of is revoked, which everybody who checks it sees.
SIGNED = """
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
SIGNED_UNDO = """
DROP TRIGGER issuance_signed_is_not_withdrawn ON learners_award; DROP FUNCTION issuance_signed_is_not_withdrawn();
"""

# What was issued for another system is revoked once and otherwise never changed.
ISSUED = """
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
ISSUED_UNDO = """
DROP TRIGGER issuance_issued_stays ON issuance_issuedcredential; DROP FUNCTION issuance_issued_stays();
"""

# A packet's date, season and badges are what they were when it was made.
PACKET = """
CREATE FUNCTION issuance_packet_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.kind = 'packet' AND (NEW.kind, NEW.as_of, NEW.season, NEW.consent_id)
            IS DISTINCT FROM (OLD.kind, OLD.as_of, OLD.season, OLD.consent_id) THEN
        RAISE EXCEPTION 'a packet is frozen when it is made' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_packet_frozen BEFORE UPDATE ON issuance_sharelink
    FOR EACH ROW EXECUTE FUNCTION issuance_packet_frozen();
CREATE FUNCTION issuance_packet_items_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM issuance_sharelink link WHERE link.id = OLD.link_id AND link.kind = 'packet') THEN
        RAISE EXCEPTION 'a packet is frozen when it is made' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER issuance_packet_items_frozen BEFORE UPDATE OR DELETE ON issuance_sharelinkitem
    FOR EACH ROW EXECUTE FUNCTION issuance_packet_items_frozen();
"""
PACKET_UNDO = """
DROP TRIGGER issuance_packet_frozen ON issuance_sharelink; DROP FUNCTION issuance_packet_frozen();
DROP TRIGGER issuance_packet_items_frozen ON issuance_sharelinkitem; DROP FUNCTION issuance_packet_items_frozen();
"""


class Migration(migrations.Migration):
    replaces = [("issuance", "0010_releases_directory_archives")]

    dependencies = [("issuance", "0002_sharing_and_checking")]

    operations = [
        migrations.RunSQL(CONSENT, CONSENT_UNDO),
        append_only("issuance_consentaward"),
        append_only("issuance_disclosure"),
        migrations.RunSQL(SIGNED, SIGNED_UNDO),
        migrations.RunSQL(ISSUED, ISSUED_UNDO),
        migrations.RunSQL(PACKET, PACKET_UNDO),
        append_only("issuance_pagevote"),
        append_only("issuance_recordrelease"),
        append_only("issuance_directorydecision"),
    ]
