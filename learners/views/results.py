"""Results that others give: one entered by staff, many from a file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import once, tables
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials.models import Credential, CredentialVersion
from credentials.services import made_once
from learners import results_file, services
from learners.forms.results import ResultFileForm, ResultForm
from learners.models import EvidenceItem, RecordedResult, ResultList, RowResult
from learners.selectors import roster as selectors
from learners.selectors.results import credentials_with_results
from learners.services.results import in_words, match, requirements_of
from learners.views.lists import list_page
from learners.workflow import RosterStatus

LISTS_PAGE, OWN_SHOWN = 20, 20


def _find(request: HttpRequest, public_id: UUID) -> tuple[Credential, CredentialVersion]:
    found = Credential.objects.select_related("organization", "current_version")
    credential = get_object_or_404(found, public_id=public_id)
    may = request.user.has_any_role({Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR}, credential)
    if credential.current_version is None or not may:
        raise Http404
    return credential, credential.current_version


@login_required
@require_safe
def results_choose(request: HttpRequest) -> HttpResponse:
    """The items of which a person may record what others scored or rated."""
    if not {Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR} & request.user.roles():
        raise Http404
    found = [
        (reverse("learners:results", args=[each.public_id]), each.current_version.title if each.current_version else "")
        for each in credentials_with_results(request.user)
    ]
    return render_page(request, "learners/results_choose.html", {"found": found})


@login_required
@require_http_methods(["GET", "POST"])
def results(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Enter one result, bring in a list, and see what one has entered."""
    credential, version = _find(request, public_id)
    may_import = allowed(request.user, Can.RESULTS_IMPORT, credential)
    requirements = requirements_of(version.pk)
    is_list = request.method == "POST" and "list" in request.POST
    form = ResultForm(request.POST if request.method == "POST" and not is_list else None, requirements=requirements)
    files = ResultFileForm(*((request.POST, request.FILES) if is_list else ()))
    if is_list and not may_import:
        raise Http404
    if is_list and files.is_valid():
        upload = files.cleaned_data["file"]
        try:
            made = made_once(
                once.sent(request),
                services.check_result_list,
                actor=request.user,
                credential=credential,
                file_name=upload.name,
                data=upload.read(),
                at=timezone.now(),
            )
        except RegistryError as error:
            files.add_error("file", str(error))
        else:
            return redirect(made)
    elif form.is_bound and form.is_valid() and (recorded := _record(request, credential, form)) is not None:
        said = _("Recorded for %(learner)s: %(title)s, %(result)s.") % {
            "learner": recorded.enrollment.learner,
            "title": recorded.title,
            "result": in_words(recorded),
        }
        if not EvidenceItem.objects.filter(result=recorded).exists():
            said = _("%(said)s No attempt is open: it is kept, and counts in the next one.") % {"said": said}
        messages.success(request, said)
        return redirect("learners:results", public_id=public_id)
    return _page(request, credential, version, form, files if may_import else None, bool(requirements))


def _record(request: HttpRequest, credential: Credential, form: ResultForm) -> RecordedResult | None:
    try:
        enrollment = services.find_enrollment(
            actor=request.user, credential=credential, said=form.cleaned_data["learner"]
        )
    except RegistryError as error:
        form.add_error("learner", str(error))
        return None
    requirement = match(requirements_of(enrollment), form.cleaned_data["requirement"])
    if requirement is None:
        form.add_error("requirement", _("The version that this learner works on does not ask for it."))
        return None
    try:
        return services.record_result(
            actor=request.user, enrollment=enrollment, requirement=requirement, said=form.said(), at=timezone.now()
        )
    except RegistryError as error:
        form.add_error(None, str(error))
        return None


def _page(
    request: HttpRequest,
    credential: Credential,
    version: CredentialVersion,
    form: ResultForm,
    files: ResultFileForm | None,
    is_asked: bool,
) -> HttpResponse:
    own = (
        RecordedResult.objects.filter(recorded_by=request.user, enrollment__credential=credential)
        .annotate(
            is_kept=~Exists(EvidenceItem.objects.filter(result=OuterRef("pk"))),
            was_corrected=Q(corrected_by__isnull=False),
        )
        .select_related("enrollment__learner", "requirement", "corrects")
        .order_by("-recorded_at", "-pk")[:OWN_SHOWN]
    )
    earlier = ResultList.objects.visible_to(request.user).filter(credential=credential)
    earlier = earlier.exclude(status=RosterStatus.DROPPED).select_related("uploaded_by")
    page = Paginator(earlier.order_by("-uploaded_at", "-pk"), LISTS_PAGE)
    context: dict[str, Any] = {
        "credential": credential,
        "version": version,
        "form": form,
        "files": files,
        "is_asked": is_asked,
        "own": [(each, in_words(each)) for each in own],
        "page": page.get_page(request.GET.get("page")) if files is not None else None,
    }
    status = 422 if form.errors or (files is not None and files.errors) else 200
    return render_page(request, "learners/results.html", context, status=status)


def _list(request: HttpRequest, public_id: UUID) -> ResultList:
    visible = ResultList.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("credential__organization", "credential__current_version"), public_id=public_id
    )


@login_required
@require_safe
def result_list_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return list_page(request, _list(request, public_id), "learners/result_list_detail.html", {})


@login_required
@require_safe
def result_list_faulty(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The faulty rows with their reasons, to be mended and sent again: further columns are passed over."""
    rows = selectors.rows_of(_list(request, public_id), RowResult.FAULTY)
    heading = [*results_file.COLUMNS, "line", "reason"]
    return tables.answer("faulty-rows.csv", heading, rows.values_list(*results_file.COLUMNS, "line", "said"))


@login_required
@require_POST
def result_list_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _list(request, public_id)
    try:
        services.confirm_result_list(actor=request.user, found=found, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    return redirect(found)


@login_required
@require_POST
def result_list_drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = _list(request, public_id)
    try:
        services.drop_result_list(actor=request.user, found=found)
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.info(request, _("The list was dropped; nothing was changed."))
    return redirect("learners:results", public_id=found.credential.public_id)


urlpatterns: list[URLPattern] = [
    path("credentials/<uuid:public_id>/results/", results, name="results"),
    path("results/", results_choose, name="results-choose"),
    path("results/<uuid:public_id>/", result_list_detail, name="result-list-detail"),
    path("results/<uuid:public_id>/faulty.csv", result_list_faulty, name="result-list-faulty"),
    path("results/<uuid:public_id>/confirm/", result_list_confirm, name="result-list-confirm"),
    path("results/<uuid:public_id>/drop/", result_list_drop, name="result-list-drop"),
]
