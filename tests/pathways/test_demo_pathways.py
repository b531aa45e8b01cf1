"""The six pathways of the demo school, built through the services that the builder uses, and met at the least cost."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from config import demo
from credentials.services import publish_version
from pathways import rules, selectors
from pathways.services import create_pathway, publish_pathway
from tests.fixtures.records import NOON

CATALOG = json.loads((Path(demo.__file__).parent / "data" / "catalog.json").read_text(encoding="utf-8"))
TODAY = NOON.date()


@pytest.fixture
def school(make_version, organization, administrator, committee_member):
    """The catalog's items, and a maker of its pathways."""
    versions = {
        each["id"]: make_version(
            title=each["title"],
            workload_hours=each["workload_hours"],
            professions_admitted=each["professions_admitted"],
        )
        for each in CATALOG["microcredentials"]
    }
    items = {key: version.credential for key, version in versions.items()}

    def make(entry):
        version = create_pathway(
            actor=administrator,
            organization=organization,
            slug=entry["id"],
            title=entry["designation"],
            summary=entry["summary"],
            professions=entry["professions_admitted"],
            required=[items[each] for each in entry["required"]],
            groups=[(g["name"], g["choose"], [items[each] for each in g["from"]]) for g in entry["elective_groups"]],
            minimum_hours=entry["minimum_hours"],
            minimum_distinct_professions=entry["minimum_distinct_professions"],
            time_limit_months=entry["time_limit_months"],
            components_valid_at_award=entry["components_valid_at_award"],
            is_double_counting_allowed=entry["double_counting"]["allowed"],
            shared_components_max=entry["double_counting"]["shared_components_max"],
            max_per_learner=entry["max_per_learner"],
            capstone_form=entry["capstone"]["form"] if entry["capstone"]["required"] else "",
            recorded_on=entry["recorded_on"],
            setting=entry["setting"],
            statement_for_letters="Earned the designation.",
            owner=administrator,
            review_on=date(2027, 6, 30),
            at=NOON,
        )
        publish_version(actor=administrator, version=version.credential_version, at=NOON)
        return publish_pathway(actor=administrator, version=version, at=NOON)

    return make


def everything_beside_badges(pathway):
    recorded = frozenset(rule.id for rule in rules.walk(pathway.rules) if isinstance(rule, rules.Capstone))
    return rules.Facts(professions=10, recorded=recorded)


def expected_without(entry, pathway, gone, held):
    """What is said when one badge of a cheapest set is gone: the rule that it fills, and the hours if they fall short."""
    titles = {each["id"]: each["title"] for each in CATALOG["microcredentials"]}
    said = []
    if gone.title in {titles[each] for each in entry["required"]}:
        said.append(f"{gone.title} is missing.")
    else:
        group = next(each for each in entry["elective_groups"] if gone.title in {titles[key] for key in each["from"]})
        mine = {each.title for each in held} - {gone.title}
        left = [
            item
            for rule in pathway.rules
            if getattr(rule, "label", "") == group["name"]
            for item in rules.leaves_of(rule)
            if item.title not in mine
        ]
        left.sort(key=lambda item: (item.hours, item.title))
        said.append(f"“{group['name']}”: 1 more of {rules.words.one_of([item.title for item in left])}.")
    hours = sum(each.hours for each in held) - gone.hours
    if hours < entry["minimum_hours"]:
        short = entry["minimum_hours"] - hours
        said.append(f"{hours} of {entry['minimum_hours']} hours together; {short} more needed.")
    return said


@pytest.mark.parametrize("entry", CATALOG["pathways"], ids=lambda entry: entry["id"])
def test_the_cheapest_set_is_ready_and_what_is_taken_away_is_named(school, entry):
    version = school(entry)
    pathway = selectors.asked(version).rules
    facts = everything_beside_badges(pathway)
    least = rules.evaluate(pathway, [], on=TODAY, facts=facts).least
    held = [
        rules.Held(key, item.credential_id, item.title, item.hours, TODAY - timedelta(days=30))
        for key, item in enumerate(least, 1)
    ]

    assert sum(item.hours for item in least) >= entry["minimum_hours"]
    ready = rules.evaluate(pathway, held, on=TODAY, facts=facts)
    assert (ready.is_met, ready.sentence) == (True, "Every requirement is met.")
    for gone in held:
        without = rules.evaluate(pathway, [each for each in held if each is not gone], on=TODAY, facts=facts)
        failing = [line.sentence for line in without.lines if not line.is_met]
        assert not without.is_met
        assert failing == expected_without(entry, pathway, gone, held)
        lapsed = rules.Held(
            gone.award_id, gone.credential_id, gone.title, gone.hours, gone.awarded_on, TODAY - timedelta(days=1)
        )
        expired = rules.evaluate(
            pathway, [each if each is not gone else lapsed for each in held], on=TODAY, facts=facts
        )
        assert not expired.is_met
        assert f"{gone.title} lapsed on August 31, 2026; renew it." in expired.sentence


def test_without_team_evidence_or_a_capstone_it_is_not_ready(school):
    entry = CATALOG["pathways"][0]
    pathway = selectors.asked(school(entry)).rules

    progress = rules.evaluate(pathway, [], on=TODAY)

    assert "Team evidence with 3 professions is not recorded yet." in progress.sentence
    assert "The capstone (reflective synthesis and short oral defense) is not recorded yet." in progress.sentence
