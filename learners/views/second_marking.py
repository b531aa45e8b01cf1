"""Two judgments of the same work, side by side, and what the two agree on."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from learners import services
from learners.differences import difference
from learners.forms.second import AgreeForm
from learners.models import SecondMarking, Submission
from learners.selectors import assessing
from learners.services import second_marking
from learners.workflow import SecondMarkingStatus


@login_required
@require_http_methods(["GET", "POST"])
def reconcile(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For the two who judged it, once they were found to differ; before that there is nothing to see."""
    mine = Submission.objects.assigned_to(request.user).exclude(enrollment__learner__user=request.user)
    submission = get_object_or_404(mine.with_context().prefetch_related("assignments"), public_id=public_id)
    second = get_object_or_404(
        SecondMarking.objects.filter(status__in=[SecondMarkingStatus.DIFFERS, SecondMarkingStatus.AGREED]),
        submission=submission,
    )
    finished = submission.assessments.filter(status="finished", is_agreed=False).prefetch_related("judgments")
    originals = list(finished.select_related("assessor").order_by("finished_at", "pk"))
    if len(originals) < 2 or request.user.pk not in {each.assessor_id for each in originals}:
        raise Http404
    if second.status == SecondMarkingStatus.AGREED:
        decision = submission.decisions.exclude(status="undone").first()
        return redirect(decision or submission)
    criteria = assessing.criteria_of(submission.credential_version)
    judged = [{each.criterion_id: each for each in row.judgments.all()} for row in originals[:2]]
    told = [difference(each) for each in second_marking.pairs(submission, originals)]
    differing = {criterion.pk for criterion, why in zip(criteria, told, strict=True) if why}
    kept = services.kept_judgments(submission)
    form = AgreeForm(request.POST or None, criteria=criteria, judged=judged[0], differing=differing, kept=kept)
    if request.method == "POST" and form.is_valid():
        try:
            decision = services.agree_on_result(
                actor=request.user,
                submission=submission,
                judgments=form.judgments(),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Agreed. The proposed decision waits under Decisions until it is released."))
            return redirect(decision)
    rows: list[dict[str, Any]] = [
        {
            "criterion": criterion,
            "why": why,
            "originals": [
                _said(assessment, row.get(criterion.pk)) for assessment, row in zip(originals[:2], judged, strict=True)
            ],
            **form.bound(number),
        }
        for number, (criterion, why) in enumerate(zip(criteria, told, strict=True), 1)
    ]
    context = {
        "submission": submission,
        "who": assessing.shown_name(submission.enrollment),
        "second": second,
        "rows": rows,
        "form": form,
    }
    return render(request, "learners/reconcile.html", context, status=422 if form.errors else 200)


def _said(assessment: Any, judgment: Any) -> dict[str, Any]:
    level = _("cannot be judged") if judgment is None or judgment.cannot_judge else judgment.level
    return {"who": assessment.assessor, "level": level, "judgment": judgment}


urlpatterns: list[URLPattern] = [path("queue/<uuid:public_id>/reconcile/", reconcile, name="reconcile")]
