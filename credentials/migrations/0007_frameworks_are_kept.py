from django.db import migrations

from config.triggers import append_only

# A loaded framework is never changed in place. (What is aligned to it keeps it from being removed.)
KEPT = """
CREATE FUNCTION credentials_framework_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% belongs to a loaded framework, which is never changed: load a newer version', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER credentials_framework_kept BEFORE UPDATE ON credentials_framework
    FOR EACH ROW EXECUTE FUNCTION credentials_framework_kept();
CREATE TRIGGER credentials_competency_kept BEFORE UPDATE ON credentials_competency
    FOR EACH ROW EXECUTE FUNCTION credentials_framework_kept();
"""
CHANGEABLE = """
DROP TRIGGER credentials_competency_kept ON credentials_competency;
DROP TRIGGER credentials_framework_kept ON credentials_framework;
DROP FUNCTION credentials_framework_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_editing")]

    operations = [
        migrations.RunSQL(KEPT, CHANGEABLE),
        append_only("credentials_reviewreminder"),
    ]
