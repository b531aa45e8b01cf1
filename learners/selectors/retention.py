"""What the school's retention rules take next, what they may not touch, and what a learner is told of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from config.permissions import Can, Role, allowed
from credentials.models import Organization
from learners import retention
from learners.models import (
    AccessEntry,
    Amendment,
    Appeal,
    Concern,
    Decision,
    EvidenceItem,
    FormDraft,
    Learner,
    LearnerChange,
    LearnerEvent,
    LearnerLeave,
    ModelPiece,
    Notice,
    RecognizedCredential,
    RetentionHold,
    RetentionRule,
    RetentionWarning,
    RoleGrant,
    StoredFile,
    Submission,
    SubmissionEvent,
    SurveyResponse,
    Upload,
    User,
)
from learners.models.people import LearnerStatus
from learners.notice_kinds import Way
from learners.retention import Kept, months_before
from learners.workflow import AmendmentStatus, DecisionStatus, SubmissionStatus

IN_LEARNER = "submission__enrollment__learner"
SHOWN = 100


# The rules -----------------------------------------------------------------------------------------------------------
def terms(organization: Organization) -> dict[Kept, int]:
    """How many months a school keeps each kind. One query."""
    newest = RetentionRule.objects.filter(organization=organization).order_by("kind", "-at", "-pk").distinct("kind")
    decided = dict(newest.values_list("kind", "months"))
    return {kind: decided.get(kind, term.months) for kind, term in retention.TERMS.items()}


def school_of(user: User, slug: str = "") -> Organization | None:
    """The school whose rules somebody reads, the first by name unless it is named. No query."""
    return next((each for each in schools_of(user) if slug in ("", each.slug)), None)


# What stops deletion -------------------------------------------------------------------------------------------------
def held() -> QuerySet[Learner]:
    """The learners of whom nothing goes: a hold stands, possible misconduct is not answered, or they ask to amend."""
    own = {"learner": OuterRef("pk")}
    open_requests = [AmendmentStatus.REQUESTED, AmendmentStatus.HEARING]
    return Learner.objects.filter(
        Exists(RetentionHold.objects.standing().filter(**own))
        | Exists(Concern.objects.holding().filter(submission__enrollment__learner=OuterRef("pk")))
        | Exists(Amendment.objects.filter(status__in=open_requests, **own))
    )


# What is due ---------------------------------------------------------------------------------------------------------
def over(cutoff: datetime) -> QuerySet[Submission]:
    """Those that nothing can come of any more, and have not since a moment.

    Decided and past every appeal, or ended without a decision. A leave, during which the time to appeal does not run,
    makes them wait.
    """
    of_it = OuterRef("pk")
    latest = cutoff - timedelta(days=retention.APPEAL_DAYS)
    released = Decision.objects.filter(submission=of_it, status=DecisionStatus.RELEASED, effective_at__lte=latest)
    appealed = Appeal.objects.filter(Q(decided_at__isnull=True) | Q(decided_at__gt=cutoff), decision__submission=of_it)
    away = LearnerLeave.objects.filter(
        learner=OuterRef("enrollment__learner"),
        from_on__lte=timezone.localdate(cutoff),
        until_on__gte=timezone.localdate(latest),
    )
    ended = SubmissionEvent.objects.filter(submission=of_it, moved_to=OuterRef("status"), at__lte=cutoff)
    return Submission.objects.filter(
        Q(Exists(released), status__in=[SubmissionStatus.RETURNED, SubmissionStatus.DECIDED])
        & ~Exists(appealed)
        & ~Exists(away)
        | Q(Exists(ended), status__in=[SubmissionStatus.WITHDRAWN, SubmissionStatus.EXPIRED])
    )


def due(organization: Organization, kind: Kept, months: int, at: datetime) -> QuerySet[Any]:
    """The rows of a kind that a school's rule takes at a moment, but for what is held. Whether they were told is not asked."""
    return DUE[kind](organization, months_before(at, months), at)


def _files(organization: Organization, cutoff: datetime, at: datetime) -> QuerySet[StoredFile]:
    """Those of which every use is over; what a calibration set or a recognition rests on stays."""
    uses = EvidenceItem.objects.filter(file=OuterRef("pk"))
    past = over(cutoff).filter(enrollment__credential__organization=organization)
    return StoredFile.objects.filter(
        Exists(uses.filter(submission__in=past)),
        ~Exists(uses.exclude(submission__in=past)),
        ~Exists(uses.filter(**{f"{IN_LEARNER}__in": held()})),
        ~Exists(ModelPiece.objects.filter(file=OuterRef("pk"))),
        ~Exists(RecognizedCredential.objects.filter(file=OuterRef("pk"))),
        tombstoned_at__isnull=True,
        quarantined_at__isnull=True,
    )


def _drafts(organization: Organization, cutoff: datetime, at: datetime) -> QuerySet[Submission]:
    """Drafts on which their learner has not worked since: nothing added, typed, sent or begun."""
    own = {"submission": OuterRef("pk")}
    return Submission.objects.filter(
        ~Exists(EvidenceItem.objects.filter(Q(added_at__gt=cutoff) | Q(harmless_at__gt=cutoff), **own)),
        ~Exists(FormDraft.objects.filter(saved_at__gt=cutoff, **own)),
        ~Exists(Upload.objects.filter(seen_at__gt=cutoff, **own)),
        ~Exists(SubmissionEvent.objects.filter(at__gt=cutoff, **own)),
        status=SubmissionStatus.DRAFT,
        started_at__lte=cutoff,
        enrollment__credential__organization=organization,
    ).exclude(enrollment__learner__in=held())


def _results(organization: Organization, cutoff: datetime, at: datetime) -> QuerySet[Submission]:
    """Judged work of those who have left for a year, if its decision is old enough."""
    gone = [LearnerChange.GRADUATED, LearnerChange.LEFT]
    left = LearnerEvent.objects.filter(
        learner=OuterRef("enrollment__learner"),
        kind__in=gone,
        at__lte=months_before(at, retention.AFTER_LEAVING_MONTHS),
    )
    return (
        over(cutoff)
        .filter(
            Exists(left),
            status__in=[SubmissionStatus.RETURNED, SubmissionStatus.DECIDED],
            results_removed_at__isnull=True,
            enrollment__credential__organization=organization,
            enrollment__learner__status__in=[LearnerStatus.GRADUATED, LearnerStatus.LEFT],
        )
        .exclude(enrollment__learner__in=held())
    )


def _access(organization: Organization, cutoff: datetime, at: datetime) -> QuerySet[AccessEntry]:
    found = AccessEntry.objects.filter(at__lte=cutoff, learner__organization=organization)
    return found.exclude(learner__in=held())


def _mail(organization: Organization, cutoff: datetime, at: datetime) -> QuerySet[Notice]:
    """What was told to its learners, and to its staff who are no learners. What waits to be mailed is never among it."""
    staff = RoleGrant.objects.filter(user=OuterRef("user"), organization=organization)
    # Who works at several schools keeps it for as long as the longest of them says.
    longer = RoleGrant.objects.filter(user=OuterRef("user"), organization__in=_keeping_longer(organization))
    return Notice.objects.filter(
        Q(mailed_at__isnull=False) | Q(way=Way.SITE),
        Q(user__learner__organization=organization) & ~Q(user__learner__in=held())
        | Q(user__learner__isnull=True) & Exists(staff) & ~Exists(longer),
        created_at__lte=cutoff,
    )


def _keeping_longer(organization: Organization) -> list[int]:
    """The other schools that keep what was told for longer. One query."""
    newest = (
        RetentionRule.objects.filter(kind=Kept.MAIL).order_by("organization", "-at", "-pk").distinct("organization")
    )
    decided = dict(newest.values_list("organization", "months"))
    own = decided.pop(organization.pk, retention.TERMS[Kept.MAIL].months)
    return [key for key, months in decided.items() if months > own]


def _surveys(organization: Organization, cutoff: datetime, at: datetime) -> QuerySet[SurveyResponse]:
    found = SurveyResponse.objects.filter(organization=organization, unlinked_at__isnull=True, answered_at__lte=cutoff)
    return found.exclude(study__user__learner__in=held())


DUE = {
    Kept.EVIDENCE: _files,
    Kept.DRAFTS: _drafts,
    Kept.RESULTS: _results,
    Kept.ACCESS: _access,
    Kept.MAIL: _mail,
    Kept.SURVEYS: _surveys,
}


# Who was told --------------------------------------------------------------------------------------------------------
def told_files(files: QuerySet[StoredFile], on: date) -> QuerySet[StoredFile]:
    """Those of which every learner was told that they go, and the day has come."""
    told = _holding(on).filter(goes_on__lte=on, file=OuterRef("file"), learner=OuterRef(IN_LEARNER))
    return files.filter(~Exists(EvidenceItem.objects.filter(~Exists(told), file=OuterRef("pk"))))


def told_drafts(drafts: QuerySet[Submission], on: date) -> QuerySet[Submission]:
    return drafts.filter(Exists(_holding(on).filter(goes_on__lte=on, draft=OuterRef("pk"))))


def _holding(on: date) -> QuerySet[RetentionWarning]:
    """Warnings that count: of a day to come, or one that is not long past."""
    return RetentionWarning.objects.filter(goes_on__gte=on - timedelta(days=retention.TOLD_HOLDS_DAYS))


def untold(organization: Organization, months: dict[Kept, int], *, at: datetime, until: datetime) -> tuple[Any, Any]:
    """(learner, file) and (learner, draft) of what is due until a moment and was not told yet."""
    holding = _holding(timezone.localdate(at))
    files = due(organization, Kept.EVIDENCE, months[Kept.EVIDENCE], until)
    items = EvidenceItem.objects.filter(
        ~Exists(holding.filter(file=OuterRef("file"), learner=OuterRef(IN_LEARNER))), file__in=files
    )
    drafts = due(organization, Kept.DRAFTS, months[Kept.DRAFTS], until)
    return (
        items.values_list(IN_LEARNER, "file").distinct().order_by(IN_LEARNER, "file"),
        drafts.filter(~Exists(holding.filter(draft=OuterRef("pk"))))
        .values_list("enrollment__learner", "pk")
        .order_by("enrollment__learner", "pk"),
    )


@dataclass(frozen=True)
class Going:
    """A piece of a learner's that is about to go. item: what it is evidence for."""

    on: date
    title: str
    item: str


def going(learner: Learner, at: datetime) -> list[Going]:
    """What a learner was told goes, and has not gone; the next first. Two queries."""
    holding = _holding(timezone.localdate(at)).filter(learner=learner)
    mine = EvidenceItem.objects.filter(**{IN_LEARNER: learner})
    days = dict(holding.filter(file__tombstoned_at__isnull=True, file__isnull=False).values_list("file", "goes_on"))
    found = [
        Going(days[file], title, item)
        for file, title, item in mine.filter(file__in=days)
        .order_by("file", "pk")
        .distinct("file")
        .values_list("file", "title", "submission__enrollment__credential_version__title")
    ]
    drafts = holding.filter(draft__status=SubmissionStatus.DRAFT).values_list(
        "goes_on", "draft__enrollment__credential_version__title"
    )
    found += [Going(on, _("The draft that you have not submitted"), item) for on, item in drafts]
    return sorted(found, key=lambda each: (each.on, each.title, each.item))[:SHOWN]


# The page ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One kind on the page. rule: the decision in force, None for the default; would_go: of a dry run."""

    kind: Kept
    months: int
    since: Any
    rule: RetentionRule | None
    would_go: int | None

    @property
    def label(self) -> str:
        return str(self.kind.label)


def lines(organization: Organization, rules: list[RetentionRule], until: datetime | None) -> list[Line]:
    """What is kept how long; with `until`, how many would go by then if all are told in time. One query for each kind then.

    rules: every decision of the school, the newest first.
    """
    newest: dict[str, RetentionRule] = {}
    for each in rules:
        newest.setdefault(each.kind, each)
    found = []
    for kind, term in retention.TERMS.items():
        rule: RetentionRule | None = newest.get(kind)
        months = rule.months if rule else term.months
        count = due(organization, kind, months, until).count() if until else None
        found.append(Line(kind, months, term.since, rule, count))
    return found


def schools_of(user: User) -> list[Organization]:
    """The schools whose rules somebody reads, by name. No query."""
    schools = {grant.organization_id: grant.organization for grant in user.current_grants}
    return sorted(
        (each for each in schools.values() if allowed(user, Can.RETENTION_READ, each)), key=lambda each: each.name
    )


def may_hold_at(user: User, school: Organization) -> bool:
    """Whether somebody may place holds at a school, on others than themselves. No query."""
    return user.has_any_role({Role.REGISTRAR, Role.PRIVACY}, school)


def learner_of(school: Organization, said: str) -> Learner | None:
    """The one learner of a school with this e-mail address or student number. One query."""
    said = said.strip()
    exact = Q(user__email__iexact=said) | (Q(student_number=said) & ~Q(student_number=""))
    found = list(Learner.objects.filter(exact, organization=school)[:2])
    return found[0] if len(found) == 1 else None


def holds(school: Organization, most: int) -> list[RetentionHold]:
    """The holds of a school, those that stand first. One query."""
    found = RetentionHold.objects.filter(learner__organization=school).select_related("learner", "actor", "end__actor")
    return list(found.order_by(F("end__at").desc(nulls_first=True), "-at", "-pk")[:most])


def held_otherwise(school: Organization) -> int:
    """How many learners of a school are held without a hold: by possible misconduct or a request to amend. One query."""
    standing = RetentionHold.objects.standing().filter(learner=OuterRef("pk"))
    return held().filter(~Exists(standing), organization=school).count()
