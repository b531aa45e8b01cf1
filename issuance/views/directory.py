"""The school's directory of badges: what the public sees where the switch is on, and the switch itself."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.limits import limited
from config.pages import render_page
from config.permissions import Role
from credentials.models import Organization
from issuance import badge_page, directory, services
from issuance.forms.directory import DirectoryForm, DirectorySearchForm
from issuance.models import DirectoryDecision
from issuance.views.public import not_shown


@require_safe
@limited("check")
def directory_search(request: HttpRequest, slug: str) -> HttpResponse:
    """Who of a school holds a badge, by name: title and date, no more. The one 404 where the school publishes nothing."""
    organization = directory.school(slug)
    if organization is None:
        return not_shown()
    form = DirectorySearchForm(request.GET)
    said = form.cleaned_data["q"] if form.is_valid() else ""
    found = directory.search(organization, said)
    context = {
        "organization": organization,
        "form": form,
        "said": said,
        "too_short": bool(said) and not found and len("".join(said.split())) < directory.FEWEST_LETTERS,
        "rows": [{"award": award, "on": badge_page.day(award.awarded_at)} for award in found],
        "is_cut": len(found) == directory.SHOWN,
        "most": directory.SHOWN,
    }
    return _answer(render_to_string("issuance/directory.html", context))


@require_safe
@limited("verify")
def directory_entry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One badge of the directory."""
    award = directory.entry(public_id)
    if award is None:
        return not_shown()
    context = {
        "award": award,
        "organization": award.credential.organization,
        "on": badge_page.day(award.awarded_at),
    }
    return _answer(render_to_string("issuance/directory_entry.html", context))


def _answer(page: str) -> HttpResponse:
    response = HttpResponse(page)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def directory_switch(request: HttpRequest, slug: str) -> HttpResponse:
    """The registrar's switch, off until somebody turns it on, with every decision so far."""
    schools = [grant.organization_id for grant in request.user.current_grants if grant.role == Role.REGISTRAR]
    organization = get_object_or_404(Organization, pk__in=schools, slug=slug)
    if not any(grant.covers(organization) for grant in request.user.current_grants if grant.role == Role.REGISTRAR):
        raise Http404
    is_on = services.is_directory_on(organization)
    form = DirectoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_directory(
                actor=request.user,
                organization=organization,
                is_on=request.POST.get("turn") == "on",
                notice=form.cleaned_data["notice"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Turned off.") if is_on else _("Turned on."))
            return redirect("issuance:directory-switch", organization.slug)
    decisions = DirectoryDecision.objects.filter(organization=organization).select_related("actor")
    context = {
        "organization": organization,
        "is_on": is_on,
        "form": form,
        "decisions": list(decisions.order_by("-at", "-pk")),
        "opted_out": organization.learners.filter(is_directory_opt_out=True).count(),
    }
    return render_page(request, "issuance/directory_switch.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("d/<slug:slug>/", directory_search, name="directory"),
    path("d/<uuid:public_id>", directory_entry, name="directory-entry"),
    path("registrar/directory/<slug:slug>/", directory_switch, name="directory-switch"),
]
