"""Moving a class to a newer version, and back: first who would gain or lose, by name and by rule, then the move itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from learners.models import Cohort
from pathways import selectors, services
from pathways.forms.keeping import MoveForm
from pathways.models import PathwayVersion
from pathways.selectors import MoveOutcome
from pathways.views.managing import managed
from pathways.workflow import PathwayVersionStatus

PAGE_SIZE = 100
KINDS: dict[str, str] = {
    MoveOutcome.LOSES: "not-met",
    MoveOutcome.BOTH: "returned",
    MoveOutcome.GAINS: "valid",
    MoveOutcome.SAME: "draft",
    MoveOutcome.STAYS: "waiting",
    MoveOutcome.RESTS: "superseded",
}


@login_required
@require_http_methods(["GET", "POST"])
def cohort_move(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """The classes that follow an earlier version, and what was moved lately; with ?cohort= the report on one; a POST moves it."""
    version = _version(request, public_id, number)
    if request.method == "POST":
        return _move(request, version, is_back=False)
    if "cohort" in request.GET:
        return _page(request, version, _cohort(version, request.GET["cohort"]), MoveForm(), is_back=False)
    context = {
        "version": version,
        "cohorts": selectors.movable_cohorts(version),
        "moves": selectors.moved_lately(version, at=timezone.now()),
        "undo_days": selectors.UNDO_FOR.days,
    }
    return render_page(request, "pathways/cohort_move.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def cohort_move_back(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """With ?cohort= what it would mean to undo the last move of a class to this version; a POST undoes it."""
    version = _version(request, public_id, number)
    if request.method == "POST":
        return _move(request, version, is_back=True)
    if "cohort" not in request.GET:
        return redirect("pathways:cohort-move", public_id, number)
    return _page(request, version, _cohort(version, request.GET.get("cohort", "")), MoveForm(), is_back=True)


def _version(request: HttpRequest, public_id: UUID, number: int) -> PathwayVersion:
    version: PathwayVersion = get_object_or_404(managed(request), pathway__public_id=public_id, number=number)
    if version.status != PathwayVersionStatus.PUBLISHED or not allowed(request.user, Can.COHORT_MOVE, version.pathway):
        raise Http404
    return version


def _cohort(version: PathwayVersion, key: str) -> Cohort:
    school = version.pathway.credential.organization_id
    if not (key.isascii() and key.isdigit()) or len(key) > 18:
        raise Http404
    return get_object_or_404(Cohort, organization=school, pk=int(key))


def _move(request: HttpRequest, version: PathwayVersion, *, is_back: bool) -> HttpResponse:
    cohort = _cohort(version, request.POST.get("cohort", ""))
    form = MoveForm(request.POST)
    command = services.move_cohort_back if is_back else services.move_cohort
    if form.is_valid():
        try:
            moved = command(actor=request.user, version=version, cohort=cohort, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _moved(cohort, moved, is_back=is_back))
            return redirect("pathways:cohort-move", version.pathway.public_id, version.number)
    return _page(request, version, cohort, form, 422, is_back=is_back)


def _moved(cohort: Cohort, moved: services.Moved, *, is_back: bool) -> str:
    words = {"cohort": cohort.name, "n": moved.moved}
    if is_back:
        said = (
            ngettext(
                "%(cohort)s: %(n)s learner is moved back.", "%(cohort)s: %(n)s learners are moved back.", moved.moved
            )
            % words
        )
        if moved.stayed:
            stayed = ngettext(
                "%(n)s stays, since something rests on this version.",
                "%(n)s stay, since something rests on this version.",
                moved.stayed,
            )
            said = f"{said} {stayed % {'n': moved.stayed}}"
        return said
    said = ngettext("%(cohort)s: %(n)s learner is moved.", "%(cohort)s: %(n)s learners are moved.", moved.moved) % words
    if moved.stayed:
        stayed = ngettext(
            "%(n)s stays until the committee has decided.", "%(n)s stay until the committee has decided.", moved.stayed
        )
        said = f"{said} {stayed % {'n': moved.stayed}}"
    return said


def _page(
    request: HttpRequest, version: PathwayVersion, cohort: Cohort, form: MoveForm, status: int = 200, *, is_back: bool
) -> HttpResponse:
    """The report, also with the words of a refusal. A fixed number of queries, however large the class."""
    at, today = timezone.now(), timezone.localdate()
    if is_back:
        report = selectors.back_report(version, cohort, at=at, on=today, by=request.user)
    else:
        report = selectors.move_report(version, cohort, on=today, by=request.user)
    page = Paginator(report.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "version": version,
        "cohort": cohort,
        "report": report,
        "page": page,
        "counts": [
            (str(each.label).capitalize(), report.count(each), KINDS[each])
            for each in MoveOutcome
            if is_back or each != MoveOutcome.RESTS
        ],
        "is_back": is_back,
        "undo_days": selectors.UNDO_FOR.days,
        "rule_columns": [
            {"label": _("Rule")},
            {"label": _("Lose by it"), "number": True},
            {"label": _("Gain by it"), "number": True},
        ],
        "rule_rows": [[words, {"text": str(lost)}, {"text": str(gained)}] for words, lost, gained in report.by_rule],
        "columns": [
            {"label": _("Learner")},
            {"label": _("Outcome")},
            {"label": _("Now")},
            {"label": _("Then")},
            {"label": _("Why they lose")},
            {"label": _("Why they gain")},
        ],
        "rows": [_row(each) for each in page],
        "form": form,
    }
    return render_page(request, "pathways/cohort_move_report.html", context, status=status)


def _row(moving: Any) -> list[Any]:
    enrollment = moving.enrollment
    return [
        enrollment.learner.display_name,
        {"kind": KINDS[moving.outcome], "word": str(moving.outcome.label).capitalize()},
        moving.before,
        moving.after,
        " ".join(moving.why_lost) or "–",
        " ".join(moving.why_gained) or "–",
    ]


urlpatterns: list[URLPattern] = [
    path("manage/pathways/<uuid:public_id>/versions/<int:number>/move/", cohort_move, name="cohort-move"),
    path(
        "manage/pathways/<uuid:public_id>/versions/<int:number>/move-back/", cohort_move_back, name="cohort-move-back"
    ),
]
