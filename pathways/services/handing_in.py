"""A learner's capstone, submitted attempt by attempt: accepted, which records it, or returned with a reason."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Conflict, Incomplete, Invalid
from config.permissions import Can, Role, require
from learners import services as learners_services
from learners.models import Conflict as DeclaredConflict
from learners.models import StoredFile, User
from learners.models.evidence import DeclarationKind, ScanState
from learners.services import files
from learners.services.evidence import ASKED, DECLARATIONS, DECLARATIONS_VERSION, TEXT_MAX_LETTERS
from pathways.models import (
    CapstoneAnswer,
    CapstoneOutcome,
    CapstoneRecord,
    CapstoneWork,
    PathwayEnrollment,
    Requirement,
    RequirementKind,
    Waiver,
)
from pathways.services.capstones import record_of, tell
from pathways.services.waiving import locked_enrollment, require_active


def hand_in_capstone(
    *,
    actor: User,
    enrollment: PathwayEnrollment,
    requirement: Requirement,
    declared: Collection[DeclarationKind],
    at: datetime,
    text: str = "",
    link: str = "",
    upload: UploadedFile | None = None,
    ai_use: str = "",
) -> CapstoneWork:
    """Submit one's own capstone: a text, an address, a file, or several of them. Whoever keeps the pathway is told.

    declared: what was confirmed, as for evidence. Raises NotAllowed, Invalid (FileRefused; no capstone of the version, an odd
    address, too long a text), Incomplete (names what is missing), Conflict (one waits already, it is recorded or waived, or
    the learner no longer works toward it).
    """
    require(actor, Can.CAPSTONE_HAND_IN, enrollment)
    text, link = text.replace("\r\n", "\n").strip(), link.strip()
    _require_words(text, link)
    missing = [] if text or link or upload else [_("write a text, give an address or choose a file")]
    missing += [str(ASKED[kind]) for kind in DECLARATIONS if kind not in declared]
    if missing:
        raise Incomplete(_("Before you hand it in: %(missing)s.") % {"missing": "; ".join(missing)}, missing)
    said = {"text": text, "link": link, "ai_use": ai_use.strip()}
    if upload is None:
        return _hand_in(actor, enrollment, requirement, at, **said)
    with files.kept_on_success(files.clean_upload(upload), actor=actor, at=at) as stored:
        return _hand_in(actor, enrollment, requirement, at, file=stored, **said)


def _require_words(text: str, link: str) -> None:
    if len(text) > TEXT_MAX_LETTERS:
        raise Invalid(
            _("The text has %(length)s letters; the most is %(limit)s. Attach it as a file instead.")
            % {"length": len(text), "limit": TEXT_MAX_LETTERS}
        )
    if link:
        try:
            URLValidator(schemes=["https", "http"])(link)
        except ValidationError as error:
            raise Invalid(_("Give a whole address that starts with https://.")) from error


@transaction.atomic
def _hand_in(
    actor: User, enrollment: PathwayEnrollment, requirement: Requirement, at: datetime, **said: object
) -> CapstoneWork:
    enrollment = locked_enrollment(enrollment)
    require_active(enrollment)
    rule = enrollment.version.requirements.filter(pk=requirement.pk, kind=RequirementKind.CAPSTONE).first()
    if rule is None:
        raise Invalid(_("Choose a capstone of the version that you follow."))
    before = CapstoneWork.objects.filter(enrollment=enrollment, requirement__key=rule.key)
    if before.waiting().exists():
        raise Conflict(_("What you submitted waits for an answer. Take it back first to submit something else."))
    of_rule = {"enrollment": enrollment, "requirement__key": rule.key}
    if CapstoneRecord.objects.filter(**of_rule).standing().exists():
        raise Conflict(_("This capstone is recorded already."))
    if Waiver.objects.filter(**of_rule).standing().exists():
        raise Conflict(_("This capstone is waived for you; there is nothing to submit."))
    work = CapstoneWork.objects.create(
        enrollment=enrollment,
        requirement=rule,
        attempt=before.count() + 1,
        wording="\n".join(str(each) for each in DECLARATIONS.values()),
        wording_version=DECLARATIONS_VERSION,
        at=at,
        **said,
    )
    _tell_keepers(work, actor, at)
    return work


def _tell_keepers(work: CapstoneWork, actor: User, at: datetime) -> None:
    """Tell those who may answer it; where nobody runs the pathway, the administrators. No name stands in the mail."""
    enrollment = work.enrollment
    barred = DeclaredConflict.objects.standing().filter(learner=enrollment.learner).values_list("assessor", flat=True)
    for role in (Role.PATHWAY_ADMIN, Role.ADMINISTRATOR):
        told = learners_services.tell_role(
            role,
            credential=enrollment.credential,
            kind="capstone-waits",
            subject=_("%(title)s: a capstone was submitted") % {"title": enrollment.version.title},
            text=_("A learner has submitted a capstone. Open it, and accept it or return it with a reason."),
            path=reverse("pathways:capstone-work", args=[work.public_id]),
            at=at,
            but=[actor.pk, *barred],
        )
        if told:
            return


def take_capstone_back(*, actor: User, work: CapstoneWork, at: datetime) -> CapstoneAnswer:
    """Take one's own attempt back while it waits; it stays in the record. Raises NotAllowed, Conflict (answered already)."""
    return _answer(actor, Can.CAPSTONE_HAND_IN, work, at, outcome=CapstoneOutcome.TAKEN_BACK)


def return_capstone(*, actor: User, work: CapstoneWork, reason: str, at: datetime) -> CapstoneAnswer:
    """Return an attempt; the learner reads the reason and may submit another.

    Raises NotAllowed (also one's own, or with a conflict), Invalid (no reason), Conflict (answered already).
    """
    if not reason.strip():
        raise Invalid(_("Say what is missing; the learner reads it."))
    return _answer(
        actor, Can.CAPSTONE_RECORD, work, at, outcome=CapstoneOutcome.RETURNED, reason=reason.strip(), is_told=True
    )


@transaction.atomic
def _answer(
    actor: User, can: Can, work: CapstoneWork, at: datetime, *, is_told: bool = False, **said: object
) -> CapstoneAnswer:
    enrollment = locked_enrollment(work.enrollment)
    require(actor, can, enrollment)
    _require_waiting(work)
    made = CapstoneAnswer.objects.create(work=work, actor=actor, at=at, **said)
    if is_told:
        tell(enrollment, at)
    return made


@transaction.atomic
def accept_capstone(*, actor: User, work: CapstoneWork, done_on: date, note: str, at: datetime) -> CapstoneAnswer:
    """Accept an attempt and record the capstone, for the same rule of the version that the learner follows now.

    note: what was done and who heard or read it; learner and committee read it. Raises NotAllowed (also one's own, or with a
    conflict), Invalid (no note, a day ahead), Conflict (answered already, the file is not yet scanned or was refused, the
    version no longer asks for it, or the learner no longer works toward it).
    """
    enrollment = locked_enrollment(work.enrollment)
    require(actor, Can.CAPSTONE_RECORD, enrollment)
    _require_waiting(work)
    if work.file is not None:
        _require_readable(StoredFile.objects.get(pk=work.file.pk))
    rule = enrollment.version.requirements.filter(key=work.requirement.key, kind=RequirementKind.CAPSTONE).first()
    if rule is None:
        raise Conflict(_("The version that the learner follows no longer asks for this capstone."))
    record = record_of(actor=actor, enrollment=enrollment, rule=rule, done_on=done_on, note=note, at=at)
    return CapstoneAnswer.objects.create(
        work=work, outcome=CapstoneOutcome.ACCEPTED, reason=record.note, record=record, actor=actor, at=at
    )


def _require_waiting(work: CapstoneWork) -> None:
    answered = CapstoneAnswer.objects.filter(work=work).first()
    if answered is not None:
        raise Conflict(_("It was answered already: %(outcome)s.") % {"outcome": answered.get_outcome_display()})


def _require_readable(file: StoredFile) -> None:
    if file.tombstoned_at is not None or file.scan_state == ScanState.INFECTED:
        raise Conflict(_("The virus scanner refused the file, so nobody has read it. Return it with that reason."))
    if file.scan_state == ScanState.WAITING:
        raise Conflict(_("The file still waits for the virus scanner. Accept it once you have read it."))
