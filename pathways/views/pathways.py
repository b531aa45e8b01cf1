"""Designations for everybody: the rules in sentences, and for a learner where they stand and what comes next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from learners.models import Learner
from learners.selectors.learning import learner_of
from pathways import rules, selectors, services
from pathways.models import (
    CaseCondition,
    CaseEvent,
    DesignationCase,
    EnrollmentMove,
    Pathway,
    PathwayEnrollment,
    RequirementKind,
)
from pathways.workflow import CaseStatus, PathwayEnrollmentStatus


def _learner(request: HttpRequest) -> Learner | None:
    return learner_of(request.user) if request.user.is_authenticated else None


def _joined(learner: Learner) -> Any:
    return PathwayEnrollment.objects.filter(learner=learner).exclude(status=PathwayEnrollmentStatus.LEFT)


@require_safe
def pathway_list(request: HttpRequest) -> HttpResponse:
    """The designations that can be reached; anybody may look."""
    learner = _learner(request)
    cases = _newest_cases(learner) if learner else {}
    joined = set(_joined(learner).values_list("pathway", flat=True)) if learner else set()
    versions = selectors.newest_published(learner).select_related(
        "pathway__credential__organization", "pathway__credential__current_version"
    )
    rows = [
        {
            "version": version,
            "state": _state(version.pathway_id in joined, cases.get(version.pathway_id)),
        }
        for version in versions.order_by("title", "pk")
    ]
    return render_page(request, "pathways/pathway_list.html", {"rows": rows})


def _newest_cases(learner: Learner) -> dict[int, DesignationCase]:
    asked_for = DesignationCase.objects.awarding().filter(learner=learner)
    cases = asked_for.select_related("pathway_version").order_by("pk")
    return {case.pathway_version.pathway_id: case for case in cases}


def _state(is_joined: bool, case: DesignationCase | None) -> dict[str, Any] | None:
    """A learner's state in words: requirements met is one thing, confirmed by the committee another."""
    if case is not None and case.status == CaseStatus.CONFIRMED:
        return {"kind": "awarded", "word": _("Confirmed by the committee"), "time": case.decided_at}
    if case is not None and case.status == CaseStatus.OPEN:
        return {"kind": "waiting", "word": _("Before the committee"), "time": case.opened_at}
    if is_joined:
        return {"kind": "draft", "word": _("Joined"), "time": None}
    return None


@require_safe
def pathway_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The rules as sentences; for a learner also where they stand."""
    return pathway_page(request, public_id)


def pathway_page(request: HttpRequest, public_id: UUID, error: str = "", status: int = 200) -> HttpResponse:
    """The page, also with the words of a refusal."""
    pathway = get_object_or_404(
        Pathway.objects.select_related("credential__organization", "credential__current_version"), public_id=public_id
    )
    learner = _learner(request)
    enrollment = _with_move(_joined(learner).filter(pathway=pathway)).first() if learner else None
    version = enrollment.version if enrollment else selectors.newest_published(learner).filter(pathway=pathway).first()
    if version is None:
        raise Http404
    version.pathway = pathway
    asked = selectors.asked(version)
    context: dict[str, Any] = {
        "pathway": pathway,
        "version": version,
        "learner": learner,
        "enrollment": enrollment,
        "is_open": learner is not None and services.is_open_to(version, learner),
        "sentences": rules.in_words(asked.rules),
        "error": error,
    }
    progress = None
    if learner is not None:
        known = selectors.known_of(learner, asked, enrollment)
        progress = known.progress(asked, learner.pk, on=timezone.localdate(), enrollment=enrollment)
        case = (
            DesignationCase.objects.awarding()
            .filter(learner=learner, pathway_version=version)
            .select_related("award")
            .order_by("-pk")
            .first()
        )
        context |= {
            "progress": progress,
            "allowances": selectors.allowances(known.waivers[enrollment.pk], asked) if enrollment else [],
            "capstones": known.capstones[enrollment.pk] if enrollment else [],
            "handed_in": _handed_in(enrollment, asked, known),
            "case": case,
            "state": _state(enrollment is not None, case),
            "declined_because": _declined_because(case),
            "conditions": _conditions(case),
            "review": _review(case),
            "requirements": _requirements(progress),
            "confirmation": _confirmation(case),
        }
    groups = selectors.groups(asked, progress)
    state = context.get("state")
    word = str(state["word"]) if state else _("Not yet confirmed")
    context |= {"groups": groups, "drawing": selectors.drawing(groups, version.title, word), "goal": word}
    return render_page(request, "pathways/pathway_detail.html", context, status=status)


def _handed_in(
    enrollment: PathwayEnrollment | None, asked: selectors.Asked, known: selectors.Known
) -> selectors.Capstones | None:
    """The attempts at a capstone, where the version asks for one. One query then."""
    if enrollment is None or not any(row.kind == RequirementKind.CAPSTONE for row in asked.rows.values()):
        return None
    return selectors.capstones(enrollment, asked, known.capstones[enrollment.pk], known.waivers[enrollment.pk])


def _with_move(joined: Any) -> Any:
    """With when and why the learner was last moved to another version."""
    moves = EnrollmentMove.objects.filter(enrollment=OuterRef("pk")).order_by("-pk")
    return joined.select_related("version").annotate(
        moved_at=Subquery(moves.values("at")[:1]), moved_because=Subquery(moves.values("reason")[:1])
    )


def _conditions(case: DesignationCase | None) -> list[CaseCondition]:
    """What the committee asks for before it decides. One query while it has the case."""
    if case is None or case.status != CaseStatus.OPEN:
        return []
    return list(case.conditions.filter(settled_at__isnull=True).order_by("pk"))


def _requirements(progress: rules.Progress) -> dict[str, str]:
    """Whether the requirements are met: one thing."""
    if progress.is_met:
        return {"kind": "valid", "word": _("Requirements met")}
    said = _("%(done)s of %(total)s requirements met") % {"done": progress.done, "total": progress.total}
    return {"kind": "draft", "word": said}


def _confirmation(case: DesignationCase | None) -> dict[str, Any]:
    """What the committee says: another."""
    if case is not None and case.status == CaseStatus.CONFIRMED:
        return {"kind": "awarded", "word": _("Confirmed by the committee"), "time": case.decided_at}
    if case is not None and case.status == CaseStatus.OPEN:
        return {"kind": "waiting", "word": _("Not yet confirmed by the committee"), "time": None}
    return {"kind": "draft", "word": _("Not confirmed by the committee"), "time": None}


def _review(case: DesignationCase | None) -> dict[str, str] | None:
    """That the committee looks again at a designation, or what came of it, in neutral words."""
    if case is None or case.award is None:
        return None
    said = CaseEvent.objects.filter(case=OuterRef("pk"), moved_to=OuterRef("status")).order_by("-pk").values("note")
    newest = case.award.designation_reviews.annotate(because=Subquery(said[:1])).order_by("-pk").first()
    if newest is None:
        return None
    if newest.status == CaseStatus.OPEN:
        text = _("A badge that it counts was revoked since. It stays as it is until the committee has decided.")
        return {"kind": "wait", "title": _("The committee looks at this designation again"), "text": text}
    because = newest.because or ""
    if newest.status == CaseStatus.KEPT:
        return {"kind": "info", "title": _("The committee has kept this designation"), "text": because}
    title = _("The committee has asked the registrars to revoke this designation")
    return {"kind": "wait", "title": title, "text": because}


def _declined_because(case: DesignationCase | None) -> str:
    if case is None or case.status != CaseStatus.DECLINED:
        return ""
    said = case.events.filter(moved_to=CaseStatus.DECLINED).order_by("pk").values_list("note", flat=True)
    return said.first() or ""


@login_required
@require_http_methods(["GET", "POST"])
def pathway_join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Join; a GET comes from signing in half way and only leads back."""
    pathway = get_object_or_404(Pathway, public_id=public_id)
    if request.method == "GET":
        return redirect(pathway)
    learner = learner_of(request.user)
    if learner is None:
        raise Http404
    try:
        services.join_pathway(actor=request.user, learner=learner, pathway=pathway, at=timezone.now())
    except RegistryError as error:
        return pathway_page(request, public_id, str(error), error.http_status)
    messages.success(request, _("You have joined this pathway. Badges that you hold already count."))
    return redirect(pathway)


@login_required
@require_http_methods(["GET", "POST"])
def case_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A learner brings a met pathway before the committee."""
    pathway = get_object_or_404(Pathway, public_id=public_id)
    if request.method == "GET":
        return redirect(pathway)
    learner = learner_of(request.user)
    if learner is None:
        raise Http404
    enrollment = get_object_or_404(_joined(learner), pathway=pathway)
    try:
        services.ask_committee(actor=request.user, enrollment=enrollment, at=timezone.now())
    except RegistryError as error:
        return pathway_page(request, public_id, str(error), error.http_status)
    messages.success(request, _("The committee has your case."))
    return redirect(pathway)


urlpatterns: list[URLPattern] = [
    path("pathways/", pathway_list, name="pathway-list"),
    path("pathways/<uuid:public_id>/", pathway_detail, name="pathway-detail"),
    path("pathways/<uuid:public_id>/join/", pathway_join, name="pathway-join"),
    path("pathways/<uuid:public_id>/ask/", case_ask, name="case-ask"),
]
