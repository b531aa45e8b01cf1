import uuid
from collections import defaultdict

import django.contrib.postgres.functions
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.create_tables import CreateTables
from config.triggers import append_only


def share_keys(apps, schema_editor):
    """Give a rule the key that the same rule has in the version before: of the same kind, name and badge, at the same place."""
    requirement_model = apps.get_model("pathways", "Requirement")
    by_version = defaultdict(list)
    rows = requirement_model.objects.order_by("version__pathway", "version__number", "position", "pk")
    for row in rows.select_related("version"):
        by_version[row.version.pathway_id, row.version.number, row.version_id].append(row)
    before = {}
    for pathway_id, _number, _version in sorted(by_version):
        rows = by_version[pathway_id, _number, _version]
        known = before.get(pathway_id, {})
        here = _by_signature(rows)
        changed = []
        for signature, row in here.items():
            if signature in known:
                row.key = known[signature]
                changed.append(row)
        requirement_model.objects.bulk_update(changed, ["key"], batch_size=500)
        before[pathway_id] = {signature: row.key for signature, row in here.items()}


def _by_signature(rows):
    """Each rule by what it and everything above it are, and which of several alike it is."""
    parents = {row.pk: row for row in rows}

    def words(row):
        own = (row.kind, row.label, row.credential_id or 0)
        return (*words(parents[row.parent_id]), own) if row.parent_id in parents else (own,)

    found, seen = {}, defaultdict(int)
    for row in rows:
        path = words(row)
        found[path, seen[path]] = row
        seen[path] += 1
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_offerings_links_counts"),
        ("pathways", "0003_committee_votes_and_plans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="requirement",
            name="key",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                help_text="The same for one rule in every version that has it.",
            ),
        ),
        # Rules of published versions are frozen; that they are given a key changes nothing of what they ask.
        migrations.RunSQL(
            "ALTER TABLE pathways_requirement DISABLE TRIGGER pathways_requirement_frozen;",
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(share_keys, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE pathways_requirement ENABLE TRIGGER pathways_requirement_frozen;",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="requirement",
            constraint=models.UniqueConstraint(fields=("version", "key"), name="requirement_key_once"),
        ),
        migrations.RemoveConstraint(model_name="capstonerecord", name="capstone_once"),
        migrations.RemoveConstraint(model_name="waiver", name="waiver_once"),
        migrations.AddField(
            model_name="capstonerecord",
            name="number",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="capstonerecord",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                unique=True,
            ),
        ),
        migrations.AddField(
            model_name="waiver",
            name="number",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="waiver",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                unique=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="capstonerecord",
            constraint=models.UniqueConstraint(
                fields=("enrollment", "requirement", "number"), name="capstone_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="waiver",
            constraint=models.UniqueConstraint(
                fields=("enrollment", "requirement", "number"), name="waiver_number_once"
            ),
        ),
        CreateTables(
            [
                migrations.CreateModel(
                    name="CapstoneWithdrawal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "record",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="withdrawal",
                                to="pathways.capstonerecord",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="EnrollmentMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="pathways.pathwayenrollment",
                            ),
                        ),
                        (
                            "from_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="pathways.pathwayversion",
                            ),
                        ),
                        (
                            "to_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="pathways.pathwayversion",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("from_version", models.F("to_version")), _negated=True),
                                name="enrollment_move_goes_somewhere",
                            )
                        ]
                    },
                ),
                migrations.CreateModel(
                    name="WaiverWithdrawal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField()),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "waiver",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="withdrawal",
                                to="pathways.waiver",
                            ),
                        ),
                    ],
                ),
            ]
        ),
        append_only("pathways_capstonewithdrawal"),
        append_only("pathways_enrollmentmove"),
        append_only("pathways_waiverwithdrawal"),
    ]
