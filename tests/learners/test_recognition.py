"""Learned elsewhere: brought in, checked, decided, and what it gives. DOMAIN A19, A20."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from config import outside_badges
from config.errors import Conflict, IllegalMove, Incomplete, Invalid, NotAllowed
from config.outside_badges import Answer, Line
from config.permissions import Role
from credentials.models import Prerequisite
from learners import services, tasks
from learners.models import (
    Award,
    Notice,
    RecognitionEvent,
    RecognitionRule,
    RecognizedCredential,
    StoredFile,
)
from learners.models.recognition import Credit
from learners.services import recognition
from learners.workflow import RECOGNITION_MOVES, RecognitionStatus
from tests.fixtures.recognizing import BASICS, CERTIFICATE, ESSAY
from tests.fixtures.records import NOON
from tests.fixtures.uploads import image_bytes, pdf_bytes

LATER = NOON + timedelta(hours=1)
DECLARED = {"no-patient-data": "", "own-work": ""}


def accept(recognized, actor, **fields):
    return services.accept_recognition(actor=actor, recognized=recognized, **{"at": LATER} | fields)


def decline(recognized, actor, reason="It names somebody else.", at=LATER):
    return services.decline_recognition(actor=actor, recognized=recognized, reason=reason, at=at)


def end(recognized, actor, reason="Its provider revoked it.", at=LATER):
    return services.end_recognition(actor=actor, recognized=recognized, reason=reason, at=at)


def check(at=NOON):
    return services.check_recognized(limit=50, at=at)


def standing(learner):
    return RecognizedCredential.objects.standing_on(date(2026, 9, 2)).filter(learner=learner)


# Bringing it in ------------------------------------------------------------------------------------------------------
def test_every_status_has_its_moves():
    assert set(RECOGNITION_MOVES) == set(RecognitionStatus)


def test_a_certificate_goes_to_staff_and_they_are_told(make_brought, registrar, lead, learner, make_user):
    make_user(Role.ASSESSOR)

    found = make_brought()

    assert (found.status, found.title, found.provider.name) == ("submitted", BASICS, "Northlight Open School")
    assert [each.moved_to for each in found.events.all()] == ["brought"]
    assert {each.user for each in Notice.objects.filter(kind="recognition-waits")} == {registrar, lead}
    assert not standing(learner).exists()


def test_an_address_alone_is_enough_and_is_checked_first(make_brought, django_capture_on_commit_callbacks):
    found = make_brought(link="https://northlight.example.org/certificates/1")

    assert (found.status, found.file) == ("checking", None)
    assert check() == 1
    found.refresh_from_db()
    assert found.status == "submitted"
    assert [(each.outcome, each.code) for each in found.badge.lines.all()] == [("unknown", "not-asked")]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"link": "", "upload": None}, Invalid, "one of the two"),
        ({"link": "javascript:alert(1)", "upload": None}, Invalid, "whole address"),
        ({"earned_on": date(2026, 9, 3)}, Invalid, "future"),
        ({"earned_on": date(2023, 1, 1)}, Invalid, "last 24 months"),
        ({"part": "Another course"}, Invalid, "one of the parts"),
    ],
)
def test_what_cannot_be_is_refused_and_keeps_nothing(media, learner, make_rule, change, error, words):
    rule = make_rule(max_age_months=24)
    good = {
        "rule": rule,
        "earned_on": date(2026, 5, 1),
        "upload": SimpleUploadedFile("a.pdf", pdf_bytes()),
        "at": NOON,
    }

    with pytest.raises(error, match=words):
        services.bring(actor=learner.user, learner=learner, **good | change)

    assert not RecognizedCredential.objects.exists() and not StoredFile.objects.exists() and not media()


def test_nobody_brings_anything_in_for_somebody_else(make_brought, learner, make_learner, lead, rule):
    for actor in (lead, make_learner().user):
        with pytest.raises(NotAllowed):
            services.bring(
                actor=actor, learner=learner, rule=rule, earned_on=date(2026, 5, 1), link="https://a.example", at=NOON
            )

    assert not RecognizedCredential.objects.exists()


def test_a_rule_counts_from_its_first_day_to_its_last_and_until_it_is_replaced(make_brought, make_rule):
    early = make_rule(valid_from=date(2026, 9, 2))
    late = make_rule(valid_until=date(2026, 8, 31))
    old = make_rule()
    make_rule(replaces=old, family=old.family, valid_from=date(2026, 9, 1))

    for rule in (early, late, old):
        with pytest.raises(Conflict, match="no longer in force"):
            make_brought(rule=rule)


def test_a_profession_that_is_not_admitted_and_who_has_left_bring_in_nothing(make_brought, make_learner, rule):
    for fields, words in [({"profession": "dentistry"}, "profession"), ({"status": "graduated"}, "no longer")]:
        with pytest.raises(Invalid, match=words):
            make_brought(learner=make_learner(**fields), rule=rule)


def test_a_form_that_is_sent_twice_brings_in_one_and_keeps_one_file(make_brought, rule, media):
    first = make_brought(rule=rule)

    with pytest.raises(services.BroughtAlready) as refused:
        make_brought(rule=rule)

    assert refused.value.standing == first
    assert RecognizedCredential.objects.count() == 1 and len(media()) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        RecognizedCredential.objects.create(
            learner=first.learner,
            provider=first.provider,
            rule=rule,
            title="x",
            earned_on=first.earned_on,
            link="https://a.example",
        )


def test_so_many_wait_and_no_more(make_brought, make_rule, monkeypatch):
    monkeypatch.setattr(recognition, "OPEN_MAX", 2)
    for _number in range(2):
        make_brought()

    with pytest.raises(Conflict, match="wait already"):
        make_brought()


def test_a_learner_takes_back_what_is_not_decided_and_its_file_goes(
    make_brought, lead, media, django_capture_on_commit_callbacks
):
    found, decided = make_brought(), make_brought()
    accept(decided, lead)

    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_recognition(actor=found.learner.user, recognized=found, at=LATER)
        services.withdraw_recognition(actor=found.learner.user, recognized=found, at=LATER)

    found.refresh_from_db()
    assert (found.status, found.file) == ("withdrawn", None)
    assert len(media()) == 1
    assert [each.moved_to for each in found.events.order_by("pk")] == ["brought", "withdrawn"]
    with pytest.raises(IllegalMove):
        services.withdraw_recognition(actor=found.learner.user, recognized=decided, at=LATER)
    with pytest.raises(NotAllowed):
        services.withdraw_recognition(actor=lead, recognized=decided, at=LATER)
    assert make_brought(rule=found.rule).status == "submitted"  # it may be brought in anew


# Files ---------------------------------------------------------------------------------------------------------------
def test_a_certificate_loses_its_metadata_and_a_badge_stays_byte_for_byte(make_brought, make_badge, learner):
    certificate = make_brought(content=pdf_bytes(Author="Somebody Private"))
    badge, _issuer = make_badge()
    baked = make_brought(name="badge.json", content=badge)
    from issuance import openbadges as ob

    picture = make_brought(name="badge.png", content=ob.bake_png(image_bytes(), badge))

    def kept(found):
        from django.core.files.storage import default_storage

        with default_storage.open(found.file.path) as file:
            return file.read()

    assert b"Somebody Private" not in kept(certificate)
    assert kept(baked) == badge and baked.is_badge and baked.file.media_type == "application/json"
    assert ob.unbake(kept(picture)) == badge and picture.file.media_type == "image/png"
    assert (certificate.status, baked.status, picture.status) == ("submitted", "checking", "checking")


HOSTILE = {
    "page.html": b"<html><script>alert(1)</script></html>",
    "program.pdf": b"MZ\x90\x00" + b"\x00" * 64,
    "notes.txt": b"I learned it, believe me.",
    "other.json": b'{"type": "Invoice"}',
    "broken.json": b'{"type": ["OpenBadgeCredential"',
    "deep.json": b"[" * 5000,
    "empty.pdf": b"",
    "script.svg": b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><script/>'
    b'<openbadges:credential verify="eyJhbGciOiJFZERTQSJ9.e30.AAAA"/></svg>',
    "handler.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" '
    b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
    b'<openbadges:credential verify="eyJhbGciOiJFZERTQSJ9.e30.AAAA"/></svg>',
    "plain.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_reason_and_nothing_is_kept(make_brought, media, name):
    with pytest.raises(services.FileRefused, match=name.replace(".", r"\.")):
        make_brought(name=name, content=HOSTILE[name])

    assert not RecognizedCredential.objects.exists() and not media()


def test_a_badge_that_is_two_files_in_one_is_refused(make_brought, make_badge, media):
    from issuance import openbadges as ob

    badge, _issuer = make_badge()
    baked = ob.bake_png(image_bytes(), badge)

    for content in (baked + b"PK\x05\x06" + b"\x00" * 18, baked + b"<script>", badge + b" " * 4 + b"PK\x05\x06"):
        with pytest.raises(services.FileRefused):
            make_brought(name="badge.png", content=content)
    assert not media()


def test_a_file_that_the_scanner_refuses_takes_the_piece_back_and_the_learner_is_told(make_brought, settings):
    from learners.services import scanning

    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    found = make_brought()
    assert found.file.scan_state == "waiting"

    scanning._settle(found.file, "infected", "Eicar", at=LATER)

    found.refresh_from_db()
    assert found.status == "withdrawn"
    assert Notice.objects.filter(user=found.learner.user, kind="recognition", subject__contains="refused").count() == 1


def test_nothing_is_decided_while_its_file_waits_for_the_scanner(make_brought, lead, settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    found = make_brought()

    with pytest.raises(Conflict, match="virus scanner"):
        accept(found, lead)

    found.refresh_from_db()
    assert found.status == "submitted"


# Checking ------------------------------------------------------------------------------------------------------------
def lines(recognized):
    return {each.name: each.outcome for each in recognized.badge.lines.all()}


def test_a_badge_is_checked_and_each_check_is_kept(make_brought, make_badge, make_rule):
    badge, issuer = make_badge()
    found = make_brought(rule=make_rule(issuer_ids=[issuer]), name="badge.json", content=badge)

    check()

    found.refresh_from_db()
    said = lines(found)
    assert {
        said[name] for name in ("format", "context", "shape", "proof", "issuer", "dates", "holder", "provider", "title")
    } == {"passed"}
    assert (found.badge.state, found.badge.title, found.badge.holder) == ("valid", BASICS, "Robin Alder")
    assert found.status == "submitted"  # the rule leaves it to staff
    assert [each.moved_to for each in found.events.order_by("pk")] == ["brought", "checked"]


def test_a_rule_may_let_a_badge_of_its_issuer_pass_when_every_check_passes(make_brought, make_badge, make_rule):
    badge, issuer = make_badge(until=NOON + timedelta(days=400))
    rule = make_rule(issuer_ids=[issuer], badge_passes=True, max_age_months=12)
    found = make_brought(rule=rule, name="badge.json", content=badge)

    check()

    found.refresh_from_db()
    assert (found.status, found.credit, found.satisfies) == ("accepted", "partial", [CERTIFICATE])
    assert found.is_passed_by_rule and found.decided_by is None
    assert found.valid_until == timezone.localdate(NOON + timedelta(days=400))
    assert found.earned_on == timezone.localdate(NOON - timedelta(days=60))
    assert Notice.objects.filter(user=found.learner.user, kind="recognition").count() == 1
    assert not Notice.objects.filter(kind="recognition-waits").exists()


def test_a_badge_whose_holder_is_a_hash_of_the_address_passes(make_brought, make_badge, make_rule, learner):
    badge, issuer = make_badge(email=learner.user.email)
    rule = make_rule(issuer_ids=[issuer], badge_passes=True)
    found = make_brought(rule=rule, name="badge.json", content=badge)

    check()

    found.refresh_from_db()
    assert found.status == "accepted"


@pytest.mark.parametrize(
    ("badge_fields", "name", "outcome"),
    [
        ({"holder": "Somebody Else"}, "holder", "failed"),
        ({"email": "nobody@elsewhere.example"}, "holder", "unknown"),
        ({"title": "First Aid for Pets"}, "title", "unknown"),
        ({"issued": NOON - timedelta(days=900)}, "age", "failed"),
        ({"until": NOON - timedelta(days=1)}, "dates", "failed"),
        ({"seed": b"m" * 32}, "provider", "failed"),
    ],
)
def test_whatever_is_in_doubt_goes_to_staff_even_where_badges_pass(
    make_brought, make_badge, make_rule, badge_fields, name, outcome
):
    _own, issuer = make_badge()
    rule = make_rule(issuer_ids=[issuer], badge_passes=True, max_age_months=12)
    found = make_brought(rule=rule, name="badge.json", content=make_badge(**badge_fields)[0])

    check()

    found.refresh_from_db()
    assert (found.status, lines(found)[name]) == ("submitted", outcome)
    assert found.badge.state != "valid"


def test_a_badge_that_was_changed_fails_and_is_not_recognized(make_brought, make_badge, make_rule, learner):
    badge, issuer = make_badge()
    changed = badge.replace(b"Three short courses", b"Three long courses.")
    found = make_brought(rule=make_rule(issuer_ids=[issuer], badge_passes=True), name="badge.json", content=changed)

    check()

    found.refresh_from_db()
    assert (found.status, found.badge.state, lines(found)["proof"]) == ("submitted", "altered", "failed")
    assert not standing(learner).exists()


def test_an_issuer_who_cannot_be_asked_is_said_and_is_no_failure(make_brought, make_rule, monkeypatch):
    line = Line("status", "unknown", "unreachable", "The issuer's list could not be reached.")

    class Away:
        media_type = staticmethod(lambda content: "application/json")
        check = staticmethod(lambda content, **fields: Answer("unknown", (line,), issuer_id="did:web:x.example"))

    monkeypatch.setattr(outside_badges, "_checkers", [Away()])
    rule = make_rule(issuer_ids=["did:web:x.example"], badge_passes=True)
    found = make_brought(rule=rule, name="badge.json", content=b"{}")

    check()

    found.refresh_from_db()
    assert (found.status, lines(found)["status"]) == ("submitted", "unknown")


def test_what_a_dead_worker_left_is_checked_by_the_next_and_given_up_after_some_tries(
    make_brought, make_badge, monkeypatch
):
    badge, _issuer = make_badge()
    found = make_brought(name="badge.json", content=badge)

    def die(*_arguments):
        raise OSError("killed")

    real = recognition._asked
    monkeypatch.setattr(recognition, "_asked", die)
    at = NOON
    for _number in range(recognition.TRIES_MAX):
        with pytest.raises(OSError):
            check(at)
        assert check(at) == 0  # another worker leaves it alone
        at += recognition.CLAIM
    monkeypatch.setattr(recognition, "_asked", real)
    assert check(at) == 1

    found.refresh_from_db()
    assert (found.status, [each.code for each in found.badge.lines.all()]) == ("submitted", ["not-checked"])


def test_what_is_withdrawn_while_its_issuer_is_asked_stays_withdrawn(make_brought, make_badge, monkeypatch):
    badge, _issuer = make_badge()
    found = make_brought(name="badge.json", content=badge)
    real = recognition._asked

    def slow(recognized, at):
        services.withdraw_recognition(actor=found.learner.user, recognized=found, at=at)
        return real(recognized, at)

    monkeypatch.setattr(recognition, "_asked", slow)
    check()

    found.refresh_from_db()
    assert found.status == "withdrawn" and not hasattr(found, "badge")


def test_without_anybody_who_checks_a_badge_a_file_is_a_file_and_an_address_goes_to_staff(make_brought, no_checker):
    assert make_brought(link="https://northlight.example.org/1").status == "submitted"
    assert make_brought(name="picture.png", content=image_bytes()).is_badge is False


def test_staff_ask_once_more_and_nobody_asks_about_a_picture(make_brought, make_badge, lead):
    badge, _issuer = make_badge()
    found, picture = make_brought(name="badge.json", content=badge), make_brought()
    check()

    services.check_again(actor=lead, recognized=found, at=LATER)
    services.check_again(actor=lead, recognized=found, at=LATER)

    found.refresh_from_db()
    assert found.status == "checking"
    with pytest.raises(Conflict, match="Decide once"):
        accept(found, lead)
    tasks.check_recognized()
    found.refresh_from_db()
    assert found.status == "submitted"
    with pytest.raises(Invalid, match="nothing in it"):
        services.check_again(actor=lead, recognized=picture, at=LATER)
    with pytest.raises(NotAllowed):
        services.check_again(actor=found.learner.user, recognized=found, at=LATER)


# Deciding ------------------------------------------------------------------------------------------------------------
def test_a20_the_online_part_is_satisfied_the_essay_still_asked_for(make_brought, registrar, improvement, learner):
    enrollment = services.enroll(actor=learner.user, learner=learner, credential=improvement.credential, at=NOON)
    draft = enrollment.submissions.get()
    accept(make_brought(), registrar)

    with pytest.raises(Incomplete) as refused:
        services.submit_evidence(actor=learner.user, submission=draft, declarations=DECLARED, at=LATER)

    assert [each for each in refused.value.missing if "certificate" in each.lower()] == []
    assert [each for each in refused.value.missing if "essay" in each.lower()]
    essay = improvement.evidence_requirements.get(kind=ESSAY)
    services.add_text(
        actor=learner.user, submission=draft, requirement=essay, title="", text="What I changed.", at=LATER
    )
    handed_in = services.submit_evidence(actor=learner.user, submission=draft, declarations=DECLARED, at=LATER)

    assert handed_in.status == "submitted"
    [credited] = handed_in.credited.all()
    assert (credited.requirement.kind, credited.recognized.provider.name) == (CERTIFICATE, "Northlight Open School")
    assert not handed_in.assessments.exists()  # never a level of a criterion


def test_a20_declining_asks_for_a_reason_that_the_learner_is_led_to(make_brought, registrar, learner):
    found = make_brought()

    with pytest.raises(Invalid, match="Say why"):
        decline(found, registrar, reason="  ")
    found.refresh_from_db()
    assert found.status == "submitted"
    decline(found, registrar)

    found.refresh_from_db()
    assert (found.status, found.reason, found.decided_by) == ("refused", "It names somebody else.", registrar)
    [notice] = Notice.objects.filter(user=learner.user, kind="recognition")
    assert "somebody else" not in notice.text + notice.subject and notice.path == found.get_absolute_url()
    with pytest.raises(IllegalMove):
        accept(found, registrar)
    with pytest.raises(IllegalMove):
        decline(found, registrar)


def test_a19_the_whole_credential_is_recognized_and_no_badge_is_granted(make_brought, make_rule, lead, learner):
    found = accept(make_brought(rule=make_rule(is_whole=True)), lead)

    assert (found.credit, found.satisfies) == (Credit.WHOLE, [])
    assert not Award.objects.exists()
    assert list(standing(learner).giving(Credit.WHOLE)) == [found]


def test_nobody_decides_on_their_own_and_only_leads_and_registrars_decide(
    make_brought, make_learner, make_user, organization, learner
):
    both = make_user(Role.LEAD, name="Student Lead")
    both.role_grants.create(role=Role.REGISTRAR, organization=organization, from_at=NOON)
    own = make_brought(learner=make_learner(user=both))
    other = make_brought()

    for recognized, actor in [
        (own, both),
        (other, learner.user),
        *((other, make_user(role)) for role in (Role.ADMINISTRATOR, Role.ASSESSOR, Role.AUDITOR, Role.COMMITTEE)),
    ]:
        for act in (accept, decline, end):
            with pytest.raises(NotAllowed):
                act(recognized, actor)
    assert set(RecognizedCredential.objects.values_list("status", flat=True)) == {"submitted"}
    assert not RecognizedCredential.objects.to_decide(both).filter(pk=own.pk).exists()


def test_less_than_the_rule_gives_needs_a_reason_and_more_is_refused(make_brought, make_rule, lead):
    whole = make_brought(rule=make_rule(is_whole=True))
    some = make_brought()

    with pytest.raises(Invalid, match="less than"):
        accept(whole, lead, satisfies=[CERTIFICATE])
    with pytest.raises(Invalid, match="that much"):
        accept(some, lead, satisfies=[CERTIFICATE, ESSAY], reason="Kind.")
    with pytest.raises(Invalid, match="at least one"):
        accept(some, lead, satisfies=[], reason="Strict.")
    with pytest.raises(Invalid, match="lapsed"):
        accept(some, lead, valid_until=date(2026, 8, 1))
    accept(whole, lead, satisfies=[CERTIFICATE], reason="It leaves out the essay.")
    accept(some, lead, satisfies=[CERTIFICATE])

    whole.refresh_from_db()
    some.refresh_from_db()
    assert (whole.credit, whole.satisfies, whole.reason) == ("partial", [CERTIFICATE], "It leaves out the essay.")
    assert (some.credit, some.satisfies) == ("partial", [CERTIFICATE])


def test_what_lapses_no_longer_stands_after_its_last_day(make_brought, lead, learner, improvement, make_enrollment):
    accept(make_brought(), lead, valid_until=date(2026, 9, 30))
    enrollment = make_enrollment(learner=learner, version=improvement)

    assert list(recognition.credited(enrollment, on=date(2026, 9, 30))) == [CERTIFICATE]
    assert recognition.credited(enrollment, on=date(2026, 10, 1)) == {}
    assert not RecognizedCredential.objects.standing_on(date(2026, 10, 1)).exists()


def test_a_renewal_takes_only_what_was_earned_since_the_badge(
    make_brought, lead, learner, improvement, make_enrollment, make_award
):
    accept(make_brought(), lead)  # earned on May 1
    award = make_award(learner=learner, version=improvement)
    enrollment = make_enrollment(learner=learner, version=improvement, renews=award)

    assert recognition.credited(enrollment, on=date(2026, 9, 2)) == {}
    Award.objects.filter(pk=award.pk).update(awarded_at=NOON - timedelta(days=300))
    enrollment.refresh_from_db()
    enrollment.renews.refresh_from_db()
    assert list(recognition.credited(enrollment, on=date(2026, 9, 2))) == [CERTIFICATE]


def test_what_is_recognized_as_a_whole_stands_in_for_a_prerequisite(
    make_brought, make_rule, lead, learner, improvement, make_version
):
    later = make_version(published=False)
    Prerequisite.objects.create(version=later, requires=improvement.credential)
    later.status, later.published_at, later.published_by = "published", NOON, lead
    later.save()
    later.credential.status, later.credential.current_version = "offered", later
    later.credential.save()

    assert services.refusals(learner=learner, credential=later.credential, at=LATER)
    accept(make_brought(), lead)
    assert services.refusals(learner=learner, credential=later.credential, at=LATER)  # a part of it is not it
    accept(make_brought(rule=make_rule(is_whole=True)), lead)
    assert services.refusals(learner=learner, credential=later.credential, at=LATER) == []


# A series ------------------------------------------------------------------------------------------------------------
PARTS = ["Aims", "Measures", "Tests of change"]


def test_parts_of_a_series_give_credit_once_enough_are_there_and_lose_it_when_one_goes(
    make_brought, make_rule, lead, learner
):
    rule = make_rule(parts=PARTS, parts_needed=2)
    first = accept(make_brought(rule=rule, part="Aims"), lead)
    assert (first.credit, first.title) == (Credit.PART, "Aims")
    assert recognition.parts_missing(first, on=date(2026, 9, 2)) == 1

    second = accept(make_brought(rule=rule, part="Measures"), lead)
    assert (second.credit, second.satisfies) == (Credit.PARTIAL, [CERTIFICATE])

    end(first, lead)
    second.refresh_from_db()
    assert (second.credit, second.satisfies, second.status) == (Credit.PART, [], "accepted")
    third = accept(make_brought(rule=rule, part="Tests of change"), lead)
    assert third.credit == Credit.PARTIAL


def test_the_certificate_of_the_whole_series_counts_at_once_and_a_changed_rule_counts_the_same_parts(
    make_brought, make_rule, lead, make_learner
):
    old = make_rule(parts=PARTS, parts_needed=2)
    whole = accept(make_brought(rule=old), lead)
    other = make_learner(name="Another Learner")
    accept(make_brought(learner=other, rule=old, part="Aims"), lead)
    newer = make_rule(parts=PARTS, parts_needed=2, replaces=old, family=old.family, valid_from=date(2026, 9, 1))

    assert whole.credit == Credit.PARTIAL
    with pytest.raises(services.BroughtAlready):
        make_brought(learner=other, rule=newer, part="Aims")
    assert accept(make_brought(learner=other, rule=newer, part="Measures"), lead).credit == Credit.PARTIAL


# Afterwards ----------------------------------------------------------------------------------------------------------
def test_staff_note_that_it_no_longer_holds_and_the_learner_is_told_while_what_was_handed_in_stays(
    make_brought, lead, learner, improvement, make_submission
):
    found = accept(make_brought(), lead)
    submission = make_submission(learner=learner, version=improvement)
    recognition.record_credit(submission, at=LATER)

    with pytest.raises(Invalid):
        end(found, lead, reason=" ")
    end(found, lead)

    found.refresh_from_db()
    assert (found.status, found.end_reason) == ("ended", "Its provider revoked it.")
    assert recognition.credited(submission.enrollment, on=date(2026, 9, 2)) == {}
    assert submission.credited.count() == 1
    assert Notice.objects.filter(user=learner.user, kind="recognition").count() == 2
    with pytest.raises(IllegalMove):
        end(found, lead)


def test_events_are_added_and_never_changed(make_brought):
    event = make_brought().events.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        RecognitionEvent.objects.filter(pk=event.pk).update(note="x")


def test_a_row_without_what_it_must_say_is_refused_by_the_database(make_brought, lead):
    found = make_brought()

    for fields in (
        {"status": "accepted", "decided_at": NOON, "decided_by": lead},
        {"status": "refused", "decided_at": NOON, "decided_by": lead},
        {"status": "accepted", "credit": "whole"},
        {"status": "ended", "credit": "whole", "decided_at": NOON, "decided_by": lead},
        {"file": None, "link": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RecognizedCredential.objects.filter(pk=found.pk).update(**fields)
    assert RecognitionRule.objects.count() == 1


def test_a_transcript_names_what_stands_and_nothing_else(make_brought, lead, learner, organization):
    from issuance.services import documents

    accept(make_brought(), lead)
    ended = accept(make_brought(), lead)
    end(ended, lead)
    decline(make_brought(), lead)

    shown = documents._transcript_context(learner, organization, [], LATER)

    assert [each["title"] for each in shown["recognized"]] == [BASICS]
    assert shown["recognized"][0]["line"].startswith("Northlight Open School · earned")
