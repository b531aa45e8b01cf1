"""Asking people outside for their opinion on a draft: by a link of their own, without an account, answered in words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential, CredentialEvent, CredentialVersion, OpinionMail, OpinionRequest, Suggestion
from credentials.models.opinions import Answer, AskedKind, MailKind, Recommendation
from credentials.selectors.opinions import parts
from credentials.services import outbox
from credentials.workflow import VersionStatus

if TYPE_CHECKING:
    from learners.models import User

LINK_FOR = timedelta(days=21)
MOST_A_DAY = 30  # mails to people outside, for one credential
TEXT_MAX_LETTERS = 4000
BATCH = 100


class RequestOver(Conflict):
    """A request that cannot be answered any more. cause: sent, revoked, expired or published."""

    code = "request-over"

    def __init__(self, message: str, *, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


def token_of(request: OpinionRequest) -> str:
    """The secret of a mailed link."""
    return outbox.token_for("credentials.opinions.link", request.public_id)


def naming_words(organization: str) -> str:
    """What an organization agrees to when it lets itself be named."""
    return _(
        "%(organization)s may be named on the public page of this version, with its kind and the date, as one that informed "
        "its content. It is not named as one that endorses it."
    ) % {"organization": organization}


# Asking --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_opinion(
    *,
    actor: "User",
    version: CredentialVersion,
    organization_name: str,
    kind: str,
    email: str,
    note: str = "",
    at: datetime,
) -> OpinionRequest:
    """Ask one person outside what they think of a draft; a link goes to their address and works for three weeks.

    Raises NotAllowed, Conflict (published, asked already, or too many today), Invalid (names what is wrong).
    """
    credential = Credential.objects.select_for_update().get(pk=version.credential_id)
    version = CredentialVersion.objects.get(pk=version.pk)
    require(actor, Can.OPINION_ASK, credential)
    if version.status != VersionStatus.DRAFT:
        raise Conflict(_("This version is published and frozen. Start the next version to ask for opinions on it."))
    organization_name, email, note = organization_name.strip(), email.strip().lower(), note.strip()
    if not organization_name or kind not in AskedKind.values:
        raise Invalid(_("Say which organization you ask, and what kind it is."))
    if len(note) > TEXT_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": TEXT_MAX_LETTERS})
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("Give the whole e-mail address of the person whom you ask.")) from error
    own = get_user_model().objects.filter(email=email, role_grants__organization=credential.organization_id)
    if own.exists():
        raise Invalid(_("Ask somebody outside: this address belongs to a colleague of your own school."))
    asked = OpinionRequest.objects.filter(version__credential=credential)
    if asked.filter(asked_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Conflict(_("You have asked %(count)s times today, which is the most.") % {"count": MOST_A_DAY})
    waiting = asked.filter(version=version, email=email, revoked_at__isnull=True)
    if waiting.filter(Q(sent_at__isnull=False) | Q(expires_at__gt=at)).exists():
        raise Conflict(_("This address was asked about this draft already."))
    outbox.require_room(actor=actor, email=email, at=at)
    request = OpinionRequest(
        version=version,
        organization_name=organization_name,
        kind=kind,
        email=email,
        note=note,
        asked_by=actor,
        asked_at=at,
        expires_at=at + LINK_FOR,
    )
    request.token_sha256 = outbox.digest_of(token_of(request))
    request.save()
    OpinionMail.objects.create(request=request, kind=MailKind.ASKED, made_at=at)
    _event(request, actor, "opinion asked", at)
    handoff.after_commit("credentials.send_opinion_mail")
    return request


@transaction.atomic
def revoke_opinion_request(*, actor: "User", request: OpinionRequest, at: datetime) -> OpinionRequest:
    """Take a link back before it is answered. Raises NotAllowed, RequestOver (answered or taken back already)."""
    request = _locked(request)
    require(actor, Can.OPINION_ASK, request.version.credential)
    if request.sent_at:
        raise RequestOver(_("This was answered already, and what was said stays."), cause="sent")
    if request.revoked_at:
        raise RequestOver(_("This link was taken back already."), cause="revoked")
    request.revoked_at, request.kept = at, {}
    request.save(update_fields=["revoked_at", "kept"])
    _event(request, actor, "opinion request taken back", at)
    return request


@transaction.atomic
def unname_organization(*, actor: "User", request: OpinionRequest, at: datetime) -> OpinionRequest:
    """Name an organization no longer, because it asks for that. Raises NotAllowed, Conflict (it is not named)."""
    request = _locked(request)
    require(actor, Can.OPINION_ASK, request.version.credential)
    if not request.is_named:
        raise Conflict(_("This organization is not named."))
    request.unnamed_at = at
    request.save(update_fields=["unnamed_at"])
    _event(request, actor, "organization no longer named", at)
    return request


def _locked(request: OpinionRequest) -> OpinionRequest:
    found = OpinionRequest.objects.select_for_update(of=("self",)).select_related("version__credential")
    return found.get(pk=request.pk)


def _event(request: OpinionRequest, actor: "User", action: str, at: datetime) -> None:
    CredentialEvent.objects.create(
        credential=request.version.credential,
        version=request.version,
        actor=actor,
        action=action,
        note=request.organization_name,
        at=at,
    )


# Saying --------------------------------------------------------------------------------------------------------------
def require_open(request: OpinionRequest, at: datetime) -> None:
    """Raise RequestOver for one that was answered, taken back, has run out, or whose draft is published."""
    if request.sent_at:
        raise RequestOver(_("Your comments were sent already."), cause="sent")
    if request.revoked_at:
        raise RequestOver(_("This link was taken back."), cause="revoked")
    if at >= request.expires_at:
        raise RequestOver(_("This link has run out."), cause="expired")
    if request.version.status != VersionStatus.DRAFT:
        raise RequestOver(_("This draft is published by now."), cause="published")


@transaction.atomic
def keep_opinion(*, request: OpinionRequest, said: Mapping[str, Any], at: datetime) -> OpinionRequest:
    """Put it off: what was written so far stays with the request. Raises RequestOver, Invalid (too long)."""
    request = _open(request, at)
    _checked_lengths([str(value) for value in said.values()])
    request.kept = dict(said)
    request.save(update_fields=["kept"])
    return request


@transaction.atomic
def send_opinion(
    *,
    request: OpinionRequest,
    comments: Mapping[str, str],
    recommendation: str,
    general: str,
    name: str,
    role: str,
    may_be_named: bool,
    at: datetime,
) -> OpinionRequest:
    """Send what one thinks of a draft, once; whoever answers for the item is told.

    comments: by the key of a part. A part that the draft no longer has is commented on all the same, by its key. Raises
    RequestOver, Invalid (names what is missing).
    """
    request = _open(request, at)
    name, role, general = name.strip(), role.strip(), general.strip()
    given = {key: text.strip() for key, text in comments.items() if text.strip()}
    _checked_lengths([general, *given.values()])
    if recommendation not in Recommendation.values:
        raise Invalid(_("Choose what you recommend on the whole."))
    if not name or not role:
        raise Invalid(_("Say who you are and in what role you speak."))
    known = {each.key: each for each in parts(request.version)}
    order = {key: number for number, key in enumerate(known)}
    request.sent_at, request.recommendation, request.general = at, recommendation, general
    request.name, request.role, request.kept = name, role, {}
    request.naming_consent = naming_words(request.organization_name) if may_be_named else ""
    request.save(update_fields=["sent_at", "recommendation", "general", "name", "role", "kept", "naming_consent"])
    Suggestion.objects.bulk_create(
        Suggestion(
            request=request,
            position=position,
            part=key[:80],
            about=f"{known[key].group}: {known[key].about}" if key in known else key,
            text=given[key],
        )
        for position, key in enumerate(sorted(given, key=lambda key: order.get(key, len(order))), 1)
    )
    handoff.after_commit("learners.tell_of_opinions")
    return request


def _open(request: OpinionRequest, at: datetime) -> OpinionRequest:
    """Lock a request that can still be answered; publishing its draft waits, or is seen."""
    list(Credential.objects.select_for_update().filter(pk=request.version.credential_id).values("pk"))
    request = _locked(request)
    require_open(request, at)
    return request


def _checked_lengths(texts: list[str]) -> None:
    if any(len(text) > TEXT_MAX_LETTERS for text in texts):
        raise Invalid(_("Write at most %(limit)s letters in each field.") % {"limit": TEXT_MAX_LETTERS})


# Answering -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def answer_suggestion(*, actor: "User", suggestion: Suggestion, answer: str, text: str, at: datetime) -> Suggestion:
    """Say what comes of a suggestion, once. With the last one, whoever made them gets all the answers by mail.

    Raises NotAllowed, Conflict (answered already), Invalid (no answer, or no words).
    """
    request = _locked(suggestion.request)
    suggestion = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    require(actor, Can.SUGGESTION_ANSWER, request.version.credential)
    if suggestion.answer:
        raise Conflict(_("This suggestion was answered already, and its author may have read the answer."))
    text = text.strip()
    if answer not in Answer.values:
        raise Invalid(_("Choose what comes of the suggestion."))
    if not text:
        raise Invalid(_("Write why, in a sentence: the person who made the suggestion reads it."))
    _checked_lengths([text])
    suggestion.answer, suggestion.answer_text = answer, text
    suggestion.answered_by, suggestion.answered_at = actor, at
    suggestion.save(update_fields=["answer", "answer_text", "answered_by", "answered_at"])
    _event(request, actor, "suggestion answered", at)
    if not request.suggestions.filter(answer="").exists():
        OpinionMail.objects.create(request=request, kind=MailKind.ANSWERED, made_at=at)
        handoff.after_commit("credentials.send_opinion_mail")
    return suggestion


@transaction.atomic
def claim_new_opinions(*, at: datetime) -> list[OpinionRequest]:
    """What came in and nobody was told of; from now on it counts as told. For who tells people."""
    found = list(
        OpinionRequest.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(sent_at__isnull=False, told_at__isnull=True)
        .select_related("version__credential__owner", "asked_by")
        .order_by("sent_at", "pk")[:BATCH]
    )
    OpinionRequest.objects.filter(pk__in=[each.pk for each in found]).update(told_at=at)
    return found


# Mail ----------------------------------------------------------------------------------------------------------------
def send_opinion_mail(*, limit: int, at: datetime) -> int:
    """Send what waits for people outside; answer how many were sent. Raises SMTPException, OSError (the server fails)."""
    found = OpinionMail.objects.select_related("request__version__credential__organization", "request__asked_by")
    return outbox.send(found.due, _message, limit=limit, at=at)


def _message(mail: OpinionMail) -> EmailMessage:
    request = mail.request
    school = request.version.credential.organization.name
    title = request.version.title
    if mail.kind == MailKind.ASKED:
        subject = _("%(school)s asks for your opinion on a microcredential") % {"school": school}
        link = settings.PUBLIC_ORIGIN + reverse("credentials:opinion", args=[token_of(request)])
        note = f"\n\n{request.note}" if request.note else ""
        body = _(
            "%(who)s of %(school)s asks what you think, on behalf of %(organization)s, of a draft: “%(title)s”.%(note)s\n\n"
            "%(link)s\n\n"
            "The link is for you alone, needs no account, and works until %(until)s. You read the draft as learners and as "
            "assessors will, comment on what you wish to, and say what you recommend. Each suggestion is answered.\n\n"
            "This was sent by Signet, a registry of microcredentials. If you do not know who asks, do nothing.\n"
        ) % {
            "who": request.asked_by.name,
            "school": school,
            "organization": request.organization_name,
            "title": title,
            "note": note,
            "link": link,
            "until": format_date(timezone.localtime(request.expires_at), "F j, Y"),
        }
    else:
        subject = _("What came of your suggestions for “%(title)s”") % {"title": title[:150]}
        lines = [
            f"{each.about}\n> {each.text}\n{each.get_answer_display()}: {each.answer_text}"
            for each in request.suggestions.order_by("position")
        ]
        body = _(
            "Dear %(name)s,\n\nthank you for your comments on the draft of “%(title)s”. This is what came of them.\n\n"
            "%(lines)s\n\n%(school)s\n\nThis was sent by Signet, a registry of microcredentials.\n"
        ) % {"name": request.name, "title": title, "lines": "\n\n".join(lines), "school": school}
    return outbox.letter(name="opinion", mail=mail, to=request.email, subject=subject, body=body)
