"""The credential core as this process uses it: contexts and templates, loaded once."""

from functools import lru_cache

from django.conf import settings

from credentials.models import Organization
from issuance import openbadges as ob


@lru_cache(maxsize=1)
def contexts() -> ob.Contexts:
    """The pinned JSON-LD contexts. Raises ob.ContextError, which names a missing or different file."""
    return ob.Contexts.load(settings.CONTEXTS_DIR)


@lru_cache(maxsize=1)
def templates() -> ob.Templates:
    return ob.Templates(contexts())


def did_of(organization: Organization) -> str:
    """The organization's DID under PUBLIC_ORIGIN: at its root, or in the path form when it has a did_path."""
    return ob.web_did(settings.PUBLIC_ORIGIN, *[part for part in organization.did_path.split(":") if part])


def url(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{settings.PUBLIC_ORIGIN}{path}"
