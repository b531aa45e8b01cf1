from django.db import migrations

from config.triggers import append_only, frozen, frozen_with_parent


class Migration(migrations.Migration):
    dependencies = [("pathways", "0001_pathways")]

    operations = [
        frozen("pathways_pathwayversion", may_change=("status",)),
        frozen_with_parent("pathways_requirement", "version_id", "pathways_pathwayversion"),
        append_only("pathways_caseevent"),
        append_only("pathways_pathwayevent"),
        append_only("pathways_waiver"),
    ]
