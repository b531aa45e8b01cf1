"""Where leads and administrators prepare and publish what can be earned."""

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials import selectors, services
from credentials.forms import PublishForm, StewardshipForm
from credentials.gate import missing
from credentials.models import Credential, CredentialVersion
from credentials.workflow import VersionStatus

if TYPE_CHECKING:
    from learners.models import User

LIST_PAGE = 50
OWNERS = {Role.LEAD, Role.ADMINISTRATOR}


def _person(request: HttpRequest) -> "User":
    """Who is signed in; each page here asks for that first."""
    return cast("User", request.user)


def _editable(request: HttpRequest, public_id: UUID) -> Credential:
    found = Credential.objects.editable_by(_person(request)).select_related("organization", "owner", "current_version")
    return get_object_or_404(found, public_id=public_id)


@login_required
@require_safe
def manage_list(request: HttpRequest) -> HttpResponse:
    """Everything that this person prepares; drafts stand first."""
    if not OWNERS & _person(request).roles():
        raise Http404
    credentials = (
        Credential.objects.editable_by(_person(request))
        .select_related("owner")
        .prefetch_related(selectors.newest_first())
        .order_by("status", "code", "pk")
    )
    page = Paginator(credentials, LIST_PAGE).get_page(request.GET.get("page"))
    return render_page(
        request, "credentials/manage_list.html", {"page": page, "rows": selectors.manage_rows(list(page))}
    )


@login_required
@require_safe
def manage_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, _editable(request, public_id))


def _detail(
    request: HttpRequest,
    credential: Credential,
    *,
    publishing: PublishForm | None = None,
    stewarding: StewardshipForm | None = None,
) -> HttpResponse:
    """The newest version, what the gate still misses, and who answers for it. A refused form comes back with 422."""
    version = selectors.with_children(credential.versions.order_by("-number")).first()
    if version is None:
        raise Http404
    version.credential = credential
    is_draft = version.status == VersionStatus.DRAFT
    lacking = missing(version) if is_draft else []
    context = {
        "credential": credential,
        "version": version,
        "sheet": selectors.sheet(version),
        "is_draft": is_draft,
        "missing": lacking,
        "missing_places": {each.place for each in lacking},
        "may_publish": allowed(_person(request), Can.CREDENTIAL_PUBLISH, credential),
        "publishing": publishing or PublishForm(initial={"number": version.number}),
        "stewarding": stewarding or _stewardship_form(credential),
        "events": credential.events.select_related("actor", "version").order_by("-at", "-pk")[:20],
    }
    refused = [form for form in (publishing, stewarding) if form is not None and form.errors]
    return render_page(request, "credentials/manage_detail.html", context, status=422 if refused else 200)


def _stewardship_form(credential: Credential, data: Any = None) -> StewardshipForm:
    return StewardshipForm(
        data,
        owners=_owners(credential),
        initial={
            "owner": credential.owner.public_id if credential.owner else "",
            "review_on": credential.review_on,
        },
    )


def _owners(credential: Credential) -> list[Any]:
    """Those who may own it: its leads and administrators. Two queries."""
    people = (
        get_user_model()
        .objects.filter(is_active=True, role_grants__role__in=OWNERS, role_grants__organization=credential.organization)
        .distinct()
        .order_by("name", "pk")
        .prefetch_related("role_grants")
    )
    now = timezone.now()
    return [
        person
        for person in people
        if any(
            grant.role in OWNERS
            and grant.covers(credential)
            and grant.from_at <= now
            and (grant.until_at is None or grant.until_at > now)
            for grant in person.role_grants.all()
        )
    ]


@login_required
@require_http_methods(["GET", "POST"])
def stewardship(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = _editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    form = _stewardship_form(credential, request.POST)
    if form.is_valid():
        owner, review_on = form.steward()
        try:
            services.set_stewardship(
                actor=_person(request), credential=credential, owner=owner, review_on=review_on, at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Owner and review date saved."))
            return redirect("credentials:manage-detail", public_id=credential.public_id)
    return _detail(request, credential, stewarding=form)


@login_required
@require_http_methods(["GET", "POST"])
def version_publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = _editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _detail(request, credential, publishing=form)
    versions = CredentialVersion.objects.filter(credential=credential).order_by("-number")
    number = form.cleaned_data["number"]
    version = get_object_or_404(versions, number=number) if number else versions.first()
    if version is None:
        raise Http404
    if version.status == VersionStatus.PUBLISHED:
        messages.info(request, _("Version %(number)s is published already.") % {"number": version.number})
        return redirect("credentials:manage-detail", public_id=credential.public_id)
    try:
        services.publish_version(
            actor=_person(request), version=version, at=timezone.now(), note=form.cleaned_data["note"]
        )
    except RegistryError as error:
        form.add_error(None, str(error))
        return _detail(request, credential, publishing=form)
    messages.success(
        request,
        _("Version %(number)s is published and frozen. Learners can enroll in it now.") % {"number": version.number},
    )
    return redirect("credentials:manage-detail", public_id=credential.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def version_start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = _editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    try:
        draft = services.start_version(actor=_person(request), credential=credential, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Version %(number)s is a draft now.") % {"number": draft.number})
    return redirect("credentials:manage-detail", public_id=credential.public_id)


urlpatterns: list[URLPattern] = [
    path("manage/credentials/", manage_list, name="manage-list"),
    path("manage/credentials/<uuid:public_id>/", manage_detail, name="manage-detail"),
    path("manage/credentials/<uuid:public_id>/stewardship/", stewardship, name="stewardship"),
    path("manage/credentials/<uuid:public_id>/publish/", version_publish, name="version-publish"),
    path("manage/credentials/<uuid:public_id>/versions/", version_start, name="version-start"),
]
