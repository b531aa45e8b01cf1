"""Links over several badges: the application packet, the public profile, and changing what a link shows in which order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from issuance.models import Consent, LinkKind, ShareLink, ShareLinkItem, ShortCode
from issuance.models.sharing import Purpose, Recipients
from issuance.services.consent import HIGHLIGHTS_MAX, share_together
from issuance.services.seasons import open_seasons
from learners.models import Award, User

PROGRAMS = (
    "the residency programs that I apply to"  # kept in the statement as it was given, in the language of the school
)
PUBLIC = "the public"
PUBLIC_AND_SEARCH = "the public, search engines included"


@transaction.atomic
def make_packet(
    *,
    actor: User,
    awards: Sequence[Award],
    title: str,
    season: int,
    as_of: datetime,
    highlighted: Sequence[Award] = (),
    is_by_theme: bool = False,
    at: datetime,
    **consent: Any,
) -> ShareLink:
    """One link for an application season: what was awarded before `as_of`, in this order, for good; its checks are live.

    consent: what `give_consent` takes beside these. Raises what `share_together` raises, and Invalid (a date to come, an
    award that came later, a season that is over).
    """
    if as_of > at:
        raise Invalid(_("The date of a packet cannot lie in the future."))
    school = awards[0].learner.organization if awards else None
    if season not in {each.year for each in open_seasons(timezone.localdate(at), school)}:
        raise Invalid(_("Choose a season that is still open."))
    late = [award.credential_version.title for award in awards if award.awarded_at >= as_of]
    if late:
        raise Invalid(_("Awarded later than the date of the packet: %(titles)s.") % {"titles": ", ".join(late)})
    return share_together(
        actor=actor,
        awards=awards,
        title=title,
        highlighted=highlighted,
        is_by_theme=is_by_theme,
        at=at,
        link={"kind": LinkKind.PACKET, "season": season, "as_of": as_of},
        **consent,
    )


# The profile ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def open_profile(
    *,
    actor: User,
    awards: Sequence[Award],
    title: str,
    is_discoverable: bool = False,
    highlighted: Sequence[Award] = (),
    is_by_theme: bool = False,
    at: datetime,
    **consent: Any,
) -> ShareLink:
    """Open a learner's public profile, or open it anew with other badges; its address stays while it is open.

    Search engines may list it only when the learner says so, in the statement too. Raises what `share_together` raises.
    """
    made = share_together(
        actor=actor,
        awards=awards,
        title=title,
        highlighted=highlighted,
        is_by_theme=is_by_theme,
        at=at,
        link={"kind": LinkKind.PROFILE, "is_discoverable": is_discoverable},
        **consent
        | {
            "purpose": Purpose.PROFILE,
            "recipients": Recipients.ANYONE_WITH_LINK,
            "recipients_text": PUBLIC_AND_SEARCH if is_discoverable else PUBLIC,
        },
    )
    earlier = profile_of(actor, at).exclude(pk=made.pk).select_related("consent").first()
    if earlier is not None:
        token, former = earlier.token, earlier.consent
        # The address goes over to the new consent; the old link keeps its history under another one, closed.
        earlier.token, made.token = made.token, token
        ShareLink.objects.filter(pk=made.pk).update(token=f"moving-{made.pk}")
        earlier.save(update_fields=["token"])
        made.save(update_fields=["token"])
        ShortCode.objects.filter(link=earlier).update(link=made)
        former.withdrawn_at = at
        former.save(update_fields=["withdrawn_at"])
    return made


def profile_of(user: User, at: datetime) -> Any:
    """The open profile of a learner, as a queryset."""
    return ShareLink.objects.open(at).filter(kind=LinkKind.PROFILE, consent__learner__user=user)


# Changing a link -----------------------------------------------------------------------------------------------------
def _locked(actor: User, link: ShareLink, at: datetime) -> tuple[ShareLink, list[ShareLinkItem]]:
    found = ShareLink.objects.select_for_update(of=("self",)).select_related("consent").get(pk=link.pk)
    items = list(found.items.select_related("award__learner").order_by("position"))
    for item in items:
        require(actor, Can.AWARD_SHARE, item.award)
    if found.is_packet:
        raise Conflict(_("A packet is frozen when it is made. Make another one, and withdraw this one."))
    if not Consent.objects.standing(at).filter(pk=found.consent_id).exists():
        raise Conflict(_("The consent does not stand any more."))
    return found, items


@transaction.atomic
def move_item(*, actor: User, link: ShareLink, award: Award, up: bool, at: datetime) -> None:
    """Let a badge change places with its neighbor on a link; at the end of the list nothing happens.

    Raises NotAllowed, Conflict (a packet, or the consent has ended), Invalid (the badge is not on the link).
    """
    _link, items = _locked(actor, link, at)
    place = next((number for number, item in enumerate(items) if item.award_id == award.pk), None)
    if place is None:
        raise Invalid(_("This badge is not on the link."))
    other = place + (-1 if up else 1)
    if not 0 <= other < len(items):
        return
    first, second = items[place], items[other]
    first.position, second.position = second.position, first.position
    ShareLinkItem.objects.bulk_update([first, second], ["position"])


@transaction.atomic
def mark_item(*, actor: User, link: ShareLink, award: Award, is_highlighted: bool, at: datetime) -> None:
    """Mark a badge as one of the most meaningful, or not. Raises as `move_item` does, and Invalid for a fourth one."""
    _link, items = _locked(actor, link, at)
    item = next((each for each in items if each.award_id == award.pk), None)
    if item is None:
        raise Invalid(_("This badge is not on the link."))
    if is_highlighted and sum(each.is_highlighted for each in items if each is not item) >= HIGHLIGHTS_MAX:
        raise Invalid(_("Mark at most %(most)s as most meaningful.") % {"most": HIGHLIGHTS_MAX})
    item.is_highlighted = is_highlighted
    item.save(update_fields=["is_highlighted"])


@transaction.atomic
def drop_item(*, actor: User, link: ShareLink, award: Award, at: datetime) -> None:
    """Take a badge off a link; the consent stays wider than the link. Raises as `move_item` does, and Conflict for the last one."""
    _link, items = _locked(actor, link, at)
    if all(each.award_id != award.pk for each in items):
        raise Invalid(_("This badge is not on the link."))
    if len(items) == 1:
        raise Conflict(_("It is the only badge of the link. Withdraw the consent instead."))
    link.items.filter(award=award).delete()


@transaction.atomic
def arrange_link(*, actor: User, link: ShareLink, is_by_theme: bool, at: datetime) -> None:
    """Let the badges of a link stand by theme, or in one list; their order stays. Raises NotAllowed, Conflict as `move_item`."""
    found, _items = _locked(actor, link, at)
    found.is_by_theme = is_by_theme
    found.save(update_fields=["is_by_theme"])
