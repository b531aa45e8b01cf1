"""What the school keeps how long: its rules, holds, the warning of learners, and the daily work of removing what is over.

Rows say what is left to do, so that the work can stop anywhere, go on later, and be done by two at once: each batch is one
transaction that passes over what another has locked. A file's bytes go after the commit that marks it; what a crash leaves in
storage the sweep of `remove_purged_bytes` takes.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Organization
from learners import retention
from learners.models import (
    AccessEntry,
    Assessment,
    Award,
    Decision,
    EvidenceItem,
    FeedbackResponse,
    FormDraft,
    HoldCause,
    Judgment,
    Learner,
    Notice,
    Observation,
    RetentionCount,
    RetentionHold,
    RetentionHoldEnd,
    RetentionRule,
    RetentionRun,
    RetentionWarning,
    StoredFile,
    StudyCode,
    Submission,
    SubmissionEvent,
    SurveyResponse,
    User,
)
from learners.models.evidence import TombstoneCause
from learners.retention import Kept
from learners.selectors import retention as selectors
from learners.services.notices import tell_all
from learners.services.patient_data import remove_purged_bytes
from learners.workflow import SUBMISSION_MOVES, SubmissionStatus, require_move

REASON_MAX_LETTERS = 2000
BATCH = 500


# Deciding ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def set_retention_rule(
    *, actor: User, organization: Organization, kind: Kept, months: int, reason: str, at: datetime
) -> RetentionRule:
    """Say how long a school keeps something from now on. Raises NotAllowed, Invalid (no reason, too short or long), Conflict (so already)."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    require(actor, Can.RETENTION_SET, organization)
    if kind not in Kept.values:
        raise Invalid(_("Choose what is kept."))
    term = retention.TERMS[Kept(kind)]
    if not term.least <= months <= term.most:
        raise Invalid(_("Choose between %(least)s and %(most)s months.") % {"least": term.least, "most": term.most})
    reason = _reason(reason)
    if selectors.terms(organization)[Kept(kind)] == months:
        raise Conflict(_("It is kept that long already."))
    return RetentionRule.objects.create(
        organization=organization, kind=kind, months=months, reason=reason, actor=actor, at=at
    )


@transaction.atomic
def place_hold(*, actor: User, learner: Learner, cause: HoldCause, reason: str, at: datetime) -> RetentionHold:
    """Keep everything of a learner until the hold is lifted. Raises NotAllowed, Invalid (no cause or reason), Conflict (held already)."""
    learner = Learner.objects.select_for_update(of=("self",)).select_related("organization").get(pk=learner.pk)
    require(actor, Can.RETENTION_HOLD, learner)
    if cause not in HoldCause.values:
        raise Invalid(_("Choose the cause."))
    reason = _reason(reason)
    if RetentionHold.objects.standing().filter(learner=learner, cause=cause).exists():
        raise Conflict(_("Such a hold stands already."))
    return RetentionHold.objects.create(learner=learner, cause=cause, reason=reason, actor=actor, at=at)


@transaction.atomic
def lift_hold(*, actor: User, hold: RetentionHold, reason: str, at: datetime) -> RetentionHoldEnd:
    """Let the rules go on for a learner; what has become due meanwhile is told anew first. Raises NotAllowed, Invalid, Conflict (lifted)."""
    hold = RetentionHold.objects.select_for_update(of=("self",)).select_related("learner__organization").get(pk=hold.pk)
    require(actor, Can.RETENTION_HOLD, hold.learner)
    reason = _reason(reason)
    if RetentionHoldEnd.objects.filter(hold=hold).exists():
        raise Conflict(_("This hold was lifted already."))
    return RetentionHoldEnd.objects.create(hold=hold, reason=reason, actor=actor, at=at)


def _reason(said: str) -> str:
    said = said.strip()
    if not said or len(said) > REASON_MAX_LETTERS:
        raise Invalid(_("Give the reason, in at most %(limit)s letters; it is kept.") % {"limit": REASON_MAX_LETTERS})
    return said


# The daily work ------------------------------------------------------------------------------------------------------
def apply_retention(*, at: datetime, limit: int = BATCH) -> int:
    """Do what is left of today's work at every school; answer how many rows went or were told. Once done, it is not done again."""
    done = 0
    for organization in Organization.objects.filter(Exists(Learner.objects.filter(organization=OuterRef("pk")))):
        done += _apply(organization, at, limit)
    return done


def _apply(organization: Organization, at: datetime, limit: int) -> int:
    run, _is_new = RetentionRun.objects.get_or_create(
        organization=organization, on=timezone.localdate(at), defaults={"begun_at": at}
    )
    if run.finished_at is not None:
        return 0
    months = selectors.terms(organization)
    for kind in Kept:
        until = retention.months_before(at, months[kind])
        RetentionCount.objects.get_or_create(run=run, kind=kind, defaults={"months": months[kind], "until": until})
    done = 0
    while told := _warn(run, months, at=at, limit=limit):
        done += told
    for kind in Kept:
        while removed := _remove(run, kind, months[kind], at=at, limit=limit):
            done += removed
    RetentionRun.objects.filter(pk=run.pk, finished_at__isnull=True).update(finished_at=at)
    return done


@transaction.atomic
def _remove(run: RetentionRun, kind: Kept, months: int, *, at: datetime, limit: int) -> int:
    """One batch of one kind, and the count of it; 0 when nothing is left that nobody else is at."""
    rows = selectors.due(run.organization, kind, months, at)
    if kind == Kept.EVIDENCE:
        rows = selectors.told_files(rows, timezone.localdate(at))
    elif kind == Kept.DRAFTS:
        rows = selectors.told_drafts(rows, timezone.localdate(at))
    locked = list(
        rows.select_for_update(of=("self",), skip_locked=True).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    # Asked once more now that they are ours: what somebody did a moment ago counts.
    keys = list(rows.filter(pk__in=locked).order_by("pk").values_list("pk", flat=True))
    if not keys:
        return 0
    REMOVE[kind](keys, at)
    RetentionCount.objects.filter(run=run, kind=kind).update(removed=F("removed") + len(keys))
    return len(keys)


def _remove_files(keys: list[int], at: datetime) -> None:
    """A tombstone each, that says when and why; the bytes once this is committed."""
    StoredFile.objects.filter(pk__in=keys).update(
        tombstoned_at=at, tombstone_cause=TombstoneCause.RETENTION, original_name=_("removed")
    )
    transaction.on_commit(partial(remove_purged_bytes, at=at), robust=True)


def _remove_drafts(keys: list[int], at: datetime) -> None:
    """The rows stay, empty, as expired; the learner may begin the same attempt anew."""
    items = EvidenceItem.objects.filter(submission__in=keys)
    files = set(items.filter(file__isnull=False).values_list("file", flat=True))
    items.delete()
    FormDraft.objects.filter(submission__in=keys).delete()
    for draft in Submission.objects.filter(pk__in=keys):
        require_move(SUBMISSION_MOVES, draft.status, SubmissionStatus.EXPIRED)
    Submission.objects.filter(pk__in=keys).update(status=SubmissionStatus.EXPIRED)
    SubmissionEvent.objects.bulk_create(
        SubmissionEvent(submission_id=key, moved_to=SubmissionStatus.EXPIRED, at=at) for key in keys
    )
    in_use = EvidenceItem.objects.filter(file=OuterRef("pk"))
    seen = Observation.objects.filter(file=OuterRef("pk"))
    left = StoredFile.objects.filter(~Exists(in_use), ~Exists(seen), pk__in=files, tombstoned_at__isnull=True)
    _remove_files(list(left.values_list("pk", flat=True)), at)


def _remove_results(keys: list[int], at: datetime) -> None:
    """The words of the feedback go; levels stay where a badge rests on them, and go where none does (decision 0010)."""
    awarded = Award.objects.filter(decision__enrollment=OuterRef("assessment__submission__enrollment"))
    judgments = Judgment.objects.filter(assessment__submission__in=keys)
    judgments.update(comment="", next_step="")
    bare = list(judgments.filter(~Exists(awarded)).values_list("pk", flat=True))
    Judgment.objects.filter(pk__in=bare).update(level=None, cannot_judge=False, kept_from=None)
    Assessment.objects.filter(submission__in=keys).update(overall_comment="")
    decisions = Decision.objects.filter(submission__in=keys)
    decisions.update(note="")
    bare_decisions = decisions.filter(~Exists(Award.objects.filter(decision__enrollment=OuterRef("enrollment"))))
    bare_decisions.update(reason=_("The levels were removed by the school’s retention rule."))
    FeedbackResponse.objects.filter(submission__in=keys).delete()
    Submission.objects.filter(pk__in=keys).update(results_removed_at=at)


def _remove_access(keys: list[int], at: datetime) -> None:
    with connection.cursor() as cursor:  # the trigger lets go of what is old, in a transaction that says so
        cursor.execute("SELECT set_config('signet.retention', 'on', true)")
        AccessEntry.objects.filter(pk__in=keys).delete()
        cursor.execute("SELECT set_config('signet.retention', 'off', true)")


def _remove_mail(keys: list[int], at: datetime) -> None:
    Notice.objects.filter(pk__in=keys).delete()


def _unlink_surveys(keys: list[int], at: datetime) -> None:
    """The answers stay with their item or term, under a code that nobody has a name for; those of one enrollment share it."""
    groups: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    people: set[int] = set()
    for key, study, enrollment in SurveyResponse.objects.filter(pk__in=keys).values_list("pk", "study", "enrollment"):
        groups[study, enrollment].append(key)
        people.add(study)
    for responses in groups.values():
        nobody = StudyCode.objects.create(user=None, code=f"S{secrets.randbelow(10**11):011}")
        SurveyResponse.objects.filter(pk__in=responses).update(study=nobody, enrollment=None, unlinked_at=at)
    linked = SurveyResponse.objects.filter(study=OuterRef("pk"))
    StudyCode.objects.filter(~Exists(linked), pk__in=people).delete()


REMOVE: dict[Kept, Callable[[list[int], datetime], None]] = {
    Kept.EVIDENCE: _remove_files,
    Kept.DRAFTS: _remove_drafts,
    Kept.RESULTS: _remove_results,
    Kept.ACCESS: _remove_access,
    Kept.MAIL: _remove_mail,
    Kept.SURVEYS: _unlink_surveys,
}


# Telling learners ----------------------------------------------------------------------------------------------------
@transaction.atomic
def _warn(run: RetentionRun, months: dict[Kept, int], *, at: datetime, limit: int) -> int:
    """Tell learners of what goes in sixty days, each once for all that goes within a month then; answer how many learners."""
    organization = run.organization
    goes_at, together = retention.warn_until(at)
    asked = selectors.untold(organization, months, at=at, until=goes_at)
    waiting = sorted({learner for pairs in asked for learner, _key in pairs[: limit * 20]})[:limit]
    locked = Learner.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=waiting)
    learners = {each.pk: each for each in locked.select_related("user").order_by("pk")}
    if not learners:
        return 0
    goes_on = timezone.localdate(goes_at)
    files, drafts = selectors.untold(organization, months, at=at, until=together)
    told = [
        RetentionWarning(learner_id=learner, file_id=key, goes_on=goes_on, at=at)
        for learner, key in files.filter(**{f"{selectors.IN_LEARNER}__in": learners})
    ] + [
        RetentionWarning(learner_id=learner, draft_id=key, goes_on=goes_on, at=at)
        for learner, key in drafts.filter(enrollment__learner__in=learners)
    ]
    RetentionWarning.objects.bulk_create(told, batch_size=1000)
    by_learner: dict[int, list[RetentionWarning]] = defaultdict(list)
    for each in told:
        by_learner[each.learner_id].append(each)
    tell_all(
        notice
        for key, warnings in by_learner.items()
        if (notice := _warning(learners[key], warnings, goes_on, at)) is not None
    )
    RetentionRun.objects.filter(pk=run.pk).update(warned=F("warned") + len(by_learner))
    return len(by_learner)


def _warning(learner: Learner, warnings: list[RetentionWarning], goes_on: date, at: datetime) -> Notice | None:
    """Says how many and when; the page of one's record says what. Nothing where there is no account to tell."""
    if learner.user is None:
        return None
    day = date_format(goes_on, "M j, Y")
    files = sum(each.file_id is not None for each in warnings)
    drafts = len(warnings) - files
    said: list[Any] = []
    if files:
        said.append(
            ngettext("%(count)s file of your evidence", "%(count)s files of your evidence", files) % {"count": files}
        )
    if drafts:
        said.append(
            ngettext("%(count)s draft that you did not submit", "%(count)s drafts that you did not submit", drafts)
            % {"count": drafts}
        )
    return Notice(
        user=learner.user,
        kind="evidence-ends",
        subject=_("Files of yours will be removed from %(day)s on") % {"day": day},
        text=_(
            "The school keeps evidence for a time and then removes it: from %(day)s on, %(what)s. Your record says what it is. "
            "Until then you can download everything from there in one file. What you earned stays."
        )
        % {"day": day, "what": _(" and ").join(said)},
        path=reverse("learners:record"),
        created_at=at,
    )
