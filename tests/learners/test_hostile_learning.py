"""What learners and staff try on each other's work: hostile badges, drafts, team copies, statements, results."""

import pytest
from django.urls import reverse

from config.errors import Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import records, results_file, services
from learners.models import Amendment, FormDraft, RecognizedCredential, Team, TeamMember
from learners.services import drafts
from tests.fixtures.records import NOON

DECLARED = {"no-patient-data": "", "own-work": ""}
SCRIPT = "<script>alert(1)</script>"
BADGE = '<openbadges:credential verify="eyJhbGciOiJFZERTQSJ9.e30.AAAA"/>'
ACTIVE = {
    "prefixed script": '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
    "hidden address": '<a href="java&#115;cript:alert(1)"><text>x</text></a>',
    "broken address": '<a href="java&#10;script:alert(1)"><text>x</text></a>',
    "page in an address": '<a href="data:text/html,&lt;script>"><text>x</text></a>',
    "foreign page": '<f:foreignObject xmlns:f="http://www.w3.org/2000/svg"/>',
    "listener": '<ev:listener xmlns:ev="http://www.w3.org/2001/xml-events" event="load"/>',
}


def svg(content):
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
        f"{BADGE}{content}</svg>"
    ).encode()


# Recognized learning -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ACTIVE)
def test_a_badge_that_could_act_is_refused_however_it_is_written(make_brought, media, name):
    with pytest.raises(services.FileRefused, match="active content"):
        make_brought(name="badge.svg", content=svg(ACTIVE[name]))

    assert not RecognizedCredential.objects.exists() and not media()


def test_a_badge_as_svg_is_saved_not_opened_and_may_do_nothing(make_brought, client):
    found = make_brought(name="badge.svg", content=svg('<circle r="4"/>'))
    client.force_login(found.learner.user)

    answer = client.get(reverse("learners:recognition-file", args=[found.file.public_id]))
    shown = client.get(reverse("learners:recognition-file", args=[found.file.public_id]), {"picture": ""})

    assert answer["Content-Disposition"].startswith("attachment")
    for each in (answer, shown):
        assert each.getvalue().startswith(b"<svg")
        assert "sandbox" in each["Content-Security-Policy"] and "allow-scripts" not in each["Content-Security-Policy"]
        assert each["X-Content-Type-Options"] == "nosniff"
        assert each["Content-Type"] == "image/svg+xml"


def test_a_page_named_as_a_badge_is_no_badge(make_brought, media):
    for name, content in (("badge.json", b"<html>" + SCRIPT.encode()), ("badge.html", SCRIPT.encode())):
        with pytest.raises(services.FileRefused):
            make_brought(name=name, content=content)
    assert not media()


def test_recognized_learning_of_another_is_not_read_decided_or_taken_back(
    make_brought, make_learner, make_user, make_organization, client
):
    found = make_brought()
    pages = [
        reverse("learners:recognition-detail", args=[found.public_id]),
        reverse("learners:recognition-file", args=[found.file.public_id]),
    ]
    foreign = make_user(Role.REGISTRAR, scope=make_organization(slug="elsewhere"))
    for user in (make_learner().user, foreign, make_user(Role.ASSESSOR)):
        client.force_login(user)
        assert [client.get(each).status_code for each in pages] == [404, 404]
        for action in ("decide", "withdraw", "end", "check"):
            url = reverse(f"learners:recognition-{action}", args=[found.public_id])
            assert client.post(url, {"reason": "Mine."}).status_code == 404
        with pytest.raises(NotAllowed):
            services.accept_recognition(actor=user, recognized=found, at=NOON)
    with pytest.raises(NotAllowed):
        services.accept_recognition(actor=found.learner.user, recognized=found, at=NOON)
    found.refresh_from_db()
    assert found.status == "submitted"


# Drafts of forms -----------------------------------------------------------------------------------------------------
def test_a_draft_of_a_form_is_its_learners_alone_and_has_an_end(make_submission, make_learner, lead, client):
    submission = make_submission()
    form = next(each for each in drafts.forms_of(submission) if each.endswith("-text"))
    for actor in (make_learner().user, lead):
        with pytest.raises(NotAllowed):
            services.keep_form_draft(actor=actor, submission=submission, form=form, values={"text": "x"}, at=NOON)
        client.force_login(actor)
        url = reverse("learners:draft-keep", args=[submission.public_id, form])
        assert client.post(url, {"text": "x"}).status_code in {403, 404}
    own = submission.learner.user
    for values in ({"text": "x" * 100_001}, {"title": "x" * 60_000, "text": "x" * 60_000}, {"text": "\0"}):
        with pytest.raises(Invalid):
            services.keep_form_draft(actor=own, submission=submission, form=form, values=values, at=NOON)
    with pytest.raises(Invalid):
        services.keep_form_draft(actor=own, submission=submission, form="add-99-text", values={"text": "x"}, at=NOON)
    services.keep_form_draft(actor=own, submission=submission, form=form, values={"text": "x", "other": "y"}, at=NOON)
    assert FormDraft.objects.get().values == {"text": "x"}


# Teams and what is set aside -----------------------------------------------------------------------------------------
@pytest.fixture
def team(make_submission, make_version):
    """Two drafts of one team."""
    version = make_version(published=False)
    EvidenceRequirement.objects.create(version=version, position=2, kind="project", source="team")
    drafts = [make_submission(version=version) for _number in range(2)]
    made = Team.objects.create(credential_version=version, name="Team 01")
    for draft in drafts:
        TeamMember.objects.create(team=made, enrollment=draft.enrollment)
    return drafts


def add(draft, kind, text):
    place = draft.credential_version.evidence_requirements.get(kind=kind) if kind else None
    return services.add_text(
        actor=draft.learner.user, submission=draft, requirement=place, title="T", text=text, at=NOON
    )


def hand_in(*drafts):
    for draft in drafts:
        services.submit_evidence(actor=draft.learner.user, submission=draft, declarations=DECLARED, at=NOON)


def test_a_member_sees_no_private_evidence_of_another(team, client):
    first, second = team
    add(first, None, "My private reflection.")
    add(first, "project", "Our project.")
    client.force_login(second.learner.user)

    page = client.get(second.enrollment.get_absolute_url()).content.decode()

    assert "My private reflection." not in page
    assert client.get(first.enrollment.get_absolute_url()).status_code == 404
    assert "My private reflection." not in str(records._evidence(second.learner))


def test_what_two_members_have_reported_stays_set_aside_until_both_are_settled(team, make_user):
    first, second = team
    add(first, "project", "Our project about Ms. Smith.")
    hand_in(first, second)
    lead, privacy = make_user(Role.LEAD), make_user(Role.PRIVACY)
    one = services.report_patient_data(actor=lead, submission=first, at=NOON)
    services.report_patient_data(actor=lead, submission=second, at=NOON)

    services.release_report(actor=privacy, report=one, at=NOON)

    assert second.evidence_items.get(requirement__kind="project").is_withheld
    assert first.evidence_items.get(requirement__kind="project").is_withheld


def test_what_is_set_aside_is_in_no_record_and_no_archive(team, make_user):
    first, _second = team
    add(first, "project", "Our project about Ms. Smith.")
    hand_in(first)

    services.report_patient_data(actor=make_user(Role.LEAD), submission=first, at=NOON)

    assert "Ms. Smith" not in str(records._evidence(first.learner))


# Amendments ----------------------------------------------------------------------------------------------------------
def test_nobody_amends_the_award_or_decision_of_another(make_award, learner, make_learner, client):
    foreign = make_award(learner=make_learner())
    with pytest.raises(Invalid):
        services.ask_amendment(actor=learner.user, learner=learner, wrong="Mine.", award=foreign, at=NOON)
    with pytest.raises(NotAllowed):
        services.ask_amendment(actor=learner.user, learner=foreign.learner, wrong="Mine.", award=foreign, at=NOON)
    client.force_login(learner.user)
    answer = client.post(reverse("learners:amendment-ask"), {"about": f"award:{foreign.public_id}", "wrong": "Mine."})
    assert answer.status_code == 422
    assert not Amendment.objects.exists()


def test_a_request_and_a_statement_are_text_to_everybody(make_award, learner, registrar, client):
    asked = services.ask_amendment(
        actor=learner.user, learner=learner, wrong=SCRIPT, award=make_award(learner=learner), at=NOON
    )
    services.decide_amendment(actor=registrar, amendment=asked, is_amended=False, reasons=SCRIPT, at=NOON)
    services.place_statement(actor=learner.user, amendment=asked, text=SCRIPT, at=NOON)
    with pytest.raises(NotAllowed):
        services.place_statement(actor=registrar, amendment=asked, text="No.", at=NOON)
    for user in (learner.user, registrar):
        client.force_login(user)
        page = client.get(asked.get_absolute_url())
        assert page.status_code == 200 and SCRIPT not in page.content.decode()
    client.force_login(learner.user)
    assert SCRIPT not in client.get(reverse("learners:record-part", args=["results"])).content.decode()


def test_a_request_of_another_is_not_read_or_withdrawn(make_award, learner, make_learner, client):
    asked = services.ask_amendment(
        actor=learner.user, learner=learner, wrong="W", award=make_award(learner=learner), at=NOON
    )
    other = make_learner().user
    client.force_login(other)
    assert client.get(asked.get_absolute_url()).status_code == 404
    for act in (services.withdraw_amendment, services.ask_hearing):
        with pytest.raises(NotAllowed):
            act(actor=other, amendment=asked, at=NOON)


# Results -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cell", ["=1+1", "+1", "@x", "-x", "\t=1", "＝1+1"])
def test_a_formula_in_a_list_of_results_is_a_fault(cell):
    rows = results_file.parse(f'email,title,rated_on,words\na@b.example,Quiz,2026-09-01,"{cell}"\n'.encode())

    assert rows[0].faults or rows[0].cells["words"][:1] not in {"=", "+", "@", "-", "\t"}


@pytest.mark.parametrize("score", ["1e999999999", "NaN", "sNaN", "Infinity", "9" * 5000, "1e-999999999", "-1", "²"])
def test_a_number_made_to_break_a_reader_is_a_fault_at_once(score):
    rows = results_file.parse(f"email,title,rated_on,score,out_of\na@b.example,Quiz,2026-09-01,{score},20\n".encode())

    assert rows[0].faults


def test_a_list_beyond_its_measure_is_refused_whole():
    text = "email,title,rated_on,words\n" + "a@b.example,Quiz,2026-09-01,passed\n" * 20_001
    with pytest.raises(Invalid):
        results_file.parse(text.encode())
