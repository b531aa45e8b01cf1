"""The publish gate of a pathway: what stands in the way of publishing a version, and what is worth knowing before.

Each finding says what is the case and what can be done about it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials import gate as credentials_gate
from credentials.models import Competency, Credential, CredentialVersion, Prerequisite
from credentials.models.catalog import CredentialKind
from credentials.selectors import in_words
from credentials.workflow import CredentialStatus, VersionStatus
from pathways import rules, selectors
from pathways.models import GROUPS, OF_BADGES, Pathway, PathwayVersion, Requirement, RequirementKind
from pathways.workflow import PathwayVersionStatus

ABOVE = GROUPS | OF_BADGES


@dataclass(frozen=True)
class Finding:
    """One thing that the gate found. text: what is the case. todo: what can be done. is_blocking: it cannot be published like this."""

    text: str
    todo: str
    is_blocking: bool = True
    place: str = ""  # where it is mended: "settings", "rules" or "designation"; empty where no page of ours does
    at: str = ""  # the id of the field or row there


def of_designation(designation: CredentialVersion) -> list[credentials_gate.Missing]:
    """What a designation lacks besides its description: rules that lead to it, and somebody who confirms it. Two queries.

    None for a microcredential.
    """
    credential = designation.credential
    if credential.kind != CredentialKind.DESIGNATION:
        return []
    found = []
    pathway = Pathway.objects.filter(credential=credential).first()
    has_rules = Requirement.objects.filter(version__pathway__credential=credential).exists() if pathway else False
    if not has_rules:
        url = (
            reverse("pathways:manage-pathway", args=[pathway.public_id])
            if pathway is not None
            else reverse("pathways:pathway-begin")
        )
        text = _("A pathway: rules that lead to it.")
        found.append(credentials_gate.Missing("pathway", text, url=url))
    if not selectors.seats(credential, at=timezone.now()):
        text = _("A committee: somebody with the role of a committee member, who confirms it.")
        found.append(credentials_gate.Missing("committee-members", text, url=reverse("pathways:committee-rules")))
    return found


def missing(version: PathwayVersion, *, at: datetime) -> list[str]:
    """What stands in the way; empty when the version may be published. At most thirteen queries, whatever the size."""
    return [each.text for each in blocking(version, at=at)]


def blocking(version: PathwayVersion, *, at: datetime, asked: selectors.Asked | None = None) -> list[Finding]:
    """What stands in the way, with what can be done. asked: what the version asks, when it is at hand."""
    found = _designation(version, at) + _review(version, at)
    rows = list(version.requirements.select_related("parent").order_by("position", "pk"))
    found += _committee(version, rows, at)
    if odd := [row for row in rows if row.parent is not None and row.parent.kind not in ABOVE]:
        return [*found, *(_below(row, _("something that is not a group")) for row in odd)]
    if odd := [
        row
        for row in rows
        if row.parent is not None and row.parent.kind in OF_BADGES and row.kind != RequirementKind.CREDENTIAL
    ]:
        return [*found, *(_below(row, _("“%(row)s”, which takes badges alone") % {"row": row.parent}) for row in odd)]
    found += _empty(rows) + _unknown_codes(rows)
    try:
        asked = asked or selectors.asked(version)
        if not asked.credentials:
            todo = _("Add a badge, or a group with badges in it.")
            return [
                *found,
                Finding(_("Name at least one badge that it asks for."), todo, place="rules", at="rule-form"),
            ]
        found += _offered(asked.credentials.values())
        found += _impossible(version, asked)
    except rules.RuleError as error:
        return [*found, Finding(str(error), _("Change or remove that rule."), place="rules")]
    return found + _cycle(version, rows)


def _committee(version: PathwayVersion, rows: Iterable[Requirement], at: datetime) -> list[Finding]:
    """Where a committee confirms, as many have to sit on it as a decision needs."""
    if not any(row.kind == RequirementKind.CONFIRMATION for row in rows):
        return []
    needed, seats = selectors.quorum(version.pathway_id), selectors.seats(version.pathway.credential, at=at)
    if seats >= needed:
        return []
    text = _("A committee confirms: its decision needs %(needed)s; it has %(seats)s.") % {
        "needed": ngettext("%(n)s member", "%(n)s members", needed) % {"n": needed},
        "seats": seats,
    }
    todo = _("Have members named: people with the role “committee member” for the school or for this designation.")
    return [Finding(text, todo)]


def _below(row: Requirement, where: str) -> Finding:
    text = _("“%(row)s” stands below %(where)s.") % {"row": row, "where": where}
    return Finding(text, _("Move it out, or below a group."), place="rules", at=f"rule-{row.public_id}")


def _empty(rows: Iterable[Requirement]) -> list[Finding]:
    with_parts = {row.parent_id for row in rows}
    needs_parts = GROUPS | {RequirementKind.IN_ORDER}
    return [
        Finding(
            _("“%(row)s” is empty.") % {"row": row},
            _("Add what it is to choose from, or remove it."),
            place="rules",
            at=f"rule-{row.public_id}",
        )
        for row in rows
        if row.kind in needs_parts and row.pk not in with_parts
    ]


def _unknown_codes(rows: Iterable[Requirement]) -> list[Finding]:
    asked = {code for row in rows for code in row.codes}
    if not asked:
        return []
    known = set(Competency.objects.filter(code__in=asked).values_list("code", flat=True))
    return [
        Finding(
            _("No framework that is loaded knows the code %(code)s.") % {"code": code},
            _("Correct the code, or load its framework first."),
            place="rules",
        )
        for code in sorted(asked - known)
    ]


def _review(version: PathwayVersion, at: datetime) -> list[Finding]:
    """A review date that is over, where the designation is published: before, its own gate says so."""
    designation, review_on = version.credential_version, version.pathway.credential.review_on
    if designation is None or designation.status != VersionStatus.PUBLISHED:
        return []
    if review_on is None or review_on >= timezone.localdate(at):
        return []
    text = _("The review date is over: %(day)s.") % {"day": format_date(review_on, "F j, Y")}
    return [Finding(text, _("Look at it again, and set the next one."), place="settings", at="id_review_on")]


def _designation(version: PathwayVersion, at: datetime) -> list[Finding]:
    designation = version.credential_version
    if designation is None or designation.status != VersionStatus.PUBLISHED:
        text = _("Publish the designation first: it says what is awarded.")
        todo = _("An administrator publishes it under “Manage credentials”.")
        return [*_unsaid(designation, at), Finding(text, todo, place="designation")]
    if designation.credential_id != version.pathway.credential_id:
        text = _("The designation that it awards is that of another pathway.")
        return [Finding(text, _("Start the version anew from this pathway."))]
    return []


def _unsaid(designation: CredentialVersion | None, at: datetime) -> list[Finding]:
    """What the designation's own gate misses, each with the field of the settings that says it."""
    if designation is None:
        return []
    todo = _("Fill it in under the settings.")
    fields = {"stewardship": "id_owner"}
    return [
        Finding(
            _("The designation lacks: %(what)s") % {"what": each.text},
            todo,
            place="settings",
            at=each.at or fields.get(each.place, ""),
        )
        for each in credentials_gate.missing(designation, on=timezone.localdate(at))
    ]


def _offered(credentials: Iterable[Credential]) -> list[Finding]:
    found = []
    for credential in sorted(credentials, key=lambda each: each.code):
        title = {"title": _title(credential)}
        if credential.status == CredentialStatus.DRAFT:
            todo = _("Have it published first, or leave it out.")
            found.append(Finding(_("%(title)s is not published.") % title, todo, place="rules"))
        elif credential.status == CredentialStatus.RETIRED:
            todo = _("Put another badge in its place.")
            found.append(Finding(_("%(title)s is no longer offered.") % title, todo, place="rules"))
    return found


def _impossible(version: PathwayVersion, asked: selectors.Asked) -> list[Finding]:
    """Rules that nobody, or no admitted profession, can meet; the professions of one cause in one sentence."""
    professions = version.professions_admitted or [""]
    outside = Credential.objects.select_related("current_version").in_bulk(
        [item.credential_id for item in asked.rules.outside]
    )
    everything = [*asked.credentials.items(), *outside.items()]
    stuck: dict[str, list[str]] = defaultdict(list)
    for profession in professions:
        open_to = {key for key, credential in everything if _admits(credential, profession)}
        for sentence in rules.impossible(asked.rules, open_to):
            stuck[sentence].append(in_words(profession))
    return [
        Finding(sentence, _("Ask for less, or name more badges that can be earned."), place="rules")
        if len(names) == len(professions)
        else Finding(
            _("For %(professions)s: %(sentence)s") % {"professions": ", ".join(names), "sentence": sentence},
            _("Add a badge that is open to them, or do not admit them."),
            place="rules",
        )
        for sentence, names in stuck.items()
    ]


def _admits(credential: Credential, profession: str) -> bool:
    version = credential.current_version
    return not profession or version is None or profession in (version.professions_admitted or [profession])


# Worth knowing -------------------------------------------------------------------------------------------------------
def notices(version: PathwayVersion, *, on: date, asked: selectors.Asked | None = None) -> list[Finding]:
    """What does not stand in the way and is worth a second look. At most six queries.

    asked: what the version asks, when it is at hand.
    """
    try:
        asked = asked or selectors.asked(version)
        return _hidden(asked) + _twice(version, asked) + _lapsing(version, asked, on)
    except rules.RuleError:
        return []  # the gate says what is wrong


def _hidden(asked: selectors.Asked) -> list[Finding]:
    """Badges that ask for another one first which no rule names, with the hours that both take."""
    catalog = asked.rules.catalog
    found = []
    for item in sorted(asked.rules.items.values(), key=lambda each: each.title):
        before = _all_before(item, catalog)
        hidden = [each for each in before if each.credential_id not in asked.rules.items]
        if hidden:
            names = rules.all_of([each.title for each in hidden])
            hours = (item.hours or 0) + sum(each.hours or 0 for each in before)
            text = _("%(title)s asks for %(before)s first: %(hours)s in truth, not %(stated)s.") % {
                "title": item.title,
                "before": names,
                "hours": rules.hours_in_words(hours),
                "stated": rules.hours_in_words(item.hours or 0),
            }
            todo = _("Name what comes first as well, or leave the badge out; learners are shown the true hours.")
            found.append(Finding(text, todo, is_blocking=False))
    return found


def _all_before(item: rules.Item, catalog: dict[int, rules.Item]) -> list[rules.Item]:
    reached: dict[int, rules.Item] = {}
    waiting = sorted(item.needs)
    while waiting:
        key = waiting.pop(0)
        if key not in reached and key in catalog and key != item.credential_id:
            reached[key] = catalog[key]
            waiting.extend(sorted(catalog[key].needs))
    return list(reached.values())


def _twice(version: PathwayVersion, asked: selectors.Asked) -> list[Finding]:
    places: dict[int, list[str]] = defaultdict(list)
    for rule in asked.rules.rules:
        for part in rules.walk((rule,)):
            if isinstance(part, rules.Required):
                places[part.item.credential_id].append(
                    _("the required badges") if part is rule else rules.name_of(rule)
                )
    return [
        Finding(
            _("%(title)s stands in %(places)s; it counts once.")
            % {"title": asked.rules.items[key].title, "places": rules.all_of(names)},
            _("Leave it in one of them, unless it may fill either."),
            is_blocking=False,
        )
        for key, names in places.items()
        if len(names) > 1
    ]


def _lapsing(version: PathwayVersion, asked: selectors.Asked, on: date) -> list[Finding]:
    """Badges that are over before the committee meets, though they were earned today."""
    meets_on = version.committee_on
    if meets_on is None:
        meets_on = version.cohorts.order_by("graduates_on").values_list("graduates_on", flat=True).first()
    if meets_on is None or not version.components_valid_at_award:
        return []
    found = []
    for credential in sorted(asked.credentials.values(), key=lambda each: each.code):
        current = credential.current_version
        months = current.expires_after_months if current else None
        if months and rules.months_before(meets_on, months) > on:
            found.append(
                Finding(
                    _("%(title)s expires after %(months)s months: earned today it is over before %(day)s.")
                    % {"title": _title(credential), "months": months, "day": rules.day_in_words(meets_on)},
                    _("Plan for its renewal, or tell learners not to earn it before %(day)s.")
                    % {"day": rules.day_in_words(rules.months_before(meets_on, months))},
                    is_blocking=False,
                )
            )
    return found


def _cycle(version: PathwayVersion, rows: Iterable[Requirement]) -> list[Finding]:
    """Badges and designations that wait for each other. A prerequisite counts as well as a rule of a pathway."""
    needs: dict[int, set[int]] = defaultdict(set)
    current = Credential.objects.filter(current_version__isnull=False).values("current_version")
    for owner, needed in Prerequisite.objects.filter(version__in=current).values_list(
        "version__credential_id", "requires_id"
    ):
        needs[owner].add(needed)
    published = Requirement.objects.filter(
        version__status=PathwayVersionStatus.PUBLISHED, credential__isnull=False
    ).exclude(version__pathway=version.pathway_id)
    for owner, needed in published.values_list("version__pathway__credential_id", "credential_id"):
        needs[owner].add(needed)
    needs[version.pathway.credential_id] = {row.credential_id for row in rows if row.credential_id is not None}
    reached, waiting = set(), [version.pathway.credential_id]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting.extend(needs.get(key, ()))
    try:
        TopologicalSorter({key: needs.get(key, set()) for key in reached}).prepare()
    except CycleError as error:
        around = list(reversed(error.args[1]))
        credentials = Credential.objects.select_related("current_version").in_bulk(around)
        names = [_title(credentials[key]) for key in around]
        links = [_("%(one)s needs %(other)s") % {"one": a, "other": b} for a, b in pairwise(names)]
        text = _("Nobody can begin: %(circle)s.") % {"circle": ", ".join(links)}
        return [Finding(text, _("Take one of these links away."), place="rules")]
    return []


def _title(credential: Credential) -> str:
    return credential.current_version.title if credential.current_version else credential.code
