"""What pages read about documents, consents and the registry."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.permissions import Can, Role, allowed
from credentials.models.catalog import CredentialKind
from issuance.levels import outdated
from issuance.models import (
    Archive,
    Consent,
    Disclosure,
    DocumentKind,
    PageVote,
    RecordRelease,
    RevocationRequest,
    ShareLink,
    ShareLinkItem,
    SharingEnd,
    SignedDocument,
    Transcript,
    VerifierQuestion,
)
from issuance.models.sharing import Recipients
from issuance.workflow import QuestionStatus, RevocationStatus
from learners.models import Award, Learner, User
from learners.models.awards import AwardQuerySet
from learners.services.access import FEWEST_LETTERS
from learners.workflow import AwardStatus, Standing, standing

TRANSCRIPTS_SHOWN = 5
STAFF = {Role.REGISTRAR, Role.AUDITOR}


def is_staff(user: User) -> bool:
    """Whether somebody reads the registry at all; which part of it, the lists say."""
    return bool({str(role) for role in STAFF} & user.roles())


def own_awards(user: User) -> AwardQuerySet:
    """A learner's own awards that were not taken back."""
    return Award.objects.with_context().filter(learner__user=user).exclude(status=AwardStatus.WITHDRAWN)


def signed_awards(user: User) -> AwardQuerySet:
    """Those of a learner's awards that can be shared, oldest first."""
    return own_awards(user).filter(_has(DocumentKind.CREDENTIAL)).order_by("awarded_at", "pk")


def _has(kind: DocumentKind) -> Exists:
    return Exists(SignedDocument.objects.current(kind).filter(award=OuterRef("pk")))


def open_consent(award: Award, at: datetime) -> Consent | None:
    """The newest standing consent that lets anyone with the address see an award."""
    return (
        Consent.objects.standing(at)
        .filter(awards=award, recipients=Recipients.ANYONE_WITH_LINK)
        .order_by("-given_at", "-pk")
        .first()
    )


# Panels --------------------------------------------------------------------------------------------------------------
def award_panel(request: HttpRequest, award: Award) -> dict[str, Any] | None:
    """An award's documents on its page. Two queries."""
    kinds = set(award.documents.filter(superseded_at__isnull=True).values_list("kind", flat=True))
    if award.learner.user_id != request.user.pk:
        return {"registry": award} if allowed(request.user, Can.AWARD_READ, award) else None
    return {
        "award": award,
        "is_signed": DocumentKind.CREDENTIAL in kinds,
        "has_certificate": DocumentKind.CERTIFICATE in kinds,
        "is_due": award.status == AwardStatus.ACTIVE,
        "is_revoked": award.status == AwardStatus.REVOKED,
        "revocation": _revocation(award),
        "sign_after": award.sign_after if award.sign_after > timezone.now() else None,
        "consent": open_consent(award, timezone.now()),
    }


def _revocation(award: Award) -> RevocationRequest | None:
    if award.status != AwardStatus.REVOKED:
        return None
    return award.revocation_requests.filter(status=RevocationStatus.APPROVED).order_by("-decided_at").first()


def home_panel(request: HttpRequest, user: Any) -> dict[str, Any] | None:
    """What waits for a registrar; where an auditor reads. Three queries."""
    if not user.is_authenticated or not is_staff(user):
        return None
    waiting = RevocationRequest.objects.visible_to(user).filter(status=RevocationStatus.REQUESTED)
    return {
        "is_registrar": str(Role.REGISTRAR) in user.roles(),
        "own": waiting.filter(requested_by=user).count(),
        "waiting": waiting.exclude(requested_by=user).count(),
        "questions": questions_waiting(user),
    }


def transcript_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """A learner's transcripts on "My badges". Two queries."""
    made = SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(transcript=OuterRef("pk"))
    transcripts = list(
        Transcript.objects.filter(learner=learner)
        .annotate(is_made=Exists(made))
        .order_by("-requested_at", "-pk")[:TRANSCRIPTS_SHOWN]
    )
    can_ask = SignedDocument.objects.filter(award__learner=learner, kind=DocumentKind.CREDENTIAL).exists()
    if not can_ask and not transcripts:
        return None
    return {"transcripts": transcripts, "is_waiting": any(not each.is_made for each in transcripts)}


def archive_panel(request: HttpRequest, learner: Learner) -> dict[str, Any]:
    """A learner's newest archive on "My record". One query."""
    archive = Archive.objects.kept(timezone.now()).filter(learner=learner).order_by("-requested_at", "-pk").first()
    said = ""
    if archive is not None and archive.made_at is None and archive.parts_total:
        said = _("%(done)s of %(total)s parts") % {"done": archive.parts_done, "total": archive.parts_total}
    return {"archive": archive, "said": said}


def release_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """The releases of a learner's record, for a registrar. One query."""
    if not allowed(request.user, Can.RECORD_RELEASE, learner):
        return None
    found = RecordRelease.objects.filter(learner=learner).select_related("recorded_by").order_by("-released_on", "-pk")
    return {"releases": list(found), "learner": learner, "today": timezone.localdate()}


def sharing_end_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """How much a learner shares, and when the school ended it, for a registrar. Two queries."""
    if not allowed(request.user, Can.SHARING_END, learner):
        return None
    ends = SharingEnd.objects.filter(learner=learner).select_related("ended_by").order_by("-at", "-pk")
    standing = Consent.objects.standing(timezone.now()).filter(learner=learner).count()
    return {"learner": learner, "standing": standing, "ends": list(ends)}


def letter_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """The ways to what a performance letter may say of a learner, and to their consents. No query."""
    return {"learner": learner} if allowed(request.user, Can.LETTER_READ, learner) else None


def own_letter_panel(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """For a learner, on their record and on their own designation: the way to the wording of their letter. No query."""
    if isinstance(subject, Award):
        is_shown = subject.learner.user_id == request.user.pk and subject.credential.kind == CredentialKind.DESIGNATION
        return {} if is_shown else None
    return {} if subject.user_id == request.user.pk else None


# Sharing -------------------------------------------------------------------------------------------------------------
def consents_of(learner: Learner, at: datetime) -> list[Consent]:
    """Every consent a learner gave, newest first, with its awards and links, and whether the levels that it names are
    no longer those that were reached. Four queries, whatever the number; nine where levels are shown.
    """
    links = (
        ShareLink.objects.annotate(opened=Count("views__at", distinct=True), last_opened=Max("views__at"))
        .prefetch_related(
            Prefetch("items", ShareLinkItem.objects.select_related("award__credential_version").order_by("position"))
        )
        .order_by("-created_at", "-pk")
    )
    consents = list(
        Consent.objects.filter(learner=learner)
        .prefetch_related(
            Prefetch("awards", Award.objects.select_related("credential_version").order_by("awarded_at", "pk")),
            Prefetch("share_links", links),
        )
        .order_by("-given_at", "-pk")
    )
    other_levels = outdated(consents)
    for consent in consents:
        consent.state = state_of(consent, at)  # type: ignore[attr-defined]
        consent.has_other_levels = consent.pk in other_levels  # type: ignore[attr-defined]
    return consents


def consents_to_look_up(learner: Learner, *, award: Award | None = None) -> QuerySet[Consent]:
    """What a learner consented to, newest first, with its badges; to show one award, where it is given. Two queries."""
    given = Consent.objects.filter(learner=learner)
    if award is not None:
        given = given.filter(awards=award)
    badges = Award.objects.select_related("credential_version").order_by("awarded_at", "pk")
    return given.prefetch_related(Prefetch("awards", badges)).order_by("-given_at", "-pk")


def by_audience(consents: Sequence[Consent]) -> list[dict[str, Any]]:
    """The links of standing consents, grouped by whom they are for, in the order of their newest."""
    groups: dict[str, list[ShareLink]] = {}
    for consent in consents:
        for link in consent.share_links.all():
            link.consent = consent
            who = consent.recipients_text or str(consent.get_recipients_display())
            groups.setdefault(who, []).append(link)
    return [{"who": who, "links": links} for who, links in groups.items()]


def openings(learner: Learner, *, link: ShareLink | None = None) -> QuerySet[Any, Any]:
    """When a learner's links were opened, newest first: rows of time, title and token. Nothing of who opened them is kept."""
    views = Disclosure.objects.filter(link__consent__learner=learner)
    if link is not None:
        views = views.filter(link=link)
    return views.values("at", "link__title", "link__token").distinct().order_by("-at", "link__token")


def state_of(consent: Consent, at: datetime) -> str:
    """standing, ended or withdrawn."""
    if consent.withdrawn_at is not None:
        return "withdrawn"
    return "ended" if consent.ends_at is not None and consent.ends_at <= at else "standing"


# The registry --------------------------------------------------------------------------------------------------------
def registry(user: User) -> AwardQuerySet:
    """The awards that somebody reads as registrar or auditor."""
    return Award.objects.filter(user.scope_q({str(role) for role in STAFF}, "credential__"))


# What a registrar reads of an award's state, in the table and in its filter: the words of its page, and one state more.
AWARD_STATES = {
    str(Standing.VALID): Standing.VALID.label,
    "signing": gettext_lazy("Being signed"),
    **{str(each): each.label for each in Standing if each != Standing.VALID},
}


def state_of_award(award: Award, at: datetime) -> str:
    """A key of AWARD_STATES. No query for an award that was `listed`; another one counts as signed."""
    state = standing(award.status, award.valid_until, at)
    return "signing" if state == Standing.VALID and not getattr(award, "is_signed", True) else str(state)


def find(
    awards: AwardQuerySet,
    *,
    words: str = "",
    state: str = "",
    learners: QuerySet[Any, Any] | None = None,
    at: datetime,
) -> AwardQuerySet:
    """Those that match a title, a code, or a badge's address, or the name of one of these learners.

    state: a key of AWARD_STATES. learners: the keys of those whom the reader has said why they look for; nobody else is
    found by name.
    """
    named = Q(learner__in=learners) if learners is not None else Q(pk__in=[])
    if state in {"valid", "signing", "expired"}:
        has_expired = Q(valid_until__isnull=False, valid_until__lte=at)
        is_signed = _has(DocumentKind.CREDENTIAL)
        which = {"expired": has_expired, "valid": ~has_expired & Q(is_signed), "signing": ~has_expired & ~Q(is_signed)}
        awards = awards.filter(which[state], status=AwardStatus.ACTIVE)
    elif state:
        awards = awards.filter(status=state)
    if words and (public_id := id_in(words)):
        return awards.filter(public_id=public_id)
    for word in words.split():
        awards = awards.filter(
            (named & Q(learner__display_name__icontains=word))
            | Q(credential_version__title__icontains=word)
            | Q(credential__code__icontains=word)
        )
    return awards


def may_be_name(words: str) -> bool:
    """Whether words that are looked for may be a person's: long enough for a search, and no address of a badge."""
    return len(words.strip()) >= FEWEST_LETTERS and id_in(words) is None


def listed(awards: AwardQuerySet) -> AwardQuerySet:
    """For a table: with names, and whether each is signed."""
    return awards.with_context().annotate(is_signed=_has(DocumentKind.CREDENTIAL)).order_by("-awarded_at", "-pk")


def documents_of(award: Award) -> Sequence[SignedDocument]:
    """Every signed form of an award, newest first, without their bytes."""
    return list(
        award.documents.select_related("key", "status_entry__list").defer("bytes").order_by("-signed_at", "-pk")
    )


def votes_on(award: Award) -> dict[str, int]:
    """How many found the page of an award enough, and how many did not. One query."""
    return PageVote.objects.filter(award=award).aggregate(
        helpful=Count("pk", filter=Q(is_helpful=True)), lacking=Count("pk", filter=Q(is_helpful=False))
    )


def questions_waiting(user: User) -> int:
    return VerifierQuestion.objects.visible_to(user).filter(status=QuestionStatus.OPEN).count()


def designations_with(award: Award) -> str:
    """The titles of the standing designations that count an award. One query."""
    counting = Award.objects.filter(components__component=award, status=AwardStatus.ACTIVE).order_by("pk")
    return ", ".join(counting.values_list("credential_version__title", flat=True))


def id_in(text: str) -> UUID | None:
    """The public id in what somebody pasted: the id itself, or a badge's address."""
    part = text.strip().rstrip("/").rsplit("/", 1)[-1].split(".")[0]
    try:
        return UUID(part)
    except ValueError:
        return None
