"""What leads are told on Mondays: how much judging the week asks for, and which criteria are judged unalike."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.permissions import Role
from credentials.models import Credential
from learners.agreement import MODERATE
from learners.models import Notice, RoleGrant, User
from learners.selectors import agreement, assigning, load
from learners.services.notices import tell_all

AGAIN_AFTER = timedelta(days=90)  # until then leads are not told of the same item once more


@transaction.atomic
def forecast_to_leads(*, at: datetime) -> int:
    """On a Monday tell each lead how much is due this week, how much nobody has, and how many places are left.

    Answers how many were told. A second call in the same week tells nobody; on other days nobody is told.
    """
    monday = assigning.week_start(at)
    if timezone.localdate(at) != timezone.localdate(monday):
        return 0
    leads = _leads(at)
    told = set(
        Notice.objects.filter(kind="forecast", user__in=leads, created_at__gte=monday).values_list("user", flat=True)
    )
    notices = [notice for lead in leads if lead.pk not in told and (notice := _forecast(lead, at)) is not None]
    tell_all(notices)
    return len(notices)


def _leads(at: datetime) -> list[User]:
    """Everybody who is a lead today, locked, so that two runs at once tell nobody twice."""
    grants = RoleGrant.objects.in_force(at).filter(role=Role.LEAD)
    people = User.objects.filter(pk__in=grants.values("user"), is_active=True)
    return list(people.select_for_update(of=("self",)).order_by("pk"))


def _forecast(lead: User, at: datetime) -> Notice | None:
    """Nothing where nothing is due and nothing waits. Six queries."""
    ends = assigning.week_start(at) + timedelta(weeks=1)
    due: int = load.open_work(lead).filter(submission__due_at__lt=ends).count()
    waiting = assigning.without_any().filter(load.scope(lead)).count()
    if not due and not waiting:
        return None
    rows = load.board(lead, list(load.assessors_for(lead, at)), at=at)
    places = sum(max(0, each.cap - each.taken) for each in rows)
    said = ngettext(
        "%(count)s answer is due by the end of this week.", "%(count)s answers are due by the end of this week.", due
    ) % {"count": due}
    nobody = ngettext("%(count)s has no assessor yet.", "%(count)s have no assessor yet.", waiting) % {"count": waiting}
    left = ngettext(
        "Assessors can take %(count)s more this week.", "Assessors can take %(count)s more this week.", places
    ) % {"count": places}
    return Notice(
        user=lead,
        kind="forecast",
        subject=_("Judging this week"),
        text=" ".join([said, nobody, left]),
        path=reverse("learners:load-board"),
        created_at=at,
    )


@transaction.atomic
def tell_of_disagreement(*, at: datetime) -> int:
    """On a Monday tell leads of items with a criterion on which two assessors agree less than moderately.

    Only where enough was judged twice. Answers how many notices; of one item a person is told once in three months.
    """
    if timezone.localdate(at) != timezone.localdate(assigning.week_start(at)):
        return 0
    leads = _leads(at)
    told = set(
        Notice.objects.filter(kind="agreement", user__in=leads, created_at__gt=at - AGAIN_AFTER).values_list(
            "user", "path"
        )
    )
    notices = []
    for credential in _often_judged_twice():
        path = f"{reverse('learners:agreement-report')}?item={credential.public_id}"
        asked = [each for each in leads if each.has_role(Role.LEAD, credential) and (each.pk, path) not in told]
        weak = _weak(credential) if asked else []
        notices += [_disagreement(lead, credential, weak, path, at) for lead in asked if weak]
    tell_all(notices)
    return len(notices)


def _often_judged_twice() -> list[Credential]:
    twice = Count(
        "enrollments__submissions__second_marking",
        filter=Q(enrollments__submissions__second_marking__status__in=agreement.COMPARED),
    )
    found = Credential.objects.annotate(twice=twice).filter(twice__gte=agreement.ENOUGH)
    return list(found.select_related("current_version").order_by("pk"))


def _weak(credential: Credential) -> list[str]:
    """The criteria on which two assessors agree less than moderately."""
    return [
        line.name
        for line in agreement.report(credential).lines
        if line.found.kappa.is_enough and line.found.kappa.value is not None and line.found.kappa.value < MODERATE
    ]


def _disagreement(lead: User, credential: Credential, weak: list[str], path: str, at: datetime) -> Notice:
    title = credential.current_version.title if credential.current_version else credential.code
    return Notice(
        user=lead,
        kind="agreement",
        subject=_("%(title)s: assessors judge unalike") % {"title": title[:150]},
        text=_(
            "Two assessors of the same work agree little on: %(criteria)s. The report shows how much. Talk about the levels, "
            "or say them more plainly in a new version."
        )
        % {"criteria": ", ".join(weak)},
        path=path,
        created_at=at,
    )
