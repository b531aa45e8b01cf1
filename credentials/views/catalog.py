"""What everybody may read: the catalog, an item, the criteria of one version."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from config.pages import render_page
from config.permissions import Can, allowed
from credentials import ctdl, selectors, services
from credentials.forms.catalog import CatalogFilter
from credentials.models import Counted, Credential, CredentialVersion, Endorsement
from credentials.workflow import CredentialStatus, VersionStatus

CATALOG_PAGE, CTDL_PAGE = 24, 100


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    whole = selectors.catalog(on=timezone.localdate())
    form = CatalogFilter(request.GET, catalog=whole)
    chosen = form.chosen()
    found = whole.find(chosen)
    form.count(found)
    page = Paginator(found.pks, CATALOG_PAGE).get_page(request.GET.get("page"))
    shown = selectors.cards(whole, list(page.object_list) or found.nearest)
    narrowed = {name: value for name, value in chosen.items() if name != "sort"}
    context = {
        "form": form,
        "page": page,
        "cards": shown if page.object_list else [],
        "nearest": [] if page.object_list else shown,
        "is_filtered": bool(narrowed),
        "is_open": bool(narrowed.keys() - {"q"}),  # a search alone shows what it found, not the filters above it
        "chips": [
            {"words": form.in_words(name, value), "url": _without(request, name)} for name, value in narrowed.items()
        ],
        "claims": [each for each in whole.claims if each.specialty == chosen.get("specialty")],
        "found": ngettext("%(count)s credential", "%(count)s credentials", page.paginator.count)
        % {"count": page.paginator.count},
    }
    return render_page(request, "credentials/catalog.html", context, part="credentials/_catalog_list.html")


def _without(request: HttpRequest, name: str) -> str:
    """The same address without one filter, at the first page."""
    query = request.GET.copy()
    for each in (name, "page"):
        query.pop(each, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@require_safe
def credential_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An item as it is offered now, or was last: what it asks for, how it is judged, what it counts for."""
    credential = find_readable(public_id)
    _count_view(request, credential)
    return credential_page(request, credential)


def _count_view(request: HttpRequest, credential: Credential) -> None:
    """That it was read, without by whom; not by those who keep it, nor by a browser that only looks ahead."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    if not allowed(request.user, Can.CREDENTIAL_EDIT, credential):
        services.count_item(credential=credential, kind=Counted.VIEW, on=timezone.localdate())


def find_readable(public_id: UUID) -> Credential:
    """Something that was published at least once, with what its page needs; anything else is a 404."""
    published = CredentialVersion.objects.filter(credential=OuterRef("pk"), status=VersionStatus.PUBLISHED)
    editions = published.order_by("-number").values_list(JSONObject(number="number", published_at="published_at"))
    endorsed = Endorsement.objects.standing().filter(version=OuterRef("current_version"))
    return get_object_or_404(
        Credential.objects.select_related("organization", "current_version")
        .filter(current_version__isnull=False)
        .annotate(
            editions=ArraySubquery(editions),
            informed_by=selectors.informed_by_of_current(),
            is_endorsed=Exists(endorsed),
        ),
        public_id=public_id,
    )


def credential_page(
    request: HttpRequest, credential: Credential, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page of an item that `find_readable` answered. refusal: why what was asked for on it (to enroll) did not happen."""
    version = credential.current_version
    if version is None:
        raise Http404
    selectors.fill_children(version)
    version.credential = credential
    context = {
        "credential": credential,
        "sheet": selectors.sheet(version),
        "refusal": refusal,
        "is_retired": credential.status == CredentialStatus.RETIRED,
        "informed_by": selectors.as_named(credential.informed_by),
        "related": selectors.related(credential),
        "versions": [
            each | {"published_at": parse_datetime(each["published_at"])} for each in vars(credential)["editions"]
        ],
    }
    return render_page(request, "credentials/credential_detail.html", context, status=status)


@require_safe
def version_detail(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """The criteria of one published version, at an address that stays; `?format=json` for a machine."""
    versions = CredentialVersion.objects.filter(status=VersionStatus.PUBLISHED)
    version = get_object_or_404(
        selectors.with_children(versions.select_related("credential__organization", "credential__current_version")),
        credential__public_id=public_id,
        number=number,
    )
    shown = selectors.sheet(version)
    informed_by = selectors.informed_by(version)
    address = request.build_absolute_uri(request.path)
    related = selectors.related(version.credential)
    if request.GET.get("format") == "json":
        described = selectors.machine_readable(shown, address, informed_by)
        return JsonResponse(described | {"related": _in_full(request, related)})
    if request.GET.get("format") == "ctdl":
        return _ctdl(request, [version], {version.credential_id: _in_full(request, related)})
    context = {
        "credential": version.credential,
        "version": version,
        "sheet": shown,
        "informed_by": informed_by,
        "elements": selectors.elements(shown, address),
        "related": related,
        "is_current": version.credential.current_version_id == version.pk,
    }
    return render_page(request, "credentials/version_detail.html", context)


def _in_full(request: HttpRequest, related: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with whole addresses, for a machine."""
    return [
        group
        | {
            "ends": [
                end | {"url": request.build_absolute_uri(end["url"])} if end["url"] else end for end in group["ends"]
            ]
        }
        for group in related
    ]


def _ctdl(
    request: HttpRequest, versions: list[CredentialVersion], related: dict[int, list[dict[str, Any]]]
) -> JsonResponse:
    """Versions with the organizations that own them, as one graph."""
    site = request.build_absolute_uri("/")
    owners = {
        each.credential.organization.pk: ctdl.organization(each.credential.organization, site) for each in versions
    }
    graph = [
        ctdl.credential(
            each,
            address=request.build_absolute_uri(each.get_absolute_url()),
            issuer=owners[each.credential.organization.pk]["@id"],
            related=related.get(each.credential_id, []),
        )
        for each in versions
    ]
    return JsonResponse(ctdl.document([*owners.values(), *graph]), content_type="application/ld+json")


@require_safe
def catalog_ctdl(request: HttpRequest) -> HttpResponse:
    """What is offered, in the language in which registries of credentials exchange it; a page of it at a time."""
    versions = CredentialVersion.objects.filter(
        credential__current_version=F("pk"), credential__status=CredentialStatus.OFFERED
    ).select_related("credential__organization", "credential__current_version")
    page = Paginator(selectors.with_children(versions).order_by("credential__code", "pk"), CTDL_PAGE).get_page(
        request.GET.get("page")
    )
    found = selectors.related_of([each.credential for each in page])
    answer = _ctdl(request, list(page), {key: _in_full(request, each) for key, each in found.items()})
    if page.has_next():
        answer["Link"] = f'<{request.build_absolute_uri(request.path)}?page={page.next_page_number()}>; rel="next"'
    return answer


urlpatterns: list[URLPattern] = [
    path("catalog/", catalog, name="catalog"),
    path("catalog/ctdl.json", catalog_ctdl, name="catalog-ctdl"),
    path("catalog/<uuid:public_id>/", credential_detail, name="credential-detail"),
    path("catalog/<uuid:public_id>/versions/<int:number>/", version_detail, name="version-detail"),
]
