import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import issuance.models.lists
from config.create_tables import CreateTables

TABLES = [
    # issuance/models/keys.py
    migrations.CreateModel(
        name="SigningKey",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="signing_keys",
                    to="credentials.organization",
                ),
            ),
            (
                "purpose",
                models.CharField(
                    choices=[("badge", "badges and status lists"), ("document", "PDF documents")], max_length=20
                ),
            ),
            ("number", models.PositiveIntegerField()),
            ("algorithm", models.CharField(choices=[("Ed25519", "Ed25519"), ("P-256", "P-256")], max_length=20)),
            ("backend", models.CharField(choices=[("sealed", "sealed"), ("pkcs11", "PKCS#11")], max_length=20)),
            ("seal_version", models.PositiveSmallIntegerField(default=1)),
            ("sealed_private", models.BinaryField(blank=True)),
            ("public_multibase", models.CharField(max_length=100)),
            ("certificate", models.TextField(blank=True)),
            ("root_certificate", models.TextField(blank=True)),
            (
                "state",
                models.CharField(
                    choices=[("active", "active"), ("retired", "retired"), ("compromised", "compromised")],
                    default="active",
                    max_length=20,
                ),
            ),
            ("created_at", models.DateTimeField()),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("compromised_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("organization", "purpose", "number"), name="signing_key_number_once"),
                models.UniqueConstraint(
                    condition=models.Q(("state", "active")),
                    fields=("organization", "purpose"),
                    name="signing_key_one_active",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "retired"), _negated=True), ("retired_at__isnull", False), _connector="OR"
                    ),
                    name="signing_key_retired_has_time",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "compromised"), _negated=True),
                        ("compromised_at__isnull", False),
                        _connector="OR",
                    ),
                    name="signing_key_compromised_has_time",
                ),
            ],
        },
    ),
    # issuance/models/documents.py
    migrations.CreateModel(
        name="Transcript",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="transcripts", to="learners.learner"
                ),
            ),
            ("requested_at", models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name="SignedDocument",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "award",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="documents",
                    to="learners.award",
                ),
            ),
            (
                "transcript",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="documents",
                    to="issuance.transcript",
                ),
            ),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("credential", "credential (JSON)"),
                        ("credential-jwt", "credential (VC-JWT)"),
                        ("certificate", "certificate (PDF)"),
                        ("transcript", "transcript (PDF)"),
                        ("clr", "transcript (JSON)"),
                    ],
                    max_length=20,
                ),
            ),
            ("sequence", models.PositiveIntegerField(default=1)),
            ("bytes", models.BinaryField()),
            ("sha256", models.CharField(max_length=64)),
            (
                "key",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="issuance.signingkey"
                ),
            ),
            ("valid_from", models.DateTimeField()),
            ("signed_at", models.DateTimeField()),
            ("signed_by_process", models.CharField(max_length=100)),
            ("superseded_at", models.DateTimeField(blank=True, null=True)),
            ("verified_sha256", models.CharField(blank=True, max_length=64)),
            ("verified_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("award__isnull", False), ("transcript__isnull", True)),
                        models.Q(("award__isnull", True), ("transcript__isnull", False)),
                        _connector="OR",
                    ),
                    name="document_has_one_subject",
                ),
                models.UniqueConstraint(fields=("award", "kind", "sequence"), name="document_sequence_once"),
                models.UniqueConstraint(
                    condition=models.Q(("superseded_at__isnull", True)),
                    fields=("award", "kind"),
                    name="document_one_current",
                ),
                models.UniqueConstraint(fields=("transcript", "kind", "sequence"), name="transcript_document_once"),
                models.CheckConstraint(
                    condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="document_digest_is_hex"
                ),
                models.CheckConstraint(
                    condition=models.Q(("signed_by_process__startswith", "web"), _negated=True),
                    name="document_not_signed_by_web",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="SealImage",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "credential_version",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="seal_images",
                    to="credentials.credentialversion",
                ),
            ),
            ("size_px", models.PositiveIntegerField()),
            ("png", models.BinaryField()),
            ("svg", models.TextField()),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("credential_version", "size_px"), name="seal_image_once")],
        },
    ),
    migrations.CreateModel(
        name="Batch",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("label", models.CharField(max_length=200)),
            ("started_at", models.DateTimeField()),
            ("awards", models.ManyToManyField(related_name="batches", to="learners.award")),
        ],
    ),
    # issuance/models/status.py
    migrations.CreateModel(
        name="StatusList",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="status_lists",
                    to="credentials.organization",
                ),
            ),
            ("number", models.PositiveIntegerField()),
            ("size", models.PositiveIntegerField(default=131072)),
            ("reserved", models.PositiveIntegerField(default=0)),
            ("permutation_key", models.BinaryField()),
            ("bits", models.BinaryField()),
            ("signed_bytes", models.BinaryField(blank=True)),
            ("sha256", models.CharField(blank=True, max_length=64)),
            (
                "key",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="status_lists",
                    to="issuance.signingkey",
                ),
            ),
            ("signed_at", models.DateTimeField(blank=True, null=True)),
            ("valid_until", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("organization", "number"), name="status_list_number_once"),
                models.CheckConstraint(condition=models.Q(("size__gte", 131072)), name="status_list_is_long_enough"),
                models.CheckConstraint(
                    condition=models.Q(("reserved__lte", models.F("size"))), name="status_list_is_not_overfull"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="StatusEntry",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "document",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="status_entry",
                    to="issuance.signeddocument",
                ),
            ),
            (
                "list",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="issuance.statuslist"
                ),
            ),
            ("index", models.PositiveIntegerField()),
        ],
        options={
            "verbose_name_plural": "status entries",
            "constraints": [models.UniqueConstraint(fields=("list", "index"), name="status_index_once")],
        },
    ),
    # issuance/models/revocation.py
    migrations.CreateModel(
        name="RevocationRequest",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="revocation_requests", to="learners.award"
                ),
            ),
            (
                "reason",
                models.CharField(
                    choices=[
                        ("error", "issued in error"),
                        ("misconduct", "misconduct"),
                        ("duplicate", "duplicate"),
                        ("requested", "requested by the holder"),
                    ],
                    max_length=20,
                ),
            ),
            ("note", models.TextField()),
            (
                "status",
                models.CharField(
                    choices=[
                        ("requested", "waiting for a second person"),
                        ("approved", "approved"),
                        ("refused", "refused"),
                    ],
                    default="requested",
                    max_length=20,
                ),
            ),
            (
                "requested_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("requested_at", models.DateTimeField()),
            (
                "decided_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("decided_at", models.DateTimeField(blank=True, null=True)),
            ("decision_note", models.TextField(blank=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("status", "refused"), _negated=True),
                    fields=("award",),
                    name="revocation_one_standing",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("status", "requested"),
                        models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                        _connector="OR",
                    ),
                    name="revocation_decided_has_actor",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_by__isnull", True),
                        models.Q(("decided_by", models.F("requested_by")), _negated=True),
                        _connector="OR",
                    ),
                    name="revocation_takes_two_people",
                ),
            ],
        },
    ),
    # issuance/models/vc_api.py
    migrations.CreateModel(
        name="ApiToken",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="api_tokens",
                    to="credentials.organization",
                ),
            ),
            ("name", models.CharField(max_length=100)),
            ("digest", models.CharField(max_length=64, unique=True)),
            (
                "scopes",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(
                        choices=[
                            ("credentials:issue", "issue credentials"),
                            ("credentials:revoke", "revoke credentials that were issued"),
                            ("awards:read", "read which awards the organization has made"),
                        ],
                        max_length=40,
                    ),
                    size=None,
                ),
            ),
            ("created_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField()),
            ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ("last_used_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("revoked_at__isnull", True)),
                    fields=("organization", "name"),
                    name="api_token_name_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="api_token_digest_is_hex"
                ),
                models.CheckConstraint(condition=models.Q(("scopes__len__gt", 0)), name="api_token_has_scope"),
                models.CheckConstraint(
                    condition=models.Q(("expires_at__gt", models.F("created_at"))), name="api_token_expires_later"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="IssuedCredential",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="issued_credentials",
                    to="credentials.organization",
                ),
            ),
            (
                "token",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="issued_credentials",
                    to="issuance.apitoken",
                ),
            ),
            ("credential_id", models.TextField(blank=True)),
            ("bytes", models.BinaryField()),
            ("sha256", models.CharField(max_length=64)),
            (
                "key",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="issued_credentials",
                    to="issuance.signingkey",
                ),
            ),
            (
                "list",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="issued_credentials",
                    to="issuance.statuslist",
                ),
            ),
            ("index", models.PositiveIntegerField(blank=True, null=True)),
            ("issued_at", models.DateTimeField()),
            ("issued_by_process", models.CharField(max_length=100)),
            ("revoked_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [models.Index(fields=["organization", "credential_id"], name="issued_credential_id")],
            "constraints": [
                models.UniqueConstraint(fields=("list", "index"), name="issued_status_index_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("index__isnull", True), ("list__isnull", True)),
                        models.Q(("index__isnull", False), ("list__isnull", False)),
                        _connector="OR",
                    ),
                    name="issued_status_is_whole",
                ),
                models.CheckConstraint(
                    condition=models.Q(("revoked_at__isnull", True), ("list__isnull", False), _connector="OR"),
                    name="issued_revoked_has_status",
                ),
                models.CheckConstraint(
                    condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="issued_digest_is_hex"
                ),
            ],
        },
    ),
    # issuance/models/lists.py
    migrations.CreateModel(
        name="BadgeList",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "token",
                models.CharField(default=issuance.models.lists.new_token, editable=False, max_length=64, unique=True),
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
            (
                "badge_list",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="issuance.badgelist"
                ),
            ),
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
            ("badge_id", models.CharField(blank=True, db_default="", max_length=500)),
            ("document_sha256", models.CharField(blank=True, db_default="", max_length=64)),
            ("status_list", models.CharField(blank=True, db_default="", max_length=500)),
            ("status_list_sha256", models.CharField(blank=True, db_default="", max_length=64)),
            ("status_list_at", models.DateTimeField(blank=True, null=True)),
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


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("issuance", "0001_documents_status_sharing"),
        ("issuance", "0002_consent_is_immutable"),
        ("issuance", "0003_signed_is_not_withdrawn"),
        ("issuance", "0004_api_tokens_issued_credentials"),
        ("issuance", "0005_badge_lists"),
    ]

    dependencies = [
        ("learners", "0004_recognition_rosters_notices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreateTables(TABLES)]
