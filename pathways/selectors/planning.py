"""A plan as its learner reads it: each term with its hours, projected dates, and what does not fit, in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials.models import Credential, Offering, Prerequisite
from credentials.models.catalog import CredentialKind
from credentials.selectors import in_words
from credentials.workflow import CredentialStatus
from learners.models import Award, Learner
from pathways import rules, terms
from pathways.models import PathwayEnrollment, Plan, PlanSetting
from pathways.workflow import PathwayEnrollmentStatus

from .asking import Asked, asked_by
from .holding import Known, as_if_held

HOURS = 60  # a term's, until a learner says otherwise


@dataclass
class Planned:
    """One item of a plan. insert: a prerequisite that is neither held nor planned."""

    credential: Credential
    title: str
    hours: int
    needs: list[str]
    warnings: list[str] = field(default_factory=list)
    insert: list[Credential] = field(default_factory=list)
    earlier: str = ""
    later: str = ""


@dataclass
class PlannedTerm:
    """A term with what is planned in it. warning: more hours than the learner wants, or a term that is over."""

    term: terms.Term
    items: list[Planned]
    is_over: bool
    warning: str = ""

    @property
    def hours(self) -> int:
        return sum(each.hours for each in self.items)


@dataclass(frozen=True)
class Projected:
    """A pathway that the learner works toward: met on a day if the plan is kept, or what the plan leaves out."""

    title: str
    url: str
    on: date | None
    sentence: str


@dataclass(frozen=True)
class Suggestion:
    credential: Credential
    title: str
    reason: str


@dataclass
class PlanView:
    terms: list[PlannedTerm]
    hours_per_term: int
    pathways: list[Projected]
    suggestions: list[Suggestion]

    @property
    def warnings(self) -> int:
        return sum(bool(each.warning) + sum(len(item.warnings) for item in each.items) for each in self.terms)


def made_up(asked: Asked, items: Iterable[Credential], on: date) -> list[rules.Held]:
    """Awards as if these were earned on a day; they are written nowhere."""
    return [as_if_held(asked, each, on, number=each.pk) for each in items]


def plan(*, learner: Learner, on: date) -> PlanView:
    """The whole plan. At most twenty queries less the page's own, whatever its size."""
    rows = list(
        Plan.objects.filter(learner=learner).select_related("credential__current_version").order_by("position", "pk")
    )
    held = {
        award.credential_id
        for award in Award.objects.filter(learner=learner, status="active").only("credential_id", "valid_until")
        if award.valid_until is None
        or (timezone.localdate(award.valid_until) >= on and award.valid_until > timezone.now())
    }
    limit = PlanSetting.objects.filter(learner=learner).values_list("hours_per_term", flat=True).first() or HOURS
    cohort = learner.cohort
    shown = terms.terms_from(on, cohort.graduates_on if cohort else None)
    codes = {each.code for each in shown}
    others = {row.term for row in rows} - codes
    shown += [each for code in others if (each := terms.term(code)) is not None]
    shown.sort(key=lambda each: each.starts_on)
    joined = list(
        PathwayEnrollment.objects.filter(learner=learner, status=PathwayEnrollmentStatus.ACTIVE)
        .select_related("version", "pathway")
        .order_by("joined_at", "pk")
    )
    asks = asked_by(each.version for each in joined) if joined else {}
    reader = _Reader(learner, rows, held, shown, joined, asks, on)
    view = [
        PlannedTerm(
            term=each,
            items=[reader.item(row, each) for row in rows if row.term == each.code],
            is_over=each.ends_on < on,
        )
        for each in shown
    ]
    for laid in view:
        if laid.is_over and laid.items:
            laid.warning = _("%(term)s is over. Move what was not done to a later term.") % {"term": laid.term.name}
        elif laid.hours > limit:
            laid.warning = _("%(term)s: %(hours)s are more than the %(limit)s that you set.") % {
                "term": laid.term.name,
                "hours": rules.hours_in_words(laid.hours),
                "limit": limit,
            }
    known = Known([learner], asks.values(), joined) if joined else None
    projected: list[Projected] = []
    suggestions: list[Suggestion] = []
    for enrollment in joined:
        if known is not None:
            said, more = _project(enrollment, asks[enrollment.version_id], known, rows, shown, on)
            projected.append(said)
            suggestions += [
                each for each in more if each.credential.pk not in {one.credential.pk for one in suggestions}
            ]
    return PlanView(view, limit, projected, suggestions)


class _Reader:
    """What stands in the way of each planned item."""

    def __init__(
        self,
        learner: Learner,
        rows: list[Plan],
        held: set[int],
        shown: list[terms.Term],
        joined: list[PathwayEnrollment],
        asks: dict[int, Asked],
        on: date,
    ) -> None:
        self.learner, self.held, self.on, self.joined, self.asks = learner, held, on, joined, asks
        order = {each.code: number for number, each in enumerate(shown)}
        self.shown, self.order = shown, order
        self.place = {row.credential_id: (order.get(row.term, -1), row.position, row.pk) for row in rows}
        versions = [row.credential.current_version_id for row in rows]
        self.needs: dict[int, list[Credential]] = defaultdict(list)
        for each in (
            Prerequisite.objects.filter(version__in=versions)
            .select_related("requires__current_version", "version")
            .order_by("pk")
        ):
            self.needs[each.version.credential_id].append(each.requires)
        self.offerings: dict[int, list[Offering]] = defaultdict(list)
        for offering in Offering.objects.filter(
            credential__in=[row.credential_id for row in rows], closes_on__gte=on
        ).order_by("opens_on", "pk"):
            self.offerings[offering.credential_id].append(offering)

    def item(self, row: Plan, term: terms.Term) -> Planned:
        current = row.credential.current_version
        needs = self.needs[row.credential_id]
        found = Planned(
            credential=row.credential,
            title=title_of(row.credential),
            hours=(current.workload_hours or 0) if current else 0,
            needs=[title_of(each) for each in needs],
        )
        number = self.order[term.code]
        before = [each for each in self.shown[:number] if each.ends_on >= self.on]
        found.earlier = before[-1].code if before else ""
        found.later = self.shown[number + 1].code if number + 1 < len(self.shown) else ""
        self._before(row, needs, found)
        self._offered(row, term, found)
        self._dates(row, term, found)
        return found

    def _before(self, row: Plan, needs: list[Credential], found: Planned) -> None:
        if row.credential_id in self.held:
            found.warnings.append(_("You hold it already."))
        for each in needs:
            if each.pk in self.held:
                continue
            title = {"title": title_of(each)}
            if each.pk not in self.place:
                found.warnings.append(_("It needs %(title)s first, which you neither hold nor plan.") % title)
                found.insert.append(each)
            elif self.place[each.pk] > self.place[row.credential_id]:
                found.warnings.append(_("It needs %(title)s first, which you plan for later.") % title)

    def _offered(self, row: Plan, term: terms.Term, found: Planned) -> None:
        credential, current = row.credential, row.credential.current_version
        admitted = current.professions_admitted if current else []
        if credential.status == CredentialStatus.RETIRED:
            found.warnings.append(_("It is no longer offered."))
        elif admitted and self.learner.profession not in admitted:
            found.warnings.append(
                _("It is not open to your profession: %(profession)s.")
                % {"profession": in_words(self.learner.profession)}
            )
        offerings = self.offerings[credential.pk]
        if offerings and not any(o.opens_on <= term.ends_on and o.closes_on >= term.starts_on for o in offerings):
            found.warnings.append(
                _("It is not offered in %(term)s. The next time is %(name)s, from %(day)s.")
                % {"term": term.name, "name": offerings[0].name, "day": rules.day_in_words(offerings[0].opens_on)}
            )

    def _dates(self, row: Plan, term: terms.Term, found: Planned) -> None:
        current = row.credential.current_version
        months = current.expires_after_months if current else None
        for enrollment in self.joined:
            version = enrollment.version
            meets_on = version.committee_on
            if meets_on is None or row.credential_id not in self.asks[version.pk].rules.items:
                continue
            words = {"title": version.title, "day": rules.day_in_words(meets_on)}
            if term.ends_on > meets_on:
                found.warnings.append(_("The committee of %(title)s meets on %(day)s, before this term ends.") % words)
            elif months and version.components_valid_at_award:
                over = term.ends_on + relativedelta(months=months)
                if over < meets_on:
                    words["over"] = rules.day_in_words(over)
                    found.warnings.append(
                        _(
                            "Earned in this term it expires by %(over)s, before the committee of %(title)s meets on %(day)s."
                        )
                        % words
                    )


def title_of(credential: Credential) -> str:
    return credential.current_version.title if credential.current_version else credential.code


def _project(
    enrollment: PathwayEnrollment,
    ask: Asked,
    known: Known,
    rows: list[Plan],
    shown: list[terms.Term],
    on: date,
) -> tuple[Projected, list[Suggestion]]:
    """When a pathway would be met, and what would complete it. No query."""
    by_term: dict[str, list[Credential]] = defaultdict(list)
    for row in rows:
        by_term[row.term].append(row.credential)
    title, url = enrollment.version.title, enrollment.pathway.get_absolute_url()
    learner_id = enrollment.learner_id
    if known.progress(ask, learner_id, on=on, enrollment=enrollment).is_met:
        return Projected(title, url, on, _("Every requirement is met already.")), []
    also: list[rules.Held] = []
    progress = None
    for each in shown:
        if each.ends_on < on:
            continue
        also += made_up(ask, by_term[each.code], each.ends_on)
        progress = known.progress(ask, learner_id, on=each.ends_on, enrollment=enrollment, also=also)
        if progress.is_met:
            said = _("If you keep to the plan, every requirement is met by %(day)s.")
            return Projected(title, url, each.ends_on, said % {"day": rules.day_in_words(each.ends_on)}), []
    if progress is None:
        return Projected(title, url, None, ""), []
    more = [
        Suggestion(
            ask.credentials[item.credential_id],
            item.title,
            _("It belongs to the least that completes %(title)s.") % {"title": title},
        )
        for item in progress.least
        if item.credential_id in ask.credentials
    ]
    said = _("The plan does not complete it. %(why)s") % {"why": progress.sentence}
    return Projected(title, url, None, said), more


def plannable(learner: Learner) -> list[Credential]:
    """What can be put into a plan: everything published that is open to the learner's profession. One query."""
    found = (
        Credential.objects.filter(
            Q(current_version__professions_admitted=[])
            | Q(current_version__professions_admitted__contains=[learner.profession]),
            kind=CredentialKind.MICROCREDENTIAL,
            current_version__isnull=False,
        )
        .exclude(status__in=[CredentialStatus.RETIRED, CredentialStatus.DRAFT])
        .select_related("current_version")
    )
    return list(found.order_by("current_version__title", "pk"))
