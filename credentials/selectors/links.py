"""What a page says of how an item stands to larger ones, and which smaller ones lead to it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from credentials.models import Credential, CredentialLink, CredentialVersion, LinkKind


def related(credential: Credential) -> list[dict[str, Any]]:
    """Each relation with its ends, as {kind, is_onward, label, ends: [{title, url, what}]}; both directions. One query.

    Ends that were never published are left out: nobody can read them.
    """
    return related_of([credential]).get(credential.pk, [])


def related_of(credentials: Sequence[Credential]) -> dict[int, list[dict[str, Any]]]:
    """The same for many, by the credential's key. One query."""
    keys = {each.pk for each in credentials}
    rows = CredentialLink.objects.filter(Q(credential__in=keys) | Q(target__in=keys)).select_related(
        "credential__current_version", "target__current_version"
    )
    groups: dict[int, dict[tuple[str, bool], list[dict[str, str]]]] = {}
    for row in rows.order_by("position", "pk"):
        for own, end, is_onward in ((row.credential_id, row.target, True), (row.target_id, row.credential, False)):
            if own not in keys or own is None:
                continue
            if end is None:
                shown = {"title": row.program, "url": row.program_url, "what": str(row.get_program_kind_display())}
            elif end.current_version is None:
                continue
            else:
                shown = {"title": end.current_version.title, "url": end.get_absolute_url(), "what": ""}
            groups.setdefault(own, {}).setdefault((row.kind, is_onward), []).append(shown)
    return {
        own: [
            {"kind": kind, "is_onward": is_onward, "label": words(kind, is_onward), "ends": found[kind, is_onward]}
            for kind in LinkKind.values
            for is_onward in (True, False)
            if (kind, is_onward) in found
        ]
        for own, found in groups.items()
    }


def words(kind: str, is_onward: bool) -> str:
    return {
        (LinkKind.SMALLER, True): _("A smaller version of"),
        (LinkKind.SMALLER, False): _("Smaller versions of it"),
        (LinkKind.TOWARD, True): _("Builds toward"),
        (LinkKind.TOWARD, False): _("What builds toward it"),
    }[LinkKind(kind), is_onward]


def linkable(credential: Credential) -> list[Any]:
    """The items of the same school to which it may be linked, by title, with what each is called as `shown`. One query."""
    found = Credential.objects.filter(organization=credential.organization_id).exclude(pk=credential.pk)
    return list(with_title(found).select_related("current_version").order_by("shown", "code", "pk"))


def with_title(credentials: QuerySet[Credential]) -> QuerySet[Any]:
    """With what each is called as `shown`: by its current version, by its draft where nothing is published, else its code."""
    newest = CredentialVersion.objects.filter(credential=OuterRef("pk")).order_by("-number").values("title")
    said = (NullIf(each, Value("")) for each in (F("current_version__title"), Subquery(newest[:1])))
    return credentials.annotate(shown=Coalesce(*said, F("code"), output_field=CharField()))


def title_shown(credential: Credential) -> str:
    """What one is called. One query, none where it is published."""
    if credential.current_version is not None:
        return credential.current_version.title
    return str(with_title(Credential.objects.filter(pk=credential.pk)).values_list("shown", flat=True).get())
