from django.db import migrations, models
from django.db.models import PROTECT

# Where one school issues, what was loaded so far is its own. Where several do, nobody can say whose it is: it stays shared.
# Rows of a loaded framework are never changed; saying whose they are is no change of what they say, so the guard steps aside.
ADOPT = """
CREATE OR REPLACE FUNCTION credentials_framework_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RETURN NEW; END $$;
UPDATE credentials_framework SET organization_id = (SELECT min(id) FROM credentials_organization WHERE is_issuer)
WHERE (SELECT count(*) FROM credentials_organization WHERE is_issuer) = 1;
CREATE OR REPLACE FUNCTION credentials_framework_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% belongs to a loaded framework, which is never changed: load a newer version', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0002_search_and_frozen_rows"),
    ]

    operations = [
        migrations.AddField(
            model_name="framework",
            name="organization",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=PROTECT, related_name="frameworks", to="credentials.organization"
            ),
        ),
        migrations.RunSQL(ADOPT, migrations.RunSQL.noop),
    ]
