import pytest
from django.urls import reverse

from config.errors import Invalid, NotAllowed
from learners.models import Enrollment, Notice, Submission, SubmissionEvent
from learners.services import enroll
from learners.workflow import EnrollmentStatus
from tests.fixtures.records import NOON


def test_enrolling_starts_a_draft_of_the_first_attempt_in_the_current_version(learner, version):
    enrollment = enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON)

    assert (enrollment.credential_version, enrollment.status, enrollment.enrolled_at) == (version, "active", NOON)
    submission = enrollment.submissions.get()
    assert (submission.attempt, submission.status, submission.started_at) == (1, "draft", NOON)
    event = submission.events.get()
    assert (event.actor, event.moved_to, event.at) == (learner.user, "draft", NOON)


def test_whoever_enrolls_is_told_once_and_who_waits_is_told_that(learner, make_learner, version, make_offering):
    make_offering(version=version, seats=1)
    second = make_learner(name="Kim Birch")

    for each in (learner, second):
        enrollment = enroll(actor=each.user, learner=each, credential=version.credential, at=NOON)
        with pytest.raises(Invalid):
            enroll(actor=each.user, learner=each, credential=version.credential, at=NOON)
        notice = Notice.objects.get(user=each.user)
        assert (notice.kind, notice.path) == ("enrolled", enrollment.get_absolute_url())
        said = "You are enrolled: " if each == learner else "You are on the waitlist: "
        assert notice.subject == said + version.title


def refused(learner, credential, words, *, actor=None):
    with pytest.raises(Invalid, match=words):
        enroll(actor=actor or learner.user, learner=learner, credential=credential, at=NOON)
    assert Submission.objects.count() == SubmissionEvent.objects.count() == 0


def test_nobody_enrolls_somebody_else(learner, make_learner, version):
    with pytest.raises(NotAllowed):
        enroll(actor=make_learner().user, learner=learner, credential=version.credential, at=NOON)

    assert not Enrollment.objects.exists()


def test_a_draft_is_not_offered(learner, make_version):
    refused(learner, make_version(published=False).credential, "not offered")


def test_what_is_retired_is_not_offered(learner, version):
    version.credential.status = "retired"
    version.credential.save(update_fields=["status"])

    refused(learner, version.credential, "not offered")


def test_a_designation_is_reached_by_its_pathway(learner, make_version):
    refused(learner, make_version(kind="designation").credential, "pathway")


def test_a_profession_that_is_not_admitted_is_told_which_are(make_learner, version):
    refused(make_learner(profession="dentistry"), version.credential, "medicine, nursing, pharmacy")


def test_those_on_leave_start_nothing_new(make_learner, version):
    refused(make_learner(status="leave"), version.credential, "not an active student")


def test_what_must_be_earned_first_is_named(learner, make_version):
    first = make_version(title="Bedside Ultrasound Basics")

    refused(learner, make_version(requires=[first.credential]).credential, "Bedside Ultrasound Basics")


def test_a_prerequisite_that_is_held_opens_the_way(learner, make_version, make_award):
    first = make_version()
    make_award(learner=learner, version=first)

    assert enroll(
        actor=learner.user, learner=learner, credential=make_version(requires=[first.credential]).credential, at=NOON
    )


def test_a_prerequisite_that_lapsed_does_not_count(learner, make_version, make_award):
    first = make_version(title="Life Support")
    make_award(learner=learner, version=first, valid_until=NOON.replace(month=8))

    refused(learner, make_version(requires=[first.credential]).credential, "Life Support")


def test_what_is_held_and_does_not_expire_is_not_started_again(learner, version, make_award):
    make_award(learner=learner, version=version)

    refused(learner, version.credential, "hold this credential already")


def test_a_second_call_is_refused_and_leaves_one_enrollment(learner, version):
    enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON)

    with pytest.raises(Invalid, match="enrolled already"):
        enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON)

    assert Enrollment.objects.count() == Submission.objects.count() == 1


def test_after_an_ended_enrollment_one_may_begin_again(learner, version, make_enrollment):
    make_enrollment(learner=learner, version=version, status=EnrollmentStatus.NOT_MET, ended_at=NOON)

    assert enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON)


# The page ------------------------------------------------------------------------------------------------------------
def address(version):
    return reverse("learners:enroll", args=[version.credential.public_id])


def test_the_item_page_enrolls_and_leads_to_the_workspace(client, learner, version):
    client.force_login(learner.user)
    page = client.get(version.credential.get_absolute_url()).content.decode()
    assert f'action="{address(version)}"' in page

    answer = client.post(address(version))

    enrollment = Enrollment.objects.get()
    assert answer.url == enrollment.get_absolute_url()
    page = client.get(version.credential.get_absolute_url()).content.decode()
    assert enrollment.get_absolute_url() in page
    assert f'action="{address(version)}"' not in page


def test_a_doubled_post_leads_to_the_one_enrollment(client, learner, version):
    client.force_login(learner.user)

    answers = [client.post(address(version)) for _each in range(2)]

    assert {answer.url for answer in answers} == {Enrollment.objects.get().get_absolute_url()}


def test_a_refusal_stands_on_the_item_page(client, make_learner, version):
    client.force_login(make_learner(profession="dentistry").user)

    answer = client.post(address(version))

    assert answer.status_code == 422
    assert "It is open to medicine, nursing, pharmacy." in answer.content.decode()
    assert version.title in answer.content.decode()


def test_staff_without_a_learners_record_cannot_enroll(client, assessor, version):
    client.force_login(assessor)

    assert client.post(address(version)).status_code == 403


def test_a_stranger_is_led_to_sign_in_and_back(client, version):
    answer = client.post(address(version))

    assert answer.url == f"{reverse('account_login')}?next={address(version)}&unsaved=1"


def test_coming_back_from_sign_in_shows_the_item(client, learner, version):
    client.force_login(learner.user)

    assert client.get(address(version)).url == version.credential.get_absolute_url()
    assert not Enrollment.objects.exists()


def test_a_draft_has_no_address_to_enroll_at(client, learner, make_version):
    client.force_login(learner.user)

    assert client.post(address(make_version(published=False))).status_code == 404
