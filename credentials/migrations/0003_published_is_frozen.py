from django.db import migrations

from config.triggers import append_only, frozen, frozen_with_parent

VERSION = "credentials_credentialversion"


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_catalog_people")]

    operations = [
        frozen(VERSION),
        *[
            frozen_with_parent(f"credentials_{name}", "version_id", VERSION)
            for name in ("outcome", "criterion", "alignment", "evidencerequirement", "prerequisite")
        ],
        frozen_with_parent(
            "credentials_criterionlevel", "criterion_id", VERSION, through=("credentials_criterion", "version_id")
        ),
        append_only("credentials_credentialevent"),
        append_only("credentials_contentdecision"),
    ]
