"""A learner's permission to disclose (34 CFR 99.30), share links, and taking the permission back."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models.catalog import CredentialKind
from issuance.levels import named
from issuance.models import Consent, ConsentAward, ShareLink, ShareLinkItem, SignedDocument
from issuance.models.sharing import Purpose, Recipients
from learners.models import Award, AwardComponent, Learner, User
from learners.selectors.levels import Reached, levels_of
from learners.workflow import AwardStatus

WORDING_VERSION = "2026-12.2"
# In these a designation is named together with the badges that it is made of; in those before, by its title alone.
NAMES_COMPONENTS = frozenset({"2026-12.2"})
WORDING = gettext_lazy(
    "I, %(name)s, ask %(school)s to show %(badges)s, with my name, dates, status and what was assessed, to %(recipients)s, "
    "for this purpose: %(purpose)s. This holds %(until)s. %(levels)s I can withdraw this at any time; files that were handed "
    "out before cannot be called back."
)
NO_LEVELS = gettext_lazy("No level, comment or evidence is shown.")
LEVELS = gettext_lazy(
    "The level that I reached in each criterion is shown too, on the pages and in no file: %(levels)s. No comment or evidence "
    "is shown."
)
LINK_BADGES_MAX = 10
HIGHLIGHTS_MAX = 3


class OtherWording(Conflict):
    """What the learner agreed to is not what would be stored."""

    code = "other-wording"


def wording(
    *,
    awards: Sequence[Award],
    purpose: str,
    purpose_text: str = "",
    recipients: str = Recipients.ANYONE_WITH_LINK,
    recipients_text: str = "",
    ends_at: datetime | None = None,
    shows_levels: bool = False,
    levels_for: Sequence[Award] | None = None,
) -> str:
    """The statement that a learner agrees to, as it is shown and stored. The awards come with their context.

    It names what a designation is made of, since its page says how each of these stands. shows_levels: it then names each
    level that is shown; levels_for: of these awards alone. No query; one with a designation, four with levels.
    """
    return _statement(
        awards=awards,
        components=_components(awards),
        purpose=purpose,
        purpose_text=purpose_text,
        recipients=recipients,
        recipients_text=recipients_text,
        ends_at=ends_at,
        levels=_levels_shown(awards, levels_for) if shows_levels else {},
    )


def _levels_shown(awards: Sequence[Award], chosen: Sequence[Award] | None) -> dict[int, list[Reached]]:
    """The levels of these awards, or of those among them that were chosen. Four queries."""
    kept = None if chosen is None else {award.pk for award in chosen}
    return levels_of([award.pk for award in awards if kept is None or award.pk in kept])


def _components(awards: Sequence[Award]) -> dict[int, list[Award]]:
    """What each of the designations among these is made of, by its key."""
    designations = [award.pk for award in awards if award.credential.kind == CredentialKind.DESIGNATION]
    if not designations:
        return {}
    found: dict[int, list[Award]] = {}
    rows = AwardComponent.objects.filter(award__in=designations).select_related("component__credential_version")
    for row in rows.order_by("award", "position"):
        found.setdefault(row.award_id, []).append(row.component)
    return found


def _statement(
    *,
    awards: Sequence[Award],
    components: Mapping[int, Sequence[Award]],
    purpose: str,
    purpose_text: str,
    recipients: str,
    recipients_text: str,
    ends_at: datetime | None,
    levels: Mapping[int, Sequence[Reached]],
) -> str:
    awards = sorted(awards, key=lambda award: (award.awarded_at, award.pk))
    schools = dict.fromkeys(award.credential.organization.name for award in awards)
    if ends_at is None:
        until = _("until I withdraw it")
    else:
        until = _("until %(day)s") % {"day": date_format(timezone.localtime(ends_at), "M j, Y, g:i A T")}
    return str(WORDING) % {
        "name": awards[0].learner.display_name,
        "school": ", ".join(schools),
        "badges": ", ".join(_named(award, components.get(award.pk, [])) for award in awards),
        "recipients": recipients_text.strip() or str(Recipients(recipients).label),
        "purpose": purpose_text.strip() or str(Purpose(purpose).label),
        "until": until,
        "levels": _levels_said(awards, levels),
    }


def _named(award: Award, components: Sequence[Award]) -> str:
    """An award by its title; a designation with what it is made of."""
    title = f"“{award.credential_version.title}”"
    if not components:
        return title
    said = [
        _("“%(title)s” of %(day)s")
        % {
            "title": each.credential_version.title,
            "day": date_format(timezone.localtime(each.awarded_at), "M j, Y"),
        }
        for each in components
    ]
    named = _("%(title)s with the title, date and status of each badge that it is made of (%(components)s)")
    return named % {"title": title, "components": "; ".join(said)}


def _levels_said(awards: Sequence[Award], levels: Mapping[int, Sequence[Reached]]) -> str:
    """Which levels are shown: every criterion of every badge, with its word. Without any, that none is."""
    said = [
        f"“{award.credential_version.title}” ({'; '.join(f'{each.name}: {each.level}' for each in levels[award.pk])})"
        for award in awards
        if award.pk in levels
    ]
    return str(LEVELS) % {"levels": ", ".join(said)} if said else str(NO_LEVELS)


def digest(statement: str) -> str:
    """Names a statement, so that a form can say which one was on the page."""
    return hashlib.sha256(statement.encode()).hexdigest()


@transaction.atomic
def give_consent(
    *,
    actor: User,
    awards: Sequence[Award],
    purpose: str,
    purpose_text: str = "",
    recipients: str = Recipients.ANYONE_WITH_LINK,
    recipients_text: str = "",
    sign_in_method: str,
    ends_at: datetime | None = None,
    shows_levels: bool = False,
    levels_for: Sequence[Award] | None = None,
    shown: str | None = None,
    is_own: bool = False,
    at: datetime,
) -> Consent:
    """Record a learner's consent to show awards; nothing about them is public before.

    sign_in_method: how the learner was authenticated. shown: the digest of the statement that was on the page. A standing
    consent in the same words is answered instead of a second one, so that a doubled post gives one and withdrawing it ends
    it; is_own: make another all the same, for a link of its own. shows_levels: the levels reached are shown beside the criteria;
    levels_for: those of these awards alone, and of the others none.
    Raises NotAllowed (another learner's award), Invalid (a part of the consent is missing, or there is no level to show),
    Conflict (an award that is not signed, or was taken back), OtherWording (the statement would be another than the one shown).
    """
    if not awards:
        raise Invalid(_("Choose at least one badge."))
    rows = list(Award.objects.with_context().filter(pk__in=[award.pk for award in awards]).order_by("awarded_at", "pk"))
    for award in rows:
        require(actor, Can.AWARD_SHARE, award)
        if award.status == AwardStatus.WITHDRAWN:
            raise Conflict(_("An award that was taken back cannot be shared."))
    signed = set(SignedDocument.objects.filter(award__in=rows, kind="credential").values_list("award_id", flat=True))
    if any(award.pk not in signed for award in rows):
        raise Conflict(_("A badge is still being signed; try again in a moment."))
    if purpose not in Purpose.values or (purpose == Purpose.OTHER and not purpose_text.strip()):
        raise Invalid(_("Say for what purpose."))
    if recipients not in Recipients.values or (recipients == Recipients.NAMED and not recipients_text.strip()):
        raise Invalid(_("Say to whom."))
    if ends_at is not None and ends_at <= at:
        raise Invalid(_("The end date must lie in the future."))
    if not sign_in_method.strip():
        raise Invalid(_("Sign in again, so that the consent can say who gave it."))
    levels = _levels_shown(rows, levels_for) if shows_levels else {}
    statement = _statement(
        awards=rows,
        components=_components(rows),
        purpose=purpose,
        purpose_text=purpose_text,
        recipients=recipients,
        recipients_text=recipients_text,
        ends_at=ends_at,
        levels=levels,
    )
    if shows_levels and not levels:
        raise Invalid(_("None of these badges rests on an assessment here, so there is no level to show."))
    if shown is not None and shown != digest(statement):
        raise OtherWording(_("The wording changed with your choices. Read it again, and agree to it anew."))
    learner = Learner.objects.select_for_update(no_key=True).get(pk=rows[0].learner_id)
    if not User.objects.filter(learner=learner, is_active=True).exists():
        raise Conflict(_("This account is closed."))
    same = Consent.objects.standing(at).filter(learner=learner, wording=statement, share_links__isnull=True)
    covered = {award.pk: named(levels.get(award.pk, [])) for award in rows}
    for given in same.order_by("pk"):
        if not is_own and dict(given.consent_awards.values_list("award_id", "levels")) == covered:
            return given
    consent = Consent.objects.create(
        learner=learner,
        purpose=purpose,
        purpose_text=purpose_text.strip(),
        recipients=recipients,
        recipients_text=recipients_text.strip(),
        shows_levels=shows_levels,
        wording_version=WORDING_VERSION,
        wording=statement,
        sign_in_method=sign_in_method,
        given_at=at,
        ends_at=ends_at,
    )
    ConsentAward.objects.bulk_create(
        ConsentAward(consent=consent, award=award, levels=covered[award.pk]) for award in rows
    )
    return consent


@transaction.atomic
def withdraw_consent(*, actor: User, consent: Consent, at: datetime) -> Consent:
    """Take a consent back: from the next request on, what it covered alone is not shown. Raises NotAllowed, Conflict."""
    consent = Consent.objects.select_for_update(of=("self",)).select_related("learner").get(pk=consent.pk)
    for award in Award.objects.with_context().filter(consents=consent).order_by("pk"):
        require(actor, Can.AWARD_SHARE, award)
    if consent.withdrawn_at is not None:
        raise Conflict(_("This consent is withdrawn already."))
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    return consent


@transaction.atomic
def create_link(
    *,
    actor: User,
    consent: Consent,
    awards: Sequence[Award],
    title: str,
    highlighted: Sequence[Award] = (),
    ends_at: datetime | None = None,
    is_by_theme: bool = False,
    at: datetime,
    link: Mapping[str, Any] | None = None,
) -> ShareLink:
    """Make an address that opens a consent's awards, in this order. link: what kind of link it is, where it is a special one.
    is_by_theme: they stand by theme, and within each in this order.

    Raises NotAllowed, Conflict (the consent does not stand), Invalid (no title, too many, an award outside the consent).
    """
    if not Consent.objects.standing(at).filter(pk=consent.pk).exists():
        raise Conflict(_("The consent does not stand any more."))
    covered = set(consent.consent_awards.values_list("award_id", flat=True))
    for award in Award.objects.with_context().filter(consents=consent).order_by("pk"):
        require(actor, Can.AWARD_SHARE, award)
    if not title.strip():
        raise Invalid(_("Give the link a title."))
    if not awards or any(award.pk not in covered for award in awards):
        raise Invalid(_("Choose badges that the consent covers."))
    if len(awards) > LINK_BADGES_MAX:
        raise Invalid(_("A link holds at most %(most)s badges.") % {"most": LINK_BADGES_MAX})
    if len(highlighted) > HIGHLIGHTS_MAX:
        raise Invalid(_("Mark at most %(most)s as most meaningful.") % {"most": HIGHLIGHTS_MAX})
    marked = {award.pk for award in highlighted}
    made = ShareLink.objects.create(
        consent=consent,
        title=title.strip(),
        created_at=at,
        ends_at=ends_at,
        is_by_theme=is_by_theme,
        **(link or {}),
    )
    ShareLinkItem.objects.bulk_create(
        ShareLinkItem(link=made, award=award, position=position, is_highlighted=award.pk in marked)
        for position, award in enumerate(awards, 1)
    )
    return made


@transaction.atomic
def share_together(
    *,
    actor: User,
    awards: Sequence[Award],
    title: str,
    highlighted: Sequence[Award] = (),
    is_by_theme: bool = False,
    at: datetime,
    link: Mapping[str, Any] | None = None,
    **consent: Any,
) -> ShareLink:
    """Consent to show several badges, and make the address that opens them in this order. One act, or none.

    consent: what `give_consent` takes beside these. Raises what `give_consent` and `create_link` raise.
    """
    given = give_consent(actor=actor, awards=awards, is_own=True, at=at, **consent)
    return create_link(
        actor=actor,
        consent=given,
        awards=awards,
        title=title,
        highlighted=highlighted,
        ends_at=given.ends_at,
        is_by_theme=is_by_theme,
        at=at,
        link=link,
    )
