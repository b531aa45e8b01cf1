"""The editor: what a page says becomes what the draft says, whole or not at all, and nobody writes over another."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials import content as contents
from credentials import editing
from credentials.gate import missing
from credentials.models import Alignment, Competency, Credential, CredentialVersion
from credentials.services import ChangedElsewhere, publish_version, save_draft, start_credential
from tests.moments import NOON


@pytest.fixture
def draft(make_version):
    version = make_version(published=False, requires=[make_version().credential])
    version.credential.refresh_from_db()
    return version


def url_of(version, action="draft/"):
    return f"/manage/credentials/{version.credential.public_id}/{action}"


def fresh(version):
    return CredentialVersion.objects.select_related("credential__organization").get(pk=version.pk)


def page_data(page):
    """What a browser would send of the form, read from the page itself."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.data, self.inside, self.select, self.area = {}, False, None, None

        def handle_starttag(self, tag, attributes):
            got = dict(attributes)
            if tag == "form":
                self.inside = got.get("id") == "draft"
            is_ours = self.inside or got.get("form") == "draft"
            name = got.get("name")
            if tag == "input" and name and is_ours:
                if got.get("type") in {"checkbox", "radio"}:
                    if "checked" in got:
                        self.data.setdefault(name, []).append(got.get("value", "on"))
                else:
                    self.data.setdefault(name, []).append(got.get("value", ""))
            elif tag == "textarea" and self.inside:
                self.area = name
                self.data[name] = [""]
            elif tag == "select" and self.inside:
                self.select = name
                self.data.setdefault(name, [""])
            elif tag == "option" and self.select and "selected" in got:
                self.data[self.select] = [got.get("value", "")]

        def handle_endtag(self, tag):
            if tag == "textarea":
                self.area = None
            elif tag == "select":
                self.select = None
            elif tag == "form":
                self.inside = False

        def handle_data(self, data):
            if self.area:
                self.data[self.area][0] += data

    reader = Reader()
    reader.feed(page.text)
    reader.data = {
        name: [value[1:] if value.startswith("\n") else value for value in values]
        for name, values in reader.data.items()
    }
    reader.data.pop("csrfmiddlewaretoken", None)
    return reader.data


# The content ---------------------------------------------------------------------------------------------------------
def test_what_is_read_can_be_written_and_is_read_again(draft, make_version):
    text = contents.read(fresh(draft))
    other = make_version(published=False)

    contents.write(fresh(other), text)

    assert contents.read(fresh(other)) == text
    assert len(text["criteria"]) == 3
    assert text["prerequisites"] != []


def test_criteria_of_the_same_key_stay_the_same_rows_when_they_move(draft):
    before = {each.key: each.pk for each in draft.criteria.all()}
    text = contents.read(fresh(draft))
    text["criteria"].reverse()

    contents.write(fresh(draft), text)

    assert {each.key: each.pk for each in draft.criteria.all()} == before
    assert [each["key"] for each in contents.read(fresh(draft))["criteria"]] == ["reflection", "referral", "role-map"]


# The service ---------------------------------------------------------------------------------------------------------
def test_a_saved_draft_says_who_and_when_and_counts_its_revision(lead, draft):
    text = contents.read(fresh(draft)) | {"claim": "Names the roles on a care team."}

    save_draft(actor=lead, version=draft, seen=1, content=text, at=NOON)

    saved = fresh(draft)
    assert (saved.claim, saved.revision, saved.edited_by, saved.edited_at) == (text["claim"], 2, lead, NOON)


def test_saying_the_same_again_writes_nothing(lead, draft):
    save_draft(actor=lead, version=draft, seen=1, content=contents.read(fresh(draft)), at=NOON)

    assert (fresh(draft).revision, fresh(draft).edited_by) == (1, None)


def test_who_saw_an_older_state_is_refused_and_changes_nothing(lead, administrator, draft):
    text = contents.read(fresh(draft))
    save_draft(actor=administrator, version=draft, seen=1, content=text | {"title": "First"}, at=NOON)

    with pytest.raises(ChangedElsewhere):
        save_draft(actor=lead, version=draft, seen=1, content=text | {"title": "Second"}, at=NOON)

    assert (fresh(draft).title, fresh(draft).revision) == ("First", 2)


def test_nobody_else_saves_it(assessor, draft):
    with pytest.raises(NotAllowed):
        save_draft(actor=assessor, version=draft, seen=1, content=contents.read(fresh(draft)), at=NOON)


def test_a_published_version_is_not_saved(administrator, draft):
    text = contents.read(fresh(draft)) | {"title": "Late"}
    publish_version(actor=administrator, version=draft, at=NOON)

    with pytest.raises(Conflict, match="frozen"):
        save_draft(actor=administrator, version=draft, seen=1, content=text, at=NOON)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"prerequisites": ["LMU-NONE"]}, "No credential has the code LMU-NONE"),
        (
            {
                "alignments": [
                    {
                        "framework": "ipec-core",
                        "version": "2",
                        "code": "RR1",
                        "criterion": None,
                        "strength": "assesses",
                    }
                ]
            },
            "No loaded framework",
        ),
    ],
)
def test_a_code_that_nobody_knows_is_refused_and_nothing_is_written(lead, draft, change, words):
    before = contents.read(fresh(draft))

    with pytest.raises(Invalid, match=words):
        save_draft(actor=lead, version=draft, seen=1, content=before | {"title": "Other"} | change, at=NOON)

    assert contents.read(fresh(draft)) == before


def test_a_new_item_starts_blank_or_from_a_published_one(lead, organization, version):
    blank = start_credential(actor=lead, organization=organization, code="NEW-1", title="Sutures", source=None, at=NOON)
    copied = start_credential(
        actor=lead, organization=organization, code="NEW-2", title="Sutures", source=version, at=NOON
    )

    assert (blank.credential.slug, copied.credential.slug) == ("sutures", "sutures-2")
    assert blank.criteria.count() == 3
    assert contents.read(fresh(copied)) == contents.read(fresh(version)) | {"title": "Sutures"}
    assert copied.events.get().action == "begun"
    assert missing(fresh(blank)) != []


def test_a_code_is_taken_once_and_a_draft_is_no_template(lead, organization, version, make_version):
    with pytest.raises(Invalid, match="is taken"):
        start_credential(
            actor=lead, organization=organization, code=version.credential.code, title="X", source=None, at=NOON
        )
    with pytest.raises(Invalid, match="template"):
        start_credential(
            actor=lead,
            organization=organization,
            code="N-9",
            title="X",
            source=make_version(published=False),
            at=NOON,
        )

    assert not Credential.objects.filter(code="N-9").exists()


def test_a_lead_of_one_item_begins_no_other(make_user, organization, version):
    with pytest.raises(NotAllowed):
        start_credential(
            actor=make_user(Role.LEAD, credential=version.credential),
            organization=organization,
            code="N-1",
            title="X",
            source=None,
            at=NOON,
        )


# The buttons ---------------------------------------------------------------------------------------------------------
def test_buttons_add_move_and_remove_rows():
    text = editing.blank("Sutures") | {"outcomes": ["a", "b"]}

    assert editing.act(text, "outcomes-down-0")[0]["outcomes"] == ["b", "a"]
    assert editing.act(text, "outcomes-up-0")[0]["outcomes"] == ["a", "b"]
    assert editing.act(text, "outcomes-remove-0") == (text | {"outcomes": ["b"]}, "outcomes")
    added, place = editing.act(text, "criteria-add")
    assert (added["criteria"][-1]["key"], place) == ("criterion-4", "criteria-4")
    assert len(text["criteria"]) == 3


def test_a_criterion_takes_its_alignments_with_it():
    row = {"framework": "f", "version": "1", "code": "A", "criterion": "criterion-1", "strength": "assesses"}
    text = editing.blank("Sutures") | {"alignments": [row, row | {"criterion": None}]}

    assert editing.act(text, "criteria-remove-0")[0]["alignments"] == [row | {"criterion": None}]


@pytest.mark.parametrize("action", ["", "outcomes", "outcomes-fly-0", "outcomes-up-x", "outcomes-up-7", "rows-add"])
def test_a_button_that_is_not_there_is_refused(action):
    with pytest.raises(Invalid):
        editing.act(editing.blank("Sutures"), action)


def test_the_forecast_counts_learners_minutes_and_the_second_mark():
    assert editing.assessor_hours(700, 30, 10) == pytest.approx(385)
    assert editing.assessor_hours(None, 30, 10) is None
    assert editing.assessor_hours(700, None, 10) is None


def test_a26_the_publishing_screen_shows_how_many_hours_assessing_will_take(signed_in, administrator, draft):
    """DOMAIN A26: forecast = learners × minutes × (1 + second-mark share)."""
    page = signed_in(administrator).get(reverse("credentials:manage-detail", args=[draft.credential.public_id])).text
    assert "Publish version" in page and "is not known" in page
    draft.learners_expected, draft.assessment_minutes, draft.second_mark_percent = 700, 12, 20
    draft.save(update_fields=["learners_expected", "assessment_minutes", "second_mark_percent"])

    page = signed_in(administrator).get(reverse("credentials:manage-detail", args=[draft.credential.public_id])).text

    said = "Assessing will take 168.0 hours a year: 700 learners × 12 minutes, 20% judged twice."
    assert said in " ".join(page.split())
    assert page.index("Assessing will take") < page.index("Publish version")


# The page ------------------------------------------------------------------------------------------------------------
def test_the_page_sent_as_it_came_changes_nothing(signed_in, lead, draft):
    client = signed_in(lead)
    before = contents.read(fresh(draft))

    answer = client.post(url_of(draft), page_data(client.get(url_of(draft))) | {"action": "save"})

    assert answer.status_code == 302
    assert contents.read(fresh(draft)) == before
    assert fresh(draft).revision == 1


def test_everything_on_the_page_is_saved(signed_in, lead, draft):
    client = signed_in(lead)
    data = page_data(client.get(url_of(draft)))
    data |= {
        "title": "Sutures",
        "claim": "Closes a simple wound.",
        "cost": "none",
        "professions_admitted": ["medicine", "nursing"],
        "assessment_methods": "OSCE\r\nquiz\r\n",
        "criteria-0-name": "Knots",
        "criteria-0-descriptor_3": "Three square knots.",
        "evidence-0-source": "event",
        "alignments-0-strength": "addresses",
        "alignments-0-criterion": "role-map",
        "learners_expected": "700",
    }

    answer = client.post(url_of(draft), data | {"action": "save"}, follow=True)

    saved = contents.read(fresh(draft))
    assert "Draft saved." in answer.text
    assert (saved["title"], saved["claim"], saved["cost"]) == ("Sutures", "Closes a simple wound.", "none")
    assert (saved["professions_admitted"], saved["assessment_methods"]) == (["medicine", "nursing"], ["OSCE", "quiz"])
    assert saved["criteria"][0]["name"] == "Knots"
    assert saved["criteria"][0]["levels"][2]["descriptor"] == "Three square knots."
    assert saved["evidence"][0]["source"] == "event"
    assert saved["alignments"][0] == {
        "framework": "ipec-core",
        "version": "3",
        "code": "RR1",
        "criterion": "role-map",
        "strength": "addresses",
    }
    assert saved["learners_expected"] == 700


def test_a_button_saves_the_page_and_leads_to_the_row(signed_in, lead, draft):
    client = signed_in(lead)
    data = page_data(client.get(url_of(draft))) | {"outcomes-0-text": "Ties knots."}

    answer = client.post(url_of(draft), data | {"action": "outcomes-add"})

    assert answer.url == url_of(draft) + "#outcomes-2"
    assert contents.read(fresh(draft))["outcomes"] == ["Ties knots.", ""]


def test_saving_by_script_answers_the_time_and_the_next_revision(signed_in, lead, draft):
    client = signed_in(lead)
    data = page_data(client.get(url_of(draft))) | {"title": "Sutures", "action": "autosave"}

    answer = client.post(url_of(draft), data, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'name="seen" value="2"' in re.sub(r"\s+", " ", answer.text)
    assert lead.name in answer.text


def test_two_windows_do_not_write_over_each_other_unless_told_to(signed_in, lead, administrator, draft):
    first, second = signed_in(lead), signed_in(administrator)
    data = page_data(first.get(url_of(draft)))
    second.post(url_of(draft), data | {"title": "Theirs", "action": "save"})

    refused = first.post(url_of(draft), data | {"title": "Mine", "action": "save"})

    assert refused.status_code == 422
    assert "saved elsewhere since you opened it" in refused.text
    assert administrator.name in refused.text
    assert 'value="Mine"' in refused.text
    assert fresh(draft).title == "Theirs"
    again = page_data(refused)
    assert again["seen"] == ["1"]
    over = first.post(url_of(draft), again | {"action": "over-2"})
    assert over.status_code == 302
    assert (fresh(draft).title, fresh(draft).revision) == ("Mine", 3)


def test_what_cannot_be_saved_is_named_and_kept_on_the_page(signed_in, lead, draft):
    client = signed_in(lead)
    data = page_data(client.get(url_of(draft))) | {"title": "Sutures", "workload_hours": "many", "action": "save"}

    answer = client.post(url_of(draft), data)

    assert answer.status_code == 422
    assert '<a href="#id_workload_hours">Workload in hours</a>' in answer.text
    assert 'value="Sutures"' in answer.text
    assert fresh(draft).revision == 1


def test_a_competency_is_found_and_aligned(signed_in, lead, draft, competency):
    wanted = Competency.objects.create(
        framework=competency.framework, code="RR4", short_name="Call on others", verification="checked"
    )
    client = signed_in(lead)
    data = page_data(client.get(url_of(draft)))

    found = client.post(url_of(draft), data | {"action": "alignments-search", "q": "rr4"})
    page = client.get(found.url.split("#")[0])
    client.post(url_of(draft), data | {"action": "alignments-take-ipec-core|3|RR4"})

    assert found.url == url_of(draft) + "?q=rr4#alignments-found"
    assert "Call on others" in page.text
    assert Alignment.objects.filter(version=draft, competency=wanted, criterion=None).count() == 1


def test_a_prerequisite_is_asked_for(signed_in, lead, draft, make_version):
    other = make_version(title="Knots")
    client = signed_in(lead)
    data = page_data(client.get(url_of(draft)))

    client.post(url_of(draft), data | {"action": "prerequisites-add", "prerequisite_new": other.credential.code})

    assert contents.read(fresh(draft))["prerequisites"][-1] == other.credential.code


def test_every_place_that_the_gate_names_is_in_the_editor(signed_in, administrator, organization):
    blank = start_credential(
        actor=administrator, organization=organization, code="N-1", title="Sutures", source=None, at=NOON
    )
    client = signed_in(administrator)

    page = client.get(url_of(blank))

    places = [each.at for each in missing(fresh(blank)) if each.at]
    assert len(places) > 8
    for place in places:
        assert f'href="#{place}"' in page.text
        assert f'id="{place}"' in page.text


def test_a_designation_is_edited_without_a_rubric(signed_in, administrator, make_version):
    draft = make_version(published=False, kind="designation")
    client = signed_in(administrator)
    data = page_data(client.get(url_of(draft)))

    answer = client.post(url_of(draft), data | {"statement_for_letters": "Earned it.", "action": "save"})

    assert answer.status_code == 302
    assert fresh(draft).statement_for_letters == "Earned it."
    assert fresh(draft).attempts_max == 3


@pytest.mark.parametrize("role", [None, Role.ASSESSOR, Role.REGISTRAR, Role.COMMITTEE])
def test_nobody_else_finds_the_editor(signed_in, make_user, draft, role):
    client = signed_in(make_user(role))

    for action in ("draft/", "preview/", "compare/"):
        assert client.get(url_of(draft, action)).status_code == 404
    assert client.post(url_of(draft), {"action": "save"}).status_code == 404


def test_without_a_draft_the_editor_leads_back(signed_in, lead, version):
    answer = signed_in(lead).get(url_of(version), follow=True)

    assert "There is no draft" in answer.text


def test_the_preview_shows_learners_and_assessors_what_they_will_see(signed_in, lead, draft):
    client = signed_in(lead)

    learner, marker = client.get(url_of(draft, "preview/")), client.get(url_of(draft, "preview/?as=assessor"))

    assert "What you will be able to do" in learner.text
    assert 'name="level_1"' in marker.text
    assert "Needed below the standard." in marker.text


def test_two_versions_stand_side_by_side_word_by_word(signed_in, lead, administrator, make_version):
    version = make_version(published=False, summary="Explain what each profession does.")
    publish_version(actor=administrator, version=version, at=NOON)
    make_version(published=False, credential=version.credential, summary="Explain what every profession does.")

    page = signed_in(lead).get(url_of(version, "compare/?before=1&after=2"))

    assert "Explain what <del>each</del> profession does." in page.text
    assert "Explain what <ins>every</ins> profession does." in page.text
    assert signed_in(lead).get(url_of(version, "compare/?before=1&after=99")).status_code == 404


def test_the_editor_costs_a_fixed_number_of_queries(signed_in, lead, draft, make_version):
    client = signed_in(lead)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(url_of(draft) + "?q=RR1")
        counts.append(len(seen))
        for _number in range(4):
            make_version()
        for number in range(4, 8):
            draft.outcomes.get_or_create(position=number, defaults={"text": f"Outcome {number}"})

    assert counts[0] == counts[1]
    assert counts[0] < 20
