"""The publish gate of a pathway: what stands in the way of publishing a version, each thing in a sentence."""

from collections import defaultdict
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from django.utils.translation import gettext as _

from credentials.models import Credential, Prerequisite
from credentials.selectors import in_words
from credentials.workflow import CredentialStatus, VersionStatus
from pathways import rules, selectors
from pathways.models import PathwayVersion, Requirement, RequirementKind
from pathways.workflow import PathwayVersionStatus

GROUPS = {RequirementKind.ALL_OF, RequirementKind.CHOOSE}


def missing(version: PathwayVersion) -> list[str]:
    """What stands in the way; empty when the version may be published. Six queries, whatever the size."""
    found = _designation(version)
    rows = list(version.requirements.select_related("parent").order_by("position", "pk"))
    if odd := [row for row in rows if row.parent is not None and row.parent.kind not in GROUPS]:
        return [*found, *(_("“%(row)s” stands below something that is not a group.") % {"row": row} for row in odd)]
    try:
        asked = selectors.asked(version)
        if not asked.credentials:
            return [*found, _("Name at least one badge that it asks for.")]
        found += _offered(asked.credentials.values())
        found += _impossible(version, asked)
    except rules.RuleError as error:
        return [*found, str(error)]
    return found + _cycle(version, rows)


def _designation(version: PathwayVersion) -> list[str]:
    designation = version.credential_version
    if designation is None or designation.status != VersionStatus.PUBLISHED:
        return [_("Publish the designation first: it says what is awarded.")]
    if designation.credential_id != version.pathway.credential_id:
        return [_("The designation that it awards is that of another pathway.")]
    return []


def _offered(credentials: Iterable[Credential]) -> list[str]:
    found = []
    for credential in sorted(credentials, key=lambda each: each.code):
        if credential.status == CredentialStatus.DRAFT:
            found.append(_("%(title)s is not published.") % {"title": _title(credential)})
        elif credential.status == CredentialStatus.RETIRED:
            found.append(_("%(title)s is no longer offered.") % {"title": _title(credential)})
    return found


def _impossible(version: PathwayVersion, asked: selectors.Asked) -> list[str]:
    """Rules that nobody, or no admitted profession, can meet; the professions of one cause in one sentence."""
    professions = version.professions_admitted or [""]
    stuck: dict[str, list[str]] = defaultdict(list)
    for profession in professions:
        open_to = {key for key, credential in asked.credentials.items() if _admits(credential, profession)}
        for sentence in rules.impossible(asked.rules, open_to):
            stuck[sentence].append(in_words(profession))
    return [
        sentence
        if len(names) == len(professions)
        else _("For %(professions)s: %(sentence)s") % {"professions": ", ".join(names), "sentence": sentence}
        for sentence, names in stuck.items()
    ]


def _admits(credential: Credential, profession: str) -> bool:
    version = credential.current_version
    return not profession or version is None or profession in (version.professions_admitted or [profession])


def _cycle(version: PathwayVersion, rows: Iterable[Requirement]) -> list[str]:
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
        return [_("Nobody can begin: %(circle)s.") % {"circle": ", ".join(links)}]
    return []


def _title(credential: Credential) -> str:
    return credential.current_version.title if credential.current_version else credential.code
