"""A learner's plan, what-if, and the map: private, worked out on the server, and saying what the list says."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.errors import Invalid, NotAllowed
from credentials.models import Offering, Prerequisite
from learners.models import Award
from pathways import selectors, services, terms
from pathways.models import DesignationCase, Plan, PlanSetting, Requirement
from tests.fixtures.records import NOON

TODAY = NOON.date()


def add(learner, version, term, **options):
    return services.add_to_plan(
        **{"actor": learner.user, "learner": learner, "credential": version.credential, "term": term, "at": NOON}
        | options
    )


def view(learner):
    return selectors.plan(learner=learner, on=TODAY)


def warnings(learner):
    return [text for each in view(learner).terms for item in each.items for text in item.warnings]


def test_terms_follow_each_other_to_the_end_of_the_class():
    names = [each.name for each in terms.terms_from(date(2026, 9, 1), date(2027, 9, 1))]

    assert names == ["Fall 2026", "Spring 2027", "Summer 2027", "Fall 2027"]
    assert len(terms.terms_from(date(2026, 9, 1), date(2026, 9, 2))) == 3
    assert len(terms.terms_from(date(2026, 9, 1), None)) == 18
    assert [terms.term(odd) for odd in ("", "fall", "2026-autumn", "20x6-fall", "1999-fall")] == [None] * 5


def test_planning_an_item_again_moves_it(learner, version):
    add(learner, version, "2026-fall")
    add(learner, version, "2027-spring")
    add(learner, version, "2027-spring")

    assert list(Plan.objects.values_list("learner", "term")) == [(learner.pk, "2027-spring")]


@pytest.mark.parametrize("term", ["2026-spring", "never", ""])
def test_a_term_that_is_over_or_none_is_refused(learner, version, term):
    with pytest.raises(Invalid):
        add(learner, version, term)

    assert not Plan.objects.exists()


def test_nobody_touches_the_plan_of_another(learner, version, administrator, make_learner):
    for other in (administrator, make_learner(name="Ada Quill").user):
        with pytest.raises(NotAllowed):
            add(learner, version, "2026-fall", actor=other)
        with pytest.raises(NotAllowed):
            services.set_plan_hours(actor=other, learner=learner, hours=10)

    assert not Plan.objects.exists()
    assert not PlanSetting.objects.exists()


def test_what_comes_first_is_named_when_missing_or_later(learner, make_version):
    first, second = make_version(title="Evidence"), make_version(title="Judging AI", published=False)
    Prerequisite.objects.create(version=second, requires=first.credential)
    second.credential.current_version = second
    second.credential.status = "published"
    second.credential.save()
    add(learner, second, "2026-fall")

    assert warnings(learner) == ["It needs Evidence first, which you neither hold nor plan."]
    add(learner, first, "2027-spring")
    assert warnings(learner) == ["It needs Evidence first, which you plan for later."]
    add(learner, second, "2027-summer")
    assert warnings(learner) == []


def test_hours_beyond_the_limit_are_said_of_their_term(learner, make_version):
    for _number in range(2):
        add(learner, make_version(workload_hours=20), "2026-fall")
    assert view(learner).warnings == 0

    services.set_plan_hours(actor=learner.user, learner=learner, hours=30)

    assert view(learner).terms[0].warning == "Fall 2026: 40 hours are more than the 30 that you set."


def test_what_is_not_offered_then_or_no_longer_is_said(learner, version, organization):
    Offering.objects.create(
        credential=version.credential,
        delivered_by=organization,
        name="Spring course",
        opens_on=date(2027, 2, 1),
        closes_on=date(2027, 4, 1),
    )
    add(learner, version, "2026-fall")
    assert "It is not offered in Fall 2026. The next time is Spring course, from February 1, 2027." in warnings(learner)
    add(learner, version, "2027-spring")
    assert warnings(learner) == []

    version.credential.status = "retired"
    version.credential.save()

    assert warnings(learner) == ["It is no longer offered."]


def test_what_expires_before_the_committee_meets_is_said(learner, make_version, make_pathway, join):
    version = make_version(title="Sepsis", expires_after_months=6)
    join(make_pathway(required=[version], title="Acute Care", committee_on=date(2028, 5, 1)))
    add(learner, version, "2026-fall")

    assert warnings(learner) == [
        "Earned in this term it expires by June 30, 2027, before the committee of Acute Care meets on May 1, 2028."
    ]
    add(learner, version, "2028-summer")
    assert warnings(learner) == ["The committee of Acute Care meets on May 1, 2028, before this term ends."]


def test_the_day_on_which_a_pathway_would_be_met_is_projected(learner, digital, two_badges, join):
    join(digital)
    add(learner, two_badges[0], "2026-fall")
    found = view(learner)
    assert found.pathways[0].on is None
    assert "Evidence is missing." in found.pathways[0].sentence
    assert [each.title for each in found.suggestions] == ["Evidence"]

    add(learner, two_badges[1], "2027-spring")

    assert view(learner).pathways[0].on == date(2027, 5, 31)
    assert not DesignationCase.objects.exists()


def test_the_plan_page_takes_the_same_queries_whatever_its_size(learner, make_version, digital, join, signed_in):
    join(digital)
    client, address = signed_in(learner.user), reverse("pathways:plan")
    add(learner, make_version(), "2099-fall", at=timezone.now())
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _number in range(10):
        add(learner, make_version(), "2099-fall", at=timezone.now())
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few) < 20


def test_the_page_moves_adds_and_removes_with_forms_alone(learner, version, signed_in):
    client, address = signed_in(learner.user), reverse("pathways:plan-change")
    code = terms.terms_from(timezone.localdate(), None)[1].code

    assert client.post(address, {"item": version.credential.public_id, "term": code}).status_code == 302
    assert version.title in client.get(reverse("pathways:plan")).content.decode()
    assert client.post(address, {"item": "odd", "term": code}).status_code == 422
    assert client.post(address, {"item": version.credential.public_id, "term": "2001-fall"}).status_code == 422
    assert Plan.objects.get().term == code
    client.post(address, {"item": version.credential.public_id, "way": "remove"})
    client.post(address, {"item": version.credential.public_id, "way": "remove"})
    assert not Plan.objects.exists()


def test_what_if_is_worked_out_and_kept_nowhere(learner, digital, two_badges, join, make_award, signed_in):
    join(digital)
    make_award(learner=learner, version=two_badges[0])
    client, address = signed_in(learner.user), reverse("pathways:what-if", args=[digital.pathway.public_id])
    assert "Requirements met." not in client.get(address).content.decode()

    with CaptureQueriesContext(connection) as queries:
        page = client.get(address, {"badge": [str(two_badges[1].credential.public_id), "odd"]}).content.decode()

    assert "Requirements met. The designation is for the committee to confirm." in page
    assert not any(each["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for each in queries)
    assert Award.objects.count() == 1
    assert not DesignationCase.objects.exists()


def test_an_imagined_badge_covers_the_competencies_that_it_assesses(learner, make_pathway, two_badges, competency):
    version = make_pathway(required=two_badges, published=False)
    Requirement.objects.create(
        version=version, position=9, kind="coverage", label="Competencies", minimum=1, codes=[competency.code]
    )
    asked = selectors.asked(version)
    known = selectors.Known([learner], [asked])
    imagined = selectors.made_up(asked, asked.credentials.values(), NOON.date())

    assert all(competency.code in each.covers for each in imagined)
    assert known.progress(asked, learner.pk, on=NOON.date(), also=imagined).is_met


def test_the_map_and_the_list_say_the_same(learner, make_pathway, make_version, make_award, join, signed_in):
    badges = [make_version(title=f"Badge {number}") for number in range(4)]
    pathway = make_pathway(
        required=badges[:2], groups=[("Practice", 1, badges[2:])], hours=30, capstone="a talk", title="Somewhere"
    )
    make_award(learner=learner, version=badges[0])
    make_award(learner=learner, version=badges[2], valid_until=NOON - timedelta(days=900))
    join(pathway)

    page = signed_in(learner.user).get(pathway.pathway.get_absolute_url()).content.decode()

    drawn = unescape(re.search(r"<desc[^>]*>(.*?)</desc>", page, re.DOTALL)[1])
    shown = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", page))
    listed = re.search(r'id="map-list">(.*?)</section>', page, re.DOTALL)[1]
    said = [" ".join(re.sub(r"<[^>]+>", " ", unescape(each)).split()) for each in re.findall(r">([^<]+)<", listed)]
    said = [each.strip() for each in said if each.strip()]
    assert {"Badge 0", "Badge 1", "Badge 2", "Badge 3", "Somewhere", "Capstone"} <= set(said)
    for each in said:
        assert each in drawn
        assert each in unescape(shown)
    assert drawn.count("Still to be earned") == listed.count("Still to be earned")
    assert drawn.count("Earned ·") == listed.count("Earned ·") == 1
    assert drawn.count("Lapsed") == listed.count("Lapsed") == 1


def test_requirements_met_and_the_committees_word_stand_apart(met, case, signed_in):
    page = signed_in(met.learner.user).get(met.pathway.get_absolute_url()).content.decode()

    assert "Requirements met" in page
    assert "Not yet confirmed by the committee" in page
