import uuid

import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import issuance.models.receipts
import issuance.models.sharing
import issuance.models.watches
from config.create_tables import CreateTables

TABLES = [
    # issuance/models/sharing.py
    migrations.CreateModel(
        name="Consent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="learners.learner"
                ),
            ),
            (
                "purpose",
                models.CharField(
                    choices=[
                        ("residency", "residency application"),
                        ("employment", "employment"),
                        ("profile", "public profile"),
                        ("other", "other"),
                    ],
                    max_length=20,
                ),
            ),
            ("purpose_text", models.CharField(blank=True, max_length=200)),
            (
                "recipients",
                models.CharField(
                    choices=[("anyone-with-link", "anyone with the link"), ("named", "the named program only")],
                    max_length=20,
                ),
            ),
            ("recipients_text", models.CharField(blank=True, max_length=200)),
            ("shows_levels", models.BooleanField(default=False)),
            ("wording_version", models.CharField(max_length=20)),
            ("wording", models.TextField()),
            ("sign_in_method", models.CharField(max_length=40)),
            ("given_at", models.DateTimeField()),
            ("ends_at", models.DateTimeField(blank=True, null=True)),
            ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            (
                "awards",
                models.ManyToManyField(related_name="consents", through="issuance.ConsentAward", to="learners.award"),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("ends_at__isnull", True), ("ends_at__gt", models.F("given_at")), _connector="OR"
                    ),
                    name="consent_ends_later",
                ),
                models.CheckConstraint(
                    condition=models.Q(("wording", ""), _negated=True), name="consent_holds_its_wording"
                ),
                models.CheckConstraint(
                    condition=models.Q(("sign_in_method", ""), _negated=True), name="consent_says_who_gave_it"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("purpose__in", ["residency", "employment", "profile"]),
                        models.Q(("purpose", "other"), models.Q(("purpose_text", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="consent_says_its_purpose",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("recipients", "anyone-with-link"),
                        models.Q(("recipients", "named"), models.Q(("recipients_text", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="consent_says_its_recipients",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ConsentAward",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "consent",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="consent_awards", to="issuance.consent"
                ),
            ),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="consent_awards", to="learners.award"
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("consent", "award"), name="consent_award_once")],
        },
    ),
    migrations.CreateModel(
        name="ShareLink",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "token",
                models.CharField(default=issuance.models.sharing.new_token, editable=False, max_length=64, unique=True),
            ),
            (
                "kind",
                models.CharField(
                    choices=[("link", "link"), ("packet", "application packet"), ("profile", "public profile")],
                    db_default="link",
                    default="link",
                    max_length=10,
                ),
            ),
            (
                "consent",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="share_links", to="issuance.consent"
                ),
            ),
            ("title", models.CharField(max_length=200)),
            (
                "season",
                models.PositiveSmallIntegerField(
                    blank=True, help_text="The year in which the positions start that a packet is for.", null=True
                ),
            ),
            ("as_of", models.DateTimeField(blank=True, help_text="A packet holds what was awarded before.", null=True)),
            (
                "is_discoverable",
                models.BooleanField(db_default=False, default=False, help_text="Search engines may list this profile."),
            ),
            ("created_at", models.DateTimeField()),
            ("ends_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("as_of__isnull", False), ("kind", "packet"), ("season__isnull", False)),
                        models.Q(
                            models.Q(("kind", "packet"), _negated=True),
                            ("as_of__isnull", True),
                            ("season__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    name="share_link_packet_has_its_date",
                ),
                models.CheckConstraint(
                    condition=models.Q(("is_discoverable", False), ("kind", "profile"), _connector="OR"),
                    name="share_link_only_profiles_are_found",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ShareLinkItem",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "link",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="items", to="issuance.sharelink"
                ),
            ),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="share_link_items", to="learners.award"
                ),
            ),
            ("position", models.PositiveSmallIntegerField()),
            ("is_highlighted", models.BooleanField(default=False)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("link", "award"), name="share_link_award_once"),
                models.UniqueConstraint(
                    deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                    fields=("link", "position"),
                    name="share_link_place_once",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Disclosure",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="learners.award"
                ),
            ),
            (
                "link",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="views",
                    to="issuance.sharelink",
                ),
            ),
            ("recipient", models.CharField(blank=True, max_length=200)),
            ("interest", models.TextField(blank=True)),
            ("at", models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name="ShortCode",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "code",
                models.CharField(default=issuance.models.sharing.new_code, editable=False, max_length=12, unique=True),
            ),
            (
                "award",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="short_code",
                    to="learners.award",
                ),
            ),
            (
                "link",
                models.OneToOneField(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="short_code",
                    to="issuance.sharelink",
                ),
            ),
            ("created_at", models.DateTimeField()),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("award__isnull", False), ("link__isnull", True)),
                        models.Q(("award__isnull", True), ("link__isnull", False)),
                        _connector="OR",
                    ),
                    name="short_code_opens_one_thing",
                )
            ],
        },
    ),
    # issuance/models/record.py
    migrations.CreateModel(
        name="RecordRelease",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="learners.learner"
                ),
            ),
            (
                "recorded_by",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("recorded_at", models.DateTimeField()),
            ("released_on", models.DateField()),
            ("recipient", models.CharField(max_length=200)),
            (
                "basis",
                models.CharField(
                    choices=[
                        ("court", "court order or subpoena"),
                        ("accreditor", "accrediting body"),
                        ("audit", "audit or evaluation by an authority"),
                        ("school", "another school where the learner enrolls"),
                        ("aid", "financial aid"),
                        ("study", "study for the school"),
                        ("emergency", "health or safety emergency"),
                        ("other", "other"),
                    ],
                    max_length=20,
                ),
            ),
            ("interest", models.TextField(help_text="The legitimate interest of the recipient.")),
            ("records", models.TextField(help_text="What was given.")),
            ("is_barred", models.BooleanField(default=False, help_text="The law forbids telling the learner.")),
            ("barred_until", models.DateField(blank=True, help_text="Without a date, for good.", null=True)),
            ("bar", models.TextField(blank=True, help_text="Which order or law forbids it.")),
        ],
        options={
            "indexes": [models.Index(fields=["learner", "recorded_at"], name="release_by_learner")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("recipient", ""), _negated=True),
                        models.Q(("interest", ""), _negated=True),
                        models.Q(("records", ""), _negated=True),
                    ),
                    name="release_says_what_to_whom_and_why",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("bar", ""), ("barred_until__isnull", True), ("is_barred", False)),
                        models.Q(("is_barred", True), models.Q(("bar", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="release_bar_has_its_cause",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="DirectoryDecision",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="directory_decisions",
                    to="credentials.organization",
                ),
            ),
            ("is_on", models.BooleanField()),
            ("notice", models.TextField(help_text="Where and when learners were told, and how they can opt out.")),
            (
                "actor",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
            ("at", models.DateTimeField()),
        ],
        options={
            "indexes": [models.Index(fields=["organization", "-at"], name="directory_newest_decision")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("notice", ""), _negated=True), name="directory_decision_names_its_notice"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Archive",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "learner",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="archives", to="learners.learner"
                ),
            ),
            ("requested_at", models.DateTimeField()),
            ("parts_done", models.PositiveIntegerField(default=0)),
            ("parts_total", models.PositiveIntegerField(default=0)),
            ("made_at", models.DateTimeField(blank=True, null=True)),
            ("keep_until", models.DateTimeField(blank=True, null=True)),
            ("path", models.CharField(blank=True, max_length=200)),
            ("size_bytes", models.BigIntegerField(default=0)),
            ("sha256", models.CharField(blank=True, max_length=64)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("keep_until__isnull", True), ("made_at__isnull", True)),
                        models.Q(("keep_until__isnull", False), ("made_at__isnull", False)),
                        _connector="OR",
                    ),
                    name="archive_made_has_an_end",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("made_at__isnull", True)), fields=("learner",), name="archive_one_waiting"
                ),
            ],
        },
    ),
    # issuance/models/verifiers.py
    migrations.CreateModel(
        name="PageVote",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="page_votes", to="learners.award"
                ),
            ),
            ("is_helpful", models.BooleanField()),
            ("at", models.DateTimeField()),
        ],
    ),
    migrations.CreateModel(
        name="VerifierQuestion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "award",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="verifier_questions", to="learners.award"
                ),
            ),
            ("asker", models.CharField(max_length=200)),
            ("email", models.EmailField(max_length=254)),
            ("text", models.TextField()),
            ("asked_at", models.DateTimeField()),
            (
                "status",
                models.CharField(
                    choices=[("open", "waiting for an answer"), ("closed", "answered")], default="open", max_length=20
                ),
            ),
            (
                "closed_by",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            ("closed_at", models.DateTimeField(blank=True, null=True)),
            ("closing_note", models.TextField(blank=True)),
        ],
        options={
            "indexes": [models.Index(fields=["status", "-asked_at"], name="verifier_question_inbox")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("status", "open"),
                        models.Q(
                            ("closed_at__isnull", False),
                            ("closed_by__isnull", False),
                            models.Q(("closing_note", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="verifier_question_closed_has_actor",
                ),
                models.CheckConstraint(
                    condition=models.Q(("text", ""), _negated=True), name="verifier_question_has_text"
                ),
            ],
        },
    ),
    # issuance/models/receipts.py
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
            (
                "organization",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="credentials.organization"
                ),
            ),
            ("checked", models.JSONField()),
            ("requested_at", models.DateTimeField()),
            ("keep_until", models.DateTimeField()),
            ("json", models.BinaryField(blank=True, null=True)),
            ("pdf", models.BinaryField(blank=True, null=True)),
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
            ("signed_at", models.DateTimeField(blank=True, null=True)),
            ("signed_by_process", models.CharField(blank=True, max_length=100)),
        ],
        options={
            "indexes": [
                models.Index(fields=["keep_until"], name="receipt_keep_until"),
                models.Index(condition=models.Q(("signed_at__isnull", True)), fields=["id"], name="receipt_waiting"),
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
    # issuance/models/watches.py
    migrations.CreateModel(
        name="Watch",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
            (
                "token",
                models.CharField(default=issuance.models.watches.new_token, editable=False, max_length=64, unique=True),
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
        name="WatchedBadge",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "watch",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="badges", to="issuance.watch"
                ),
            ),
            ("position", models.PositiveSmallIntegerField()),
            ("link", models.CharField(max_length=500)),
            ("title", models.CharField(blank=True, max_length=200)),
            ("state", models.CharField(max_length=20)),
            ("told_state", models.CharField(max_length=20)),
            ("looked_at", models.DateTimeField()),
            ("changed_at", models.DateTimeField(blank=True, null=True)),
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
                "watch",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="mails", to="issuance.watch"
                ),
            ),
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
        ],
        options={
            "indexes": [
                models.Index(condition=models.Q(("sent_at__isnull", True)), fields=["id"], name="watch_mail_waiting")
            ],
            "constraints": [models.UniqueConstraint(fields=("watch", "kind", "day"), name="watch_mail_once_a_day")],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [
        ("issuance", "0006_votes_and_questions"),
        ("issuance", "0007_receipts_and_watches"),
        ("issuance", "0008_scope_awards_read"),
        ("issuance", "0009_links_packets_profiles_codes"),
    ]

    dependencies = [
        ("issuance", "0001_keys_documents_status"),
    ]

    operations = [CreateTables(TABLES)]
