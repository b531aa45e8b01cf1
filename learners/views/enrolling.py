"""Enrolling, withdrawing, and enrolling a whole class."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from config.errors import Invalid, RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Credential, Offering
from credentials.selectors import running
from credentials.views.catalog import credential_page, find_readable
from learners import services
from learners.forms.enrolling import ClassForm
from learners.models import Cohort, Enrollment
from learners.selectors import learning
from learners.selectors.enrolling import waiting_place
from learners.views.demand import count_turned_away
from learners.workflow import OPEN_ENROLLMENTS, EnrollmentStatus

NAMES_SHOWN = 20


@login_required
@require_http_methods(["GET", "POST"])
def enroll(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = find_readable(public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(credential)
    learner = learning.learner_of(request.user)
    if learner is None:
        refusal = _("Only learners enroll. Your account has no learner’s record.")
        return credential_page(request, credential, refusal=refusal, status=403)
    try:
        enrollment = services.enroll(
            actor=request.user,
            learner=learner,
            credential=credential,
            offering=_offering(credential, request.POST.get("offering", "")),
            is_early="early" in request.POST,
            at=timezone.now(),
        )
    except RegistryError as error:
        standing = learner.enrollments.filter(credential=credential, status__in=OPEN_ENROLLMENTS).first()
        if standing is not None:  # sent twice
            messages.info(request, _("You are enrolled already."))
            return redirect(standing)
        if isinstance(error, Invalid) and services.refusals(learner=learner, credential=credential, at=timezone.now()):
            count_turned_away(request, credential)
        return credential_page(request, credential, refusal=str(error), status=error.http_status)
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        place = {"place": waiting_place(enrollment)}
        messages.info(request, _("It is full. You are number %(place)s on the waitlist.") % place)
    else:
        messages.success(request, _("You are enrolled. Gather your evidence here."))
    return redirect(enrollment)


def _offering(credential: Credential, chosen: str) -> Offering | None:
    if not chosen:
        return None
    try:
        return get_object_or_404(Offering, credential=credential, public_id=UUID(chosen))
    except ValueError as error:
        raise Http404 from error


@login_required
@require_http_methods(["GET", "POST"])
def enrollment_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks first, with what it means; then withdraws."""
    enrollment = get_object_or_404(
        Enrollment.objects.visible_to(request.user).select_related("credential", "credential_version", "offering"),
        public_id=public_id,
    )
    refusal = services.why_not_withdraw(enrollment, enrollment.submissions.order_by("-attempt").first())
    if request.method == "POST":
        try:
            services.withdraw(actor=request.user, enrollment=enrollment, at=timezone.now())
        except RegistryError as error:
            refusal = str(error)
        else:
            title = enrollment.credential_version.title
            messages.success(request, _("You have withdrawn from %(title)s.") % {"title": title})
            return redirect(enrollment.credential)
    context = {
        "enrollment": enrollment,
        "refusal": refusal,
        "is_waiting": enrollment.status == EnrollmentStatus.WAITLISTED,
        "is_limited": enrollment.offering is not None and enrollment.offering.seats is not None,
    }
    status = 409 if request.method == "POST" else 200
    return render_page(request, "learners/enrollment_withdraw.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def class_enroll(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose a class, read what would happen, then do it."""
    credential = get_object_or_404(
        Credential.objects.select_related("organization", "current_version").filter(current_version__isnull=False),
        public_id=public_id,
    )
    if not allowed(request.user, Can.CLASS_ENROLL, credential):
        raise Http404
    cohorts = Cohort.objects.filter(organization=credential.organization_id).order_by("-entered_on", "name", "pk")
    offerings = running(credential, timezone.localdate())
    form = ClassForm(request.POST or request.GET or None, cohorts=list(cohorts), offerings=offerings)
    context: dict[str, Any] = {"credential": credential, "form": form}
    if form.is_bound and form.is_valid():
        try:
            asked = {
                "actor": request.user,
                "credential": credential,
                "cohort": form.chosen(),
                "offering": form.chosen_offering(),
                "at": timezone.now(),
            }
            if request.method == "POST":
                done = services.enroll_class(**asked)
                count = len(done.enrolled)
                words = ngettext("%(count)s learner enrolled.", "%(count)s learners enrolled.", count)
                messages.success(request, words % {"count": count})
                if done.waitlisted:
                    count = len(done.waitlisted)
                    words = ngettext(
                        "%(count)s learner is on the waitlist: no seat was left.",
                        "%(count)s learners are on the waitlist: no seat was left.",
                        count,
                    )
                    messages.warning(request, words % {"count": count})
                return redirect(f"{request.path}?{urlencode(form.cleaned_data)}")
            context |= {"cohort": form.chosen(), "groups": _groups(services.count_class(**asked))}
            context["count"], context["waiting"] = (group["count"] for group in context["groups"][:2])
            context["offering"] = form.cleaned_data.get("offering", "")
        except RegistryError as error:
            form.add_error(None, str(error))
    return render_page(request, "learners/class_enroll.html", context, status=422 if form.errors else 200)


def _groups(counted: services.ClassEnrollment) -> list[dict[str, Any]]:
    """Who is in and who is left out, in words; names where they are few enough to be looked at."""
    groups = [
        (_("Will be enrolled"), counted.enrolled, False),
        (_("Will wait for a seat (seats go by lot)"), counted.waitlisted, True),
        (_("Enrolled already"), counted.already, False),
        (_("Hold the badge already"), counted.holding, False),
        (_("Lack a prerequisite"), counted.lacking, True),
        (_("Profession not admitted"), counted.not_admitted, True),
        (_("Not active (on leave, graduated or left)"), counted.not_active, True),
    ]
    return [
        {
            "title": title,
            "count": len(learners),
            "names": ", ".join(each.display_name for each in learners[:NAMES_SHOWN]) if is_named else "",
            "further": max(0, len(learners) - NAMES_SHOWN) if is_named else 0,
        }
        for title, learners, is_named in groups
    ]


urlpatterns: list[URLPattern] = [
    path("catalog/<uuid:public_id>/enroll/", enroll, name="enroll"),
    path("enrollments/<uuid:public_id>/withdraw/", enrollment_withdraw, name="enrollment-withdraw"),
    path("manage/credentials/<uuid:public_id>/class/", class_enroll, name="class-enroll"),
]
