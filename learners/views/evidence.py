"""The workspace, a submission as its learner and its readers see it, and the files that it holds."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import Conflict, Incomplete, RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials import rubric
from credentials.models import Criterion
from learners import services
from learners.forms.learning import FORMS, AttemptGrantForm, EvidenceForm, SubmitForm, evidence_form
from learners.models import Enrollment, EvidenceItem, FormDraft, Submission
from learners.models.evidence import ScanState
from learners.selectors import assessing, drafts, learning, patient_data
from learners.selectors.results import kept_results, record_address
from learners.services.drafts import SUBMIT
from learners.views.opening import reason_page
from learners.views.patient_data import set_aside_page
from learners.workflow import DecisionOutcome, DecisionStatus, EnrollmentStatus, SubmissionStatus

ADD: dict[str, Callable[..., EvidenceItem]] = {
    "text": services.add_text,
    "file": services.add_file,
    "link": services.add_link,
    "hours": services.add_hours,
}


# The workspace -------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def enrollment_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    enrollment = get_object_or_404(Enrollment.objects.visible_to(request.user), public_id=public_id)
    submission = Submission.objects.with_context().filter(enrollment=enrollment).order_by("-attempt", "-pk").first()
    if submission is None:
        raise Http404
    if submission.status == SubmissionStatus.EXPIRED:
        return redirect(submission)
    return _workspace(request, submission)


def _workspace(
    request: HttpRequest,
    submission: Submission,
    *,
    evidence: EvidenceForm | None = None,
    at_position: int | None = None,
    submit: SubmitForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    enrollment = submission.enrollment
    version = submission.credential_version
    is_draft = submission.status == SubmissionStatus.DRAFT
    checklist = learning.places(submission)
    doubtful = 0
    kept: dict[str, FormDraft] = {}
    if is_draft:
        doubtful = learning.look_for_identifiers(checklist, of=submission.enrollment.learner.user)
        kept = drafts.drafts_of(submission)
        for place in checklist:
            if place.is_from_learner:
                refused = evidence if place.position == at_position else None
                place.forms = _forms_of(request, submission, place, refused, kept)
    met, wanted = learning.still_needed(checklist)
    criteria = assessing.criteria_of(version)
    again = learning.again(submission, criteria) if is_draft else None
    submit_draft = drafts.shown(
        submission, SUBMIT, kept.get(SUBMIT), seen=request.POST.get("seen", "") if submit is not None else None
    )
    if submit is None:
        submit = SubmitForm(kept=again.kept_criteria if again else (), initial=submit_draft.values)
    context = {
        "enrollment": enrollment,
        "submission": submission,
        "version": version,
        "is_draft": is_draft,
        "places": [place for place in checklist if place.requirement or place.items or place.forms],
        "met": met,
        "wanted": wanted,
        "again": again,
        "version_due": services.version_due(enrollment, timezone.now()) if is_draft else None,
        "submit": submit,
        "submit_draft": submit_draft,
        "refusal": refusal,
        "doubtful": doubtful,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "uploads": list(submission.uploads.filter(owner=request.user).order_by("pk")) if is_draft else [],
        "attempts": list(enrollment.submissions.order_by("attempt")),
        "rubric": rubric.rows(version, criteria),
        "rule": rubric.rule_of(version, criteria),
    }
    return render_page(request, "learners/enrollment_detail.html", context, status=status)


def _forms_of(
    request: HttpRequest,
    submission: Submission,
    place: learning.Place,
    refused: EvidenceForm | None,
    kept: dict[str, FormDraft],
) -> list[dict[str, Any]]:
    """refused: what was sent and has to be mended; kept: what was typed and not added yet, by the key of its form."""
    labels = {
        "text": (_("Write a text"), "pencil"),
        "file": (_("Attach a file"), "upload"),
        "link": (_("Give a link"), "link"),
        "hours": (_("Log hours"), "clock"),
    }
    forms = []
    for kind, (label, icon) in labels.items():
        key = services.form_key(kind, place.requirement)
        is_refused = refused is not None and isinstance(refused, FORMS[kind])
        seen = request.POST.get("seen", "") if is_refused else None
        draft = drafts.shown(submission, key, kept.get(key), seen=seen) if kind != "file" else None
        form = refused if is_refused else evidence_form(kind, place.position, draft=draft.values if draft else None)
        forms.append(
            {
                "kind": kind,
                "label": label,
                "icon": icon,
                "form": form,
                "draft": draft,
                "is_refused": is_refused,
                "is_open": is_refused or bool(draft and draft.values),
            }
        )
    return forms


def _own(request: HttpRequest, public_id: UUID) -> Submission:
    """A learner's own submission; 404 for everybody else's."""
    own = Submission.objects.with_context().filter(enrollment__learner__user=request.user)
    return get_object_or_404(own, public_id=public_id)


@login_required
@require_http_methods(["GET", "POST"])
def evidence_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    submission = _own(request, public_id)
    kind = request.POST.get("kind", "")
    if request.method == "GET":  # after a sign-in in between
        return redirect(submission.enrollment)
    if kind not in FORMS:
        return _workspace(request, submission, refusal=_("Choose what you want to add."), status=422)
    position = request.POST.get("requirement", "")
    requirement = (
        submission.credential_version.evidence_requirements.filter(position=int(position)).first()
        if position.isascii() and position.isdecimal() and len(position) < 6
        else None
    )
    if position and requirement is None:
        refusal = _("This kind of evidence does not belong to the credential.")
        return _workspace(request, submission, refusal=refusal, status=422)
    at_position = requirement.position if requirement else None
    key = services.form_key(kind, requirement)
    form = evidence_form(kind, at_position, request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            content = form.content()
            add = services.add_sent_file if "sent" in content else ADD[kind]
            added = add(
                actor=request.user, submission=submission, requirement=requirement, at=timezone.now(), **content
            )
        except services.AlreadyHere:  # sent twice
            services.drop_form_draft(actor=request.user, submission=submission, form=key)
            said = _("This is here already; it was not added a second time.")
            messages.info(request, said, extra_tags=f"{submission.public_id}:{key}")
            return _to_place(submission, at_position)
        except RegistryError as error:
            form.add_error(_field_of(kind, error), str(error))
            status = error.http_status
        else:
            said = _("Added: %(title)s") % {"title": added.title}
            messages.success(request, said, extra_tags=f"{submission.public_id}:{key}")
            return _to_place(submission, at_position)
    submission.refresh_from_db(fields=["status"])
    if submission.status != SubmissionStatus.DRAFT:
        return _workspace(
            request, submission, refusal=_("This was submitted; what it holds cannot be changed."), status=409
        )
    return _workspace(request, submission, evidence=form, at_position=at_position, status=status)


def _field_of(kind: str, error: RegistryError) -> str | None:
    """Where a refusal is shown: what is wrong with the content, at the content."""
    return None if isinstance(error, Conflict) else kind


def _to_place(submission: Submission, position: int | None) -> HttpResponse:
    anchor = "other" if position is None else str(position)
    return redirect(f"{submission.enrollment.get_absolute_url()}#place-{anchor}")


@login_required
@require_http_methods(["GET", "POST"])
def evidence_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = EvidenceItem.objects.filter(submission__enrollment__learner__user=request.user)
    if request.method == "GET":
        shown = get_object_or_404(own.select_related("submission__enrollment"), public_id=public_id)
        return redirect(shown.submission.enrollment)
    item = own.select_related("file", "requirement", "submission__enrollment").filter(public_id=public_id).first()
    if item is None:  # sent twice, or not theirs: the answer is the same
        raise Http404
    position = item.requirement.position if item.requirement else None
    try:
        services.remove_evidence(actor=request.user, item=item)
    except RegistryError as error:
        submission = _own(request, item.submission.public_id)
        return _workspace(request, submission, refusal=str(error), status=error.http_status)
    messages.success(request, _("Removed: %(title)s") % {"title": item.title})
    return _to_place(item.submission, position)


@login_required
@require_http_methods(["GET", "POST"])
def evidence_harmless(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The learner has looked: this names no patient."""
    own = EvidenceItem.objects.filter(submission__enrollment__learner__user=request.user)
    item = get_object_or_404(own.select_related("requirement", "submission__enrollment"), public_id=public_id)
    if request.method == "POST":
        try:
            services.note_harmless(actor=request.user, item=item, at=timezone.now())
        except RegistryError as error:
            submission = _own(request, item.submission.public_id)
            return _workspace(request, submission, refusal=str(error), status=error.http_status)
    return _to_place(item.submission, item.requirement.position if item.requirement else None)


def _kept_criteria(submission: Submission) -> list[Criterion]:
    kept = services.passed_before(submission, services.last_assessment(submission))
    return sorted((each.criterion for each in kept.values()), key=lambda each: each.position)


@login_required
@require_http_methods(["GET", "POST"])
def submission_submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    submission = _own(request, public_id)
    if request.method == "GET":
        return redirect(submission.enrollment)
    if submission.status != SubmissionStatus.DRAFT:  # sent twice
        messages.info(request, _("This is submitted already."))
        return redirect(submission)
    form = SubmitForm(request.POST, kept=_kept_criteria(submission))
    status = 422
    if form.is_valid():
        try:
            services.submit_evidence(
                actor=request.user,
                submission=submission,
                declarations=form.declarations(),
                judge_anew=form.judge_anew(),
                at=timezone.now(),
            )
        except services.VersionMoved as error:
            messages.warning(request, str(error))
            return redirect(submission.enrollment)
        except Incomplete as error:
            for each in error.missing:
                form.add_error(None, each[:1].upper() + each[1:] + ".")
            status = error.http_status
        except RegistryError as error:
            form.add_error(None, str(error))
            status = error.http_status
        else:
            said = _("Evidence submitted. You will hear from us by mail once it is decided.")
            messages.success(request, said, extra_tags=f"{submission.public_id}:")
            return redirect(submission)
    return _workspace(request, submission, submit=form, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def draft_keep(request: HttpRequest, public_id: UUID, form: str) -> HttpResponse:
    """Keep what stands in a form of the workspace; the script asks for the line that tells, a press for the page."""
    submission = _own(request, public_id)
    if request.method == "GET":
        return redirect(submission.enrollment)
    is_overwriting = request.POST.get("action") == "overwrite"
    seen = request.POST.get("seen", "")
    draft, status = None, 200
    more: dict[str, Any] = {}
    try:
        draft = services.keep_form_draft(
            actor=request.user,
            submission=submission,
            form=form,
            values=request.POST.dict(),
            at=timezone.now(),
            seen=None if is_overwriting else seen,
        )
    except RegistryError as error:
        is_changed = isinstance(error, services.ChangedElsewhere)
        more, status = {"seen": seen, "refused": str(error), "is_changed_elsewhere": is_changed}, 422
    if request.headers.get("HX-Request") != "true":
        if more:
            return _workspace(request, submission, refusal=str(more["refused"]), status=status)
        messages.success(request, _("Draft saved."), extra_tags=f"{submission.public_id}:{form}")
        return redirect(submission.enrollment)
    shown = drafts.shown(submission, form, draft, **more)
    return render_page(request, "learners/_draft_saved.html", {"draft": shown}, status=status)


# A submission --------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def submission_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    visible = Submission.objects.visible_to(request.user).with_context().select_related("feedback_response")
    submission = get_object_or_404(visible.prefetch_related("assignments", "declarations"), public_id=public_id)
    is_own = submission.learner.user_id == request.user.pk
    if is_own and submission.status == SubmissionStatus.DRAFT:
        return redirect(submission.enrollment)
    if submission.status == SubmissionStatus.QUARANTINED and not is_own:
        return set_aside_page(request, submission)
    return reason_page(request, submission) or _submission_page(request, submission, is_own=is_own)


def _submission_page(
    request: HttpRequest,
    submission: Submission,
    *,
    is_own: bool,
    refusal: str = "",
    grant: AttemptGrantForm | None = None,
    status: int = 200,
) -> HttpResponse:
    version = submission.credential_version
    at = timezone.now()
    decision = submission.decisions.filter(status=DecisionStatus.RELEASED).first()
    if decision is not None:
        decision.submission, decision.enrollment = submission, submission.enrollment  # at hand, not asked for again
    evidence = assessing.evidence(submission, None)
    context: dict[str, Any] = {
        "submission": submission,
        "version": version,
        "is_own": is_own,
        "who": "" if is_own else assessing.shown_name(submission.enrollment),
        "results_url": "" if is_own else record_address(request.user, submission),
        "may_unblind": version.is_blind and allowed(request.user, Can.WORK_UNBLIND, submission),
        "may_assess": not is_own
        and allowed(request.user, Can.SUBMISSION_ASSESS, submission)
        and submission.status in learning.HANDED_IN,
        "decision": decision,
        "evidence": evidence,
        "timeline": learning.timeline(submission, decision),
        "number": submission.number,
        "refusal": refusal,
        "is_scanned": not any(each.item.file and each.item.file.scan_state == ScanState.WAITING for each in evidence),
        "patient_data": patient_data.state_of(request.user, submission, evidence),
        "kept_results": kept_results(submission.enrollment),
    }
    if decision is not None:
        assessment = assessing.assessment_of(submission)
        judgments = list(assessment.judgments.all()) if assessment else []
        criteria = assessing.criteria_of(version)
        rows = assessing.result_rows(version, criteria, judgments)
        context |= {
            "rows": rows,
            "rule": rubric.rule_of(version, criteria),
            "growth": learning.growth(rows) if judgments and submission.results_removed_at is None else [],
            "overall_comment": assessment.overall_comment if assessment else "",
            "next": learning.after(submission, decision, at),
            "grant_form": grant or AttemptGrantForm()
            if submission.enrollment.status == EnrollmentStatus.NOT_MET
            and submission.attempt == submission.enrollment.attempts_most
            and allowed(request.user, Can.ATTEMPT_GRANT, submission.enrollment)
            else None,
            "award": decision.awards.exclude(status="withdrawn").first()
            if decision.outcome == DecisionOutcome.AWARDED
            else None,
            "assessed_by": assessing.assessed_by(submission) if settings.SHOW_ASSESSORS_AFTER_DECISION else "",
            "final_at": services.undo_until(decision) if services.undo_until(decision) > at else None,
        }
    return render_page(request, "learners/submission_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def resubmission_start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    submission = _own(request, public_id)
    if request.method == "GET":
        return redirect(submission)
    try:
        services.start_resubmission(actor=request.user, submission=submission, at=timezone.now())
    except RegistryError as error:
        return _submission_page(request, submission, is_own=True, refusal=str(error), status=error.http_status)
    messages.success(request, _("The next attempt holds your earlier evidence. Change what the feedback asks for."))
    return redirect(submission.enrollment)


@login_required
@require_http_methods(["GET", "POST"])
def attempt_grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The lead gives one more attempt, after a meeting."""
    visible = Submission.objects.visible_to(request.user).with_context().prefetch_related("assignments", "declarations")
    submission = get_object_or_404(visible, public_id=public_id)
    if request.method == "GET":
        return redirect(submission)
    is_own = submission.learner.user_id == request.user.pk
    form = AttemptGrantForm(request.POST)
    if not form.is_valid():
        return _submission_page(request, submission, is_own=is_own, grant=form, status=422)
    try:
        services.grant_attempt(
            actor=request.user, enrollment=submission.enrollment, at=timezone.now(), **form.cleaned_data
        )
    except RegistryError as error:
        return _submission_page(
            request, submission, is_own=is_own, refusal=str(error), grant=form, status=error.http_status
        )
    messages.success(request, _("One more attempt is given, and the learner is told."))
    return redirect(submission)


urlpatterns: list[URLPattern] = [
    path("enrollments/<uuid:public_id>/", enrollment_detail, name="enrollment-detail"),
    path("submissions/<uuid:public_id>/", submission_detail, name="submission-detail"),
    path("submissions/<uuid:public_id>/evidence/", evidence_add, name="evidence-add"),
    path("submissions/<uuid:public_id>/submit/", submission_submit, name="submission-submit"),
    path("submissions/<uuid:public_id>/one-more-attempt/", attempt_grant, name="attempt-grant"),
    path("submissions/<uuid:public_id>/next-attempt/", resubmission_start, name="resubmission-start"),
    path("submissions/<uuid:public_id>/drafts/<slug:form>/", draft_keep, name="draft-keep"),
    path("evidence/<uuid:public_id>/remove/", evidence_remove, name="evidence-remove"),
    path("evidence/<uuid:public_id>/harmless/", evidence_harmless, name="evidence-harmless"),
]
