"""The simulator: a version tried with what a learner holds, or with awards that are made up. Nothing is stored or awarded."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from learners import services as learners_services
from learners.models import Learner
from learners.models.access import AccessReason
from learners.views.people import SearchForm
from pathways import rules, selectors
from pathways.forms.settings import SimulateForm
from pathways.models import PathwayVersion
from pathways.views.managing import managed


@login_required
@require_http_methods(["GET", "POST"])
def simulate(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """What a made-up set, or a learner (?learner=, once a reason was given), would meet and miss on a day."""
    version = get_object_or_404(managed(request), pathway__public_id=public_id, number=number)
    organization = version.pathway.credential.organization
    context: dict[str, Any] = {
        "version": version,
        "may_look": allowed(request.user, Can.PATHWAY_SIMULATE, organization),
        "looking": SearchForm(),
    }
    is_looking = request.method == "POST" and request.POST.get("action") == "look"
    status = 200
    if is_looking:
        context |= _looked(request)
        status = 422 if context["looking"].errors else 200
    learner = _learner(request, version)
    try:
        asked = selectors.asked(version)
        asked.rules.plan  # noqa: B018  refuses rules that make no sense
    except rules.RuleError as error:
        return render_page(request, "pathways/simulate.html", context | {"broken": str(error)})
    is_tried = request.method == "POST" and not is_looking
    form = SimulateForm(request.POST if is_tried else None, asked=asked, today=timezone.localdate())
    if is_tried and not form.is_valid():
        status = 422
    elif is_tried:
        context["progress"] = selectors.simulate(
            asked, learner=learner, awards=form.awards(), facts=form.facts(), on=form.cleaned_data["on"]
        )
        context["on"] = form.cleaned_data["on"]
    elif learner is not None:
        context["on"] = timezone.localdate()
        context["progress"] = selectors.simulate(
            asked, learner=learner, awards=[], facts=selectors.Facts(), on=context["on"]
        )
    context |= {"form": form, "learner": learner}
    if "progress" in context:
        context["counted"] = [
            [held.title, label, rules.day_in_words(held.awarded_on), _until(held)]
            for held, label in context["progress"].counted
        ]
        context["columns"] = [
            {"label": _("Badge")},
            {"label": _("Counts for")},
            {"label": _("Awarded")},
            {"label": _("Valid until")},
        ]
    return render_page(request, "pathways/simulate.html", context, status=status)


def _until(held: rules.Held) -> str:
    return rules.day_in_words(held.valid_until) if held.valid_until else _("does not expire")


def _looked(request: HttpRequest) -> dict[str, Any]:
    form = SearchForm(request.POST)
    found: list[Learner] | None = None
    if form.is_valid():
        try:
            found = learners_services.search_learners(
                actor=request.user,
                said=form.cleaned_data["said"],
                reason=AccessReason(form.cleaned_data["reason"]),
                at=timezone.now(),
                can=Can.PATHWAY_SIMULATE,
            )
        except RegistryError as error:
            form.add_error(None, str(error))
    return {"looking": form, "found": found}


def _learner(request: HttpRequest, version: PathwayVersion) -> Learner | None:
    """The learner of the address, if this person has lately said why they look; else nobody, with a word why."""
    key = request.GET.get("learner", "")
    if not key:
        return None
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    learner = (
        Learner.objects.filter(organization=version.pathway.credential.organization_id, public_id=wanted)
        .select_related("organization", "cohort")
        .first()
    )
    if learner is not None and learners_services.may_open(
        actor=request.user, learner=learner, at=timezone.now(), can=Can.PATHWAY_SIMULATE
    ):
        return learner
    messages.info(request, _("Say first why you look for this person."))
    return None


urlpatterns: list[URLPattern] = [
    path("manage/pathways/<uuid:public_id>/versions/<int:number>/simulate/", simulate, name="simulate"),
]
