"""What a performance letter may say of an award: at most two sentences, written by rule from what was assessed.

Facts alone: what was awarded, when, by whom, what it took and how that was assessed. No level, no comparison with others, no
word of praise. Only what stands is worded; why the rest is not is said instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config import committees
from config.committees import CommitteeDecision
from credentials.models import CredentialVersion
from credentials.models.catalog import CredentialKind
from learners.models import Award, AwardComponent
from learners.models.awards import AwardQuerySet
from learners.workflow import AwardStatus

SENTENCES_MAX = 2
TITLES_MAX = 6  # a sentence with more of them is not read


@dataclass(frozen=True)
class Wording:
    """An award, and what a letter may say of it.

    sentences: one or two; none when it does not stand, and then `why` says so. published: what the school says a
    designation stands for, as it was published. parts: the microcredentials that it counts.
    """

    award: Award
    sentences: tuple[str, ...]
    why: str
    decision: CommitteeDecision | None
    parts: tuple[Award, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    @property
    def published(self) -> str:
        return self.award.credential_version.statement_for_letters

    @property
    def hours(self) -> int:
        return sum(part.credential_version.workload_hours or 0 for part in self.parts)


def wordings(awards: AwardQuerySet, *, at: datetime) -> list[Wording]:
    """The wording of each of these awards, in their order. Five queries, whatever their number."""
    counted = AwardComponent.objects.select_related("component__credential_version").order_by("position")
    found = list(
        awards.with_context().prefetch_related(
            Prefetch("components", counted),
            "credential_version__criteria",
            "components__component__credential_version__criteria",
        )
    )
    decisions = committees.decisions_on([award.pk for award in found])
    return [_worded(award, decisions.get(award.pk), at) for award in found]


def _worded(award: Award, decision: CommitteeDecision | None, at: datetime) -> Wording:
    parts = tuple(row.component for row in award.components.all())
    why = _why_not(award, at)
    if why:
        sentences: tuple[str, ...] = ()
    elif award.credential.kind == CredentialKind.DESIGNATION:
        sentences = _of_designation(award, parts, decision)
    else:
        sentences = _of_microcredential(award)
    return Wording(award, sentences, why, decision, parts)


def _why_not(award: Award, at: datetime) -> str:
    if award.status == AwardStatus.SUSPENDED:
        return _("It is suspended for the time being.")
    if award.status == AwardStatus.SUPERSEDED:
        return _("A newer award replaces it.")
    if award.status != AwardStatus.ACTIVE:
        return _("It was revoked or taken back.")
    if award.valid_until is not None and award.valid_until <= at:
        return _("It expired on %(day)s.") % {"day": _day(award.valid_until)}
    return ""


def _of_designation(award: Award, parts: Sequence[Award], decision: CommitteeDecision | None) -> tuple[str, ...]:
    said = {
        "name": award.learner.display_name,
        "title": award.credential_version.title,
        "school": award.credential.organization.name,
        "day": _day(award.awarded_at),
    }
    if not parts:
        first = _("%(name)s was awarded the designation “%(title)s” by %(school)s on %(day)s.") % said
        return (first, _("A committee of the school confirmed it.")) if decision else (first,)
    versions = [part.credential_version for part in parts]
    said["parts"] = _counted(versions)
    first = _("%(name)s was awarded the designation “%(title)s” by %(school)s on %(day)s, for %(parts)s.") % said
    how = _how_assessed(versions)
    if decision and how:
        return first, _("A committee of the school confirmed it, and %(how)s.") % {"how": how}
    if decision:
        return first, _("A committee of the school confirmed it.")
    return (first, _capital(f"{how}.")) if how else (first,)


def _of_microcredential(award: Award) -> tuple[str, ...]:
    version = award.credential_version
    said = {
        "name": award.learner.display_name,
        "title": version.title,
        "school": award.credential.organization.name,
        "day": _day(award.awarded_at),
        "hours": version.workload_hours,
    }
    if version.workload_hours:
        first = _("%(name)s was awarded the microcredential “%(title)s” (%(hours)s hours) by %(school)s on %(day)s.")
    else:
        first = _("%(name)s was awarded the microcredential “%(title)s” by %(school)s on %(day)s.")
    how = _how_assessed([version], is_whole=True)
    return (first % said, _capital(f"{how}.")) if how else (first % said,)


def _counted(versions: Sequence[CredentialVersion]) -> str:
    """What a designation counted: "5 assessed microcredentials of 64 hours together (“A”, “B” and “C”)"."""
    count, hours = len(versions), sum(version.workload_hours or 0 for version in versions)
    listed = [f"“{version.title}”" for version in versions[:TITLES_MAX]]
    if more := count - len(listed):
        listed.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    if hours:
        said = ngettext(
            "%(count)s assessed microcredential of %(hours)s hours (%(titles)s)",
            "%(count)s assessed microcredentials of %(hours)s hours together (%(titles)s)",
            count,
        )
    else:
        said = ngettext(
            "%(count)s assessed microcredential (%(titles)s)", "%(count)s assessed microcredentials (%(titles)s)", count
        )
    return said % {"count": count, "hours": hours, "titles": _listed(listed)}


def _how_assessed(versions: Sequence[CredentialVersion], *, is_whole: bool = False) -> str:
    """By what means and against how many published criteria: a part of a sentence. Empty where it has no criteria.

    is_whole: the award itself was assessed, not what it counts.
    """
    methods = list(dict.fromkeys(method.strip() for each in versions for method in each.assessment_methods))
    criteria = sum(len(each.criteria.all()) for each in versions)
    if not criteria:
        return ""
    what = _("it") if is_whole else ngettext("its one part", "each part", len(versions))
    how = _("%(what)s was assessed by %(methods)s") if methods else _("%(what)s was assessed")
    against = ngettext("against %(count)s published criterion", "against %(count)s published criteria", criteria)
    if len(versions) > 1:
        against = _("%(against)s in all") % {"against": against}
    how %= {"what": what, "methods": _listed(methods)}
    return f"{how}{', ' if len(versions) > 1 else ' '}{against % {'count': criteria}}"


def _listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return _("%(most)s and %(last)s") % {"most": ", ".join(items[:-1]), "last": items[-1]}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "F j, Y")


def of_learner(awards: Iterable[Wording]) -> tuple[list[Wording], list[Wording]]:
    """Designations, then microcredentials."""
    found = list(awards)
    designations = [each for each in found if each.award.credential.kind == CredentialKind.DESIGNATION]
    return designations, [each for each in found if each not in designations]
