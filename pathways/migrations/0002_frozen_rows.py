from django.db import migrations

from config.triggers import append_only, frozen, frozen_with_parent


class Migration(migrations.Migration):
    replaces = [("pathways", "0003_rules_of_every_kind")]

    dependencies = [("pathways", "0001_pathway_tables")]

    operations = [
        frozen("pathways_pathwayversion", may_change=("status",)),
        frozen_with_parent("pathways_requirement", "version_id", "pathways_pathwayversion"),
        append_only("pathways_caseevent"),
        append_only("pathways_pathwayevent"),
        append_only("pathways_waiver"),
        append_only("pathways_capstonerecord"),
    ]
