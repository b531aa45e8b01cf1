"""Staff and one learner: the search that asks for a reason, the record, the log, and an assessor's earlier feedback."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.paging import long_page
from config.permissions import Can, Role, allowed
from learners import services
from learners.models import AccessEntry, Learner, Submission
from learners.models.access import AccessReason
from learners.selectors import assessing, history
from learners.workflow import SubmissionStatus

LOG_PAGE = 100


class SearchForm(forms.Form):
    said = forms.CharField(
        label=gettext_lazy("Learner"),
        help_text=gettext_lazy("A part of the name, or the whole e-mail address or student number."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why you look for this person"),
        help_text=gettext_lazy("Kept with your name and the time."),
        choices=AccessReason.choices,
        widget=forms.RadioSelect,
    )


@login_required
@require_http_methods(["GET", "POST"])
def learner_search(request: HttpRequest) -> HttpResponse:
    if not services.schools_of(request.user):
        raise Http404
    form = SearchForm(request.POST or None)
    found: list[Learner] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            found = services.search_learners(
                actor=request.user,
                said=form.cleaned_data["said"],
                reason=AccessReason(form.cleaned_data["reason"]),
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "found": found,
        "may_bring_in": bool(services.rosters_of(request.user)),
        "may_read_log": bool(request.user.roles() & {Role.REGISTRAR, Role.AUDITOR}),
    }
    return render_page(request, "learners/learner_search.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def learner_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    covered = Learner.objects.filter(organization__in=services.schools_of(request.user)).exclude(user=request.user)
    learner = get_object_or_404(covered.select_related("user", "cohort", "organization"), public_id=public_id)
    if not services.may_open(actor=request.user, learner=learner, at=timezone.now()):
        messages.info(request, _("Say first why you look for this person."))
        return redirect("learners:learner-search")
    may_manage = allowed(request.user, Can.LEARNER_MANAGE, learner)
    context = {"learner": learner, "may_manage": may_manage, **history.record(request.user, learner)}
    return render_page(request, "learners/learner_record.html", context)


@login_required
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    if not request.user.roles() & {Role.REGISTRAR, Role.AUDITOR}:
        raise Http404
    entries = AccessEntry.objects.visible_to(request.user).select_related("actor", "learner", "submission").with_blind()
    page = long_page(entries.order_by("-at", "-pk"), LOG_PAGE, request.GET.get("page"))
    return render_page(request, "learners/access_log.html", {"page": page})


@login_required
@require_safe
def learner_history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For who assesses a submission: what this learner was told before. Not where the work is judged blind."""
    mine = Submission.objects.assigned_to(request.user).visible_to(request.user)
    submission = get_object_or_404(
        mine.exclude(enrollment__learner__user=request.user)
        .exclude(status=SubmissionStatus.DRAFT)
        .exclude(enrollment__credential_version__is_blind=True)
        .with_context(),
        public_id=public_id,
    )
    context = {
        "submission": submission,
        "version": submission.credential_version,
        "who": assessing.shown_name(submission.enrollment),
        "results": history.feedback(request.user, submission.learner, but=submission),
    }
    return render_page(request, "learners/learner_history.html", context)


urlpatterns: list[URLPattern] = [
    path("people/", learner_search, name="learner-search"),
    path("people/log/", access_log, name="access-log"),
    path("people/<uuid:public_id>/", learner_record, name="learner-record"),
    path("queue/<uuid:public_id>/history/", learner_history, name="learner-history"),
]
