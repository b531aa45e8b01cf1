"""Moving a class to a newer version: first who would gain or lose, by name and by rule, then the move itself."""

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
}


@login_required
@require_http_methods(["GET", "POST"])
def cohort_move(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """The classes that follow an earlier version; with ?cohort= the report on one; a POST moves it."""
    version = get_object_or_404(managed(request), pathway__public_id=public_id, number=number)
    if version.status != PathwayVersionStatus.PUBLISHED or not allowed(request.user, Can.COHORT_MOVE, version.pathway):
        raise Http404
    if request.method == "POST":
        return _move(request, version)
    if "cohort" in request.GET:
        return _page(request, version, _cohort(version, request.GET["cohort"]), MoveForm())
    context = {"version": version, "cohorts": selectors.movable_cohorts(version)}
    return render_page(request, "pathways/cohort_move.html", context)


def _cohort(version: PathwayVersion, key: str) -> Cohort:
    school = version.pathway.credential.organization_id
    if not (key.isascii() and key.isdigit()) or len(key) > 18:
        raise Http404
    return get_object_or_404(Cohort, organization=school, pk=int(key))


def _move(request: HttpRequest, version: PathwayVersion) -> HttpResponse:
    cohort = _cohort(version, request.POST.get("cohort", ""))
    form = MoveForm(request.POST)
    if form.is_valid():
        try:
            moved = services.move_cohort(
                actor=request.user, version=version, cohort=cohort, at=timezone.now(), **form.cleaned_data
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _moved(cohort, moved))
            return redirect("pathways:manage-detail", version.pathway.public_id, version.number)
    return _page(request, version, cohort, form, 422)


def _moved(cohort: Cohort, moved: services.Moved) -> str:
    words = {"cohort": cohort.name, "n": moved.moved}
    said = ngettext("%(cohort)s: %(n)s learner is moved.", "%(cohort)s: %(n)s learners are moved.", moved.moved) % words
    if moved.stayed:
        stayed = ngettext(
            "%(n)s stays until the committee has decided.", "%(n)s stay until the committee has decided.", moved.stayed
        )
        said = f"{said} {stayed % {'n': moved.stayed}}"
    return said


def _page(
    request: HttpRequest, version: PathwayVersion, cohort: Cohort, form: MoveForm, status: int = 200
) -> HttpResponse:
    """The report, also with the words of a refusal. A fixed number of queries, however large the class."""
    report = selectors.move_report(version, cohort, on=timezone.localdate(), by=request.user)
    page = Paginator(report.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "version": version,
        "cohort": cohort,
        "report": report,
        "page": page,
        "counts": [(str(each.label).capitalize(), report.count(each), KINDS[each]) for each in MoveOutcome],
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
            {"label": _("Missing then, not now")},
            {"label": _("Missing now, not then")},
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
        " ".join(missing for _words, missing in moving.lost) or "–",
        " ".join(missing for _words, missing in moving.gained) or "–",
    ]


urlpatterns: list[URLPattern] = [
    path("manage/pathways/<uuid:public_id>/versions/<int:number>/move/", cohort_move, name="cohort-move"),
]
