"""A required item enrolls a whole class."""

import pytest
from django.urls import reverse

from config.errors import Invalid, NotAllowed
from learners.models import Cohort, Enrollment, EnrollmentEvent, Learner, Notice, Submission, SubmissionEvent
from learners.services import count_class, enroll_class
from tests.fixtures.records import NOON


@pytest.fixture
def school_class(cohort, make_learner, make_version, make_award, make_enrollment):
    """A required version, and a class in which each learner stands differently."""
    needed = make_version(title="Needed First")
    version = make_version(requires=[needed.credential], professions_admitted=["medicine", "nursing"])

    def one(name, **fields):
        learner = make_learner(name=name, **fields)
        make_award(learner=learner, version=needed)
        return learner

    people = {
        "ready": one("Ready"),
        "too": one("Ready Too", profession="nursing"),
        "away": one("Away", status="leave"),
        "dentist": one("Dentist", profession="dentistry"),
        "lacking": make_learner(name="Lacking"),
        "holder": one("Holder"),
        "enrolled": one("Enrolled"),
    }
    make_award(learner=people["holder"], version=version)
    make_enrollment(learner=people["enrolled"], version=version)
    return version, people


def counts(result):
    return {name: [each.display_name for each in group] for name, group in vars(result).items()}


EXPECTED = {
    "enrolled": ["Ready", "Ready Too"],
    "waitlisted": [],
    "already": ["Enrolled"],
    "holding": ["Holder"],
    "not_admitted": ["Dentist"],
    "not_active": ["Away"],
    "lacking": ["Lacking"],
}


def test_required_items_auto_enroll_a_class(administrator, cohort, school_class):
    """DOMAIN A16: required items auto-enroll a class."""
    version, people = school_class

    result = enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    assert counts(result) == EXPECTED
    made = Enrollment.objects.filter(learner__in=[people["ready"], people["too"]], credential_version=version)
    assert made.count() == Submission.objects.filter(enrollment__in=made, status="draft").count() == 2
    assert EnrollmentEvent.objects.filter(enrollment__in=made, actor=administrator).count() == 2
    assert SubmissionEvent.objects.filter(submission__enrollment__in=made, actor=administrator).count() == 2
    assert set(Notice.objects.values_list("user", "kind")) == {
        (people[name].user_id, "enrolled") for name in ("ready", "too")
    }


def test_counting_writes_nothing(administrator, cohort, school_class):
    version, _people = school_class

    assert counts(count_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)) == EXPECTED
    assert Enrollment.objects.count() == 1
    assert not EnrollmentEvent.objects.exists()


def test_a_second_call_enrolls_nobody(administrator, cohort, school_class):
    version, _people = school_class
    enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    again = enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    assert again.enrolled == []
    assert Enrollment.objects.count() == 3


def test_it_costs_the_same_for_any_class(administrator, cohort, version, make_learner, django_assert_max_num_queries):
    for _each in range(5):
        make_learner()

    with django_assert_max_num_queries(17):
        assert (
            len(enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON).enrolled) == 5
        )


def test_only_administrators_may(lead, cohort, version, make_learner):
    make_learner()

    with pytest.raises(NotAllowed):
        enroll_class(actor=lead, credential=version.credential, cohort=cohort, at=NOON)

    assert not Enrollment.objects.exists()


@pytest.mark.parametrize("what", ["elective", "retired", "elsewhere"])
def test_what_is_not_required_or_not_offered_or_anothers_is_refused(
    administrator, cohort, make_version, make_learner, make_organization, what
):
    make_learner()
    version = make_version(requirement="elective" if what == "elective" else "required")
    if what == "retired":
        version.credential.status = "retired"
        version.credential.save(update_fields=["status"])
    if what == "elsewhere":
        cohort = Cohort.objects.create(
            organization=make_organization(), name="Theirs", entered_on="2026-08-01", graduates_on="2030-05-31"
        )

    with pytest.raises(Invalid):
        enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    assert not Enrollment.objects.exists()


# Seats ------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def few_seats(version, make_offering, make_learner):
    """An offering of two seats, and a class of five."""
    return make_offering(version=version, seats=2), [make_learner(name=f"Learner {number}") for number in range(5)]


def test_a_class_takes_no_more_seats_than_there_are_and_the_rest_waits(administrator, cohort, version, few_seats):
    offering, _learners = few_seats

    result = enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    assert (len(result.enrolled), len(result.waitlisted)) == (2, 3)
    rows = Enrollment.objects.filter(offering=offering)
    assert rows.filter(status="active").count() == Submission.objects.count() == 2
    assert set(EnrollmentEvent.objects.values_list("moved_to", flat=True)) == {"active", "waitlisted"}
    assert Notice.objects.filter(subject__startswith="You are on the waitlist").count() == 3
    again = enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)
    assert (again.enrolled, again.waitlisted, len(again.already)) == ([], [], 5)


def test_counting_says_beforehand_who_will_wait_and_the_draw_stays_the_same(administrator, cohort, version, few_seats):
    asked = {"actor": administrator, "credential": version.credential, "cohort": cohort, "at": NOON}

    counted = count_class(**asked)

    assert counts(counted) == counts(enroll_class(**asked))
    assert len(counted.waitlisted) == 3


def test_whoever_waits_already_comes_before_the_class(administrator, cohort, version, few_seats, make_learner):
    offering, _learners = few_seats
    other = Cohort.objects.create(
        organization=cohort.organization, name="Others", entered_on="2026-08-01", graduates_on="2030-05-31"
    )
    for status in ("active", "waitlisted"):
        earlier = make_learner()
        Learner.objects.filter(pk=earlier.pk).update(cohort=other)
        Enrollment.objects.create(
            learner=earlier,
            credential=version.credential,
            credential_version=version,
            offering=offering,
            status=status,
            enrolled_at=NOON,
        )

    result = enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    assert (len(result.enrolled), len(result.waitlisted)) == (0, 5)


def test_of_several_offerings_one_is_chosen(client, administrator, cohort, version, few_seats, make_offering):
    spring = make_offering(version=version, name="Spring block", seats=None)
    client.force_login(administrator)

    with pytest.raises(Invalid, match="Choose when and where"):
        enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)
    assert not Enrollment.objects.exists()
    assert client.post(address(version), {"cohort": cohort.pk}).status_code == 422

    client.post(address(version), {"cohort": cohort.pk, "offering": spring.public_id})

    assert Enrollment.objects.filter(offering=spring, status="active").count() == 5


def test_the_page_says_how_many_wait(client, administrator, cohort, version, few_seats):
    client.force_login(administrator)

    counted = " ".join(client.get(address(version), {"cohort": cohort.pk}).text.split())

    assert "Enroll 2 learners and put 3 on the waitlist" in counted
    answer = client.post(address(version), {"cohort": cohort.pk}, follow=True)
    assert "3 learners are on the waitlist: no seat was left." in answer.text


# The page --------------------------------------------------------------------------------------------------------------
def address(version):
    return reverse("learners:class-enroll", args=[version.credential.public_id])


def test_the_administrator_sees_the_numbers_first(client, administrator, cohort, version, make_learner):
    make_learner(name="Robin")
    make_learner(name="Away", status="leave")
    client.force_login(administrator)
    assert (
        address(version) in client.get(reverse("credentials:manage-detail", args=[version.credential.public_id])).text
    )

    counted = " ".join(client.get(address(version), {"cohort": cohort.pk}).text.split())

    assert "Enroll 1 learner" in counted
    assert "Away" in counted
    assert not Enrollment.objects.exists()

    answer = client.post(address(version), {"cohort": cohort.pk}, follow=True)

    assert "1 learner enrolled." in answer.text
    assert "There is nobody left to enroll." in answer.text
    assert Enrollment.objects.count() == 1


def test_an_odd_class_is_refused(client, administrator, version):
    client.force_login(administrator)

    assert client.post(address(version), {"cohort": "999999"}).status_code == 422


def test_nobody_else_finds_the_page(client, lead, learner, version):
    for user in (lead, learner.user):
        client.force_login(user)
        assert client.get(address(version)).status_code == 404
