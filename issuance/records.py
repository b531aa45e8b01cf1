"""What the school holds on a learner in the tables of issuing: sections of "My record" (see config/records.py)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.records import Section, no_record, register, rows_of
from issuance.models import (
    ClassExportChange,
    ClassExportEvent,
    Consent,
    Disclosure,
    RecordRelease,
    RevocationRequest,
    ShareLink,
    SharingEnd,
    SignedDocument,
    Transcript,
    VerifierQuestion,
)
from issuance.workflow import RevocationStatus
from learners.models import Learner


def _documents(learner: Learner) -> list[dict[str, Any]]:
    found = SignedDocument.objects.filter(award__learner=learner).select_related("award__credential_version")
    return rows_of(
        found.defer("bytes").order_by("signed_at", "pk"),
        at=lambda row: row.signed_at,
        title=lambda row: row.award.credential_version.title,
        kind=lambda row: row.get_kind_display(),
        sha256=lambda row: row.sha256,
        superseded=lambda row: row.superseded_at,
    )


def _transcripts(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        Transcript.objects.filter(learner=learner).order_by("requested_at", "pk"), at=lambda row: row.requested_at
    )


def _revocations(learner: Learner) -> list[dict[str, Any]]:
    """What was decided; a request that waits becomes part of the record when it is answered."""
    found = RevocationRequest.objects.filter(award__learner=learner).exclude(status=RevocationStatus.REQUESTED)
    return rows_of(
        found.select_related("award__credential_version").order_by("requested_at", "pk"),
        at=lambda row: row.decided_at,
        title=lambda row: row.award.credential_version.title,
        status=lambda row: row.get_status_display(),
        reason=lambda row: row.get_reason_display(),
        note=lambda row: row.note,
    )


def _consents(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        Consent.objects.filter(learner=learner).order_by("given_at", "pk"),
        at=lambda row: row.given_at,
        wording=lambda row: row.wording,
        method=lambda row: row.sign_in_method,
        until=lambda row: row.ends_at,
        withdrawn=lambda row: row.withdrawn_at,
    )


def _links(learner: Learner) -> list[dict[str, Any]]:
    found = ShareLink.objects.filter(consent__learner=learner).prefetch_related("items__award__credential_version")
    return rows_of(
        found.order_by("created_at", "pk"),
        at=lambda row: row.created_at,
        title=lambda row: row.title,
        kind=lambda row: row.get_kind_display(),
        badges=lambda row: ", ".join(
            item.award.credential_version.title for item in sorted(row.items.all(), key=lambda each: each.position)
        ),
        until=lambda row: row.ends_at,
    )


def _openings(learner: Learner) -> list[dict[str, Any]]:
    found = Disclosure.objects.filter(link__consent__learner=learner).values("at", "link__title").distinct()
    return [{"at": row["at"], "title": row["link__title"]} for row in found.order_by("at", "link__title")]


def _exports(learner: Learner) -> list[dict[str, Any]]:
    """The transcripts that the school took out for a whole class: when the file was taken, for whom and what for."""
    found = ClassExportEvent.objects.filter(
        kind=ClassExportChange.DOWNLOADED, export__entries__learner=learner, export__entries__transcript__isnull=False
    )
    return rows_of(
        found.select_related("export").order_by("at", "pk"),
        at=lambda row: row.at,
        recipient=lambda row: row.export.recipient,
        interest=lambda row: row.export.reason,
    )


def _questions(learner: Learner) -> list[dict[str, Any]]:
    """What strangers asked about a badge, without who they are."""
    found = VerifierQuestion.objects.filter(award__learner=learner).select_related("award__credential_version")
    return rows_of(
        found.order_by("asked_at", "pk"),
        at=lambda row: row.asked_at,
        title=lambda row: row.award.credential_version.title,
        text=lambda row: row.text,
        status=lambda row: row.get_status_display(),
        answer=lambda row: row.closing_note,
    )


def _releases(learner: Learner) -> list[dict[str, Any]]:
    """What went out without consent, but for what the law has the school keep silent about."""
    found = RecordRelease.objects.filter(learner=learner).told_to_learner(timezone.localdate())
    return rows_of(
        found.order_by("released_on", "pk"),
        at=lambda row: row.released_on,
        recipient=lambda row: row.recipient,
        basis=lambda row: row.get_basis_display(),
        interest=lambda row: row.interest,
        records=lambda row: row.records,
    )


def _ends(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        SharingEnd.objects.filter(learner=learner).order_by("at", "pk"),
        at=lambda row: row.at,
        reason=lambda row: row.get_reason_display(),
        note=lambda row: row.note,
        consents=lambda row: row.consents,
    )


def register_all() -> None:
    at, title, kind, until = _("When"), _("Title"), _("Kind"), _("Until")
    rows: list[tuple[str, str, Any, dict[str, Any], Any, str]] = [
        (
            "documents",
            "badges",
            _("Signed documents"),
            {"at": at, "title": title, "kind": kind, "sha256": _("Digest"), "superseded": _("Replaced")},
            _documents,
            "SignedDocument StatusEntry",
        ),
        ("transcripts", "badges", _("Transcripts"), {"at": _("Asked for")}, _transcripts, "Transcript"),
        (
            "revocations",
            "badges",
            _("Revocations"),
            {"at": at, "title": title, "status": _("State"), "reason": _("Reason"), "note": _("What happened")},
            _revocations,
            "RevocationRequest",
        ),
        (
            "consents",
            "sharing",
            _("Consents"),
            {
                "at": _("Given"),
                "wording": _("Wording"),
                "method": _("Signed in by"),
                "until": until,
                "withdrawn": _("Withdrawn"),
            },
            _consents,
            "Consent ConsentAward",
        ),
        (
            "links",
            "sharing",
            _("Links"),
            {"at": _("Made"), "title": title, "kind": kind, "badges": _("Badges"), "until": until},
            _links,
            "ShareLink ShareLinkItem ShortCode",
        ),
        ("openings", "sharing", _("When links were opened"), {"at": at, "title": title}, _openings, "Disclosure"),
        (
            "exports",
            "sharing",
            _("Given out with those of your class"),
            {"at": at, "recipient": _("To whom"), "interest": _("What for")},
            _exports,
            "ClassExportEntry",
        ),
        (
            "questions",
            "sharing",
            _("Questions of verifiers"),
            {"at": at, "title": title, "text": _("Question"), "status": _("State"), "answer": _("Answer")},
            _questions,
            "VerifierQuestion",
        ),
        (
            "releases",
            "sharing",
            _("Given to others without your consent"),
            {
                "at": at,
                "recipient": _("To whom"),
                "basis": _("Basis"),
                "interest": _("Interest"),
                "records": _("What was given"),
            },
            _releases,
            "RecordRelease",
        ),
        (
            "sharing_ends",
            "sharing",
            _("When the school ended what you shared"),
            {"at": at, "reason": _("Reason"), "note": _("In words"), "consents": _("Consents that ended")},
            _ends,
            "SharingEnd",
        ),
    ]
    register(
        *(
            Section(
                key, group, heading, fields, read, tuple(f"issuance.{name}" for name in tables.split()), 70 + number
            )
            for number, (key, group, heading, fields, read, tables) in enumerate(rows)
        )
    )
    no_record(
        {
            "issuance.ClassExport": "who took out the transcripts of a class; the learner's own part is a record of its own",
            "issuance.ClassExportEvent": "what became of the transcripts of a class",
            "issuance.ApiToken": "belongs to a school's machine",
            "issuance.Archive": "a copy of the record, for a week",
            "issuance.BadgeList": "what a stranger brought to be checked, for a week",
            "issuance.BadgeListRow": "what a stranger brought to be checked, for a week",
            "issuance.Batch": "the work of the signer",
            "issuance.DirectoryDecision": "a decision of the school about everybody",
            "issuance.IssuedCredential": "issued for others through the API; kept by its id",
            "issuance.PageVote": "whether a stranger found a page helpful; about the page",
            "issuance.Receipt": "a stranger's proof of what was checked; names no holder",
            "issuance.SealImage": "belongs to the catalog",
            "issuance.SeasonDates": "the calendar of the school",
            "issuance.SeasonReminder": "when a reminder went out; the reminder itself is in notices",
            "issuance.SigningKey": "the school's",
            "issuance.StatusList": "bits of many; the learner's own is with the signed document",
            "issuance.Watch": "a stranger's wish to be told; ends by itself",
            "issuance.WatchMail": "a stranger's wish to be told; ends by itself",
            "issuance.WatchedBadge": "a stranger's wish to be told; names no holder",
        }
    )
