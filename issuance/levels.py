"""The levels that may be shown: those that a consent named, while they are still what its learner reached."""

from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from issuance.models import Consent, ConsentAward
from learners.selectors.levels import Reached, levels_of


def named(levels: Sequence[Reached]) -> dict[str, str]:
    """What a consent keeps of the levels that it names: the key of each criterion with its word."""
    return {each.criterion: each.level for each in levels}


def agreed_levels(consents: QuerySet[Consent], awards: Collection[int]) -> dict[int, list[Reached]]:
    """By award: the levels that one of the consents named. Of an award that reached others since, none. Five queries."""
    covered = ConsentAward.objects.filter(consent__in=consents, consent__shows_levels=True, award__in=awards)
    said = list(covered.values_list("award_id", "levels"))
    today = levels_of({award for award, _levels in said})
    return {award: today[award] for award, levels in said if award in today and levels == named(today[award])}


def outdated(consents: Sequence[Consent]) -> set[int]:
    """The keys of those that name levels which are no longer what was reached. Five queries, none where no levels are shown.

    A badge of which a consent names none is one that its learner left out, unless it names none at all: then it is from before
    consents kept them.
    """
    showing = [consent.pk for consent in consents if consent.shows_levels]
    if not showing:
        return set()
    said = list(ConsentAward.objects.filter(consent__in=showing).values_list("consent_id", "award_id", "levels"))
    today = levels_of({award for _consent, award, _levels in said})
    naming = {consent for consent, _award, levels in said if levels}
    return {
        consent
        for consent, award, levels in said
        if (levels or consent not in naming) and levels != named(today.get(award, []))
    }
