"""Endorsements: an organization outside confirms, by a link of its own, that it stands up for what a version says.

What it confirms is signed by a worker (issuance), under a key that the registry keeps for that organization; decision 0009.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import URLValidator, validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config import handoff, names
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials import content
from credentials.models import (
    Credential,
    CredentialEvent,
    CredentialVersion,
    Endorsement,
    EndorsementMail,
    EndorsementRequest,
    Organization,
)
from credentials.models.endorsements import EndorsementMailKind
from credentials.models.opinions import AskedKind
from credentials.models.organizations import ENDORSERS, OrganizationKind
from credentials.services import outbox
from credentials.services.opinions import MOST_A_DAY, TEXT_MAX_LETTERS, RequestOver
from credentials.workflow import CredentialStatus

if TYPE_CHECKING:
    from learners.models import User

LINK_FOR = timedelta(days=60)  # boards meet rarely
STATEMENT_MAX_LETTERS = 1000
STANDING_MAX = 10  # badges carry every one of them
BATCH = 100


def token_of(request: EndorsementRequest) -> str:
    """The secret of a mailed link."""
    return outbox.token_for("credentials.endorsements.link", request.public_id)


def agreed_words(request: EndorsementRequest) -> str:
    """What somebody confirms for their organization."""
    return _(
        "I may speak for %(organization)s. It endorses “%(title)s”, version %(number)s, of %(school)s with the statement above. "
        "Everybody may see the statement, the organization, my name and role, the day, and that the link went to an address at "
        "%(domain)s. The registry signs the endorsement for %(organization)s, with a key that it makes and keeps for this "
        "alone. %(organization)s can withdraw it at any time by the same link."
    ) % {
        "organization": request.organization_name,
        "title": request.version.title,
        "number": request.version.number,
        "school": request.version.credential.organization.name,
        "domain": request.email_domain,
    }


# Asking --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_endorsement(
    *,
    actor: "User",
    version: CredentialVersion,
    organization_name: str,
    kind: str,
    website: str,
    country: str,
    email: str,
    statement: str,
    at: datetime,
    note: str = "",
) -> EndorsementRequest:
    """Ask an organization outside to endorse a version, by one person's address; the link works for sixty days.

    Raises NotAllowed, Conflict (no longer offered, asked already, too many today, or an organization that answered from
    elsewhere), Invalid (names what is wrong).
    """
    credential = (
        Credential.objects.select_for_update(of=("self",)).select_related("organization").get(pk=version.credential_id)
    )
    version = CredentialVersion.objects.get(pk=version.pk)
    require(actor, Can.ENDORSEMENT_ASK, credential)
    if credential.status == CredentialStatus.RETIRED:
        raise Conflict(_("It is no longer offered."))
    asked = EndorsementRequest(
        version=version,
        organization_name=names.plain_name(organization_name),
        kind=kind,
        website=website.strip(),
        country=country.strip().upper(),
        email=email.strip().lower(),
        note=note.strip(),
        statement=statement.strip(),
        asked_by=actor,
        asked_at=at,
        expires_at=at + LINK_FOR,
    )
    _require_whole(asked)
    own = get_user_model().objects.filter(email=asked.email, role_grants__organization=credential.organization_id)
    if own.exists():
        raise Invalid(_("Ask somebody outside: this address belongs to a colleague of your own school."))
    known = _endorser_of(asked)
    earlier = EndorsementRequest.objects.filter(version__credential=credential)
    if earlier.filter(asked_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Conflict(_("You have asked %(count)s times today, which is the most.") % {"count": MOST_A_DAY})
    waiting = earlier.filter(version=version, revoked_at__isnull=True, answered_at__isnull=True, expires_at__gt=at)
    if names.is_same_name(asked.organization_name, waiting.values_list("organization_name", flat=True)):
        raise Conflict(_("This organization was asked about this version already, and its link still works."))
    if known is not None and _standing_of(version).filter(organization=known).exists():
        raise Conflict(_("This organization endorses this version already."))
    _require_room(version)
    outbox.require_room(actor=actor, email=asked.email, at=at)
    asked.token_sha256 = outbox.digest_of(token_of(asked))
    asked.save()
    EndorsementMail.objects.create(request=asked, kind=EndorsementMailKind.ASKED, made_at=at)
    _event(asked, actor, "endorsement asked", at)
    handoff.after_commit("credentials.send_endorsement_mail")
    return asked


def _require_whole(asked: EndorsementRequest) -> None:
    if not asked.organization_name or len(asked.organization_name) > 200 or asked.kind not in AskedKind.values:
        raise Invalid(_("Say which organization you ask, and what kind it is."))
    if not asked.statement:
        raise Invalid(_("Propose a statement. The organization may change it before it confirms."))
    _require_plain(asked.statement, STATEMENT_MAX_LETTERS)
    _require_plain(asked.note, TEXT_MAX_LETTERS)
    try:
        validate_email(asked.email)
    except ValidationError as error:
        raise Invalid(_("Give the whole e-mail address of the person whom you ask.")) from error
    try:
        URLValidator(schemes=["https", "http"])(asked.website)
    except ValidationError as error:
        raise Invalid(_("Give the whole address of the organization’s website.")) from error
    if len(asked.country) != 2 or not asked.country.isascii() or not asked.country.isalpha():
        raise Invalid(_("Give the country as two letters, such as US."))


def _require_plain(text: str, limit: int) -> None:
    if names.is_unsafe(text):
        raise Invalid(_("The text holds control characters, which nobody sees. Type it by hand."))
    if len(text) > limit:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": limit})


def _endorser_of(request: EndorsementRequest) -> Organization | None:
    """The organization that is known here under this name. Raises Invalid, Conflict (it is somebody else's name).

    A name belongs to whoever confirmed under it first, to an e-mail domain; until then to the domain of the website that is
    known here. An address at a mail service, which anybody can have, speaks for no organization.
    """
    if names.is_mail_service(request.email_domain):
        raise Invalid(
            _("Anybody can have an address at %(domain)s. Give one at the organization’s own domain.")
            % {"domain": request.email_domain}
        )
    if names.is_deceptive(request.organization_name):
        raise Invalid(
            _("Type the name of the organization by hand: it holds letters that nobody sees, or of two alphabets.")
        )
    known = _known_as(request.organization_name)
    if known is None:
        return None
    if known.is_issuer or known.parent_id is not None:
        raise Invalid(_("“%(name)s” works in this registry itself. Ask somebody outside.") % {"name": known.name})
    before = EndorsementRequest.objects.filter(endorsement__organization=known).order_by("pk").first()
    if before is not None and before.email_domain != request.email_domain:
        raise Conflict(
            _("“%(name)s” has endorsed before, from an address at %(domain)s. Ask there, or give the exact name.")
            % {"name": known.name, "domain": before.email_domain}
        )
    host = urlsplit(known.website).hostname or ""
    if before is None and not names.is_within(request.email_domain, host):
        raise Conflict(
            _("“%(name)s” is known here with the website %(website)s. Ask at an address there, or give the exact name.")
            % {"name": known.name, "website": known.website}
        )
    return known


def _known_as(name: str) -> Organization | None:
    """The organization whose name is read as this one; one that works here itself before others. Two queries."""
    wanted = names.folded(name)
    named = Organization.objects.order_by("-is_issuer", "parent", "pk").values_list("pk", "name")
    pk = next((pk for pk, each in named.iterator() if names.folded(each) == wanted), None)
    return Organization.objects.get(pk=pk) if pk is not None else None


def _standing_of(version: CredentialVersion) -> QuerySet[Endorsement]:
    return Endorsement.objects.filter(
        version=version, confirmed_at__isnull=False, withdrawn_at__isnull=True, lapsed_at__isnull=True
    )


def _require_room(version: CredentialVersion) -> None:
    if _standing_of(version).count() >= STANDING_MAX:
        raise Conflict(
            _("%(count)s organizations endorse this version, which is the most: every badge carries what they say.")
            % {"count": STANDING_MAX}
        )


@transaction.atomic
def revoke_endorsement_request(*, actor: "User", request: EndorsementRequest, at: datetime) -> EndorsementRequest:
    """Take a link back before it is answered. Raises NotAllowed, RequestOver (answered or taken back already)."""
    request = _locked(request)
    require(actor, Can.ENDORSEMENT_ASK, request.version.credential)
    if request.answered_at:
        raise RequestOver(_("This was answered already."), cause="sent")
    if request.revoked_at:
        raise RequestOver(_("This link was taken back already."), cause="revoked")
    request.revoked_at = at
    request.save(update_fields=["revoked_at"])
    _event(request, actor, "endorsement request taken back", at)
    return request


def _locked(request: EndorsementRequest) -> EndorsementRequest:
    found = EndorsementRequest.objects.select_for_update(of=("self",)).select_related(
        "version__credential__organization"
    )
    return found.get(pk=request.pk)


def _event(request: EndorsementRequest, actor: "User", action: str, at: datetime, note: str = "") -> None:
    CredentialEvent.objects.create(
        credential=request.version.credential,
        version=request.version,
        actor=actor,
        action=action,
        note=f"{request.organization_name}: {note}" if note else request.organization_name,
        at=at,
    )


# Answering -----------------------------------------------------------------------------------------------------------
def require_open(request: EndorsementRequest, at: datetime) -> None:
    """Raise RequestOver for one that was answered or taken back, has run out, or whose item is no longer offered."""
    if request.answered_at:
        raise RequestOver(_("This was answered already."), cause="sent")
    if request.revoked_at:
        raise RequestOver(_("This link was taken back."), cause="revoked")
    if at >= request.expires_at:
        raise RequestOver(_("This link has run out."), cause="expired")
    if request.version.credential.status == CredentialStatus.RETIRED:
        raise RequestOver(_("This is no longer offered."), cause="retired")


@transaction.atomic
def confirm_endorsement(
    *,
    request: EndorsementRequest,
    statement: str,
    name: str,
    role: str,
    is_agreed: bool,
    seen_sha256: str,
    at: datetime,
) -> Endorsement:
    """Confirm, for the organization that was asked, that it endorses the version in these words.

    seen_sha256: `content.digest` of what the page showed. Raises RequestOver, Invalid (names what is missing), Conflict
    (the draft was changed meanwhile, or the organization endorses it already).
    """
    list(Credential.objects.select_for_update().filter(pk=request.version.credential_id).values("pk"))
    request = _locked(request)
    require_open(request, at)
    statement, name, role = statement.strip(), " ".join(name.split()), " ".join(role.split())
    if not statement:
        raise Invalid(_("Write the statement of your organization."))
    _require_plain(statement, STATEMENT_MAX_LETTERS)
    if not name or not role:
        raise Invalid(_("Say who you are and in what role you speak."))
    _require_plain(name, 200)
    _require_plain(role, 200)
    if not is_agreed:
        raise Invalid(_("Confirm that you may speak for the organization."))
    digest = content.digest(request.version)
    if digest != seen_sha256:
        raise Conflict(_("The draft was changed while you read it. Look at it again before you confirm."))
    organization = _endorser_of(request) or _new_endorser(request)
    if not organization.is_endorser:
        organization.did_path = f"{ENDORSERS}{organization.public_id.hex}"
        organization.save(update_fields=["did_path"])
    if _standing_of(request.version).filter(organization=organization).exists():
        raise Conflict(_("Your organization endorses this already."))
    _require_room(request.version)
    request.answered_at = at
    request.save(update_fields=["answered_at"])
    made = Endorsement.objects.create(
        version=request.version,
        organization=organization,
        request=request,
        statement=statement,
        name=name,
        role=role,
        agreed=agreed_words(request),
        content_sha256=digest,
        confirmed_at=at,
    )
    EndorsementMail.objects.create(request=request, kind=EndorsementMailKind.CONFIRMED, made_at=at)
    for task in ("credentials.send_endorsement_mail", "learners.tell_of_endorsements", "issuance.settle_endorsements"):
        handoff.after_commit(task)
    return made


def _new_endorser(request: EndorsementRequest) -> Organization:
    base = slugify(request.organization_name)[:50] or "organization"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(
        each for number in range(len(taken) + 1) if (each := f"{base}-{number}" if number else base) not in taken
    )
    kind = request.kind if request.kind in OrganizationKind.values else OrganizationKind.OTHER
    try:
        with transaction.atomic():
            return Organization.objects.create(
                name=request.organization_name, kind=kind, slug=slug, country=request.country, website=request.website
            )
    except IntegrityError as error:  # in the same moment, for another item
        raise Conflict(_("Somebody has just confirmed under this name elsewhere. Send it once more.")) from error


@transaction.atomic
def decline_endorsement(*, request: EndorsementRequest, reason: str, at: datetime) -> EndorsementRequest:
    """Say that the organization does not endorse it. Raises RequestOver, Invalid (no reason, or too long a one)."""
    request = _locked(request)
    require_open(request, at)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why, in a sentence: the school reads it, and nobody else."))
    _require_plain(reason, TEXT_MAX_LETTERS)
    request.answered_at, request.declined_because = at, reason
    request.save(update_fields=["answered_at", "declined_because"])
    handoff.after_commit("learners.tell_of_endorsements")
    return request


# Ending --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def withdraw_own_endorsement(*, request: EndorsementRequest, reason: str, at: datetime) -> Endorsement:
    """Withdraw what the organization confirmed by this link. Raises Conflict (nothing stands any more), Invalid (too long)."""
    endorsement = _standing(request)
    endorsement.withdrawn_because = reason.strip()
    _require_plain(endorsement.withdrawn_because, TEXT_MAX_LETTERS)
    _withdraw(endorsement, at)
    EndorsementRequest.objects.filter(pk=request.pk).update(told_at=None)  # once more, of this
    handoff.after_commit("learners.tell_of_endorsements")
    return endorsement


@transaction.atomic
def withdraw_endorsement(*, actor: "User", request: EndorsementRequest, reason: str, at: datetime) -> Endorsement:
    """End an endorsement for the school, with a reason. Raises NotAllowed, Conflict (nothing stands), Invalid (no reason)."""
    require(actor, Can.ENDORSEMENT_WITHDRAW, request.version.credential)
    endorsement = _standing(request)
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why; the reason stays with the endorsement."))
    _require_plain(reason, TEXT_MAX_LETTERS)
    endorsement.withdrawn_by, endorsement.withdrawn_because = actor, reason
    _withdraw(endorsement, at)
    _event(request, actor, "endorsement ended", at, reason)
    return endorsement


def _standing(request: EndorsementRequest) -> Endorsement:
    endorsement = Endorsement.objects.select_for_update().filter(request=request).first()
    if endorsement is None or not endorsement.is_standing:
        raise Conflict(_("There is no endorsement any more that could be withdrawn."))
    return endorsement


def _withdraw(endorsement: Endorsement, at: datetime) -> None:
    endorsement.withdrawn_at = at
    endorsement.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    handoff.after_commit("issuance.settle_endorsements")


def settle_endorsements_of(version: CredentialVersion, *, at: datetime) -> None:
    """As a version is published: end the endorsements of a draft that said something else, and let the others be signed."""
    confirmed = _standing_of(version)
    if confirmed.exists():
        confirmed.exclude(content_sha256=content.digest(version)).update(lapsed_at=at)
        handoff.after_commit("issuance.settle_endorsements")


@transaction.atomic
def claim_answered_endorsements(*, at: datetime) -> list[EndorsementRequest]:
    """What organizations did and nobody was told of; from now on it counts as told. For who tells people."""
    found = list(
        EndorsementRequest.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(answered_at__isnull=False, told_at__isnull=True)
        .select_related("version__credential__owner", "asked_by", "endorsement")
        .order_by("answered_at", "pk")[:BATCH]
    )
    EndorsementRequest.objects.filter(pk__in=[each.pk for each in found]).update(told_at=at)
    return found


# Mail ----------------------------------------------------------------------------------------------------------------
def send_endorsement_mail(*, limit: int, at: datetime) -> int:
    """Send what waits for people outside; answer how many were sent. Raises SMTPException, OSError (the server fails)."""
    found = EndorsementMail.objects.select_related(
        "request__version__credential__organization", "request__asked_by", "request__endorsement"
    )
    return outbox.send(found.due, _message, limit=limit, at=at)


def _message(mail: EndorsementMail) -> EmailMessage:
    request = mail.request
    said = {
        "who": request.asked_by.name,
        "school": request.version.credential.organization.name,
        "organization": request.organization_name,
        "title": request.version.title,
        "note": f"\n\n{request.note}" if request.note else "",
        "link": settings.PUBLIC_ORIGIN + reverse("credentials:endorse", args=[token_of(request)]),
        "until": format_date(timezone.localtime(request.expires_at), "F j, Y"),
    }
    if mail.kind == EndorsementMailKind.ASKED:
        subject = _("%(school)s asks %(organization)s for an endorsement") % said
        body = (
            _(
                "%(who)s of %(school)s asks whether %(organization)s endorses “%(title)s”.%(note)s\n\n"
                "%(link)s\n\n"
                "The link is for you alone, needs no account, and can be answered until %(until)s. You read what it stands for, "
                "change the proposed statement as you wish, and confirm it for your organization, or decline. Keep the link: "
                "by it the endorsement can be withdrawn at any time.\n\n"
                "This was sent by Signet, a registry of microcredentials. If you do not know who asks, do nothing.\n"
            )
            % said
        )
    else:
        said["statement"] = request.endorsement.statement
        subject = _("%(organization)s endorses “%(title)s”") % said
        body = (
            _(
                "this is what was confirmed for %(organization)s on “%(title)s” of %(school)s:\n\n"
                "> %(statement)s\n\n"
                "By this link you read it, and withdraw it when your organization no longer stands by it:\n\n"
                "%(link)s\n\n"
                "If this was not you, withdraw it there, and tell the school.\n\n"
                "This was sent by Signet, a registry of microcredentials.\n"
            )
            % said
        )
    return outbox.letter(name="endorsement", mail=mail, to=request.email, subject=subject, body=body)
