"""The learner's own pages: home and badges."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.pages import render_page
from config.permissions import Role
from credentials.selectors import drafts_to_publish
from learners import services
from learners.models import Award, Decision
from learners.selectors import assessing, learning, patient_data, seasons
from learners.selectors.renewal import renewal_of
from learners.workflow import DecisionStatus


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    user, at = request.user, timezone.now()
    roles = user.roles()
    learner = learning.learner_of(user)
    work = learning.work(learner) if learner else []
    since = services.note_visit(learner=learner, at=at) if learner else None
    today = timezone.localdate(at)
    season = seasons.season_of(learner, today) if learner else None
    context = {
        "learner": learner,
        "work": work,
        "next": next((each for each in work if each.is_next), None),
        "due": learning.due(learner, work, at) if learner else [],
        "results": learning.new_results(learner, at, since=since) if learner else [],
        "season": season,
        "season_days": seasons.days_of(season, today) if season else [],
        "is_assessor": Role.ASSESSOR in roles,
        "load": assessing.load(user) if Role.ASSESSOR in roles else None,
        "may_release": bool({Role.ASSESSOR, Role.LEAD} & roles),
        "to_release": (
            Decision.objects.releasable_by(user).filter(status=DecisionStatus.PROPOSED).count()
            if {Role.ASSESSOR, Role.LEAD} & roles
            else 0
        ),
        "privacy": patient_data.waits(user) if Role.PRIVACY in roles else None,
        "may_manage": bool({Role.LEAD, Role.ADMINISTRATOR} & roles),
        "to_publish": drafts_to_publish(user).count() if Role.ADMINISTRATOR in roles else 0,
    }
    return render_page(request, "learners/home.html", context)


@login_required
@require_safe
def award_list(request: HttpRequest) -> HttpResponse:
    learner = learning.learner_of(request.user)
    if learner is None:
        raise Http404
    badges = learning.badges(learner, timezone.now())
    context = {
        "learner": learner,
        "badges": badges,
        "suggestions": [] if badges else learning.suggestions(learner),
    }
    return render_page(request, "learners/award_list.html", context)


@login_required
@require_safe
def award_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    awards = Award.objects.visible_to(request.user).with_context()
    award = get_object_or_404(
        awards.select_related("credential__current_version", "decision__submission"), public_id=public_id
    )
    components = award.components.select_related("component__credential_version", "component__learner").order_by(
        "position", "pk"
    )
    part_of = award.part_of.select_related("award__credential_version").order_by("pk")
    at = timezone.now()
    is_own = award.learner.user_id == request.user.pk
    context = {
        "award": award,
        "badge": learning.badge(award, at),
        "is_own": is_own,
        "renewal": renewal_of(award, at) if is_own else None,
        "components": list(components),
        "part_of": [each.award for each in part_of],
        "events": [
            {
                "title": _event_title(event.moved_to),
                "kind": "revoked" if event.moved_to in {"revoked", "withdrawn"} else "awarded",
                "time": event.at,
                "note": "" if event.moved_to == "revoked" else event.note,
            }
            for event in award.events.order_by("at", "pk")
        ],
    }
    return render_page(request, "learners/award_detail.html", context)


def _event_title(moved_to: str) -> str:
    return {
        "active": _("Awarded"),
        "suspended": _("Suspended"),
        "superseded": _("Replaced by a newer award"),
        "revoked": _("Revoked"),
        "withdrawn": _("Withdrawn before it was signed"),
    }.get(moved_to, moved_to)


urlpatterns: list[URLPattern] = [
    path("home/", home, name="home"),
    path("badges/", award_list, name="award-list"),
    path("badges/<uuid:public_id>/", award_detail, name="award-detail"),
]
