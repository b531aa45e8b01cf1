"""Ward observation: the learner's page with codes and links, and the observer's form, with an account or by a link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config import once
from config.errors import RegistryError
from config.limits import limited
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials.services import made_once
from learners import services
from learners.forms.observation import AskForm, CodeForm, ObserveForm
from learners.models import Enrollment, ObservationInvitation
from learners.selectors import observation as observations
from learners.services.observation import InvitationOver, digest_of, require_open

CONTEXT = ("enrollment__learner__user", "enrollment__credential__organization", "enrollment__credential_version")


@login_required
@require_http_methods(["GET", "POST"])
def observation_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A learner's own page: ask, show the codes that are open, read what was written."""
    own = Enrollment.objects.visible_to(request.user).select_related("credential_version", "credential", "learner")
    enrollment = get_object_or_404(own.filter(learner__user=request.user), public_id=public_id)
    form = AskForm(request.POST or None, requirements=observations.requirements(enrollment))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = made_once(
                    once.sent(request),
                    services.invite_observer,
                    actor=request.user,
                    enrollment=enrollment,
                    at=timezone.now(),
                    **form.content(),
                )
            except RegistryError as error:
                form.add_error(None, str(error))
            else:
                if made.email:
                    messages.success(request, _("A link goes to %(email)s.") % {"email": made.email})
                return redirect(f"{reverse('learners:observation-ask', args=[public_id])}#open")
    at = timezone.now()
    context = {
        "enrollment": enrollment,
        "version": enrollment.credential_version,
        "form": form,
        "open": observations.open_invitations(enrollment, at),
        "written": observations.written(enrollment),
    }
    return render_page(request, "learners/observation_ask.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def observation_code(request: HttpRequest) -> HttpResponse:
    """For staff without a camera at hand: write the code. Lists what one has put off."""
    if not request.user.roles() & {Role.ASSESSOR, Role.LEAD}:
        raise Http404
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = _code(form.cleaned_data["code"])
        if ObservationInvitation.objects.filter(code=code, email="").exists():
            return redirect("learners:observation-staff", code=code)
        form.add_error("code", _("No learner shows this code. Look at it once more."))
    context = {"form": form, "put_off": observations.put_off(request.user, timezone.now())}
    return render_page(request, "learners/observation_code.html", context, status=422 if form.errors else 200)


def _code(written: str) -> str:
    return "".join(each for each in written.upper() if each.isalnum())


@login_required
@require_http_methods(["GET", "POST"])
def observation_staff(request: HttpRequest, code: str) -> HttpResponse:
    found = ObservationInvitation.objects.select_related(*CONTEXT).filter(code=_code(code), email="").first()
    if found is None or not allowed(request.user, Can.OBSERVATION_WRITE, found):
        raise Http404
    return _observe(request, found, by_link=False)


@never_cache
@limited("observe", methods={"POST"})
@require_http_methods(["GET", "POST"])
def observation_link(request: HttpRequest, token: str) -> HttpResponse:
    """For the one person whose address the link went to; no account."""
    found = ObservationInvitation.objects.select_related(*CONTEXT).filter(token_sha256=digest_of(token)).first()
    if found is None:
        response = render(request, "learners/observation_over.html", {"reason": "unknown"}, status=404)
    else:
        response = _observe(request, found, by_link=True)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _observe(request: HttpRequest, invitation: ObservationInvitation, *, by_link: bool) -> HttpResponse:
    observer = None if by_link else request.user
    at = timezone.now()
    shows_draft = by_link or invitation.draft_by_id == request.user.pk
    form = ObserveForm(request.POST or None, initial=invitation.draft if shows_draft else None)
    try:
        require_open(invitation, at)
        if request.method == "POST" and form.is_valid():
            if request.POST.get("action") == "later":
                services.keep_observation_draft(invitation=invitation, observer=observer, at=at, **form.said())
                return _done(request, invitation, is_later=True)
            services.record_observation(invitation=invitation, observer=observer, at=at, **form.said())
            return _done(request, invitation, is_later=False)
    except InvitationOver as error:
        reason = "used" if error.was_used else "expired"
        return render(request, "learners/observation_over.html", {"reason": reason}, status=410)
    except RegistryError as error:
        form.add_error(None, str(error))
    return render_page(
        request, "learners/observation_form.html", _form_context(invitation, form), status=422 if form.errors else 200
    )


def _form_context(invitation: ObservationInvitation, form: ObserveForm) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "learner": invitation.enrollment.learner,
        "version": invitation.enrollment.credential_version,
        "form": form,
        "anchors": observations.anchors(form["level"].value()),
    }


def _done(request: HttpRequest, invitation: ObservationInvitation, *, is_later: bool) -> HttpResponse:
    context = {"invitation": invitation, "is_later": is_later, "learner": invitation.enrollment.learner}
    return render(request, "learners/observation_done.html", context)


urlpatterns: list[URLPattern] = [
    path("enrollments/<uuid:public_id>/observations/", observation_ask, name="observation-ask"),
    path("o/", observation_code, name="observation-code"),
    path("o/<slug:code>/", observation_staff, name="observation-staff"),
    path("o/link/<str:token>/", observation_link, name="observation-link"),
]
