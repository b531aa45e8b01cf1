"""The pages of recognized learning: what each person sees and may send, files in place, doubled posts, forged ids."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from issuance import openbadges as ob
from learners import services
from learners.models import RecognizedCredential
from learners.services import recognition
from tests.fixtures.recognizing import BASICS, CERTIFICATE, ESSAY
from tests.fixtures.uploads import image_bytes

PART = {"HTTP_HX_REQUEST": "true"}


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def brought(make_brought):
    return make_brought(at=timezone.now())


def close(answer):
    """The file is closed, the connection stays."""
    for closer in answer._resource_closers:
        closer()


def bring_url(rule):
    return reverse("learners:recognition-bring", args=[rule.credential.public_id])


def act_url(name, recognized):
    return reverse(f"learners:recognition-{name}", args=[recognized.public_id])


def as_user(client, user):
    client.force_login(user)
    return client


# The learner ---------------------------------------------------------------------------------------------------------
def test_the_item_page_offers_it_where_a_rule_is_in_force_and_nowhere_else(client, learner, rule, version, lead):
    as_user(client, learner.user)

    assert "I have learned this elsewhere" in text(client.get(rule.credential.get_absolute_url()))
    assert "Learned elsewhere" not in text(client.get(version.credential.get_absolute_url()))
    as_user(client, lead)
    assert "Learned elsewhere" not in text(client.get(rule.credential.get_absolute_url()))


def test_the_form_says_what_counts_and_what_remains_and_takes_a_file(client, learner, rule, make_upload, media):
    as_user(client, learner.user)

    page = text(client.get(bring_url(rule)))
    assert f"Stands for: {CERTIFICATE}." in page and f"Still to be done here: {ESSAY}." in page

    data = {"rule": rule.public_id, "earned_on": "2026-05-01"}
    answer = client.post(bring_url(rule), data | {"file": make_upload("certificate.pdf")})
    found = RecognizedCredential.objects.get()
    assert answer.url == found.get_absolute_url()
    again = client.post(bring_url(rule), data | {"file": make_upload("certificate.pdf")})
    assert again.url == found.get_absolute_url() and RecognizedCredential.objects.count() == 1


def test_a_refused_form_answers_422_and_keeps_nothing(client, learner, rule, make_upload, make_version, media):
    as_user(client, learner.user)
    good = {"rule": str(rule.public_id), "earned_on": "2026-05-01", "link": "https://northlight.example.org/1"}

    for change, words in [
        ({"rule": str(uuid4())}, "no longer in force"),
        ({"rule": "1 OR 1=1"}, "not a valid UUID"),
        ({"rule": ""}, "Choose what you have"),
        ({"earned_on": "soon"}, "valid date"),
        ({"link": ""}, "one of the two"),
        ({"link": "ftp://x.example"}, "whole address"),
        ({"link": "", "file": make_upload("a.exe", b"MZ\x90\x00" + b"\x00" * 80)}, "a.exe"),
        ({"link": "", "file": make_upload("a.pdf", b"")}, "empty"),
    ]:
        answer = client.post(bring_url(rule), good | change)
        assert answer.status_code == 422 and words in text(answer), change
    assert not RecognizedCredential.objects.exists() and not media()
    empty = client.get(reverse("learners:recognition-bring", args=[make_version().credential.public_id]))
    assert "No provider is listed" in text(empty)


def test_the_learner_sees_how_it_stands_and_takes_it_back(client, brought):
    as_user(client, brought.learner.user)

    page = text(client.get(brought.get_absolute_url()))
    assert "Waiting for staff" in page and "Withdraw it" in page and "Decide" not in page
    client.post(act_url("withdraw", brought))
    brought.refresh_from_db()
    assert brought.status == "withdrawn"
    assert "It was removed." in text(client.get(brought.get_absolute_url()))
    assert client.post(act_url("withdraw", brought)).status_code == 302


def test_while_it_is_checked_the_page_looks_again_and_the_part_is_the_same_markup(client, make_brought, make_badge):
    found = make_brought(name="badge.json", content=make_badge()[0], at=timezone.now())
    as_user(client, found.learner.user)

    page = text(client.get(found.get_absolute_url()))
    assert "Being checked" in page and 'hx-trigger="every 2s"' in page
    services.check_recognized(limit=5, at=timezone.now())
    part = client.get(found.get_absolute_url(), **PART)
    assert "<html" not in text(part) and "HX-Request" in part["Vary"]
    assert "Could not be checked" in text(part) and "hx-trigger" not in text(part)


def test_the_reason_of_a_decline_is_read_by_the_learner(client, brought, registrar):
    services.decline_recognition(actor=registrar, recognized=brought, reason="The name is cut off.", at=timezone.now())
    as_user(client, brought.learner.user)

    assert "The name is cut off." in text(client.get(brought.get_absolute_url()))


def test_it_stands_apart_on_my_badges_on_growth_in_the_workspace_and_on_the_record(
    client, brought, registrar, improvement, make_submission, make_rule, make_brought
):
    learner = brought.learner
    submission = make_submission(learner=learner, version=improvement)
    submission.evidence_items.all().delete()
    series = make_rule(title="Safety Series", parts=["One", "Two", "Three"], parts_needed=3)
    part = make_brought(rule=series, part="One", at=timezone.now())
    for each in (brought, part):
        services.accept_recognition(actor=registrar, recognized=each, at=timezone.now())
    as_user(client, learner.user)

    badges = text(client.get(reverse("learners:award-list")))
    assert "Recognized from Northlight Open School" in badges and "not assessed here" in badges
    assert "You have 2 more to finish Safety Series, Northlight Open School." in badges
    assert "Recognized from Northlight Open School" in text(client.get(reverse("learners:growth")))
    workspace = text(client.get(submission.enrollment.get_absolute_url()))
    assert "1 of 2 kinds of evidence that you submit are there" in workspace
    assert "You have 2 more to finish" in workspace
    services.search_learners(actor=registrar, said="robin", reason="records", at=timezone.now())
    as_user(client, registrar)
    record = text(client.get(reverse("learners:learner-record", args=[learner.public_id])))
    assert "Recognized from elsewhere, not assessed here" in record and BASICS in record


def test_the_assessor_reads_what_was_recognized_and_not_the_file(
    client, brought, registrar, improvement, make_submission, assessor
):
    services.accept_recognition(actor=registrar, recognized=brought, at=timezone.now())
    submission = make_submission(learner=brought.learner, version=improvement, status="submitted", assessor=assessor)
    recognition.record_credit(submission, at=timezone.now())
    as_user(client, assessor)

    page = text(client.get(reverse("learners:marking", args=[submission.public_id])))
    assert "Recognized from Northlight Open School" in page and "no criterion has a level from it" in page
    assert client.get(reverse("learners:recognition-file", args=[brought.file.public_id])).status_code == 404


# Staff ---------------------------------------------------------------------------------------------------------------
def test_staff_find_what_waits_and_see_the_file_in_its_place(client, brought, registrar):
    as_user(client, registrar)

    assert "1 credential of another provider to decide" in text(client.get(reverse("learners:home")))
    assert BASICS in text(client.get(reverse("learners:recognition-list")))
    page = text(client.get(brought.get_absolute_url()))
    assert "<iframe" in page and "Recognize it" in page and "Withdraw it" not in page
    file = client.get(reverse("learners:recognition-file", args=[brought.file.public_id]))
    assert file["X-Content-Type-Options"] == "nosniff" and file["Cache-Control"] == "private, no-store"
    close(file)


def test_deciding_takes_one_post_and_a_second_says_that_it_is_decided(client, brought, registrar):
    as_user(client, registrar)

    assert client.post(act_url("decide", brought), {"accept": "1"}).url == reverse("learners:recognition-list")
    again = client.post(act_url("decide", brought), {"decline": "1", "reason": "No."})
    assert again.status_code == 409
    brought.refresh_from_db()
    assert (brought.status, brought.decided_by) == ("accepted", registrar)
    assert BASICS in text(client.get(reverse("learners:recognition-list") + "?state=decided"))


def test_declining_without_a_reason_and_a_forged_kind_are_refused_on_the_form(client, make_brought, make_rule, lead):
    found = make_brought(rule=make_rule(is_whole=True), at=timezone.now())
    as_user(client, lead)

    for data, words in [
        ({"decline": "1"}, "Say why it is declined"),
        ({"accept": "1", "satisfies": ["everything"]}, "does not give that much"),
        ({"accept": "1", "satisfies": [ESSAY]}, "less than the rule"),
        ({"accept": "1", "valid_until": "2020-01-01", "reason": "x"}, "lapsed"),
    ]:
        answer = client.post(act_url("decide", found), data)
        assert answer.status_code == 422 and words in text(answer), data
    found.refresh_from_db()
    assert found.status == "submitted"
    client.post(act_url("decide", found), {"accept": "1", "satisfies": [ESSAY], "reason": "It has no test."})
    found.refresh_from_db()
    assert (found.credit, found.satisfies, found.reason) == ("partial", [ESSAY], "It has no test.")


def test_what_was_recognized_is_ended_with_a_reason(client, brought, registrar):
    services.accept_recognition(actor=registrar, recognized=brought, at=timezone.now())
    as_user(client, registrar)

    assert client.post(act_url("end", brought), {"reason": ""}).status_code == 422
    assert client.post(act_url("end", brought), {"reason": "Revoked on March 3."}).status_code == 302
    assert client.post(act_url("end", brought), {"reason": "Once more."}).status_code == 409
    as_user(client, brought.learner.user)
    page = text(client.get(brought.get_absolute_url()))
    assert "No longer recognized" in page and "Revoked on March 3." in page


def test_roles_elsewhere_and_for_other_credentials_see_nothing(
    client, brought, make_user, make_organization, make_version, make_learner
):
    strangers = [
        make_user(Role.REGISTRAR, scope=make_organization()),
        make_user(Role.LEAD, credential=make_version().credential),
        make_user(Role.ADMINISTRATOR),
        make_user(Role.ASSESSOR),
        make_learner(name="Another Learner").user,
    ]

    for user in strangers:
        as_user(client, user)
        assert client.get(brought.get_absolute_url()).status_code == 404
        assert client.get(reverse("learners:recognition-file", args=[brought.file.public_id])).status_code == 404
        assert client.post(act_url("decide", brought), {"accept": "1"}).status_code == 404
        listed = client.get(reverse("learners:recognition-list"))
        assert listed.status_code == 404 or BASICS not in text(listed)
    brought.refresh_from_db()
    assert brought.status == "submitted"


def test_a_badge_that_could_act_is_saved_and_not_opened(client, make_brought, make_badge, lead):
    badge = make_badge()[0]
    svg = ob.bake_svg(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>', badge
    )
    png = ob.bake_png(image_bytes(), badge)
    as_user(client, lead)

    for name, content, saved in [("b.json", badge, True), ("b.svg", svg, True), ("b.png", png, False)]:
        found = make_brought(name=name, content=content, at=timezone.now())
        answer = client.get(reverse("learners:recognition-file", args=[found.file.public_id]))
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Disposition"].startswith("attachment") == saved
        assert "sandbox" in answer["Content-Security-Policy"]
        close(answer)


def test_a_file_that_waits_for_the_scanner_is_given_to_nobody(client, make_brought, settings, lead):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    found = make_brought(at=timezone.now())

    for user in (lead, found.learner.user):
        as_user(client, user)
        assert client.get(reverse("learners:recognition-file", args=[found.file.public_id])).status_code == 403
        assert "Waiting for the virus scanner" in text(client.get(found.get_absolute_url()))


@pytest.mark.parametrize("count", [1, 12])
def test_each_page_asks_the_same_however_much_there_is(
    client, make_brought, make_rule, make_learner, lead, learner, django_assert_max_num_queries, count
):
    for number in range(count):
        rule = make_rule(title=f"Rule {number}")
        make_brought(rule=rule, at=timezone.now())
        accepted = make_brought(rule=rule, learner=make_learner(name=f"Learner {number}"), at=timezone.now())
        services.accept_recognition(actor=lead, recognized=accepted, at=timezone.now())

    for user, address in [
        (lead, reverse("learners:recognition-list")),
        (lead, reverse("learners:recognition-list") + "?state=decided"),
        (lead, reverse("learners:recognition-rule-list")),
        (learner.user, reverse("learners:award-list")),
    ]:
        as_user(client, user)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


# Rules ---------------------------------------------------------------------------------------------------------------
def test_a_lead_adds_a_rule_with_a_new_provider_changes_it_and_ends_it(client, improvement, lead):
    as_user(client, lead)
    today = timezone.localdate()
    add = reverse("learners:recognition-rule-add") + f"?credential={improvement.credential.public_id}"
    data = {
        "provider_name": "Northlight Open School",
        "provider_website": "https://northlight.example.org",
        "title": BASICS,
        "satisfies": [CERTIFICATE],
        "valid_from": today.isoformat(),
        "parts": "",
        "issuer_ids": "",
    }

    assert CERTIFICATE.capitalize() in text(client.get(add))
    answer = client.post(add, data)
    first = improvement.credential.recognition_rules.get()
    assert answer.url == first.get_absolute_url() and first.provider.kind == "provider"

    changed = client.post(
        first.get_absolute_url(), data | {"provider": first.provider.public_id, "max_age_months": "24"}
    )
    newer = first.replaced_by
    assert changed.url == newer.get_absolute_url() and (newer.family, newer.max_age_months) == (first.family, 24)
    assert "Replaced" in text(client.get(first.get_absolute_url()))
    assert client.post(first.get_absolute_url(), data).status_code == 422  # changed once already
    end = reverse("learners:recognition-rule-end", args=[newer.public_id])
    assert client.post(end, {"last_on": "2020-01-01"}).status_code == 422
    assert client.post(end, {"last_on": today.isoformat()}).status_code == 302
    newer.refresh_from_db()
    assert newer.valid_until == today
    assert [each.moved_to for each in newer.events.order_by("pk")] == ["added", "ended"]


def test_a_refused_rule_says_why_and_keeps_nothing(client, improvement, lead, provider, make_version):
    as_user(client, lead)
    add = reverse("learners:recognition-rule-add") + f"?credential={improvement.credential.public_id}"
    good = {
        "provider": str(provider.public_id),
        "title": BASICS,
        "satisfies": [CERTIFICATE],
        "valid_from": timezone.localdate().isoformat(),
    }

    for change, words in [
        ({"satisfies": ["thesis"]}, "thesis"),
        ({"valid_from": "2020-01-01"}, "today or later"),
        ({"provider": str(improvement.credential.organization.public_id)}, "provider of outside credentials"),
        ({"provider": ""}, "name of a new one"),
        ({"parts": "One\nTwo", "parts_needed": "3"}, "how many of the 2 parts"),
        ({"issuer_ids": "javascript:alert(1)"}, "starts with https://"),
        ({"badge_passes": "on"}, "Name the issuer"),
        ({"title": ""}, "required"),
    ]:
        answer = client.post(add, good | change)
        assert answer.status_code == 422 and words in text(answer), change
    assert not improvement.credential.recognition_rules.exists()
    other = reverse("learners:recognition-rule-add") + f"?credential={uuid4()}"
    assert client.get(other).status_code == 422


def test_a_rule_of_another_credential_is_nobody_elses_to_keep(client, rule, make_user, make_version, registrar):
    other = make_user(Role.LEAD, credential=make_version().credential)

    for user, status in [(other, 404), (registrar, 404)]:
        as_user(client, user)
        assert client.post(rule.get_absolute_url(), {"title": "Mine"}).status_code == status
        end = reverse("learners:recognition-rule-end", args=[rule.public_id])
        assert client.post(end, {"last_on": date(2027, 1, 1)}).status_code == status
        add = reverse("learners:recognition-rule-add") + f"?credential={rule.credential.public_id}"
        assert client.post(add, {"title": "Mine"}).status_code in {404, 422}
    assert rule.credential.recognition_rules.count() == 1
