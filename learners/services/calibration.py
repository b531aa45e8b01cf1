"""The calibration set of an item: keeping it, judging it blind, and who is due.

Whoever set down agreed levels is part of what was agreed: they take no round, and hold as calibrated for a year from then.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Incomplete, Invalid
from config.permissions import Can, Role, require
from credentials import rubric
from credentials.models import Credential, CredentialVersion
from learners import calibrating
from learners.models import (
    AgreedLevel,
    Calibration,
    CalibrationEvent,
    CalibrationJudgment,
    CalibrationReminder,
    CalibrationRound,
    ModelPiece,
    ModelWork,
    Notice,
    RoleGrant,
    User,
)
from learners.models.calibration import HOLDS, WORKS_DEFAULT, WORKS_LEAST, WORKS_MOST, ModelWorkQuerySet
from learners.selectors import calibrated
from learners.services import files, notices
from learners.services.assessment import ChangedElsewhere

DUE_BEFORE = timedelta(days=30)  # so long before it ends an assessor is told
AGAIN_AFTER = timedelta(days=7)  # after a round that was not passed
PIECES_MAX = 10
TEXT_MAX_LETTERS = 20_000
WORDS_MAX_LETTERS = 2000


# The set, kept by a lead ---------------------------------------------------------------------------------------------
@transaction.atomic
def set_calibration(
    *, actor: User, credential: Credential, is_required: bool, works_max: int, at: datetime
) -> Calibration:
    """Say whether an item asks its assessors to be calibrated, and how many works its set holds.

    It can be asked only once the set is whole. A second call with the same changes nothing. Raises NotAllowed, Invalid,
    Conflict (the set is not whole).
    """
    require(actor, Can.CALIBRATION_KEEP, credential)
    if not WORKS_LEAST <= works_max <= WORKS_MOST:
        raise Invalid(
            _("A set holds %(least)s to %(most)s pieces of work.") % {"least": WORKS_LEAST, "most": WORKS_MOST}
        )
    credential = _locked(credential)
    standing = Calibration.objects.filter(credential=credential).first()
    if standing is not None and (standing.is_required, standing.works_max) == (is_required, works_max):
        return standing
    count = _standing_works(credential).count()
    if count > works_max:
        raise Conflict(_("The set holds %(count)s pieces of work; retire some first.") % {"count": count})
    if is_required and count < works_max:
        raise Conflict(
            _("The set holds %(count)s of %(most)s pieces of work. Complete it before you ask for calibration.")
            % {"count": count, "most": works_max}
        )
    values = {"is_required": is_required, "works_max": works_max, "changed_at": at}
    calibration, _is_new = Calibration.objects.update_or_create(credential=credential, defaults=values)
    _note(credential, actor, "required" if is_required else "not-required", at=at, note=f"{works_max} works")
    return calibration


def works_max(credential: Credential) -> int:
    """How many works the set of an item holds. One query."""
    found = Calibration.objects.filter(credential=credential).values_list("works_max", flat=True).first()
    return found or WORKS_DEFAULT


@transaction.atomic
def begin_model_work(*, actor: User, version: CredentialVersion, title: str, at: datetime) -> ModelWork:
    """Begin a piece of work for the set of a version; the same title again answers the one that stands.

    Raises NotAllowed, Invalid (no title), Conflict (the set is full, or the version is not the one that is offered).
    """
    require(actor, Can.CALIBRATION_KEEP, version.credential)
    title = " ".join(title.split())[:200]
    if not title:
        raise Invalid(_("Give it a title; assessors see it."))
    credential = _locked(version.credential)
    if credential.current_version_id != version.pk:
        raise Conflict(_("The set belongs to the version that is offered now."))
    standing = ModelWork.objects.filter(version=version, retired_at__isnull=True)
    if (same := standing.filter(title=title).first()) is not None:
        return same
    most = works_max(credential)
    if standing.count() >= most:
        raise Conflict(_("The set holds %(count)s pieces of work, which is all. Retire one first.") % {"count": most})
    work = ModelWork.objects.create(version=version, title=title, begun_by=actor, begun_at=at)
    _note(credential, actor, "begun", at=at, work=work)
    return work


@transaction.atomic
def add_model_text(*, actor: User, work: ModelWork, title: str, text: str, at: datetime) -> ModelPiece:
    """Add a text to a work that is not ready; the same once more is kept once. Raises NotAllowed, Invalid, Conflict."""
    work = _open_work(actor, work)
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > TEXT_MAX_LETTERS:
        raise Invalid(_("Write the text, at most %(limit)s letters.") % {"limit": TEXT_MAX_LETTERS})
    return work.pieces.filter(text=text).first() or _add_piece(work, title or _("Text"), at=at, text=text)


def add_model_file(*, actor: User, work: ModelWork, title: str, upload: UploadedFile, at: datetime) -> ModelPiece:
    """Check a file as any upload is checked, and add it without its own name.

    The same file twice is refused. Raises NotAllowed, Invalid (FileRefused), Conflict.
    """
    require(actor, Can.CALIBRATION_KEEP, work.version.credential)
    with files.kept_on_success(files.clean_upload(upload), actor=actor, at=at) as stored:
        work = _open_work(actor, work)
        if work.pieces.filter(file__sha256=stored.sha256).exists():
            raise Conflict(_("This is here already."))
        return _add_piece(work, title or _("File"), at=at, file=stored)


def _add_piece(work: ModelWork, title: str, *, at: datetime, **content: object) -> ModelPiece:
    if work.pieces.count() >= PIECES_MAX:
        raise Invalid(_("There are %(count)s items already, which is the most.") % {"count": PIECES_MAX})
    return ModelPiece.objects.create(work=work, title=title.strip()[:200], added_at=at, **content)


@transaction.atomic
def remove_model_piece(*, actor: User, piece: ModelPiece) -> None:
    """Take a text or file out of a work that is not ready. Raises NotAllowed, Conflict."""
    _open_work(actor, piece.work)
    stored = piece.file
    ModelPiece.objects.filter(pk=piece.pk).delete()
    if stored is not None:
        files.forget_file(stored)


@transaction.atomic
def agree_levels(
    *, actor: User, work: ModelWork, levels: Mapping[int, tuple[int | None, str]], at: datetime
) -> ModelWork:
    """Set down what was agreed: by key of the criterion the level and the reason; an empty level takes it out.

    Raises NotAllowed, Conflict (ready), Invalid (a criterion of another rubric, no such level, a level without a reason).
    """
    work = _open_work(actor, work)
    known = set(work.version.criteria.values_list("pk", flat=True))
    for key, (level, reason) in levels.items():
        reason = reason.replace("\r\n", "\n").strip()
        if key not in known:
            raise Invalid(_("A criterion does not belong to this rubric."))
        if level is None:
            AgreedLevel.objects.filter(work=work, criterion=key).delete()
            continue
        if level not in {1, 2, 3, 4}:
            raise Invalid(_("A level is 1, 2, 3 or 4."))
        if not reason or len(reason) > WORDS_MAX_LETTERS:
            raise Invalid(_("Give the reason for each level; assessors read it after they have judged."))
        said = AgreedLevel.objects.filter(work=work, criterion=key).first()
        if said is not None and (said.level, said.reason) == (level, reason):
            continue  # whoever said it first stays its author
        AgreedLevel.objects.update_or_create(
            work=work,
            criterion_id=key,
            defaults={"level": level, "reason": reason, "set_by": actor, "set_at": at},
        )
    return work


@transaction.atomic
def make_ready(*, actor: User, work: ModelWork, is_declared: bool, at: datetime) -> ModelWork:
    """Take a work into the set; from then on it stays as it is.

    is_declared: that nothing in it names a learner or a patient, and that it was written for this or its author agreed.
    Raises NotAllowed, Conflict (ready already), Invalid (not declared), Incomplete (names what is missing).
    """
    work = _open_work(actor, work)
    missing = [] if work.pieces.exists() else [_("a text or a file")]
    agreed = set(work.agreed.values_list("criterion", flat=True))
    missing += [
        _("the level of “%(name)s”") % {"name": each.name}
        for each in work.version.criteria.order_by("position")
        if each.pk not in agreed
    ]
    if missing:
        raise Incomplete(_("Still missing: %(missing)s.") % {"missing": "; ".join(missing)}, missing)
    if not is_declared:
        raise Invalid(_("Confirm that it names no learner and no patient, and that its author agreed."))
    work.ready_at = at
    work.save(update_fields=["ready_at"])
    _note(work.version.credential, actor, "ready", at=at, work=work, note="Names nobody; written for this or agreed.")
    return work


@transaction.atomic
def retire_model_work(*, actor: User, work: ModelWork, at: datetime) -> ModelWork:
    """Take a work out of the set; rounds that hold it go on. A second call changes nothing.

    Raises NotAllowed.
    """
    require(actor, Can.CALIBRATION_KEEP, work.version.credential)
    work = ModelWork.objects.select_for_update(of=("self",)).select_related("version__credential").get(pk=work.pk)
    if work.retired_at is None:
        work.retired_at = at
        work.save(update_fields=["retired_at"])
        _note(work.version.credential, actor, "retired", at=at, work=work)
    return work


def _open_work(actor: User, work: ModelWork) -> ModelWork:
    """The row, held, when the actor may still change it."""
    require(actor, Can.CALIBRATION_KEEP, work.version.credential)
    work = (
        ModelWork.objects.select_for_update(of=("self",))
        .select_related("version__credential__organization")
        .get(pk=work.pk)
    )
    if work.ready_at is not None or work.retired_at is not None:
        raise Conflict(_("This work is in the set and stays as it is. Retire it and write another."))
    return work


# Rounds --------------------------------------------------------------------------------------------------------------
def why_not_start(*, assessor: User, credential: Credential, at: datetime) -> str:
    """What keeps an assessor from a round now, in a sentence; empty when nothing does. At most four queries."""
    works = _standing_works(credential)
    if works.count() < works_max(credential):
        return _("The set of this item is not complete yet; its lead prepares it.")
    if AgreedLevel.objects.filter(work__in=works, set_by=assessor).exists():
        return _("You set down agreed levels of this set, so there is nothing to compare yours with.")
    last = CalibrationRound.objects.filter(assessor=assessor, credential=credential).order_by("-started_at").first()
    if last is None or last.finished_at is None or last.is_passed:
        return ""
    opens_at = last.finished_at + AGAIN_AFTER
    if opens_at <= at:
        return ""
    day = timezone.localdate(opens_at)
    return _("The next round opens on %(day)s. Read what was agreed until then, and speak with the lead.") % {
        "day": f"{day:%B} {day.day}, {day.year}"
    }


@transaction.atomic
def start_round(*, actor: User, credential: Credential, at: datetime) -> CalibrationRound:
    """Begin to judge the set; a second call answers the round that is open.

    Raises NotAllowed, Conflict (the set is not whole, one's own levels, too soon after a round that was not passed).
    """
    require(actor, Can.CALIBRATION_TAKE, credential)
    credential = _locked(credential)
    standing = CalibrationRound.objects.filter(assessor=actor, credential=credential, finished_at__isnull=True).first()
    if standing is not None:
        return standing
    if reason := why_not_start(assessor=actor, credential=credential, at=at):
        raise Conflict(reason)
    works = list(_standing_works(credential).order_by("pk"))
    version = works[0].version
    started = CalibrationRound.objects.create(assessor=actor, credential=credential, version=version, started_at=at)
    CalibrationJudgment.objects.bulk_create(
        CalibrationJudgment(round=started, work=work, criterion=criterion)
        for work in works
        for criterion in version.criteria.order_by("position")
    )
    _note(credential, actor, "started", at=at, round=started)
    return started


def judged_mark(rows: Iterable[CalibrationJudgment]) -> str:
    """A mark of what was given to one work when it was read; it changes with a level or a word."""
    told = sorted((each.criterion_id, each.level or 0, each.comment) for each in rows)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@transaction.atomic
def save_calibration(
    *,
    actor: User,
    calibration_round: CalibrationRound,
    work: ModelWork,
    levels: Mapping[int, tuple[int | None, str]],
    seen: str | None = None,
) -> str:
    """Keep what the assessor gives one work of an open round: by key of the criterion a level and words of their own.

    seen: the `judged_mark` that the caller changed; left out, nothing is compared. Answers the new one. Raises NotAllowed,
    Conflict (finished), ChangedElsewhere (in another window meanwhile), Invalid (not of this round, no such level).
    """
    held = _own_open(actor, calibration_round)
    rows = {each.criterion_id: each for each in held.judgments.filter(work=work)}
    before = judged_mark(rows.values())
    for key, (level, comment) in levels.items():
        if key not in rows:
            raise Invalid(_("A criterion does not belong to this rubric."))
        if level not in {None, 1, 2, 3, 4}:
            raise Invalid(_("A level is 1, 2, 3 or 4."))
        rows[key].level, rows[key].comment = level, _clean(comment)
    now = judged_mark(rows.values())
    if now == before:
        return now
    if seen is not None and seen != before:
        raise ChangedElsewhere(_("This was changed in another tab or window."))
    CalibrationJudgment.objects.bulk_update(rows.values(), ["level", "comment"])
    return now


def _clean(comment: str) -> str:
    return comment.replace("\r\n", "\n").strip()[:WORDS_MAX_LETTERS]


@transaction.atomic
def finish_round(*, actor: User, calibration_round: CalibrationRound, at: datetime) -> CalibrationRound:
    """Compare the round with what was agreed; passed, it holds for a year.

    Raises NotAllowed, Conflict (finished already), Incomplete (names the works that lack a level).
    """
    held = _own_open(actor, calibration_round)
    judgments = list(held.judgments.select_related("criterion", "work").order_by("work", "criterion__position", "pk"))
    lacking = {each.work_id: each.work.title for each in judgments if each.level is None}
    if lacking:
        missing = list(lacking.values())
        raise Incomplete(_("A level is still missing in: %(missing)s.") % {"missing": "; ".join(missing)}, missing)
    score = calibrating.score(compared(held, judgments))
    held.finished_at, held.is_passed = at, score.is_passed
    held.near, held.criteria, held.right, held.works = score.near, score.criteria, score.right, score.works
    held.valid_until = at + HOLDS if score.is_passed else None
    held.save(update_fields=["finished_at", "is_passed", "near", "criteria", "right", "works", "valid_until"])
    _note(held.credential, actor, "passed" if score.is_passed else "not-passed", at=at, round=held)
    return held


def compared(
    calibration_round: CalibrationRound, judgments: Sequence[CalibrationJudgment]
) -> list[list[calibrating.Compared]]:
    """Each work of a round beside what was agreed; the judgments come with their criterion, by work. One query."""
    version = calibration_round.version
    agreed = {
        (each.work_id, each.criterion_id): each.level
        for each in AgreedLevel.objects.filter(work__in={each.work_id for each in judgments})
    }
    works: dict[int, list[calibrating.Compared]] = {}
    for each in judgments:
        works.setdefault(each.work_id, []).append(
            calibrating.Compared(
                each.criterion.is_required,
                rubric.minimum_of(version, each.criterion),
                each.level or 0,
                agreed[each.work_id, each.criterion_id],
            )
        )
    return list(works.values())


def _own_open(actor: User, calibration_round: CalibrationRound) -> CalibrationRound:
    held = (
        CalibrationRound.objects.select_for_update(of=("self",))
        .select_related("version", "credential__organization")
        .get(pk=calibration_round.pk)
    )
    require(actor, Can.CALIBRATION_JUDGE, held)
    if held.finished_at is not None:
        raise Conflict(_("This round is finished; its judgments stand."))
    return held


# Who is due ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def remind_of_calibration(*, at: datetime) -> int:
    """Tell assessors of items that ask for it that a calibration is due: never had, or ending within 30 days.

    Once for each time that it is due; answers how many were told. Four queries for each item that asks.
    """
    told = 0
    asking = Calibration.objects.filter(is_required=True).select_related("credential__current_version").order_by("pk")
    for calibration in asking.select_for_update(of=("self",), skip_locked=True):
        told += _remind(calibration.credential, at=at)
    return told


def _remind(credential: Credential, *, at: datetime) -> int:
    grants = RoleGrant.objects.in_force(at).filter(
        Q(credential=None) | Q(credential=credential), role=Role.ASSESSOR, organization=credential.organization_id
    )
    assessors = {each.pk: each for each in User.objects.filter(pk__in=grants.values("user"), is_active=True)}
    until = calibrated.held_until([credential], at)[credential.pk]
    due = {key: until.get(key) for key in assessors if key not in until or until[key] <= at + DUE_BEFORE}
    known = set(
        CalibrationReminder.objects.filter(credential=credential, assessor__in=due).values_list("assessor", "due_on")
    )
    days = {key: timezone.localdate(moment) if moment else None for key, moment in due.items()}
    fresh = [key for key, day in days.items() if (key, day) not in known]
    CalibrationReminder.objects.bulk_create(
        CalibrationReminder(assessor_id=key, credential=credential, due_on=days[key], at=at) for key in fresh
    )
    title = credential.current_version.title if credential.current_version else credential.code
    notices.tell_all(
        Notice(
            user=assessors[key],
            kind="calibration",
            subject=_("%(title)s: calibration due") % {"title": title},
            text=_("Judge the calibration set, so that work of this item can be given to you."),
            path=reverse("learners:calibration-list"),
            created_at=at,
        )
        for key in fresh
    )
    return len(fresh)


def _standing_works(credential: Credential) -> ModelWorkQuerySet:
    return (
        ModelWork.objects.standing()
        .filter(version__credential=credential, version=credential.current_version_id)
        .select_related("version")
    )


def _locked(credential: Credential) -> Credential:
    return Credential.objects.select_for_update(of=("self",)).select_related("organization").get(pk=credential.pk)


def _note(
    credential: Credential,
    actor: User,
    moved_to: str,
    *,
    at: datetime,
    note: str = "",
    work: ModelWork | None = None,
    round: CalibrationRound | None = None,
) -> None:
    CalibrationEvent.objects.create(
        credential=credential, actor=actor, moved_to=moved_to, note=note, work=work, round=round, at=at
    )
