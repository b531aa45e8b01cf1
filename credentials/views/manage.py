"""Where leads and administrators prepare and publish what can be earned."""

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials import editing, selectors, services
from credentials.committee import on_content
from credentials.forms.committee import PutForm
from credentials.forms.editor import PlanForm
from credentials.forms.publishing import PublishForm, StewardshipForm
from credentials.gate import missing
from credentials.models import Credential, CredentialVersion, PlannedKind, PlannedStatus
from credentials.workflow import CredentialStatus, VersionStatus

if TYPE_CHECKING:
    from learners.models import User

LIST_PAGE = 50
OWNERS = {Role.LEAD, Role.ADMINISTRATOR}


def person(request: HttpRequest) -> "User":
    """Who is signed in; each page here asks for that first."""
    return cast("User", request.user)


def editable(request: HttpRequest, public_id: UUID) -> Credential:
    """A credential whose drafts this person may edit; anything else is a 404."""
    found = Credential.objects.editable_by(person(request)).select_related("organization", "owner", "current_version")
    return get_object_or_404(found, public_id=public_id)


@login_required
@require_safe
def manage_list(request: HttpRequest) -> HttpResponse:
    """Everything that this person prepares; drafts stand first."""
    if not OWNERS & person(request).roles():
        raise Http404
    drafts = CredentialVersion.objects.filter(credential=OuterRef("pk"), status=VersionStatus.DRAFT)
    credentials = (
        Credential.objects.editable_by(person(request))
        .select_related("owner")
        .prefetch_related(selectors.newest_first())
        .order_by(Exists(drafts).desc(), "status", "code", "pk")
    )
    page = Paginator(credentials, LIST_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": selectors.manage_rows(list(page), on=timezone.localdate()),
        "may_start": bool(selectors.startable_in(person(request))),
        "may_exchange": bool(selectors.administered_by(person(request))),
    }
    return render_page(request, "credentials/manage_list.html", context)


@login_required
@require_safe
def manage_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, editable(request, public_id))


def _detail(
    request: HttpRequest,
    credential: Credential,
    *,
    publishing: PublishForm | None = None,
    stewarding: StewardshipForm | None = None,
    planning: PlanForm | None = None,
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
        "committee": on_content(version) if is_draft else None,
        "putting": PutForm(),
        "missing_places": {each.place for each in lacking},
        "may_publish": allowed(person(request), Can.CREDENTIAL_PUBLISH, credential),
        "publishing": publishing or PublishForm(initial={"number": version.number}),
        "stewarding": stewarding or _stewardship_form(credential),
        "planning": planning or PlanForm(),
        "planned": credential.planned_changes.filter(status=PlannedStatus.WAITING).order_by("due_at", "pk"),
        "is_overdue": selectors.is_overdue(credential, on=timezone.localdate()),
        "is_offered": credential.status == CredentialStatus.OFFERED,
        "is_retired": credential.status == CredentialStatus.RETIRED,
        "versions_count": version.number,
        "forecast": editing.assessor_hours(
            version.learners_expected, version.assessment_minutes, version.second_mark_percent
        ),
        "events": credential.events.select_related("actor", "version").order_by("-at", "-pk")[:20],
    }
    refused = [form for form in (publishing, stewarding, planning) if form is not None and form.errors]
    return render_page(request, "credentials/manage_detail.html", context, status=422 if refused else 200)


def _stewardship_form(credential: Credential, data: Any = None) -> StewardshipForm:
    return StewardshipForm(
        data,
        owners=owners_of(credential),
        initial={
            "owner": credential.owner.public_id if credential.owner else "",
            "review_on": credential.review_on,
        },
    )


def owners_of(credential: Credential) -> list[Any]:
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
    credential = editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    form = _stewardship_form(credential, request.POST)
    if form.is_valid():
        owner, review_on = form.steward()
        try:
            services.set_stewardship(
                actor=person(request), credential=credential, owner=owner, review_on=review_on, at=timezone.now()
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
    credential = editable(request, public_id)
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
            actor=person(request), version=version, at=timezone.now(), note=form.cleaned_data["note"]
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
    credential = editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    try:
        draft = services.start_version(actor=person(request), credential=credential, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Version %(number)s is a draft now.") % {"number": draft.number})
        return redirect("credentials:draft-edit", public_id=credential.public_id)
    return redirect("credentials:manage-detail", public_id=credential.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def change_plan(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Publish the draft, or retire the item, at a time."""
    credential = editable(request, public_id)
    if kind not in PlannedKind.values:
        raise Http404
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    form = PlanForm(request.POST)
    if form.is_valid():
        try:
            services.plan_change(
                actor=person(request),
                credential=credential,
                kind=PlannedKind(kind),
                due_at=form.cleaned_data["due_at"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Planned. It happens at that time, unless you cancel it before."))
            return redirect("credentials:manage-detail", public_id=public_id)
    return _detail(request, credential, planning=form)


@login_required
@require_http_methods(["GET", "POST"])
def plan_cancel(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    credential = editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    planned = credential.planned_changes.filter(kind=kind, status=PlannedStatus.WAITING).first()
    try:
        if planned is not None:
            services.cancel_planned(actor=person(request), planned=planned, at=timezone.now())
    except RegistryError as error:
        return _detail(request, credential, planning=_refused(str(error)))
    messages.success(request, _("Nothing is planned any more."))
    return redirect("credentials:manage-detail", public_id=public_id)


@login_required
@require_http_methods(["GET", "POST"])
def credential_retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Offer it no longer, from now on."""
    credential = editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:manage-detail", public_id=public_id)
    if credential.status == CredentialStatus.RETIRED:
        messages.info(request, _("It is retired already."))
        return redirect("credentials:manage-detail", public_id=public_id)
    try:
        services.retire_credential(
            actor=person(request), credential=credential, at=timezone.now(), note=request.POST.get("note", "")[:2000]
        )
    except RegistryError as error:
        return _detail(request, credential, planning=_refused(str(error)))
    messages.success(request, _("It is no longer offered. Badges that were earned stay valid."))
    return redirect("credentials:manage-detail", public_id=public_id)


def _refused(words: str) -> PlanForm:
    """The form of planning that carries a refusal to the page."""
    form = PlanForm({"due_at": "2000-01-01T00:00"})
    form.add_error(None, words)
    return form


@login_required
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """What is to be looked at again, by its date; what is past it stands first."""
    user = person(request)
    if not {*OWNERS, Role.COMMITTEE, Role.AUDITOR} & user.roles():
        raise Http404
    today = timezone.localdate()
    page = Paginator(selectors.reviews(user), LIST_PAGE).get_page(request.GET.get("page"))
    own = {Role.LEAD, Role.ADMINISTRATOR}
    rows = [
        {
            "credential": each,
            "title": each.current_version.title if each.current_version else each.code,
            "url": reverse("credentials:manage-detail", args=[each.public_id])
            if user.has_any_role(own, each)
            else each.get_absolute_url()
            if each.current_version
            else "",
            "is_overdue": selectors.is_overdue(each, on=today),
        }
        for each in page
    ]
    return render_page(request, "credentials/review_list.html", {"page": page, "rows": rows})


urlpatterns: list[URLPattern] = [
    path("manage/credentials/", manage_list, name="manage-list"),
    path("manage/credentials/<uuid:public_id>/", manage_detail, name="manage-detail"),
    path("manage/credentials/<uuid:public_id>/stewardship/", stewardship, name="stewardship"),
    path("manage/credentials/<uuid:public_id>/publish/", version_publish, name="version-publish"),
    path("manage/credentials/<uuid:public_id>/plan/<slug:kind>/", change_plan, name="change-plan"),
    path("manage/credentials/<uuid:public_id>/plan/<slug:kind>/cancel/", plan_cancel, name="plan-cancel"),
    path("manage/credentials/<uuid:public_id>/retire/", credential_retire, name="credential-retire"),
    path("manage/reviews/", review_list, name="review-list"),
    path("manage/credentials/<uuid:public_id>/versions/", version_start, name="version-start"),
]
