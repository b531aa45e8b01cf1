"""Wording for performance letters: of a class, as a table; of one learner, to copy; of oneself, to read."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from config import seasons, tables
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Organization
from issuance import badges, letters, services
from issuance.forms.letters import LettersForm
from issuance.views.sharing import learner_of
from learners.models import Award, Cohort, Learner
from learners.services import may_open, rosters_of
from learners.workflow import AwardStatus

COLUMNS = [
    "learner",
    "student_number",
    "designation",
    "awarded_on",
    "wording",
    "published_statement",
    "microcredentials",
    "hours",
    "recorded_on",
    "award",
    "committee_case",
    "decided_on",
]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter_list(request: HttpRequest) -> HttpResponse:
    """The form that asks for a class, and the table as its answer. Taking it is written down first."""
    schools = rosters_of(request.user)
    if not schools:
        raise Http404
    found = Cohort.objects.filter(organization__in=schools).select_related("organization")
    cohorts = [
        each for each in found.order_by("graduates_on", "name", "pk") if allowed(request.user, Can.LETTERS_EXPORT, each)
    ]
    known = {"cohort": request.GET.get("class"), "until_on": _freeze(schools)}
    form = LettersForm(request.POST or None, cohorts=cohorts, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            rows = services.letters_of_class(actor=request.user, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            name = slugify(form.cleaned_data["cohort"].name) or "class"
            return tables.answer(f"performance-letters-{name}.csv", COLUMNS, map(_row, rows))
    context = {"form": form, "can_ask": bool(cohorts)}
    return render_page(request, "issuance/letter_list.html", context, status=422 if form.errors else 200)


def _freeze(schools: list[Organization]) -> date | None:
    """The day on which the letters of the present season freeze, where a registrar keeps one school and it has set one."""
    if len(schools) != 1:
        return None
    return services.open_seasons(timezone.localdate(), schools[0])[0].letters_freeze_on


def _row(each: letters.Wording) -> list[object]:
    award, decision = each.award, each.decision
    return [
        award.learner.display_name,
        award.learner.student_number,
        award.credential_version.title,
        timezone.localdate(award.awarded_at).isoformat(),
        each.text,
        each.published,
        "; ".join(part.credential_version.title for part in each.parts),
        each.hours or "",
        "; ".join(decision.recorded_on) if decision else "",
        badges.award_url(award.public_id),
        decision.case if decision else "",
        timezone.localdate(decision.decided_at).isoformat() if decision else "",
    ]


@login_required
@never_cache
@require_safe
def learner_letter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a letter may say of one learner, for a registrar who said why they look. Nine queries, whatever they hold."""
    covered = Learner.objects.filter(organization__in=rosters_of(request.user)).exclude(user=request.user)
    learner = get_object_or_404(covered.select_related("organization", "cohort"), public_id=public_id)
    at = timezone.now()
    if not allowed(request.user, Can.LETTER_READ, learner):
        raise Http404
    if not may_open(actor=request.user, learner=learner, at=at):
        messages.info(request, _("Say first why you look for this person."))
        return redirect("learners:learner-search")
    held = Award.objects.filter(learner=learner).exclude(status__in=[AwardStatus.WITHDRAWN, AwardStatus.REVOKED])
    designations, others = letters.of_learner(letters.wordings(held.order_by("awarded_at", "pk"), at=at))
    context = {"learner": learner, "designations": designations, "others": others}
    return render_page(request, "issuance/learner_letter.html", context)


@login_required
@never_cache
@require_safe
def own_letter(request: HttpRequest) -> HttpResponse:
    """What a letter may say of oneself, and by when it takes in what is awarded. Six queries more than a page has."""
    learner = learner_of(request)
    at = timezone.now()
    season = seasons.of_class(learner.cohort_id, timezone.localdate(at))
    freeze_on = season.letters_freeze_on if season is not None else None
    held = Award.objects.filter(learner=learner).exclude(status__in=[AwardStatus.WITHDRAWN, AwardStatus.REVOKED])
    found = letters.wordings(held.order_by("awarded_at", "pk"), at=at)
    designations, others = letters.of_learner(found)
    late = [each.award.pk for each in found if freeze_on and timezone.localdate(each.award.awarded_at) > freeze_on]
    context = {
        "learner": learner,
        "season": season,
        "freeze_on": freeze_on,
        "is_frozen": freeze_on is not None and freeze_on < timezone.localdate(at),
        "late": late,
        "designations": designations,
        "others": others,
    }
    return render_page(request, "issuance/own_letter.html", context)


urlpatterns: list[URLPattern] = [
    path("record/letter/", own_letter, name="own-letter"),
    path("registrar/letters/", letter_list, name="letter-list"),
    path("people/<uuid:public_id>/letter/", learner_letter, name="learner-letter"),
]
