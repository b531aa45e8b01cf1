"""Writing drafts: begin, copy, save."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials import content as contents
from credentials import editing
from credentials.content import Content
from credentials.models import Credential, CredentialEvent, CredentialVersion, Organization
from credentials.models.catalog import CredentialKind
from credentials.workflow import VersionStatus

if TYPE_CHECKING:
    from learners.models import User


class ChangedElsewhere(Conflict):
    """The draft was saved by somebody else, or in another window, since this person saw it."""

    code = "changed-elsewhere"


@transaction.atomic
def start_credential(
    *,
    actor: "User",
    organization: Organization,
    code: str,
    title: str,
    source: CredentialVersion | None,
    at: datetime,
) -> CredentialVersion:
    """Begin a microcredential with its first draft, blank with the usual values or as a copy of a published version.

    Raises NotAllowed, Invalid (the code is taken, or the source is a draft or a designation).
    """
    require(actor, Can.CREDENTIAL_START, organization)
    if Credential.objects.filter(organization=organization, code__iexact=code).exists():
        raise Invalid(_("The code %(code)s is taken.") % {"code": code})
    if source is not None and (
        source.status != VersionStatus.PUBLISHED or source.credential.kind != CredentialKind.MICROCREDENTIAL
    ):
        raise Invalid(_("Only a published version of a microcredential can be a template."))
    credential = Credential.objects.create(
        kind=CredentialKind.MICROCREDENTIAL, organization=organization, code=code, slug=_free_slug(organization, title)
    )
    draft = CredentialVersion.objects.create(
        credential=credential, number=1, title=title, edited_at=at, edited_by=actor
    )
    text = editing.blank(title) if source is None else contents.read(source) | {"title": title}
    if source is not None and source.credential.organization_id != organization.pk:
        text["prerequisites"] = []  # another school's items are not ours to ask for
    contents.write(draft, text)
    note = _("From %(source)s") % {"source": source} if source else ""
    CredentialEvent.objects.create(credential=credential, version=draft, actor=actor, action="begun", note=note, at=at)
    return draft


def _free_slug(organization: Organization, title: str) -> str:
    stem = slugify(title)[:70] or "item"
    taken = set(
        Credential.objects.filter(organization=organization, slug__startswith=stem).values_list("slug", flat=True)
    )
    return stem if stem not in taken else next(f"{stem}-{n}" for n in range(2, 10_000) if f"{stem}-{n}" not in taken)


@transaction.atomic
def start_version(*, actor: "User", credential: Credential, at: datetime) -> CredentialVersion:
    """Copy the newest version into a draft, to be changed and published. Raises NotAllowed, Conflict (there is a draft)."""
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, Can.CREDENTIAL_EDIT, credential)
    if credential.versions.filter(status=VersionStatus.DRAFT).exists():
        raise Conflict(_("There is a draft already; publish it or go on with it."))
    newest = credential.versions.order_by("-number").first()
    if newest is None:
        raise Conflict(_("There is no version to start from."))
    number = credential.versions.aggregate(Max("number"))["number__max"] + 1
    text = contents.read(newest)
    draft = CredentialVersion.objects.create(
        credential=credential,
        number=number,
        edited_at=at,
        edited_by=actor,
        **{name: text[name] for name in contents.FIELDS},
    )
    contents.write_lists(draft, text)
    CredentialEvent.objects.create(credential=credential, version=draft, actor=actor, action="version started", at=at)
    return draft


@transaction.atomic
def save_draft(
    *, actor: "User", version: CredentialVersion, seen: int, content: Content, at: datetime
) -> CredentialVersion:
    """Let a draft say what the editor holds; nothing is written when it says that already.

    seen: the revision that the person had before them. Raises NotAllowed, Conflict (it is published),
    ChangedElsewhere (it was saved since), Invalid (a code that nobody knows).
    """
    version = CredentialVersion.objects.select_for_update().get(pk=version.pk)
    credential = Credential.objects.select_related("organization").get(pk=version.credential_id)
    version.credential = credential
    require(actor, Can.CREDENTIAL_EDIT, credential)
    if version.status != VersionStatus.DRAFT:
        raise Conflict(_("This version has been published and is frozen. Start the next version to change something."))
    if contents.read(version) == content:
        return version  # said twice, or by a second window that holds the same: nobody loses anything
    if version.revision != seen:
        raise ChangedElsewhere(_("This draft was saved elsewhere since you opened it."))
    contents.write(version, content)
    if version.edited_by_id != actor.pk:  # each who takes over, not each time that it is saved
        CredentialEvent.objects.create(credential=credential, version=version, actor=actor, action="edited", at=at)
    version.revision, version.edited_at, version.edited_by = version.revision + 1, at, actor
    version.save(update_fields=["revision", "edited_at", "edited_by"])
    version._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    return version
