"""Wording for performance letters: two sentences of facts, for those who may, and each list that is taken out is told."""

import csv
import html
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from config import committees, records
from config.errors import Conflict, Invalid, NotAllowed
from issuance import letters, services
from issuance.models import SeasonDates
from learners.models import AccessEntry, Award, AwardComponent
from learners.models.access import AccessReason
from learners.services import may_open, search_learners
from tests.moments import NOON

PRAISE = ("outstanding", "excellent", "distinction", "best", "top", "percent", "rank", "exceed", "standard")


@pytest.fixture
def registrar(make_user):
    return make_user("registrar")


@pytest.fixture
def make_designation(make_award, make_version):
    """An award of a designation that counts so many microcredentials of 8 hours and three criteria."""

    def make(learner, *, parts=2, title="Rural Health", **fields):
        counted = [
            make_award(learner=learner, version=make_version(title=f"Part {number}", assessment_methods=[method]))
            for number, method in zip(range(1, parts + 1), ["case analysis", "simulation"] * parts, strict=False)
        ]
        award = make_award(learner=learner, version=make_version(kind="designation", title=title), **fields)
        for position, part in enumerate(counted, 1):
            AwardComponent.objects.create(award=award, component=part, requirement="Required", position=position)
        return award

    return make


@pytest.fixture
def decided():
    """A committee decision on every award that is asked for, as the pathways tell it."""
    before = committees._readers[:]

    def reader(awards):
        return {
            each: committees.CommitteeDecision(Award.objects.get(pk=each).public_id, NOON, ("performance letter",))
            for each in awards
        }

    committees.register(reader)
    yield reader
    committees._readers[:] = before


def worded(award, at=None):
    return letters.wordings(Award.objects.filter(pk=award.pk), at=at or timezone.now())[0]


def take(actor, cohort, **fields):
    terms = {"actor": actor, "cohort": cohort, "reason": AccessReason.RECORDS, "at": timezone.now()}
    return services.letters_of_class(**terms | fields)


def test_a_designation_is_worded_in_two_sentences_of_facts(make_designation, make_learner, decided):
    award = make_designation(make_learner(name="Ada Birch"))

    found = worded(award)

    assert found.sentences == (
        "Ada Birch was awarded the designation “Rural Health” by Larkmoor University of Health Sciences on "
        f"{letters._day(NOON)}, for 2 assessed microcredentials of 16 hours together (“Part 1” and “Part 2”).",
        "A committee of the school confirmed it, and each part was assessed by case analysis and simulation, against 6 "
        "published criteria in all.",
    )
    assert not any(word in found.text.lower() for word in PRAISE)


def test_what_is_not_known_is_not_said(make_designation, learner, make_award, make_version):
    bare = worded(make_award(learner=learner, version=make_version(kind="designation", title="Bare")))
    one = worded(make_designation(learner, parts=1, title="One"))
    badge = worded(make_award(learner=learner, version=make_version(title="Care", workload_hours=None)))

    assert len(bare.sentences) == 1 and "committee" not in bare.text and ", for " not in bare.text
    assert one.sentences[1] == "Its one part was assessed by case analysis against 3 published criteria."
    assert badge.sentences[1] == "It was assessed by case analysis against 3 published criteria."
    assert "hours" not in badge.text


@pytest.mark.parametrize("parts", [0, 1, 6, 7, 12])
def test_no_wording_has_more_than_two_sentences(make_designation, learner, decided, parts):
    found = worded(make_designation(learner, parts=parts))

    assert 1 <= len(found.sentences) <= letters.SENTENCES_MAX
    assert all(sentence.count(".") == 1 and sentence.endswith(".") for sentence in found.sentences)
    assert found.text.count("“Part") == min(parts, letters.TITLES_MAX)
    assert (f"and {parts - 6} more" in found.text) == (parts > 6)


def test_what_does_not_stand_has_no_wording_and_says_why(make_designation, learner):
    award = make_designation(learner, valid_until=timezone.now() + timedelta(days=1))

    assert worded(award).sentences
    assert "expired" in worded(award, timezone.now() + timedelta(days=2)).why
    for status, said in (("suspended", "suspended"), ("superseded", "newer award"), ("withdrawn", "taken back")):
        Award.objects.filter(pk=award.pk).update(status=status)
        found = worded(award)
        assert found.sentences == () and said in found.why


def test_a_class_is_listed_in_a_fixed_number_of_queries(
    make_designation, make_learner, registrar, cohort, django_assert_num_queries
):
    make_designation(make_learner(name="Ada Birch"))
    assert registrar.current_grants  # read once for each request
    with django_assert_num_queries(8) as first:
        take(registrar, cohort)
    for number in range(3):
        make_designation(make_learner(name=f"Learner {number}"), parts=4)
    with django_assert_num_queries(len(first)):
        found = take(registrar, cohort)

    assert [each.award.learner.display_name for each in found] == ["Ada Birch", "Learner 0", "Learner 1", "Learner 2"]


def test_each_learner_in_the_list_is_logged_and_reads_it_and_no_record_is_opened(
    make_designation, make_learner, registrar, cohort
):
    listed, other = make_learner(name="Ada Birch"), make_learner(name="Cleo Dale")
    make_designation(listed)

    take(registrar, cohort, reason=AccessReason.REVIEW)

    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.learner, entry.reason) == (registrar, listed, "review")
    assert entry.note == f"Wording for performance letters, {cohort.name}"
    section = next(each for each in records.sections() if each.key == "looked")
    assert section.read(listed)[0]["what"] == entry.note and section.read(other) == []
    assert not may_open(actor=registrar, learner=listed, at=timezone.now())


@pytest.mark.parametrize("role", ["administrator", "lead", "auditor", "assessor", "committee"])
def test_nobody_but_a_registrar_takes_the_list(make_designation, learner, make_user, cohort, role):
    make_designation(learner)

    with pytest.raises(NotAllowed):
        take(make_user(role), cohort)
    assert not AccessEntry.objects.exists()


def test_a_list_without_a_reason_or_without_a_designation_is_refused(make_designation, learner, registrar, cohort):
    with pytest.raises(Conflict):
        take(registrar, cohort)
    award = make_designation(learner)
    with pytest.raises(Invalid):
        take(registrar, cohort, reason="curious")
    day = timezone.localdate(award.awarded_at)
    with pytest.raises(Conflict):
        take(registrar, cohort, until_on=day - timedelta(days=1))
    assert not AccessEntry.objects.exists()
    assert len(take(registrar, cohort, until_on=day)) == 1


def test_the_table_traces_each_row_to_an_award_and_a_decision(
    client, make_designation, make_learner, registrar, cohort, decided
):
    award = make_designation(make_learner(name="=Ada Birch", student_number="S-17"))
    client.force_login(registrar)
    terms = {"cohort": cohort.pk, "reason": "records", "until_on": ""}

    page = client.get("/registrar/letters/")
    refused = client.post("/registrar/letters/", terms | {"reason": ""})
    answer = client.post("/registrar/letters/", terms)

    assert (page.status_code, refused.status_code, answer.status_code) == (200, 422, 200)
    assert "no-store" in answer["Cache-Control"] and "performance-letters-class-of-2030.csv" in str(
        answer["Content-Disposition"]
    )
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["learner"] == "'=Ada Birch" and row["student_number"] == "S-17"
    assert str(award.public_id) in row["award"] and row["committee_case"] == str(award.public_id)
    assert row["wording"].startswith("'=Ada Birch was awarded the designation")
    assert (row["microcredentials"], row["hours"], row["recorded_on"]) == ("Part 1; Part 2", "16", "performance letter")


def test_the_page_of_a_learner_asks_for_a_reason_first(client, make_designation, learner, registrar):
    make_designation(learner)
    suspended = make_designation(learner, title="Leadership", status="suspended")
    client.force_login(registrar)
    address = f"/people/{learner.public_id}/letter/"

    assert client.get(address).url == "/people/"
    search_learners(actor=registrar, said=learner.display_name, reason=AccessReason.RECORDS, at=timezone.now())
    shown = client.get(address).content.decode()

    assert "was awarded the designation “Rural Health”" in shown
    assert "awarded the designation “Leadership”" not in shown and "suspended for the time being" in shown
    assert "was awarded the microcredential “Part 1” (8 hours)" in shown
    assert suspended.credential_version.title in shown
    assert f"/people/{learner.public_id}/letter/" in client.get(f"/people/{learner.public_id}/change/").content.decode()


def test_the_page_has_a_fixed_number_of_queries(
    client, make_designation, make_learner, registrar, django_assert_max_num_queries
):
    client.force_login(registrar)
    for name, designations in (("Ada Birch", 0), ("Brook Cedar", 1), ("Cleo Dale", 4)):
        learner = make_learner(name=name)
        for number in range(designations):
            make_designation(learner, title=f"Designation {number}", parts=3)
        search_learners(actor=registrar, said=name, reason=AccessReason.RECORDS, at=timezone.now())
        with django_assert_max_num_queries(15):
            assert client.get(f"/people/{learner.public_id}/letter/").status_code == 200


def test_the_page_is_for_registrars_of_the_school_alone(client, learner, make_user, make_organization):
    for person in (
        learner.user,
        make_user("lead"),
        make_user("auditor"),
        make_user("registrar", scope=make_organization()),
    ):
        client.force_login(person)
        assert client.get(f"/people/{learner.public_id}/letter/").status_code == 404


# Oneself -------------------------------------------------------------------------------------------------------------
OWN = "/record/letter/"


@pytest.fixture
def freeze(learner, cohort, organization, administrator):
    """The learner's class graduates in the present season, whose letters freeze on a day."""

    def act(on):
        season = services.open_seasons(timezone.localdate(), organization)[0]
        cohort.graduates_on = season.ends_on
        cohort.save()
        SeasonDates.objects.create(
            organization=organization,
            year=season.year,
            ends_on=season.ends_on,
            letters_freeze_on=on,
            set_by=administrator,
            at=timezone.now(),
        )

    return act


def test_a15_learners_read_their_own_wording_word_for_word_and_when_it_freezes(
    client, learner, make_designation, make_learner, freeze, decided, django_assert_max_num_queries
):
    award = make_designation(learner)
    make_designation(make_learner(name="Somebody Else"), title="Not Mine")
    day = timezone.localdate() + timedelta(days=20)
    freeze(day)
    client.force_login(learner.user)

    with django_assert_max_num_queries(13):
        page = client.get(OWN)

    text = page.content.decode()
    assert worded(award).text in html.unescape(text) and "Part 1" in text
    assert f'freeze on <time datetime="{day.isoformat()}"' in text
    assert "Not Mine" not in text and "Not in the letter" not in text
    assert [each.award for each in page.context["designations"]] == [award] and len(page.context["others"]) == 2


def test_what_came_after_the_freeze_or_does_not_stand_says_so(client, learner, make_designation, freeze):
    make_designation(learner)
    lapsed = make_designation(learner, title="Old", parts=0, valid_until=timezone.now() - timedelta(days=1))
    freeze(timezone.localdate(NOON) - timedelta(days=1))
    client.force_login(learner.user)

    page = client.get(OWN).content.decode()

    assert "froze on" in page and page.count("Not in the letter") == 3
    assert worded(lapsed).why in page and "The letter says nothing of it" in page


def test_without_badges_or_dates_the_page_says_what_will_stand_there(client, learner, registrar):
    client.force_login(learner.user)

    page = client.get(OWN).content.decode()

    assert "Nothing was awarded yet" in page and "has set no dates" in page
    client.force_login(registrar)
    assert client.get(OWN).status_code == 404


def test_the_record_and_ones_own_designation_lead_to_it(client, learner, make_designation):
    award = make_designation(learner, parts=1)
    part = award.components.get().component
    client.force_login(learner.user)

    assert OWN in client.get("/record/").content.decode()
    assert OWN in client.get(award.get_absolute_url()).content.decode()
    assert OWN not in client.get(part.get_absolute_url()).content.decode()
