"""My record: everything the school holds on a learner, at once; asking to have it amended; the registrar's answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import records
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from learners import services
from learners.forms.record import AmendmentForm, AnswerForm, HearingForm, StatementForm
from learners.models import Amendment, Award, Decision, Learner
from learners.selectors import retention
from learners.workflow import AmendmentStatus, AwardStatus, DecisionStatus

PAGE = 50
GROUPS = {
    "person": (gettext_lazy("About you"), gettext_lazy("Name, class, leaves, roles, goals, notices")),
    "learning": (gettext_lazy("Learning"), gettext_lazy("Enrollments, submissions, evidence")),
    "results": (gettext_lazy("Results"), gettext_lazy("Decisions, levels and feedback, appeals, requests to amend")),
    "elsewhere": (
        gettext_lazy("Learned elsewhere"),
        gettext_lazy("What you brought in, what was checked, and where it counts"),
    ),
    "pathways": (gettext_lazy("Pathways"), gettext_lazy("What you joined, plan and asked the committee for")),
    "badges": (gettext_lazy("Badges"), gettext_lazy("Awards, signed documents, transcripts")),
    "sharing": (gettext_lazy("Sharing"), gettext_lazy("Consents, links, and what was given to others")),
    "access": (gettext_lazy("Access"), gettext_lazy("Who searched for you, and why")),
}
KINDS = {"requested": "waiting", "hearing": "waiting", "amended": "valid", "withdrawn": "draft"}


def _learner(request: HttpRequest) -> Learner:
    learner = Learner.objects.select_related("user", "organization", "cohort").filter(user=request.user).first()
    if learner is None:
        raise Http404
    return learner


@login_required
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """What the record is made of, and what one can do with it."""
    learner = _learner(request)
    context = {
        "learner": learner,
        "groups": [{"key": key, "title": title, "lead": lead} for key, (title, lead) in GROUPS.items()],
        "amendments": [
            {"amendment": each, "kind": KINDS.get(each.status, "not-met")}
            for each in Amendment.objects.with_context().filter(learner=learner).order_by("-requested_at", "-pk")
        ],
        "personal": services.personal_addresses(request.user),
        "going": retention.going(learner, timezone.now()),
    }
    return render_page(request, "learners/record.html", context)


@login_required
@require_safe
def record_part(request: HttpRequest, group: str) -> HttpResponse:
    """One part of the record in full. One query for each of its sections."""
    learner = _learner(request)
    if group not in GROUPS:
        raise Http404
    title, lead = GROUPS[group]
    parts = []
    for section in records.sections(group):
        rows = section.read(learner)
        labels = list(section.fields.items())
        shown = [[(label, row.get(key)) for key, label in labels] for row in rows]
        parts.append({"section": section, "rows": shown, "count": len(rows)})
    context = {"group": group, "title": title, "lead": lead, "parts": parts, "groups": GROUPS.items()}
    return render_page(request, "learners/record_part.html", context)


@login_required
@require_POST
def directory_opt_out(request: HttpRequest) -> HttpResponse:
    """Stay out of the school's directory, or not any more."""
    is_out = request.POST.get("is_opted_out") == "yes"
    services.set_directory_opt_out(
        actor=request.user, learner=_learner(request), is_opted_out=is_out, at=timezone.now()
    )
    messages.success(
        request, _("The directory leaves you out from now on.") if is_out else _("The directory may name you again.")
    )
    return redirect("learners:record")


# Amendments ----------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def amendment_ask(request: HttpRequest) -> HttpResponse:
    learner = _learner(request)
    form = AmendmentForm(
        request.POST or None,
        awards=list(
            Award.objects.filter(learner=learner)
            .exclude(status=AwardStatus.WITHDRAWN)
            .select_related("credential_version")
            .order_by("awarded_at", "pk")
        ),
        decisions=list(
            Decision.objects.with_context()
            .filter(enrollment__learner=learner, status=DecisionStatus.RELEASED)
            .order_by("effective_at", "pk")
        ),
        initial={"about": f"award:{request.GET.get('award', '')}"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask_amendment(
                actor=request.user,
                learner=learner,
                wrong=form.cleaned_data["wrong"],
                at=timezone.now(),
                **form.record(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The registrar has your request. You get a written answer."))
            return redirect(made)
    return render_page(request, "learners/amendment_ask.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_safe
def amendment_list(request: HttpRequest) -> HttpResponse:
    """The requests of a registrar's learners, those that wait first."""
    if not request.user.roles() & {Role.REGISTRAR, Role.AUDITOR}:
        raise Http404
    found = Amendment.objects.visible_to(request.user).exclude(learner__user=request.user).with_context()
    chosen = request.GET.get("status", "")
    if chosen in AmendmentStatus.values:
        found = found.filter(status=chosen)
    page = Paginator(found.order_by("-requested_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"amendment": each, "kind": KINDS.get(each.status, "not-met")} for each in page],
        "chosen": chosen,
        "statuses": AmendmentStatus.choices,
    }
    return render_page(request, "learners/amendment_list.html", context)


def _amendment(request: HttpRequest, public_id: UUID) -> Amendment:
    return get_object_or_404(Amendment.objects.visible_to(request.user).with_context(), public_id=public_id)


@login_required
@require_safe
def amendment_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _amendment(request, public_id))


def _page(
    request: HttpRequest, amendment: Amendment, *, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    is_own = amendment.learner.user_id == request.user.pk
    may_decide = allowed(request.user, Can.AMENDMENT_DECIDE, amendment)
    status_now = amendment.status
    may_hear = may_decide and status_now == AmendmentStatus.HEARING and amendment.decided_by_id != request.user.pk
    may_state = is_own and status_now in {AmendmentStatus.REFUSED, AmendmentStatus.HEARING, AmendmentStatus.UPHELD}
    context = {
        "amendment": amendment,
        "kind": KINDS.get(status_now, "not-met"),
        "is_own": is_own,
        "answer": _form(AnswerForm, form) if may_decide and status_now == AmendmentStatus.REQUESTED else None,
        "hearing": _form(HearingForm, form) if may_hear else None,
        "statement": _form(StatementForm, form, text=amendment.statement) if may_state else None,
        "may_ask_hearing": is_own and status_now == AmendmentStatus.REFUSED,
        "may_withdraw": is_own and status_now == AmendmentStatus.REQUESTED,
        "waits_for_another": may_decide and status_now == AmendmentStatus.HEARING and not may_hear,
    }
    return render_page(request, "learners/amendment_detail.html", context, status=status)


def _form(kind: type[forms.Form], given: forms.Form | None, **initial: Any) -> forms.Form:
    return given if type(given) is kind else kind(initial=initial)


def _act(
    request: HttpRequest, amendment: Amendment, act: Callable[[], Any], said: str, form: Any = None
) -> HttpResponse:
    try:
        act()
    except RegistryError as error:
        if form is None:
            messages.error(request, str(error))
            return redirect(amendment)
        form.add_error(None, str(error))
        return _page(request, amendment, form=form, status=error.http_status if error.http_status == 403 else 422)
    messages.success(request, said)
    return redirect(amendment)


@login_required
@require_POST
def amendment_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    amendment, form = _amendment(request, public_id), AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, amendment, form=form, status=422)
    values = form.cleaned_data
    return _act(
        request,
        amendment,
        lambda: services.decide_amendment(
            actor=request.user,
            amendment=amendment,
            is_amended=values["outcome"] == "amended",
            reasons=values["reasons"],
            at=timezone.now(),
        ),
        _("Answered. The learner is told."),
        form,
    )


@login_required
@require_POST
def amendment_hear(request: HttpRequest, public_id: UUID) -> HttpResponse:
    amendment, form = _amendment(request, public_id), HearingForm(request.POST)
    if not form.is_valid():
        return _page(request, amendment, form=form, status=422)
    values = form.cleaned_data
    return _act(
        request,
        amendment,
        lambda: services.note_hearing(
            actor=request.user,
            amendment=amendment,
            held_on=values["held_on"],
            is_amended=values["outcome"] == "amended",
            note=values["reasons"],
            at=timezone.now(),
        ),
        _("Recorded. The learner is told."),
        form,
    )


def _own(request: HttpRequest, public_id: UUID) -> Amendment:
    return get_object_or_404(Amendment.objects.filter(learner__user=request.user).with_context(), public_id=public_id)


@login_required
@require_POST
def hearing_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    amendment = _own(request, public_id)
    return _act(
        request,
        amendment,
        lambda: services.ask_hearing(actor=request.user, amendment=amendment, at=timezone.now()),
        _("Asked for. Somebody who did not refuse your request hears you."),
    )


@login_required
@require_POST
def statement_place(request: HttpRequest, public_id: UUID) -> HttpResponse:
    amendment, form = _own(request, public_id), StatementForm(request.POST)
    if not form.is_valid():
        return _page(request, amendment, form=form, status=422)
    text = form.cleaned_data["text"]
    return _act(
        request,
        amendment,
        lambda: services.place_statement(actor=request.user, amendment=amendment, text=text, at=timezone.now()),
        _("Your statement stands beside the record.") if text.strip() else _("Your statement was taken away."),
        form,
    )


@login_required
@require_POST
def amendment_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    amendment = _own(request, public_id)
    return _act(
        request,
        amendment,
        lambda: services.withdraw_amendment(actor=request.user, amendment=amendment, at=timezone.now()),
        _("Taken back."),
    )


# The registrar, for a learner who leaves -----------------------------------------------------------------------------
@login_required
@require_POST
def school_account_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    covered = Learner.objects.filter(organization__in=services.rosters_of(request.user)).exclude(user=request.user)
    learner = get_object_or_404(covered, public_id=public_id)
    try:
        services.end_school_account(actor=request.user, learner=learner, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The school’s address has ended. The personal one signs in."))
    return redirect(reverse("learners:learner-manage", args=[learner.public_id]))


urlpatterns: list[URLPattern] = [
    path("record/", record, name="record"),
    path("record/directory/", directory_opt_out, name="directory-opt-out"),
    path("record/amend/", amendment_ask, name="amendment-ask"),
    path("record/parts/<slug:group>/", record_part, name="record-part"),
    path("amendments/", amendment_list, name="amendment-list"),
    path("amendments/<uuid:public_id>/", amendment_detail, name="amendment-detail"),
    path("amendments/<uuid:public_id>/decide/", amendment_decide, name="amendment-decide"),
    path("amendments/<uuid:public_id>/hearing/", hearing_ask, name="hearing-ask"),
    path("amendments/<uuid:public_id>/heard/", amendment_hear, name="amendment-hear"),
    path("amendments/<uuid:public_id>/statement/", statement_place, name="statement-place"),
    path("amendments/<uuid:public_id>/withdraw/", amendment_withdraw, name="amendment-withdraw"),
    path("people/<uuid:public_id>/end-account/", school_account_end, name="school-account-end"),
]
