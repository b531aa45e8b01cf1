"""Saying how an item stands to something larger: another item, or a program outside the registry. Never in a circle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.errors import Invalid
from config.permissions import Can, require
from credentials.models import Credential, CredentialEvent, CredentialLink, LinkKind, ProgramKind

if TYPE_CHECKING:
    from learners.models import User

_LOCK = "credentials.links"
LINKS_MAX = 20


@dataclass(frozen=True)
class Link:
    """One step to something larger: an item of the registry, or a program by its title."""

    kind: str
    target: Credential | None = None
    program: str = ""
    program_kind: str = ""
    program_url: str = ""

    @property
    def end(self) -> tuple[int | None, str]:
        """Where it leads; two links of an item never lead to the same."""
        return (self.target.pk if self.target is not None else None, self.program.casefold())


def faults(credential: Credential, links: Sequence[Link], edges: Iterable[tuple[int, int]]) -> list[str]:
    """What is wrong with the links of an item, in sentences. Pure; edges: the steps between all other items, by key."""
    found = []
    ends = [each.end for each in links]
    if len(links) > LINKS_MAX:
        found.append(_("An item has at most %(most)s links.") % {"most": LINKS_MAX})
    if len(set(ends)) < len(ends):
        found.append(_("Each item or program is named once."))
    onward: dict[int, set[int]] = {}
    for source, target in edges:
        if source != credential.pk:
            onward.setdefault(source, set()).add(target)
    for each in links:
        found += _faults_of(each)
        if each.target is None:
            continue
        if each.target.pk == credential.pk:
            found.append(_("An item is not linked to itself."))
        elif _reaches(onward, each.target.pk, credential.pk):
            found.append(
                _("“%(title)s” leads back to this item; links never go in a circle.")
                % {"title": each.target.current_version.title if each.target.current_version else each.target.code}
            )
    return found


def _faults_of(link: Link) -> list[str]:
    found = []
    if link.kind not in LinkKind.values:
        found.append(_("Say whether it is a smaller version of it, or builds toward it."))
    if (link.target is None) == (not link.program.strip()):
        found.append(_("Name an item of the registry or a program outside it, one of the two."))
    if link.program and link.program_kind not in ProgramKind.values:
        found.append(_("Say what kind of program it is."))
    if len(link.program) > 200:
        found.append(_("A program’s title has at most 200 letters."))
    if link.program_url:
        try:
            if len(link.program_url) > 200:
                raise ValidationError("too long")
            URLValidator(schemes=["http", "https"])(link.program_url)
        except ValidationError:
            found.append(_("Give the program’s address in full, with https://."))
    return found


def _reaches(onward: dict[int, set[int]], start: int, end: int) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        for each in onward.get(waiting.pop(), ()):
            if each == end:
                return True
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return False


def links_of(credential: Credential) -> list[Link]:
    """As they stand, in order. One query."""
    rows = (
        CredentialLink.objects.filter(credential=credential)
        .select_related("target__current_version")
        .order_by("position", "pk")
    )
    return [Link(each.kind, each.target, each.program, each.program_kind, each.program_url) for each in rows]


@transaction.atomic
def set_links(*, actor: "User", credential: Credential, links: Sequence[Link], at: datetime) -> bool:
    """Say what an item is linked to, in place of what was said before; answer whether anything changed.

    Raises NotAllowed, Invalid (names what is wrong: itself, a circle, a program without its kind).
    """
    _lock()
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, Can.CREDENTIAL_EDIT, credential)
    links = [
        Link(each.kind, each.target, each.program.strip(), each.program_kind, each.program_url.strip())
        for each in links
    ]
    before = links_of(credential)
    if list(links) == before:
        return False
    edges = CredentialLink.objects.filter(target__isnull=False).values_list("credential_id", "target_id")
    if wrong := faults(credential, links, list(edges)):
        raise Invalid(" ".join(dict.fromkeys(wrong)))
    CredentialLink.objects.filter(credential=credential).delete()
    CredentialLink.objects.bulk_create(
        CredentialLink(credential=credential, position=number, **vars(each)) for number, each in enumerate(links, 1)
    )
    CredentialEvent.objects.create(
        credential=credential, actor=actor, action="links changed", note="; ".join(map(_said, links)), at=at
    )
    return True


@transaction.atomic
def add_link(*, actor: "User", credential: Credential, link: Link, at: datetime) -> bool:
    """One more link, after the others. Raises as `set_links` does."""
    _lock()
    return set_links(actor=actor, credential=credential, links=[*links_of(credential), link], at=at)


@transaction.atomic
def drop_link(*, actor: "User", credential: Credential, end: tuple[int | None, str], at: datetime) -> bool:
    """Take one link away; one that is gone already changes nothing. Raises NotAllowed."""
    _lock()
    left = [each for each in links_of(credential) if each.end != end]
    return set_links(actor=actor, credential=credential, links=left, at=at)


def _lock() -> None:
    """Two who link at the same time wait for each other, so that together they make no circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])


def _said(link: Link) -> str:
    return f"{link.kind} {link.target.code if link.target is not None else link.program}"
