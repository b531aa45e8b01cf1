"""Searching, filtering, counting and sorting the catalog."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from credentials import selectors
from credentials.models import Alignment, Competency, Credential, Framework, Offering, Organization, SpecialtyClaim
from learners.workflow import EnrollmentStatus

URL = "/catalog/"


@pytest.fixture
def make_offering(organization):
    def make(version, *, days=30, seats=None, name="Fall block"):
        today = timezone.localdate()
        return Offering.objects.create(
            credential=version.credential,
            delivered_by=organization,
            name=name,
            opens_on=today - timedelta(days=1),
            closes_on=today + timedelta(days=days),
            seats=seats,
        )

    return make


def titles(client, **query):
    page = client.get(URL, query)
    assert page.status_code == 200
    return [card["title"] for card in page.context["cards"]]


def option(page, name, value):
    """The words of one value of a filter, as the page shows them."""
    select = re.search(rf'<select name="{name}".*?</select>', page.text, re.DOTALL)[0]
    return re.search(rf'<option value="{re.escape(value)}"[^>]*>([^<]*)</option>', select)[1]


# Words ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        "recognizing",
        "recognising",
        "Recognising SEPSIS",
        "sepsys",  # a letter replaced
        "sepss",  # left out
        "sepssis",  # doubled
        "spesis",  # swapped
        "recog",  # a beginning
        "recognise",
        "paediatric",
        "pediatric",
        "behaviour",
        "behavior",
        "cafe",
        "organization of the wards",
    ],
)
def test_spelling_is_forgiven(client, make_version, words):
    make_version(
        title="Recognising Sepsis Early",
        summary="In pediatric wards: behaviour at the café, and the organisation of wards.",
    )
    make_version(title="Peer Teaching", summary="Teach a class.", theme="Education")

    assert titles(client, q=words) == ["Recognising Sepsis Early"]


def test_both_spellings_are_found_by_either(client, make_version):
    make_version(title="Recognising Delirium")
    make_version(title="Recognizing Sepsis")

    for words in ("recognising", "recognizing"):
        assert titles(client, q=words) == ["Recognising Delirium", "Recognizing Sepsis"]


def test_a_word_that_is_known_is_not_taken_for_a_typo_of_another(client, make_version):
    make_version(title="Care of Wounds", summary="Bandage.", theme="")
    make_version(title="Core Skills", summary="Bandage.", theme="")

    assert titles(client, q="core") == ["Core Skills"]


def test_what_stands_in_the_title_comes_first(client, make_version):
    make_version(title="Anything", summary="Some handover too.")
    make_version(title="Zealous Handover", summary="Nothing more.")

    assert titles(client, q="handover") == ["Zealous Handover", "Anything"]


def test_a_competency_and_an_outcome_are_found_by_their_words(client, make_version):
    version = make_version(title="Found")

    assert titles(client, q="RR1") == titles(client, q="scope of five roles") == [version.title]


# Filters -------------------------------------------------------------------------------------------------------------
def test_each_value_says_how_many_it_would_leave(client, make_version):
    make_version(level="foundation", theme="Acute care")
    make_version(level="foundation", theme="Education")
    make_version(level="advanced", theme="Education", delivery="online")

    page = client.get(URL, {"theme": "Education"})

    assert option(page, "level", "foundation") == "Foundation (1)"
    assert option(page, "level", "advanced") == "Advanced (1)"
    assert option(page, "level", "intermediate") == "Intermediate (0)"
    assert option(page, "theme", "Acute care") == "Acute care (1)"
    assert option(page, "theme", "Education") == "Education (2)"
    assert option(page, "format", "online") == "Online (1)"


def test_every_count_is_what_choosing_it_shows(client, make_version):
    for number in range(6):
        make_version(
            level=["foundation", "advanced"][number % 2],
            setting=["curricular", "extracurricular"][number // 3],
            workload_hours=[4, 8, 30][number % 3],
            professions_admitted=["medicine", "nursing"][: 1 + number % 2],
        )
    page = client.get(URL, {"setting": "curricular"})

    for name in ("level", "hours", "profession", "theme", "format", "competency"):
        for value, count in page.context["form"].fields[name].choices[1:]:
            for one, label in count if isinstance(count, list) else [(value, count)]:
                shown = titles(client, setting="curricular", **{name: one})
                assert label.endswith(f"({len(shown)})"), label


def test_hours_are_asked_for_as_at_most(client, make_version):
    """DOMAIN A3: "at most n hours" holds what is shorter, too."""
    for title, hours in (("A", 4), ("B", 8), ("C", 15), ("D", 30)):
        make_version(title=title, workload_hours=hours)

    assert [titles(client, hours=most) for most in ("5", "10", "20", "more")] == [
        ["A"],
        ["A", "B"],
        ["A", "B", "C"],
        ["D"],
    ]


def test_filter_by_competency_keeps_frameworks_apart(client, make_version):
    version = make_version(title="With EPA")
    make_version(title="Without")
    framework = Framework.objects.create(slug="epa", version="1", title="Core EPAs", publisher="P", kind="k")
    epa = Competency.objects.create(framework=framework, code="RR1", short_name="Gather", verification="checked")
    draft = make_version(credential=version.credential, published=False, title="With EPA")
    Alignment.objects.create(version=draft, competency=epa)
    draft.status, draft.published_at, draft.published_by = "published", version.published_at, version.published_by
    draft.save()
    version.credential.current_version = draft
    version.credential.save()

    assert titles(client, competency="epa.RR1") == ["With EPA"]
    assert titles(client, competency="ipec-core.RR1") == ["With EPA", "Without"]


def test_filter_by_specialty_shows_the_source_line(client, make_version):
    """DOMAIN A17: filter by specialty shows source line."""
    version = make_version(title="Ultrasound")
    make_version(title="Another")
    SpecialtyClaim.objects.create(
        credential=version.credential,
        specialty="emergency medicine",
        source="Program directors of the school",
        stated_on=date(2026, 3, 2),
    )

    page = client.get(URL, {"specialty": "emergency medicine"})

    assert [card["title"] for card in page.context["cards"]] == ["Ultrasound"]
    assert "Program directors of the school" in page.text
    assert "Mar 2, 2026" in page.text
    assert "Program directors of the school" not in client.get(URL).text


def test_open_seats_leaves_out_what_is_full(client, make_version, make_offering, make_enrollment):
    full, free, _unlimited = (make_version(title=title) for title in ("A full", "B free", "C unlimited"))
    taken = make_offering(full, seats=1)
    make_offering(free, seats=1)
    make_enrollment(version=full, offering=taken)

    page = client.get(URL, {"seats": "on"})

    assert [card["title"] for card in page.context["cards"]] == ["B free", "C unlimited"]
    assert "Open seats only (2)" in page.text
    assert "1 seat free" in page.text
    assert "Waitlist" in client.get(URL).text


def test_a_seat_is_free_again_only_after_withdrawal():
    assert set(selectors.TAKES_NO_SEAT) == {EnrollmentStatus.WAITLISTED, EnrollmentStatus.WITHDRAWN}


def test_finish_by_reads_the_dates_of_offerings_or_reckons_with_the_hours(client, make_version, make_offering):
    soon, late = make_version(title="Soon"), make_version(title="Late")
    make_offering(soon, days=10)
    make_offering(late, days=90)
    make_version(title="Any time, short", workload_hours=8)
    make_version(title="Any time, long", workload_hours=80)

    by = (timezone.localdate() + timedelta(days=20)).isoformat()

    assert titles(client, finish_by=by) == ["Any time, short", "Soon"]
    assert titles(client, finish_by="2020-01-01") == []


def test_an_offering_that_has_closed_counts_no_more(client, make_version, make_offering, make_enrollment):
    version = make_version()
    closed = make_offering(version, days=-1, seats=1)
    make_enrollment(version=version, offering=closed)

    assert titles(client, seats="on") == [version.title]


# Order, state and what is near -----------------------------------------------------------------------------------------
def test_sorting(client, make_version, make_offering):
    make_version(title="B", workload_hours=5, level="advanced")
    make_version(title="A", workload_hours=9, level="foundation")
    closing = make_version(title="C", workload_hours=7, level="intermediate")
    make_offering(closing)

    assert titles(client) == titles(client, sort="title") == titles(client, sort="odd") == ["A", "B", "C"]
    assert titles(client, sort="hours") == ["B", "C", "A"]
    assert titles(client, sort="-hours") == ["A", "C", "B"]
    assert titles(client, sort="level") == ["A", "C", "B"]
    assert titles(client, sort="closing") == ["C", "A", "B"]


def test_the_address_holds_the_state_and_each_filter_can_be_left_out(client, make_version):
    make_version(level="advanced")

    page = client.get(URL, {"q": "roles", "level": "advanced", "sort": "hours"})

    assert '<option value="advanced" selected' in page.text
    assert '<option value="hours" selected' in page.text
    assert f'href="{URL}?q=roles&amp;sort=hours"' in page.text
    assert f'href="{URL}?level=advanced&amp;sort=hours"' in page.text


def test_none_match_shows_what_is_nearest(client, make_version):
    make_version(title="Recognising Sepsis", level="foundation")
    make_version(title="Peer Teaching", level="advanced", summary="Teach.")

    page = client.get(URL, {"q": "sepsis", "level": "advanced"})

    assert page.context["cards"] == []
    assert [card["title"] for card in page.context["nearest"]] == ["Recognising Sepsis"]
    assert "The nearest to it" in page.text
    assert "Clear filters" in page.text


def test_nothing_is_near_to_nonsense(client, version):
    page = client.get(URL, {"q": "zzzzzz"})

    assert page.context["nearest"] == []
    assert "The nearest to it" not in page.text


def test_with_two_schools_a_card_says_whose_it_is_and_the_school_is_a_filter(client, make_version, organization):
    mine = make_version(title="Safe Handover")
    assert "School" not in client.get("/catalog/").content.decode()
    other = Organization.objects.create(
        name="Port Aldry College", slug="port-aldry", country="US", did_path="orgs:port-aldry", is_issuer=True
    )
    theirs = make_version(title="Safe Handover")
    Credential.objects.filter(pk=theirs.credential_id).update(organization=other)

    both = client.get("/catalog/").content.decode()
    assert organization.name in both and "Microcredential · Port Aldry College" in both
    shown = client.get("/catalog/", {"school": other.name}).content.decode()
    assert theirs.credential.get_absolute_url() in shown and mine.credential.get_absolute_url() not in shown
    assert "School: Port Aldry College" in shown
