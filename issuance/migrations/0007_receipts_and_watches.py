import uuid

import django.db.models.deletion
from django.db import migrations, models

import issuance.models.receipts
import issuance.models.watches


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_renewal_path"),
        ("issuance", "0006_votes_and_questions"),
    ]

    operations = [
        migrations.AddField(
            model_name="badgelistrow",
            name="badge_id",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="badgelistrow",
            name="document_sha256",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="badgelistrow",
            name="status_list",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="badgelistrow",
            name="status_list_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="badgelistrow",
            name="status_list_sha256",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "token",
                    models.CharField(
                        default=issuance.models.watches.new_token, editable=False, max_length=64, unique=True
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("created_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("next_look_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["next_look_at"], name="watch_next_look"),
                    models.Index(fields=["email", "created_at"], name="watch_email"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("created_at"))), name="watch_ends_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_look_at__isnull", True), ("confirmed_at__isnull", False), _connector="OR"
                        ),
                        name="watch_looks_once_confirmed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "token",
                    models.CharField(
                        default=issuance.models.receipts.new_token, editable=False, max_length=64, unique=True
                    ),
                ),
                ("checked", models.JSONField()),
                ("requested_at", models.DateTimeField()),
                ("keep_until", models.DateTimeField()),
                ("json", models.BinaryField(blank=True, null=True)),
                ("pdf", models.BinaryField(blank=True, null=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("signed_by_process", models.CharField(blank=True, max_length=100)),
                (
                    "key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="issuance.signingkey",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="credentials.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["keep_until"], name="receipt_keep_until"),
                    models.Index(
                        condition=models.Q(("signed_at__isnull", True)), fields=["id"], name="receipt_waiting"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True),
                            models.Q(
                                ("json__isnull", False),
                                ("key__isnull", False),
                                ("pdf__isnull", False),
                                models.Q(("signed_by_process", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="receipt_signed_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed_by_process__startswith", "web"), _negated=True),
                        name="receipt_not_signed_by_web",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WatchedBadge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("link", models.CharField(max_length=500)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(max_length=20)),
                ("told_state", models.CharField(max_length=20)),
                ("looked_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="badges", to="issuance.watch"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("watch", "position"), name="watched_badge_once")],
            },
        ),
        migrations.CreateModel(
            name="WatchMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirm", "asks whether it is wanted"),
                            ("changes", "tells of changes"),
                            ("ended", "tells that it has ended"),
                        ],
                        max_length=20,
                    ),
                ),
                ("day", models.DateField()),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mails", to="issuance.watch"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("sent_at__isnull", True)), fields=["id"], name="watch_mail_waiting"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("watch", "kind", "day"), name="watch_mail_once_a_day")],
            },
        ),
    ]
