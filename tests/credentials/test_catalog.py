import pytest
from django.urls import reverse

URL = "/catalog/"


def test_anybody_reads_the_catalog(client, make_version):
    version = make_version(title="Safe Handover")
    make_version(title="Not Yet There", published=False)

    page = client.get(URL)

    assert page.status_code == 200
    assert "Safe Handover" in page.text
    assert "Not Yet There" not in page.text
    assert reverse("credentials:credential-detail", args=[version.credential.public_id]) in page.text
    assert "<svg" in page.text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"q": "sepsis"}, True),
        ({"q": "sepsis fluids"}, True),
        ({"q": "sepsis guitar"}, False),
        ({"q": "RR1"}, True),
        ({"q": "scope of five roles"}, True),
        ({"theme": "Acute care"}, True),
        ({"theme": "Nothing of the kind"}, True),
        ({"level": "advanced"}, True),
        ({"level": "foundation"}, False),
        ({"setting": "extracurricular"}, True),
        ({"setting": "curricular"}, False),
        ({"profession": "nursing"}, True),
        ({"profession": "pharmacy"}, False),
        ({"hours": "5"}, False),
        ({"hours": "20"}, True),
        ({"level": "advanced", "hours": "5"}, False),
    ],
)
def test_filters_leave_what_fits_and_an_odd_value_is_left_out(client, make_version, query, is_found):
    make_version(
        title="Sepsis Recognition",
        summary="Recognize it early and give fluids.",
        theme="Acute care",
        level="advanced",
        setting="extracurricular",
        workload_hours=12,
        professions_admitted=["nursing"],
    )
    make_version(title="Another", professions_admitted=["pharmacy"], theme="Data and technology")

    page = client.get(URL, query)

    assert ("Sepsis Recognition" in [card["title"] for card in page.context["cards"]]) is is_found


def test_no_match_offers_the_way_back(client, version):
    page = client.get(URL, {"q": "zzz"})

    assert "Nothing fits" in page.text
    assert f'href="{URL}"' in page.text


def test_an_empty_catalog_says_what_will_appear(client, db):
    assert "Nothing is offered yet" in client.get(URL).text


def test_htmx_gets_the_list_alone(client, version):
    page = client.get(URL, headers={"HX-Request": "true"})

    assert "<html" not in page.text
    assert "HX-Request" in page.headers["Vary"]


def test_the_catalog_costs_the_same_whatever_it_holds(client, make_version, django_assert_num_queries):
    make_version()
    with django_assert_num_queries(5):
        client.get(URL)
    for _ in range(3):
        make_version()

    with django_assert_num_queries(5):
        client.get(URL)
    with django_assert_num_queries(6):
        client.get(URL, {"q": "roles"})


def test_pages_of_the_catalog_keep_the_filters(client, make_version):
    for _ in range(26):
        make_version(level="advanced")

    first = client.get(URL, {"level": "advanced"})
    second = client.get(URL, {"level": "advanced", "page": 2})

    assert first.text.count("badge-card__title") == 24
    assert second.text.count("badge-card__title") == 2
    assert "level=advanced&amp;page=2" in first.text


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"q": "%_'"}, {"q": "x" * 500}, {"page": "x"}, {"page": "999"}, {"hours": "1 OR 1"}]
)
def test_odd_addresses_show_a_page(client, version, query):
    assert client.get(URL, query).status_code == 200


def test_a_designation_stands_in_the_catalog_as_one(client, make_version):
    make_version(kind="designation", title="Digital Health", workload_hours=None, level="")

    page = client.get(URL)

    assert "Digital Health" in page.text
    assert "Designation" in page.text
    assert "None hour" not in page.text
