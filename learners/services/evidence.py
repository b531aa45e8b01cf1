"""Gathering evidence and submitting it."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.errors import Conflict, Incomplete, Invalid, NotAllowed
from config.permissions import Can, require
from credentials.models import EvidenceRequirement
from credentials.models.catalog import EvidenceSource
from learners.models import Declaration, EvidenceItem, Submission, SubmissionEvent, TeamEvent, TeamMember, User
from learners.models.evidence import DeclarationKind, EvidenceKind
from learners.services import assignment, files, holidays, notices, recognition, result_evidence, versions
from learners.services.enrollment import start_attempt
from learners.services.kept import ask_anew
from learners.workflow import (
    SUBMISSION_MOVES,
    EnrollmentStatus,
    SubmissionStatus,
    require_move,
)

# What a learner submits by themselves; staff, events and imports provide the rest.
FROM_LEARNER = ["learner", "team"]

DECLARATIONS_VERSION = "2026-11"
DECLARATIONS = {
    DeclarationKind.NO_PATIENT_DATA: gettext_lazy(
        "Nothing in this evidence identifies a patient: no name, date of birth, address, record number, face, or any other "
        "of the eighteen identifiers, in text, pictures, file names or sound."
    ),
    DeclarationKind.OWN_WORK: gettext_lazy("This is my own work. Where others took part, it says who and in what."),
}
ASKED = {
    DeclarationKind.NO_PATIENT_DATA: gettext_lazy("confirm that nothing in the evidence identifies a patient"),
    DeclarationKind.OWN_WORK: gettext_lazy("confirm that this is your own work"),
}
AI_USE_WORDING = gettext_lazy("Say which tools you used and for what. Leave it empty if you used none.")
TEXT_MAX_LETTERS = 20_000
HOURS_MAX = 1000
LOGS = {"log", "hours", "hours log", "log of hours"}  # requirements that hours fill


class AlreadyHere(Conflict):
    """The same was added before: most often, a form that was sent twice."""

    code = "already-here"


def form_key(kind: str, requirement: EvidenceRequirement | None) -> str:
    """The name of the form of the workspace in which this is added."""
    return f"add-{'other' if requirement is None else requirement.position}-{kind}"


def add_text(
    *, actor: User, submission: Submission, requirement: EvidenceRequirement | None, title: str, text: str, at: datetime
) -> EvidenceItem:
    """Add a text to a draft. Raises NotAllowed, Conflict (no draft), Invalid."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid(_("Write something first."))
    if len(text) > TEXT_MAX_LETTERS:
        raise Invalid(
            _("The text has %(length)s letters; the most is %(limit)s. Attach it as a file instead.")
            % {"length": len(text), "limit": TEXT_MAX_LETTERS}
        )
    return _add(actor, submission, requirement, at, kind=EvidenceKind.TEXT, title=title or _("Text"), text=text)


def add_link(
    *, actor: User, submission: Submission, requirement: EvidenceRequirement | None, title: str, link: str, at: datetime
) -> EvidenceItem:
    """Add an address to a draft. Raises NotAllowed, Conflict, Invalid (not an https or http address)."""
    try:
        URLValidator(schemes=["https", "http"])(link)
    except ValidationError as error:
        raise Invalid(_("Give a whole address that starts with https://.")) from error
    return _add(actor, submission, requirement, at, kind=EvidenceKind.LINK, title=title or link[:200], link=link)


def add_hours(
    *,
    actor: User,
    submission: Submission,
    requirement: EvidenceRequirement | None,
    title: str,
    hours: Decimal,
    text: str = "",
    at: datetime,
) -> EvidenceItem:
    """Add logged hours to a draft; information, never a result. Raises NotAllowed, Conflict, Invalid."""
    if not (hours.is_finite() and 0 < hours <= HOURS_MAX):
        raise Invalid(_("Give hours above 0 and up to %(limit)s.") % {"limit": HOURS_MAX})
    return _add(
        actor, submission, requirement, at, kind=EvidenceKind.HOURS, title=title or _("Hours"), hours=hours, text=text
    )


def add_file(
    *,
    actor: User,
    submission: Submission,
    requirement: EvidenceRequirement | None,
    title: str,
    upload: UploadedFile,
    at: datetime,
) -> EvidenceItem:
    """Check an upload and add it to a draft. The same file twice is refused, so that a doubled post adds one.

    Raises NotAllowed, Conflict (AlreadyHere), Invalid (FileRefused says what is wrong with the file).
    """
    require(actor, Can.SUBMISSION_EDIT, submission)
    with files.kept_on_success(files.clean_upload(upload), actor=actor, at=at) as stored:
        return _add(
            actor, submission, requirement, at, kind=EvidenceKind.FILE, title=title or stored.original_name, file=stored
        )


def _add(
    actor: User,
    submission: Submission,
    requirement: EvidenceRequirement | None,
    at: datetime,
    *,
    kind: EvidenceKind,
    title: str,
    **content: object,
) -> EvidenceItem:
    with transaction.atomic():
        submission = own_draft(actor, submission)
        if requirement is not None and requirement.version_id != submission.enrollment.credential_version_id:
            raise Invalid(_("This kind of evidence does not belong to the credential."))
        if requirement is not None and requirement.source not in FROM_LEARNER:
            raise Invalid(_("This is entered by staff; you need not hand it in."))
        items = list(submission.evidence_items.select_related("file"))
        if len(items) >= settings.UPLOAD_MAX_ITEMS:
            raise Invalid(_("There are %(count)s items already, which is the most.") % {"count": len(items)})
        item = EvidenceItem(
            submission=submission,
            requirement=requirement,
            kind=kind,
            title=title.strip()[:200],
            added_by=actor,
            added_at=at,
            **content,
        )
        if any(_fingerprint(item) == _fingerprint(each) for each in items):
            raise AlreadyHere(_("This is here already."))
        item.save()
        if requirement is not None and requirement.source == EvidenceSource.TEAM:
            _share(item, submission)
        submission.form_drafts.filter(form=form_key(kind, requirement)).delete()
        return item


def _share(item: EvidenceItem, submission: Submission) -> None:
    """What one member of a team submits for it counts for each: it stands in the open draft of every other member."""
    drafts = (
        Submission.objects.filter(
            status=SubmissionStatus.DRAFT,
            enrollment__status=EnrollmentStatus.ACTIVE,
            enrollment__credential_version=submission.enrollment.credential_version_id,
            enrollment__team_member__team__members__enrollment=submission.enrollment_id,
        )
        .exclude(enrollment=submission.enrollment_id)
        .order_by("pk")
    )
    EvidenceItem.objects.bulk_create(_copy(item, each, shared_from=item) for each in drafts)


def catch_up_with_team(draft: Submission) -> None:
    """Put into a draft what the others of the team have submitted for all and it lacks. Inside the caller's transaction.

    What somebody submitted before they were in this team is their own. Two queries, and one that writes.
    """
    newer = Submission.objects.filter(enrollment=OuterRef("submission__enrollment"), pk__gt=OuterRef("submission"))
    moved_since = TeamEvent.objects.filter(enrollment=OuterRef("submission__enrollment"), at__gt=OuterRef("added_at"))
    handed_in = (
        EvidenceItem.objects.filter(
            ~Exists(newer),
            ~Exists(moved_since),
            shared_from=None,
            set_aside_by=None,
            requirement__source=EvidenceSource.TEAM,
            requirement__version=draft.enrollment.credential_version_id,
            submission__enrollment__team_member__team__members__enrollment=draft.enrollment_id,
        )
        .exclude(submission__enrollment=draft.enrollment_id)
        .select_related("file")
        .order_by("added_at", "pk")
    )
    there = {_fingerprint(each) for each in draft.evidence_items.select_related("file")}
    lacking = {_fingerprint(each): each for each in handed_in if _fingerprint(each) not in there}
    EvidenceItem.objects.bulk_create(_copy(each, draft, shared_from=each) for each in lacking.values())


def leave_to_team(draft: Submission) -> int:
    """Take out of a draft what others submitted for a team that its learner has left; answer how much that was.

    It stays with those who handed it in and with their team. What the learner submitted stays here and there. What is
    under a report of patient data stays for whoever settles it. Inside the caller's transaction.
    """
    shared = draft.evidence_items.filter(shared_from__isnull=False, set_aside_by__isnull=True)
    of_the_team = Exists(
        TeamMember.objects.filter(
            enrollment=OuterRef("shared_from__submission__enrollment"), team__members__enrollment=draft.enrollment_id
        )
    )
    gone, _by_model = EvidenceItem.objects.filter(pk__in=shared.filter(~of_the_team).values("pk")).delete()
    return gone


def _copy(item: EvidenceItem, submission: Submission, **fields: object) -> EvidenceItem:
    """The same piece of evidence in another submission."""
    kept = {
        name: getattr(item, name)
        for name in (
            "requirement_id",
            "kind",
            "title",
            "text",
            "link",
            "hours",
            "file_id",
            "harmless_at",
            "result_id",
            "shared_from_id",
            "added_by_id",
            "added_at",
        )
        if name.removesuffix("_id") not in fields
    }
    return EvidenceItem(submission=submission, **kept, **fields)


def _fingerprint(item: EvidenceItem) -> tuple[object, ...]:
    """What makes two items the same."""
    text = hashlib.sha256(item.text.encode()).digest()
    return (item.kind, item.requirement_id, text, item.link, item.hours, item.file.sha256 if item.file else "")


@transaction.atomic
def remove_evidence(*, actor: User, item: EvidenceItem) -> None:
    """Take an item out of a draft, and out of storage a file that no other item holds.

    What was submitted for a team goes from the drafts of the others as well; what they have submitted stays.

    Raises NotAllowed (not one's own draft, or what somebody else wrote down), Conflict (submitted already).
    """
    own_draft(actor, item.submission)
    if item.is_from_others:
        raise NotAllowed(_("This was written down by somebody else, and stays with your work."))
    item.shared.filter(submission__status=SubmissionStatus.DRAFT).delete()
    EvidenceItem.objects.filter(pk=item.pk).delete()
    if item.file is not None:
        files.forget_file(item.file)


@transaction.atomic
def note_harmless(*, actor: User, item: EvidenceItem, at: datetime) -> None:
    """The learner has looked: what seems to name a patient does not, and is not asked about again.

    Raises NotAllowed, Conflict (submitted already).
    """
    own_draft(actor, item.submission)
    EvidenceItem.objects.filter(pk=item.pk, harmless_at__isnull=True).update(harmless_at=at)


def submit_evidence(
    *,
    actor: User,
    submission: Submission,
    declarations: Mapping[DeclarationKind, str],
    judge_anew: Collection[int] = (),
    at: datetime,
) -> Submission:
    """Submit a draft with its declarations, in the wording that was shown; an assessor is assigned at once.

    declarations: each kind that the learner made, with an answer or "". judge_anew: criteria that met the standard at the
    last attempt and are to be judged again all the same. Raises NotAllowed, Conflict (submitted already), Incomplete (names
    what is missing), VersionMoved (today's version applies from now on, and is to be looked at), Invalid (nothing is kept of a criterion to be judged anew).
    """
    with transaction.atomic():
        moved = versions.move_if_due(actor=actor, submission=own_draft(actor, submission), at=at)
    if moved:  # and stays moved, though nothing was submitted
        raise versions.VersionMoved(
            _(
                "You enrolled more than 12 months ago, so today’s version applies. Your evidence is here; look, and submit again."
            )
        )
    return _hand_in(actor, submission, declarations, judge_anew, at)


@transaction.atomic
def _hand_in(
    actor: User,
    submission: Submission,
    declarations: Mapping[DeclarationKind, str],
    judge_anew: Collection[int],
    at: datetime,
) -> Submission:
    submission = own_draft(actor, submission)
    if missing := _missing(submission, declarations, on=timezone.localdate(at)):
        raise Incomplete(_("Before you submit: %(missing)s.") % {"missing": "; ".join(missing)}, missing)
    require_move(SUBMISSION_MOVES, submission.status, SubmissionStatus.SUBMITTED)
    recognition.record_credit(submission, at=at)
    Declaration.objects.bulk_create(
        Declaration(
            submission=submission,
            kind=kind,
            wording_version=DECLARATIONS_VERSION,
            wording=str(wording),
            answer=declarations[kind],
            made_by=actor,
            made_at=at,
        )
        for kind, wording in [*DECLARATIONS.items(), (DeclarationKind.AI_USE, AI_USE_WORDING)]
        if kind in declarations
    )
    if judge_anew:
        ask_anew(submission=submission, criteria=judge_anew, at=at)
    submission.form_drafts.all().delete()
    submission.status, submission.submitted_at = SubmissionStatus.SUBMITTED, at
    submission.due_at = holidays.working_days_after(
        at,
        submission.credential_version.review_target_working_days,
        organization_id=submission.credential.organization_id,
    )
    submission.save(update_fields=["status", "submitted_at", "due_at"])
    SubmissionEvent.objects.create(submission=submission, actor=actor, moved_to=submission.status, at=at)
    assignment.assign_submission(submission=submission, at=at)
    _receipt(actor, submission, at)
    return submission


def _receipt(actor: User, submission: Submission, at: datetime) -> None:
    """Say in writing that it was submitted, and by when an answer is promised."""
    day = format_date(timezone.localtime(submission.due_at or at), "M j, Y")
    notices.tell(
        user=actor,
        kind="submitted",
        subject=_("Submitted: %(title)s") % {"title": submission.credential_version.title[:150]},
        text=_("Your evidence has arrived. You get an answer by %(day)s; the page shows where it stands.")
        % {"day": day},
        path=submission.get_absolute_url(),
        at=at,
    )


def counts_toward(item: EvidenceItem, requirement: EvidenceRequirement) -> bool:
    """Time is information: hours fill a log, and never stand for anything that shows what somebody can do (DOMAIN A12)."""
    return item.kind != EvidenceKind.HOURS or requirement.kind.casefold() in LOGS


def _missing(submission: Submission, declarations: Mapping[DeclarationKind, str], *, on: date) -> list[str]:
    """What is still to be added and declared. What is recognized from elsewhere need not be submitted."""
    recognized = recognition.credited(submission.enrollment, on=on)
    items = list(submission.evidence_items.select_related("requirement"))
    counts: dict[int | None, int] = {}
    for item in items:
        if item.requirement is not None and counts_toward(item, item.requirement):
            counts[item.requirement_id] = counts.get(item.requirement_id, 0) + 1
    missing = [
        _("add to “%(kind)s” (%(count)s of %(least)s is there)")
        % {
            "kind": capfirst(requirement.kind),
            "count": counts.get(requirement.pk, 0),
            "least": requirement.items_min,
        }
        for requirement in submission.enrollment.asked_evidence().filter(source__in=FROM_LEARNER)
        if counts.get(requirement.pk, 0) < requirement.items_min and requirement.kind not in recognized
    ]
    if not missing and all(item.kind == EvidenceKind.HOURS for item in items):
        missing.append(
            _("add something that shows what you can do; hours alone do not")
            if items
            else _("add at least one piece of evidence")
        )
    for kind in DECLARATIONS:
        if kind not in declarations:
            missing.append(str(ASKED[kind]))
    return missing


@transaction.atomic
def start_resubmission(*, actor: User, submission: Submission, at: datetime) -> Submission:
    """Start the next attempt as a draft that holds the evidence of the last one, and what came in since.

    That is what the team submitted for all, and what others recorded while no attempt was open.

    After "returned" at once; after "not met" when the waiting time is over and an attempt is left. A second call answers
    the draft of the first. Raises NotAllowed, Conflict.
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .with_context()
        .prefetch_related("assignments")
        .get(pk=submission.pk)
    )
    require(actor, Can.SUBMISSION_EDIT, submission)
    following = submission.enrollment.submissions.filter(attempt=submission.attempt + 1).first()
    if following is not None:
        return following
    decision = submission.decisions.filter(status="released").first()
    if decision is None or decision.outcome == "awarded":
        raise Conflict(_("There is nothing to change: this submission was not returned."))
    version = submission.credential_version
    if (
        submission.enrollment.status != EnrollmentStatus.ACTIVE
        or submission.attempt >= submission.enrollment.attempts_most
    ):
        raise Conflict(_("All attempts are used. Meet with the lead of this credential, who can give one more."))
    if decision.outcome == "not-met" and decision.effective_at is not None:
        open_at = decision.effective_at + timedelta(days=version.attempts_wait_days)
        if at < open_at:
            raise Conflict(
                _("The next attempt opens on %(day)s.") % {"day": f"{open_at:%B} {open_at.day}, {open_at.year}"}
            )
    draft = start_attempt(submission.enrollment, submission.attempt + 1, actor=actor, at=at)
    # What the retention rule removed since is not submitted once more.
    kept = submission.evidence_items.filter(set_aside_by__isnull=True).exclude(file__tombstoned_at__isnull=False)
    EvidenceItem.objects.bulk_create(_copy(item, draft) for item in kept.order_by("pk"))
    catch_up_with_team(draft)
    result_evidence.count_kept(draft)
    return draft


def own_draft(actor: User, submission: Submission) -> Submission:
    """The submission, locked, when it is one's own draft. Raises NotAllowed, Conflict. Inside a transaction."""
    submission = Submission.objects.select_for_update(of=("self",)).with_context().get(pk=submission.pk)
    require(actor, Can.SUBMISSION_EDIT, submission)
    if submission.status != SubmissionStatus.DRAFT:
        raise Conflict(_("This was submitted; what it holds cannot be changed."))
    return submission
