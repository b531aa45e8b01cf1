"""Checking a list of badges: links and files, a row each, without an account."""

import csv
import io
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Invalid
from issuance import openbadges as ob
from issuance import services, verification
from issuance.models import BadgeList, BadgeListRow, Consent, SignedDocument
from issuance.outside import Outside
from issuance.services import Given
from issuance.views.lists import read_lines

ADDRESS = "/check/list/"


def run():
    while services.check_next_row(at=timezone.now()):
        pass


def checked(*rows):
    made = services.start_list(rows=list(rows), at=timezone.now())
    run()
    return list(made.rows.order_by("position"))


@pytest.fixture(autouse=True)
def unlimited():
    """Lists of other tests count toward the limit of this minute."""
    cache.clear()


@pytest.fixture
def shared(make_signed, give):
    document = make_signed()
    give(document.award)
    return document


def link(document):
    return f"http://testserver/v/{document.award.public_id}"


def test_each_row_gets_its_own_answer(shared, make_signed, give, revoke):
    private, revoked = make_signed(), make_signed()
    give(revoked.award)
    revoke(revoked.award)
    altered = bytes(shared.bytes).replace(b'"creditsAvailable":', b'"creditsAvailable":1')

    rows = checked(
        Given(link(shared), shared.award.learner.display_name),
        Given(link(private)),
        Given(link(revoked)),
        Given("badge.json", content=bytes(shared.bytes)),
        Given("altered.json", content=altered),
        Given("photo.json", content=b"nothing"),
        Given("http://elsewhere.test/v/1"),
    )

    assert [row.state for row in rows] == ["valid", "not-shown", "revoked", "valid", "altered", "unknown", "unknown"]
    good = rows[0]
    assert (good.holder, good.title) == (shared.award.learner.display_name, shared.award.credential_version.title)
    assert good.issued_at is not None and good.cause == ""
    assert all(row.cause for row in rows if row.state != "valid")
    assert (rows[1].holder, rows[1].title) == ("", "")  # nothing of what is not shared
    assert not BadgeListRow.objects.filter(content__isnull=False).exists()


def test_another_issuers_address_is_fetched_and_a_failure_is_told(shared, monkeypatch, settings):
    settings.ASK_OTHER_ISSUERS = True

    def fetch(self, url):
        if url == "https://other.test/badge":
            return bytes(shared.bytes)
        raise ob.UnreachableError("other.test took too long.")

    monkeypatch.setattr(Outside, "fetch", fetch)

    rows = checked(Given("https://other.test/badge"), Given("https://other.test/slow"))

    assert [(row.state, row.cause) for row in rows] == [("valid", ""), ("unknown", "other.test took too long.")]


def test_other_issuers_are_not_asked_where_that_is_off(settings, db):
    settings.ASK_OTHER_ISSUERS = False

    (row,) = checked(Given("https://other.test/badge"))

    assert row.state == "unknown" and "not asked here" in row.cause


@pytest.mark.parametrize(
    ("given", "holder", "same"),
    [
        ("Robin Alder", "Robin Alder", True),
        ("ALDER, Robin", "Robin Alder", True),
        ("Zoe Angstrom", "Zoë Ångström", True),
        ("Robin  J. Alder", "Robin J Alder", True),
        ("Robin Alder", "Robin Elder", False),
        ("Robin", "Robin Alder", False),
    ],
)
def test_names_are_compared_as_people_write_them(given, holder, same):
    assert verification.same_holder(given, holder) == same


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("https://a.test/v/1\n\n  https://a.test/v/2  \n", [("https://a.test/v/1", ""), ("https://a.test/v/2", "")]),
        ('Name,Link\n"Alder, Robin",https://a.test/v/1\n', [("https://a.test/v/1", "Alder, Robin")]),
        ("https://a.test/v/1;Robin Alder\n", [("https://a.test/v/1", "Robin Alder")]),
        ("Robin Alder\thttps://a.test/v/1\tr@a.test", [("https://a.test/v/1", "Robin Alder")]),
        ("a note of mine\n", []),
    ],
)
def test_lists_are_read_as_people_keep_them(text, rows):
    assert [(row.given, row.expected_holder) for row in read_lines(text)] == rows


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    assert all(row.given for row in read_lines(text))


def test_what_is_refused_keeps_nothing(db):
    for rows in ([], [Given("https://a.test/v/1")] * 501, [Given("a", content=b"x" * (41 * 1024 * 1024))]):
        with pytest.raises(Invalid):
            services.start_list(rows=rows, at=timezone.now())
    assert not BadgeList.objects.exists()


def test_a_stranger_pastes_a_list_and_reads_the_answer(client, shared):
    name = shared.award.learner.display_name
    sent = client.post(ADDRESS, {"links": f"{name}, {link(shared)}\nhttp://testserver/v/none"})

    assert sent.status_code == 302
    waiting = client.get(sent.url).content.decode()
    assert "0 of 2 checked" in waiting and 'hx-trigger="every 2s"' in waiting and "Look again" in waiting
    assert "http-equiv" not in waiting  # nobody is sent back to the top while they read
    run()
    answer = client.get(sent.url)
    page = answer.content.decode()
    assert "2 of 2 checked" in page and "hx-" not in page and "<script" not in page
    assert name in page and "same name" in page
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert "Set-Cookie" not in answer


def test_lines_without_a_link_are_named_as_long_as_the_answer_is_read(client, shared):
    listed = SimpleUploadedFile("class.csv", f"name,link\r\nSomebody Else,{link(shared)}\r\n".encode("utf-8-sig"))
    pasted = f"My applicants\n\n{link(shared)}\nRobin Alder, asked for it\n"

    sent = client.post(ADDRESS, {"links": pasted, "badges": [listed]})

    for _checked in (False, True):
        page = client.get(sent.url).content.decode()
        assert "2 lines of what you pasted hold no link and were left out: lines 1, 4." in page
        assert "1 line of “class.csv” holds no link and was left out: line 1." in page
        assert "put its link into the line" in page
        run()
    assert BadgeListRow.objects.count() == 2


def test_many_lines_without_a_link_are_counted_and_the_first_named(client, db):
    sent = client.post(ADDRESS, {"links": "a note\n" * 300 + "https://a.test/v/1"})

    page = client.get(sent.url).content.decode()
    assert "300 lines of what you pasted" in page and "19, 20 and 280 more." in page


def test_nobody_else_puts_words_on_the_page_of_a_list(client, db):
    first, second = (client.post(ADDRESS, {"links": "a note\nhttps://a.test/v/1"}).url for _number in range(2))
    said = first.partition("?")[2]

    for query in (said, "left=anything", "left=", f"{said[:-3]}abc"):
        page = client.get(f"{second.partition('?')[0]}?{query}")
        assert page.status_code == 200 and "left out" not in page.content.decode()


def test_files_and_a_csv_are_taken_together(client, shared):
    listed = SimpleUploadedFile("class.csv", f"name,link\r\nSomebody Else,{link(shared)}\r\n".encode("utf-8-sig"))
    badge = SimpleUploadedFile("badge.json", bytes(shared.bytes))

    sent = client.post(ADDRESS, {"badges": [listed, badge]})
    run()

    assert [(row.given, row.state) for row in BadgeListRow.objects.order_by("position")] == [
        (link(shared), "valid"),
        ("badge.json", "valid"),
    ]
    address = sent.url.partition("?")[0].rstrip("/")
    page = client.get(sent.url).content.decode()
    assert "In another name: Valid" in page and "1 valid; 1 valid, but in another name." in page
    assert "1 carries another name than the one given." in page
    table = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").content.decode())))
    assert [row["status"] for row in table] == ["valid", "valid"]
    assert table[0]["match"] == "another name"


def test_no_cell_of_the_table_is_a_formula(client, db):
    sent = client.post(ADDRESS, {"links": '=HYPERLINK("https://a.test/v/1")'})
    run()

    text = client.get(f"{sent.url.rstrip('/')}.csv").content.decode()
    assert not any(cell.startswith("=") for row in csv.reader(io.StringIO(text)) for cell in row)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Paste at least one link"),
        ({"links": "https://a.test/v/1\n" * 501}, "501 rows"),
        ({"links": "Robin Alder\nKit Yarrow"}, "None of the lines holds a link"),
    ],
)
def test_a_list_that_cannot_be_taken_is_refused_with_words(client, db, fields, words):
    answer = client.post(ADDRESS, fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not BadgeList.objects.exists()


def test_a_list_is_gone_after_its_time(client, db):
    made = services.start_list(rows=[Given("https://a.test/v/1")], at=timezone.now() - timedelta(days=8))

    assert client.get(made.get_absolute_url()).status_code == 404
    assert services.forget_lists(at=timezone.now()) == 1
    assert not BadgeListRow.objects.exists()
    assert client.get(reverse("issuance:list-result", args=["none"])).status_code == 404


def test_a_kept_list_says_nothing_of_what_is_no_longer_shared(client, shared, make_signed, make_learner, give):
    other = make_signed(learner=make_learner(name="Juniper Marlow"))
    give(other.award)
    made = services.start_list(
        rows=[Given(link(shared)), Given(link(other)), Given("mine.json", content=bytes(shared.bytes))],
        at=timezone.now(),
    )
    run()
    covered = Consent.objects.get(awards=shared.award)
    services.withdraw_consent(actor=shared.award.learner.user, consent=covered, at=timezone.now())

    withdrawn, standing, file = verification.rows_now(made, timezone.now())
    assert (withdrawn.state, withdrawn.holder, withdrawn.title, withdrawn.badge_id) == ("not-shown", "", "", "")
    assert withdrawn.cause == verification.check_link(link(shared), at=timezone.now()).cause
    assert (standing.state, standing.holder) == ("valid", other.award.learner.display_name)
    assert (file.state, file.holder) == ("valid", shared.award.learner.display_name)  # whoever asked has the file
    name = shared.award.learner.display_name
    for ending in ("/", ".csv"):
        text = client.get(f"/check/list/{made.token}{ending}").content.decode()
        assert (text.count(name), text.count("Juniper Marlow")) == (1, 1)


def test_a_stored_badge_that_was_changed_stays_what_it_was_found_to_be(shared):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    SignedDocument.objects.filter(pk=shared.pk).update(
        bytes=bytes(shared.bytes).replace(b"MicroCredential", b"MicroCredentiaI")
    )
    made = services.start_list(rows=[Given(link(shared))], at=timezone.now())
    run()
    (row,) = verification.rows_now(made, timezone.now())
    assert row.state == "failed" and row.cause


def test_the_page_takes_three_queries_for_any_list(client, shared, django_assert_num_queries):
    rows = [Given(link(shared)), *(Given(f"https://a.test/v/{number}") for number in range(300))]
    made = services.start_list(rows=rows, at=timezone.now())
    assert services.check_next_row(at=timezone.now())

    with django_assert_num_queries(3):
        assert client.get(made.get_absolute_url()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_processes_check_every_row_once(settings):
    settings.ASK_OTHER_ISSUERS = False
    services.start_list(rows=[Given(f"https://a.test/v/{number}") for number in range(40)], at=timezone.now())
    done = []

    def work():
        while services.check_next_row(at=timezone.now()):
            done.append(1)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 40
    assert not BadgeListRow.objects.filter(checked_at__isnull=True).exists()
