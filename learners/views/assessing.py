"""The queue and the marking screen."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import Incomplete, RegistryError
from config.pages import render_page
from config.permissions import Role
from credentials import rubric
from learners import services
from learners.forms.assessing import CANNOT, MarkingForm, QueueFilter, ReopenForm
from learners.models import Assessment, Decision, Submission
from learners.selectors import assessing, patient_data
from learners.selectors import marking as marking_selectors
from learners.views.patient_data import set_aside_page
from learners.workflow import AssessmentStatus, DecisionOutcome, SubmissionStatus

QUEUE_PAGE = 50


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    user = request.user
    if Role.ASSESSOR not in user.roles():
        raise Http404
    mine = assessing.own(user)
    form = QueueFilter(
        request.GET, credentials=assessing.credentials_in_queue(mine), cohorts=assessing.cohorts_in_queue(mine)
    )
    chosen = form.chosen()
    waiting = assessing.queue(user, chosen, mine).with_context().select_related("enrollment__learner__cohort")
    page = Paginator(waiting, QUEUE_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "page": page,
        "rows": [_queue_row(each, chosen, is_late=_is_late(each, now)) for each in page],
        "first_url": assessing.marking_address(page[0].public_id, chosen) if len(page) else "",
        "load": assessing.load(user, mine),
        "form": form,
        "is_filtered": bool(chosen),
        "found": ngettext("%(count)s submission", "%(count)s submissions", page.paginator.count)
        % {"count": page.paginator.count},
    }
    return render_page(request, "learners/queue.html", context, part="learners/_queue_list.html")


def _is_late(submission: Submission, now: Any) -> bool:
    return submission.due_at is not None and submission.due_at < now


def _queue_row(submission: Submission, chosen: dict[str, str], *, is_late: bool) -> dict[str, Any]:
    cohort = submission.enrollment.learner.cohort
    return {
        "submission": submission,
        "url": assessing.marking_address(submission.public_id, chosen),
        "cohort": cohort.name if cohort is not None else "",
        "role": submission.my_role,
        "who": assessing.shown_name(submission.enrollment),
        "is_late": is_late,
        "freeze_on": submission.freeze_on,
        "is_begun": submission.status == SubmissionStatus.IN_REVIEW,
    }


@login_required
@require_http_methods(["GET", "POST"])
def marking(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = (
        Submission.objects.assigned_to(request.user)
        .exclude(enrollment__learner__user=request.user)
        .exclude(status=SubmissionStatus.DRAFT)
    )
    submission = get_object_or_404(
        marking_selectors.with_open_concerns(mine).with_context().prefetch_related("assignments"), public_id=public_id
    )
    if submission.status == SubmissionStatus.QUARANTINED:
        return set_aside_page(request, submission)
    assessment = submission.assessments.filter(assessor=request.user).prefetch_related("judgments").first()
    if assessment is not None and assessment.status == AssessmentStatus.FINISHED:
        decision = submission.decisions.exclude(status="undone").first()
        return redirect(decision or submission)
    version = submission.credential_version
    before = assessing.attempt_before(submission, assessor=request.user)
    lock = services.hold_submission(
        actor=request.user,
        submission=submission,
        at=timezone.now(),
        take_over=request.POST.get("action") == "take-over",
    )
    form = MarkingForm(
        request.POST or None,
        criteria=assessing.criteria_of(version),
        version=version,
        assessment=assessment,
        is_last_attempt=submission.attempt >= submission.enrollment.attempts_most,
        kept=services.kept_judgments(submission, assessor=request.user, before=before.assessment) if before else None,
    )
    if request.POST.get("action") == "take-over":
        return redirect(request.get_full_path())
    if request.method == "POST" and form.is_valid():
        is_reopening = request.POST.get("action", "").startswith("reopen-")
        act = _reopen if is_reopening else _act
        answer = act(request, submission, form, assessment)
        if answer is not None:
            return answer
    if form.is_incomplete:
        assessment = submission.assessments.filter(assessor=request.user).first()
    if request.POST.get("action") == "autosave":
        return _saved(request, submission, form, None)
    context = _marking_context(request, submission, form, assessment, before)
    context["patient_data"] = patient_data.WHILE_ASSESSING
    context["held"] = marking_selectors.held_by_another(lock, request.user, timezone.now())
    return render_page(request, "learners/marking.html", context, status=422 if form.errors else 200)


def _act(
    request: HttpRequest, submission: Submission, form: MarkingForm, assessment: Assessment | None
) -> HttpResponse | None:
    """Save, and finish when asked to; None when it was refused, with the reason on the form."""
    action = request.POST.get("action", "save")
    at = timezone.now()
    is_compared = "seen" in request.POST and action != "overwrite"
    try:
        assessment = services.save_judgments(
            actor=request.user,
            submission=submission,
            judgments=form.judgments(),
            overall_comment=form.cleaned_data["overall_comment"],
            at=at,
            seen=form.cleaned_data["seen"] if is_compared else None,
        )
        if action in {"finish", "finish-next"}:
            following = assessing.neighbors(request.user, submission, QueueFilter.chosen_in(request.GET)).following
            chosen = form.cleaned_data.get("outcome")
            if_not_met = DecisionOutcome(chosen) if chosen else None
            decision = services.finish_assessment(
                actor=request.user, submission=submission, at=at, if_not_met=if_not_met
            )
            if action == "finish" and decision is not None:
                return redirect(decision)
            messages.success(request, _finished(decision))
            return redirect(following or "learners:queue")
    except Incomplete as error:
        form.show_gaps(saved=assessment)
        if not form.errors:
            form.add_error(None, str(error))
        return None
    except RegistryError as error:
        form.add_error(None, str(error))
        form.is_changed_elsewhere = isinstance(error, services.ChangedElsewhere)
        return None
    if action == "autosave":
        return _saved(request, submission, form, assessment)
    messages.success(request, _("Draft saved. The learner sees nothing of it before you release a decision."))
    for each in marking_selectors.said(request.user, submission, form.words()):
        if each.warning:
            messages.warning(request, each.warning)
    return redirect(request.get_full_path())


def _reopen(
    request: HttpRequest, submission: Submission, form: MarkingForm, assessment: Assessment | None
) -> HttpResponse | None:
    """Judge a kept criterion anew; what stands in the form is saved first, so that nothing of it is lost."""
    number = request.POST["action"].removeprefix("reopen-")
    if not (number.isascii() and number.isdecimal() and 0 < int(number[:4]) <= len(form.criteria)):
        form.add_error(None, _("Choose what is to be judged anew."))
        return None
    try:
        services.save_judgments(
            actor=request.user,
            submission=submission,
            judgments=form.judgments(),
            overall_comment=form.cleaned_data["overall_comment"],
            at=timezone.now(),
            seen=form.cleaned_data["seen"] if "seen" in request.POST else None,
        )
        services.reopen_criterion(
            actor=request.user,
            submission=submission,
            criterion=form.criteria[int(number) - 1],
            reason=request.POST.get(f"reopen_reason_{number}", ""),
            at=timezone.now(),
        )
    except RegistryError as error:
        form.add_error(None, str(error))
        form.is_changed_elsewhere = isinstance(error, services.ChangedElsewhere)
        return None
    messages.success(request, _("Reopened. Judge it like the others."))
    return redirect(f"{request.get_full_path()}#criterion-{number}")


def _finished(decision: Decision | None) -> str:
    if decision is None:
        return _("Finished. A second assessor judges this work as well; a decision follows when both have.")
    return _("Finished. The proposed decision waits under Decisions until it is released.")


def _saved(
    request: HttpRequest, submission: Submission, form: MarkingForm, assessment: Assessment | None
) -> HttpResponse:
    """The answer to an automatic save: the line that says when, with the mark of the draft, and what is noticed."""
    seen = services.revision(assessment) if assessment else form["seen"].value() or ""
    context = {
        "submission": submission,
        "assessment": assessment,
        "form": form,
        "seen": seen,
        "is_changed_elsewhere": form.is_changed_elsewhere,
        "said": marking_selectors.said(request.user, submission, form.words()) if assessment else [],
    }
    return render_page(request, "learners/_marking_saved.html", context, status=422 if assessment is None else 200)


def _marking_context(
    request: HttpRequest,
    submission: Submission,
    form: MarkingForm,
    assessment: Assessment | None,
    before: assessing.Before | None,
) -> dict[str, Any]:
    version = submission.credential_version
    rows = rubric.rows(version, form.criteria)
    earlier = assessing.result_rows(version, form.criteria, before.judgments.values()) if before else []
    examples = marking_selectors.examples(form.criteria)
    said = marking_selectors.said(request.user, submission, form.words(), is_counted=False)
    for number, row in enumerate(rows, 1):
        row["said"], row["examples"] = said[number - 1], examples[form.criteria[number - 1].pk]
        row["levels"].append(
            {
                "value": CANNOT,
                "label": _("Cannot judge from this evidence"),
                "descriptor": _("Not a level: it returns the work. Say in the next step what is missing."),
                "is_apart": True,
            }
        )
        criterion = form.criteria[number - 1]
        row |= form.bound(number)
        if criterion.pk in form.kept:
            row["kept"] = earlier[number - 1]
            row["reopen"] = ReopenForm(request.POST or None, number=number).field
        if before and criterion.pk in before.judgments:
            row["reopened"] = services.why_anew(before.judgments[criterion.pk])
        row["before"] = earlier[number - 1] if before and "reached_label" in earlier[number - 1] else None
    shown = assessing.evidence(submission, before.submission if before else None)
    keys_on, keys = services.shortcuts_of(request.user)
    chosen = QueueFilter.chosen_in(request.GET)
    return {
        "here": assessing.marking_address(submission.public_id, chosen),
        "queue_url": f"{reverse('learners:queue')}?{urlencode(chosen)}" if chosen else reverse("learners:queue"),
        "keys_on": keys_on,
        "keys": marking_selectors.keys(keys),
        "key_of": {name.replace("-", "_"): key for name, key in keys.items()} if keys_on else {},
        "concerns": marking_selectors.concerns(submission),
        "submission": submission,
        "version": version,
        "who": assessing.shown_name(submission.enrollment),
        "form": form,
        "is_changed_elsewhere": form.is_changed_elsewhere,
        "criteria": rows,
        "rule": rubric.rule_of(version, form.criteria),
        "assessment": assessment,
        "seen": form["seen"].value() or "",
        "before": before,
        "evidence": shown,
        "open_count": len(form.open),
        "changed_count": sum(each.change not in {"", "same"} for each in shown),
        "declarations": submission.declarations.order_by("pk"),
        "neighbors": assessing.neighbors(request.user, submission, chosen),
        "is_late": _is_late(submission, timezone.now()),
        "is_last_attempt": submission.attempt >= submission.enrollment.attempts_most,
    }


@login_required
@require_POST
def marking_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    submission = get_object_or_404(Submission.objects.assigned_to(request.user), public_id=public_id)
    try:
        services.reopen_assessment(actor=request.user, submission=submission, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.info(request, _("The proposed decision is taken back. Change what you like and finish again."))
    return redirect("learners:marking", public_id=public_id)


urlpatterns: list[URLPattern] = [
    path("queue/", queue, name="queue"),
    path("queue/<uuid:public_id>/", marking, name="marking"),
    path("queue/<uuid:public_id>/reopen/", marking_reopen, name="marking-reopen"),
]
