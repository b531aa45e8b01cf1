"""The credential core as this process uses it: contexts and templates, loaded once."""

from contextlib import suppress
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache

from credentials.models import Organization
from issuance import openbadges as ob

TALLIES = ("filled", "general", "compared")
_told: dict[str, int] = {}


@lru_cache(maxsize=1)
def contexts() -> ob.Contexts:
    """The pinned JSON-LD contexts. Raises ob.ContextError, which names a missing or different file."""
    return ob.Contexts.load(settings.CONTEXTS_DIR)


@lru_cache(maxsize=1)
def templates() -> ob.Templates:
    return ob.Templates(contexts())


def tally() -> None:
    """Add what this process's templates did since the last tally to the counts of all processes."""
    made = templates()
    for name in TALLIES:
        now = getattr(made, name)
        if more := now - _told.get(name, 0):
            cache.add(f"templates:{name}", 0, timeout=None)
            with suppress(ValueError):  # it was lost between the two; the counts are information, and start anew
                cache.incr(f"templates:{name}", more)
            _told[name] = now


def tallies() -> dict[str, int]:
    """How many documents were filled from a template, went the general way, and were compared, in all processes."""
    found = cache.get_many([f"templates:{name}" for name in TALLIES])
    return {name: int(found.get(f"templates:{name}", 0)) for name in TALLIES}


def find_by_did(did: str) -> Organization | None:
    """The organization of this registry that has a DID: an issuer, or one outside for which the registry keeps a key."""
    root = ob.web_did(settings.PUBLIC_ORIGIN)
    if did != root and not did.startswith(f"{root}:"):
        return None
    return Organization.objects.with_keys().filter(did_path=did[len(root) + 1 :]).first()


def did_of(organization: Organization) -> str:
    """The organization's DID under PUBLIC_ORIGIN: at its root, or in the path form when it has a did_path."""
    return ob.web_did(settings.PUBLIC_ORIGIN, *[part for part in organization.did_path.split(":") if part])


def url(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{settings.PUBLIC_ORIGIN}{path}"
