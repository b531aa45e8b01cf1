"""Patient data in evidence: the one click that sets it aside, and what the privacy officer does then."""

import csv
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Role
from learners import services
from learners.models import EvidenceItem, IncidentStep, PatientDataReport, StoredFile, Submission
from learners.selectors import patient_data
from learners.views.uploads import file_response
from learners.workflow import PatientDataStatus, SubmissionStatus

PAGE = 50


def set_aside_page(request: HttpRequest, submission: Submission) -> HttpResponse:
    """What everybody but its learner gets of a submission that is set aside."""
    return render_page(request, "learners/set_aside.html", {"version": submission.credential_version}, status=403)


# Whoever comes across it ---------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def patient_data_report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    by_role = request.user.scope_q({"registrar", "privacy"}, "enrollment__credential__")
    readable = Submission.objects.visible_to(request.user).values("pk")
    found = Submission.objects.with_context().filter(
        Q(pk__in=readable) | (by_role & ~Q(status__in=[SubmissionStatus.DRAFT, SubmissionStatus.WITHDRAWN]))
    )
    submission = get_object_or_404(found, public_id=public_id)
    if request.method == "POST":
        try:
            services.report_patient_data(actor=request.user, submission=submission, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Set aside. Nobody but the privacy officer can read it now."))
    if submission.learner.user_id == request.user.pk:
        return redirect(submission)
    return redirect("learners:queue" if Role.ASSESSOR in request.user.roles() else "learners:home")


@login_required
@require_http_methods(["GET", "POST"])
def submission_start_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = Submission.objects.with_context().filter(enrollment__learner__user=request.user)
    submission = get_object_or_404(own, public_id=public_id)
    if request.method == "GET":
        return redirect(submission)
    try:
        services.start_over(actor=request.user, submission=submission, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect(submission)
    messages.success(request, _("Here is an empty draft of the same attempt."))
    return redirect(submission.enrollment)


# The privacy officer -------------------------------------------------------------------------------------------------
def _officer(request: HttpRequest) -> None:
    if Role.PRIVACY not in request.user.roles():
        raise Http404


@login_required
@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    _officer(request)
    page = Paginator(patient_data.incidents(request.user), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [patient_data.incident(each) for each in page]}
    return render_page(request, "learners/incident_list.html", context)


@login_required
@require_safe
def incident_csv(request: HttpRequest) -> HttpResponse:
    """The whole log, for a report to the clinic; it names no learner."""
    _officer(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="patient-data-log.csv"'
    writer = csv.writer(response)
    writer.writerow(["report", "credential", "status", "reported by", *IncidentStep.values, "settled by"])
    for report in patient_data.incidents(request.user):
        times = patient_data.incident(report).times
        writer.writerow(
            [
                report.public_id,
                report.submission.enrollment.credential.code,
                report.status,
                _cell(report.reported_by.name),
                *(times[step].isoformat(timespec="seconds") if step in times else "" for step in IncidentStep.values),
                _cell(report.settled_by.name) if report.settled_by else "",
            ]
        )
    response["Cache-Control"] = "private, no-store"
    return response


def _cell(text: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


@login_required
@require_safe
def incident_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    report = get_object_or_404(patient_data.incidents(request.user), public_id=public_id)
    return _detail_page(request, report)


def _detail_page(
    request: HttpRequest, report: PatientDataReport, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "report": report,
        "incident": patient_data.incident(report),
        "submission": report.submission,
        "version": report.submission.credential_version,
        "held": patient_data.held(report),
        "is_open": report.status == PatientDataStatus.OPEN,
        "refusal": refusal,
    }
    response = render_page(request, "learners/incident_detail.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_safe
def incident_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """A file that is set aside, for who decides on it. Never once it is purged."""
    reports = PatientDataReport.objects.visible_to(request.user).filter(status=PatientDataStatus.OPEN)
    covered = EvidenceItem.objects.filter(set_aside_by__in=reports, file__isnull=False).values("file")
    stored = get_object_or_404(StoredFile, public_id=public_id, pk__in=covered, tombstoned_at__isnull=True)
    return file_response(stored, stored.original_name)


def _settle(
    request: HttpRequest, public_id: UUID, service: Callable[..., PatientDataReport], said: str
) -> HttpResponse:
    report = get_object_or_404(patient_data.incidents(request.user), public_id=public_id)
    try:
        service(actor=request.user, report=report, at=timezone.now())
    except RegistryError as error:
        report = get_object_or_404(patient_data.incidents(request.user), public_id=public_id)
        return _detail_page(request, report, refusal=str(error), status=error.http_status)
    messages.success(request, said)
    return redirect("learners:incident-detail", public_id=public_id)


@login_required
@require_POST
def incident_release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _settle(request, public_id, services.release_report, _("Released. It goes on where it was."))


@login_required
@require_POST
def incident_purge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _settle(
        request, public_id, services.purge_report, _("Purged. What is left says when, by whom, and the digest.")
    )


urlpatterns: list[URLPattern] = [
    path("submissions/<uuid:public_id>/patient-data/", patient_data_report, name="patient-data-report"),
    path("submissions/<uuid:public_id>/start-over/", submission_start_over, name="submission-start-over"),
    path("patient-data/", incident_list, name="incident-list"),
    path("patient-data/log.csv", incident_csv, name="incident-csv"),
    path("patient-data/<uuid:public_id>/", incident_detail, name="incident-detail"),
    path("patient-data/files/<uuid:public_id>/", incident_file, name="incident-file"),
    path("patient-data/<uuid:public_id>/release/", incident_release, name="incident-release"),
    path("patient-data/<uuid:public_id>/purge/", incident_purge, name="incident-purge"),
]
