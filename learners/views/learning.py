"""The learner's own pages."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from config.pages import render_page
from learners.models import Award, Enrollment, Submission


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render_page(request, "learners/home.html", {})


@login_required
def enrollment_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    enrollment = get_object_or_404(Enrollment.objects.visible_to(request.user), public_id=public_id)
    return render_page(request, "learners/enrollment_detail.html", {"enrollment": enrollment})


@login_required
def submission_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    submission = get_object_or_404(Submission.objects.visible_to(request.user), public_id=public_id)
    return render_page(request, "learners/submission_detail.html", {"submission": submission})


@login_required
def award_list(request: HttpRequest) -> HttpResponse:
    return render_page(request, "learners/award_list.html", {})


@login_required
def award_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    award = get_object_or_404(Award.objects.visible_to(request.user), public_id=public_id)
    return render_page(request, "learners/award_detail.html", {"award": award})


urlpatterns: list[URLPattern] = [
    path("catalog/<uuid:public_id>/enroll/", home, name="enroll"),
    path("home/", home, name="home"),
    path("enrollments/<uuid:public_id>/", enrollment_detail, name="enrollment-detail"),
    path("submissions/<uuid:public_id>/", submission_detail, name="submission-detail"),
    path("submissions/<uuid:public_id>/evidence/", submission_detail, name="evidence-add"),
    path("submissions/<uuid:public_id>/submit/", submission_detail, name="submission-submit"),
    path("submissions/<uuid:public_id>/next-attempt/", submission_detail, name="resubmission-start"),
    path("evidence/<uuid:public_id>/remove/", submission_detail, name="evidence-remove"),
    path("files/<uuid:public_id>/", submission_detail, name="file-download"),
    path("badges/", award_list, name="award-list"),
    path("badges/<uuid:public_id>/", award_detail, name="award-detail"),
]
