import uuid

import django.db.models.deletion
from django.db import migrations, models

import issuance.models.lists


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0004_api_tokens_issued_credentials"),
    ]

    operations = [
        migrations.CreateModel(
            name="BadgeList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "token",
                    models.CharField(
                        default=issuance.models.lists.new_token, editable=False, max_length=64, unique=True
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("keep_until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["keep_until"], name="badge_list_keep_until")],
            },
        ),
        migrations.CreateModel(
            name="BadgeListRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("given", models.CharField(help_text="The link, or the file's name.", max_length=500)),
                ("expected_holder", models.CharField(blank=True, max_length=200)),
                ("content", models.BinaryField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("state", models.CharField(blank=True, max_length=20)),
                ("cause", models.CharField(blank=True, max_length=400)),
                ("holder", models.CharField(blank=True, max_length=200)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("issuer", models.CharField(blank=True, max_length=200)),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "badge_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="issuance.badgelist"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("checked_at__isnull", True)), fields=["id"], name="badge_list_row_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("badge_list", "position"), name="badge_list_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_at__isnull", True), models.Q(("state", ""), _negated=True), _connector="OR"
                        ),
                        name="badge_list_row_has_its_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("checked_at__isnull", True), ("content__isnull", True), _connector="OR"),
                        name="badge_list_row_keeps_no_file",
                    ),
                ],
            },
        ),
    ]
