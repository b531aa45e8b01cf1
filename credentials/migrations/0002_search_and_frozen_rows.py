from django.contrib.postgres.operations import CreateExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

from config.triggers import append_only, frozen, frozen_with_parent

VERSION = "credentials_credentialversion"

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
    replaces = [("credentials", "0008_seal_parts")]

    dependencies = [("credentials", "0001_catalog_tables")]

    operations = [
        # What the search of the catalog calls.
        TrigramExtension(),
        UnaccentExtension(),
        CreateExtension("fuzzystrmatch"),
        # A published version and what belongs to it.
        frozen(VERSION),
        *[
            frozen_with_parent(f"credentials_{name}", "version_id", VERSION)
            for name in ("outcome", "criterion", "alignment", "evidencerequirement", "prerequisite")
        ],
        frozen_with_parent(
            "credentials_criterionlevel", "criterion_id", VERSION, through=("credentials_criterion", "version_id")
        ),
        migrations.RunSQL(KEPT, CHANGEABLE),
        append_only("credentials_credentialevent"),
        append_only("credentials_contentdecision"),
        append_only("credentials_reviewreminder"),
    ]
