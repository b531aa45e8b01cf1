"""Finding those who meet a pathway that they have not joined: after a version is published, and after new awards."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from config import handoff
from learners import services as learners_services
from learners.models import Award, Learner
from learners.models.people import LearnerStatus
from learners.workflow import AwardStatus
from pathways import selectors
from pathways.models import CatchUp, CatchUpMark, DesignationCase, PathwayEnrollment, PathwayVersion
from pathways.services.cases import open_case
from pathways.workflow import PathwayVersionStatus

CHUNK = 200  # learners of one transaction: what a killed worker does again
OVERLAP = timedelta(minutes=2)  # an award may be committed a little later than its clock says


def start_catch_up(*, version: PathwayVersion, at: datetime) -> CatchUp:
    """Begin to look for everybody who meets a version already; a consequence. One that is under way is answered again."""
    running = CatchUp.objects.filter(version=version, finished_at=None).first()
    if running is not None:
        return running
    made = CatchUp.objects.create(version=version, total=_candidates(version).count(), started_at=at)
    handoff.after_commit("pathways.catch_up")
    return made


def catch_up(*, at: datetime) -> int:
    """Go on with every walk that is not finished, and look at new awards; answer how many cases were opened.

    May be killed at any time and called again, also by two workers at once: each step is a transaction, and a walk goes on
    from the last learner of the step that was committed.
    """
    opened = 0
    while True:
        step = _step(at)
        if step is None:
            break
        opened += step
    return opened + _after_new_awards(at)


@transaction.atomic
def _step(at: datetime) -> int | None:
    """Look at the next learners of a walk; None when nothing is left that nobody else works on."""
    run = (
        CatchUp.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(finished_at=None)
        .select_related("version__pathway")
        .order_by("pk")
        .first()
    )
    if run is None:
        return None
    is_over = run.version.status != PathwayVersionStatus.PUBLISHED
    learners = [] if is_over else list(_candidates(run.version).filter(pk__gt=run.reached).order_by("pk")[:CHUNK])
    opened = _bring(run.version, learners, at)
    if learners:
        run.reached = learners[-1].pk
    if len(learners) < CHUNK:
        run.finished_at = at
    run.looked_at += len(learners)
    run.opened += opened
    run.save(update_fields=["reached", "looked_at", "opened", "finished_at"])
    return opened


def _candidates(version: PathwayVersion) -> QuerySet[Learner]:
    """The school's learners for whom this version is the newest, and who neither joined, left nor finished the pathway."""
    joined = PathwayEnrollment.objects.filter(learner=OuterRef("pk"), pathway=version.pathway)
    cases = DesignationCase.objects.filter(learner=OuterRef("pk"), pathway_version__pathway=version.pathway)
    found = Learner.objects.filter(
        ~Exists(joined),
        ~Exists(cases),
        organization=version.pathway.credential.organization_id,
        status__in=[LearnerStatus.ACTIVE, LearnerStatus.LEAVE],
    )
    if version.professions_admitted:
        found = found.filter(profession__in=version.professions_admitted)
    cohorts = list(version.cohorts.values_list("pk", flat=True))
    if cohorts:
        found = found.filter(cohort__in=cohorts)
    newer = PathwayVersion.objects.filter(
        pathway=version.pathway_id, number__gt=version.number, status=PathwayVersionStatus.PUBLISHED
    )
    return found.exclude(Exists(newer.filter(Q(cohorts=None) | Q(cohorts=OuterRef("cohort")))))


def _bring(version: PathwayVersion, learners: Collection[Learner], at: datetime) -> int:
    """Bring those who meet a version before its committee; answer how many."""
    ready = selectors.qualified(version, learners, on=timezone.localdate(at))
    return sum(_bring_one(version, each, at) for each in ready)


@transaction.atomic
def _bring_one(version: PathwayVersion, learner: Learner, at: datetime) -> bool:
    learner = Learner.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=learner.pk)
    if PathwayEnrollment.objects.filter(learner=learner, pathway=version.pathway).exists():
        return False  # joined or left meanwhile: theirs to say
    joined = PathwayEnrollment.objects.create(learner=learner, pathway=version.pathway, version=version, joined_at=at)
    case = open_case(enrollment=joined, at=at)
    if case is None:  # an award can still be taken back; the look at new awards comes by again
        joined.delete()
        return False
    if learner.user is not None:
        learners_services.tell(
            user=learner.user,
            kind="case-opened",
            subject=_("%(title)s: you meet every requirement") % {"title": version.title},
            text=_("The badges that you hold meet a pathway. Its committee decides; you need do nothing."),
            path=version.pathway.get_absolute_url(),
            at=at,
        )
    return True


@transaction.atomic
def _after_new_awards(at: datetime) -> int:
    """Look at the learners whose awards have settled since the last look. The mark moves with what it covers."""
    CatchUpMark.objects.get_or_create(pk=1, defaults={"looked_until": at - OVERLAP})
    mark = CatchUpMark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if mark is None:  # another worker looks
        return 0
    new = Award.objects.filter(
        status=AwardStatus.ACTIVE, sign_after__gt=mark.looked_until - OVERLAP, sign_after__lte=at
    )
    keys = set(new.values_list("learner", flat=True))
    opened = 0
    if keys:
        published = PathwayVersion.objects.filter(status=PathwayVersionStatus.PUBLISHED, catch_ups__isnull=False)
        for version in published.select_related("pathway__credential").distinct().order_by("pk"):
            opened += _bring(version, list(_candidates(version).filter(pk__in=keys).order_by("pk")), at)
    mark.looked_until = max(mark.looked_until, at)
    mark.save(update_fields=["looked_until"])
    return opened
