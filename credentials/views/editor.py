"""Writing a draft: begin it, edit it, look at it as others will, compare it with what it was."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from credentials import comparing, editing, selectors, services
from credentials import content as contents
from credentials.content import Content
from credentials.forms.editor import Editor, PreviewMarkingForm, StartForm
from credentials.gate import missing
from credentials.models import Credential, CredentialVersion
from credentials.models.catalog import CredentialKind
from credentials.services import ChangedElsewhere
from credentials.views.manage import editable, person
from credentials.workflow import VersionStatus

SEARCH = "alignments-search"
TAKE = "alignments-take-"
ASK = "prerequisites-add"
OVER = "over-"


@login_required
@require_http_methods(["GET", "POST"])
def credential_start(request: HttpRequest) -> HttpResponse:
    """Begin a microcredential, blank or from what another one says."""
    organizations = selectors.startable_in(person(request))
    if not organizations:
        raise Http404
    by_address = {str(each.credential.public_id): each for each in selectors.templates()}
    form = StartForm(
        request.POST or None,
        organizations=organizations,
        sources=[(key, f"{each.title} ({each.credential.code})") for key, each in by_address.items()],
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            draft = services.start_credential(
                actor=person(request),
                organization=form.organizations[data["organization"]],
                code=data["code"],
                title=data["title"],
                source=by_address.get(data["source"]),
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            return redirect("credentials:draft-edit", public_id=draft.credential.public_id)
    return render_page(request, "credentials/credential_start.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def draft_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The editor of the draft. Every button saves the whole page first; script saves it in between."""
    credential = editable(request, public_id)
    draft = selectors.with_children(
        credential.versions.filter(status=VersionStatus.DRAFT).select_related("edited_by")
    ).first()
    if draft is None:
        messages.info(request, _("There is no draft. Start the next version to change something."))
        return redirect("credentials:manage-detail", public_id=public_id)
    draft.credential = credential
    if request.method == "GET":
        return _page(request, draft, _editor(draft))
    is_part = request.headers.get("HX-Request") == "true"
    editor = _editor(draft, request.POST)
    if not editor.is_valid():
        return _page(request, draft, editor, problems=editor.problems(), is_part=is_part)
    action, seen = request.POST.get("action", "save"), request.POST.get("seen", "")
    if action.startswith(OVER):
        action, seen = "save", action.removeprefix(OVER)
    try:
        content, anchor = _act(editor.content(), action, request.POST)
        saved = services.save_draft(
            actor=person(request),
            version=draft,
            seen=int(seen) if seen.isdigit() and len(seen) < 10 else 0,
            content=content,
            at=timezone.now(),
        )
    except ChangedElsewhere:
        return _page(request, draft, editor, is_conflict=True, is_part=is_part)
    except RegistryError as error:
        return _page(request, draft, editor, problems=[("", "", str(error))], is_part=is_part)
    if is_part:
        saved.credential = credential
        selectors.fill_children(saved)
        return _page(request, saved, editor, is_part=True)
    if action == "save":
        messages.success(request, _("Draft saved."))
    query = QueryDict(mutable=True)
    if action == SEARCH:
        query["q"] = request.POST.get("q", "")[:100]
    address = reverse("credentials:draft-edit", args=[public_id])
    return redirect(f"{address}{'?' if query else ''}{query.urlencode()}{'#' if anchor else ''}{anchor}")


def _act(content: Content, action: str, data: QueryDict) -> tuple[Content, str]:
    """What a button of the page does to what the page says. Raises Invalid."""
    if action == SEARCH:
        return content, "alignments-found"
    if action == ASK:
        return editing.ask_for(content, data.get("prerequisite_new", ""))
    if action.startswith(TAKE):
        framework, _bar, rest = action.removeprefix(TAKE).partition("|")
        version, _bar, code = rest.rpartition("|")
        return editing.align(content, framework=framework, version=version, code=code)
    return editing.act(content, action)


def _editor(draft: CredentialVersion, data: QueryDict | None = None) -> Editor:
    return Editor(
        contents.read(draft),
        kind=draft.credential.kind,
        credentials=selectors.askable(draft.credential),
        names=selectors.names_of(draft),
        data=data,
    )


def _page(
    request: HttpRequest,
    draft: CredentialVersion,
    editor: Editor,
    *,
    problems: list[tuple[str, str, str]] | None = None,
    is_conflict: bool = False,
    is_part: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "credential": draft.credential,
        "draft": draft,
        "editor": editor,
        "problems": problems or [],
        "is_conflict": is_conflict,
        # Whoever lost the race still says which state they saw, so that only the button made for it saves over the other.
        "seen": request.POST.get("seen", "") if is_conflict or problems else draft.revision,
        "missing": missing(draft),
        "forecast": editing.assessor_hours(
            draft.learners_expected, draft.assessment_minutes, draft.second_mark_percent
        ),
    }
    status = 422 if problems or is_conflict else 200
    if is_part:
        return render_page(request, "credentials/_draft_saved.html", context, status=status)
    words = request.GET.get("q", "")[:100]
    found = selectors.find_competencies(words)
    context |= {
        "words": words,
        "found": found,
        "newest": selectors.newest_frameworks() if found else set(),
        "known": selectors.suggestions(draft.credential.organization_id),
        "is_designation": draft.credential.kind == CredentialKind.DESIGNATION,
    }
    return render_page(request, "credentials/draft_edit.html", context, status=status)


@login_required
@require_safe
def version_preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The newest version as a learner or an assessor will see it."""
    credential = editable(request, public_id)
    version = _version(credential, None)
    shown = selectors.sheet(version)
    audience = "assessor" if request.GET.get("as") == "assessor" else "learner"
    context = {
        "credential": credential,
        "version": version,
        "sheet": shown,
        "audience": audience,
        "is_draft": version.status == VersionStatus.DRAFT,
        "marking": PreviewMarkingForm(criteria=shown.criteria).rows() if audience == "assessor" else [],
    }
    return render_page(request, "credentials/version_preview.html", context)


def _version(credential: Credential, number: str | None) -> CredentialVersion:
    """One version with its children, the newest where none is named; another number is a 404."""
    versions = selectors.with_children(credential.versions.order_by("-number"))
    if number is not None:
        if not number.isdigit() or len(number) > 9:
            raise Http404
        versions = versions.filter(number=int(number))
    version = versions.first()
    if version is None:
        raise Http404
    version.credential = credential
    return version


@login_required
@require_safe
def version_compare(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Any two versions side by side, word by word; the newest and the one before it to begin with."""
    credential = editable(request, public_id)
    versions = selectors.comparable(credential)
    if not versions:
        raise Http404
    numbers = [str(each.number) for each in versions]
    before = request.GET.get("before") or numbers[min(1, len(numbers) - 1)]
    after = request.GET.get("after") or numbers[0]
    old, new = _version(credential, before), _version(credential, after)
    lines = comparing.compare(contents.read(old), contents.read(new))
    changed = [line for line in lines if line.is_changed]
    is_all = request.GET.get("all") == "1"
    context = {
        "credential": credential,
        "versions": versions,
        "old": old,
        "new": new,
        "lines": lines if is_all else changed,
        "is_all": is_all,
        "changed": len(changed),
    }
    return render_page(request, "credentials/version_compare.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def early_assessment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whether whoever can do it already may be assessed without a seat."""
    credential = editable(request, public_id)
    if request.method == "POST":
        is_allowed = request.POST.get("is_allowed") == "yes"
        services.set_early_assessment(
            actor=person(request), credential=credential, is_allowed=is_allowed, at=timezone.now()
        )
        messages.success(
            request,
            _("Early assessment is open.") if is_allowed else _("Early assessment is closed."),
        )
    return redirect("credentials:manage-detail", public_id=public_id)


urlpatterns: list[URLPattern] = [
    path("manage/credentials/new/", credential_start, name="credential-start"),
    path("manage/credentials/<uuid:public_id>/draft/", draft_edit, name="draft-edit"),
    path("manage/credentials/<uuid:public_id>/preview/", version_preview, name="version-preview"),
    path("manage/credentials/<uuid:public_id>/compare/", version_compare, name="version-compare"),
    path("manage/credentials/<uuid:public_id>/early/", early_assessment, name="early-assessment"),
]
