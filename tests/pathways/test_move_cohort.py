"""Moving a class to a newer version: who would gain or lose, by which rule, and the move itself."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Cohort, Notice
from pathways import selectors, services
from pathways.models import DesignationCase, EnrollmentMove, PathwayEnrollment, PathwayEvent, Requirement
from pathways.records import _moves
from pathways.services import grant_waiver, join_pathway, move_cohort, move_cohort_back
from tests.fixtures.records import NOON

TODAY = NOON.date()


@pytest.fixture
def third(make_version):
    return make_version(title="Data Science", workload_hours=5)


@pytest.fixture
def newer(digital, pathway_admin, third, administrator):
    """Version 2 asks for Data Science instead of Evidence, and for 20 hours instead of 30."""
    version = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    version.requirements.get(credential__current_version__title="Evidence").delete()
    Requirement.objects.create(version=version, position=9, kind="credential", credential=third.credential)
    version.requirements.filter(kind="hours").update(minimum=20)
    version.status, version.published_at, version.published_by = "published", NOON, administrator
    version.save()
    return version


@pytest.fixture
def somebody(make_learner, make_award, digital, join, two_badges, third):
    """somebody("Ada", "Informatics"): joined by version 1, and holds these."""
    versions = {each.title: each for each in [*two_badges, third]}

    def make(name, *titles, **fields):
        learner = make_learner(name=name, **fields)
        for title in titles:
            make_award(learner=learner, version=versions[title])
        return join(digital, of=learner)

    return make


@pytest.fixture
def move(pathway_admin, newer, cohort):
    def make(*, actor=None, version=None, of=None, reason="The committee asked for it.", seen=""):
        return move_cohort(
            actor=actor or pathway_admin,
            version=version or newer,
            cohort=of or cohort,
            reason=reason,
            seen=seen,
            at=NOON,
        )

    return make


def report(newer, cohort):
    return selectors.move_report(newer, cohort, on=TODAY)


def test_the_report_names_who_loses_who_gains_and_by_which_rule(newer, cohort, somebody):
    somebody("Met before", "Informatics", "Evidence")
    somebody("Met after", "Informatics", "Data Science")
    somebody("Nothing")
    somebody("All", "Informatics", "Evidence", "Data Science")

    found = {row.enrollment.learner.display_name: row for row in report(newer, cohort).rows}

    lost = found["Met before"]
    assert (lost.outcome, lost.before, lost.after) == ("loses", "every requirement met", "2 of 3 met")
    assert lost.lost == (("Earn Data Science.", "Data Science is missing."),)
    won = found["Met after"]
    assert (won.outcome, won.before, won.after) == ("gains", "1 of 3 met", "every requirement met")
    assert [words for words, _missing in won.gained] == [
        "Earn Evidence.",
        "All components together take at least 30 hours.",
    ]
    both = found["Nothing"]
    assert both.outcome == "both"
    assert both.lost == (("Earn Data Science.", "Data Science is missing."),)
    assert ("Earn Evidence.", "Evidence is missing.") in both.gained
    assert (found["All"].outcome, found["All"].lost, found["All"].gained) == ("same", (), ())
    assert [row.outcome for row in report(newer, cohort).rows] == ["loses", "both", "gains", "same"]
    assert report(newer, cohort).by_rule[0] == ("Earn Data Science.", 2, 0)


def test_a_rule_that_asks_for_more_is_a_loss_and_for_less_a_gain(
    digital, pathway_admin, administrator, cohort, somebody
):
    harder = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    harder.requirements.filter(kind="hours").update(minimum=40)
    harder.status, harder.published_at, harder.published_by = "published", NOON, administrator
    harder.save()
    somebody("Ada")

    row = report(harder, cohort).rows[0]

    assert row.outcome == "loses"
    assert row.lost == (("All components together take at least 40 hours.", "0 of 40 hours together; 40 more needed."),)


def test_a_profession_that_is_no_longer_admitted_is_a_loss(newer, cohort, somebody):
    type(newer).objects.filter(pk=newer.pk).update(status="published")
    newer.professions_admitted = ["nursing"]
    somebody("All", "Informatics", "Evidence", "Data Science")

    assert report(newer, cohort).rows[0].lost[0][1] == "The version does not admit the profession."


def test_a_waiver_counts_in_both_versions(newer, cohort, somebody, pathway_admin, digital):
    enrollment = somebody("Ada", "Evidence", "Data Science")
    for rule in (digital.requirements.get(position=1), digital.requirements.get(kind="hours")):
        grant_waiver(actor=pathway_admin, enrollment=enrollment, requirement=rule, reason="Taught it.", at=NOON)

    assert report(newer, cohort).rows[0].outcome == "same"


def test_a_waiver_of_a_rule_that_grows_is_a_loss(digital, pathway_admin, administrator, cohort, somebody):
    enrollment = somebody("Ada")
    hours = digital.requirements.get(kind="hours")
    grant_waiver(actor=pathway_admin, enrollment=enrollment, requirement=hours, reason="Short.", at=NOON)
    harder = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    harder.requirements.filter(kind="hours").update(minimum=5000)
    harder.status, harder.published_at, harder.published_by = "published", NOON, administrator
    harder.save()

    row = report(harder, cohort).rows[0]

    assert row.outcome == "loses"
    assert [words for words, _missing in row.lost] == ["All components together take at least 5000 hours."]


def test_the_report_takes_the_same_queries_for_any_number(newer, cohort, somebody):
    somebody("One", "Informatics")
    with CaptureQueriesContext(connection) as few:
        report(newer, cohort)
    for number in range(12):
        somebody(f"Learner {number}", "Informatics", "Evidence")
    with CaptureQueriesContext(connection) as many:
        report(newer, cohort)

    assert len(many) == len(few) < 20


def test_the_class_is_moved_in_one_act(
    newer, cohort, somebody, move, pathway_admin, django_capture_on_commit_callbacks
):
    first, second = somebody("Ada", "Informatics"), somebody("Bo")
    with django_capture_on_commit_callbacks() as called:
        assert move() == (2, 0)

    assert set(PathwayEnrollment.objects.values_list("version", flat=True)) == {newer.pk}
    event = EnrollmentMove.objects.get(enrollment=first)
    assert (event.from_version.number, event.to_version, event.actor, event.at) == (1, newer, pathway_admin, NOON)
    assert event.reason == "The committee asked for it."
    said = PathwayEvent.objects.get(moved_to="class-moved")
    assert (said.version, said.note) == (newer, "Class of 2030, 2 learners: The committee asked for it.")
    assert set(Notice.objects.values_list("user", "kind")) == {
        (each.learner.user_id, "pathway-moved") for each in (first, second)
    }
    assert len(called) == 2
    assert _moves(first.learner)[0]["after"] == 2


def test_a_second_move_changes_nothing(somebody, move):
    somebody("Ada")
    move()

    assert move() == (0, 0)
    assert (EnrollmentMove.objects.count(), Notice.objects.count()) == (1, 1)
    assert PathwayEvent.objects.filter(moved_to="class-moved").count() == 1


def test_who_is_before_the_committee_holds_it_left_or_is_of_another_class_stays(
    newer, digital, somebody, move, organization
):
    asked, done, left = somebody("Asked"), somebody("Done"), somebody("Left")
    other = Cohort.objects.create(
        organization=organization, name="Class of 2029", entered_on=date(2025, 8, 1), graduates_on=date(2029, 5, 31)
    )
    away = somebody("Away")
    type(away.learner).objects.filter(pk=away.learner.pk).update(cohort=other)
    DesignationCase.objects.create(learner=asked.learner, pathway_version=digital, opened_at=NOON)
    PathwayEnrollment.objects.filter(pk=done.pk).update(status="completed")
    PathwayEnrollment.objects.filter(pk=left.pk).update(status="left")
    somebody("Ada")

    assert [row.outcome for row in report(newer, asked.learner.cohort).rows if row.outcome == "stays"] == ["stays"]
    assert move() == (1, 1)
    assert {each.version_id for each in (asked, done, left, away)} == {digital.pk}
    assert PathwayEnrollment.objects.filter(version=digital).count() == 4


def test_a_pinned_version_takes_the_class_in(newer, cohort, somebody, move, organization, make_learner):
    other = Cohort.objects.create(
        organization=organization, name="Class of 2031", entered_on=date(2027, 8, 1), graduates_on=date(2031, 5, 31)
    )
    newer.cohorts.add(other)
    late = make_learner(name="Late")
    assert selectors.newest_published(late).get().number == 1

    assert move() == (0, 0)

    assert set(newer.cohorts.all()) == {other, cohort}
    assert join_pathway(actor=late.user, learner=late, pathway=newer.pathway, at=NOON).version == newer
    assert PathwayEvent.objects.filter(moved_to="class-moved").count() == 1


def test_what_is_refused_moves_nobody(
    newer, digital, cohort, somebody, move, member, registrar, make_organization, pathway_admin
):
    somebody("Ada")
    away = Cohort.objects.create(
        organization=make_organization(), name="Away", entered_on=date(2026, 1, 1), graduates_on=date(2030, 1, 1)
    )
    for actor in (member, registrar):
        with pytest.raises(NotAllowed):
            move(actor=actor)
    with pytest.raises(Invalid, match="Say why"):
        move(reason=" ")
    with pytest.raises(Invalid, match="another school"):
        move(of=away)
    draft = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    with pytest.raises(Conflict, match="published version"):
        move(version=draft)

    assert not EnrollmentMove.objects.exists()
    assert set(PathwayEnrollment.objects.values_list("version", flat=True)) == {digital.pk}


def test_a_report_that_is_out_of_date_moves_nobody(newer, cohort, somebody, move, make_award, third):
    enrollment = somebody("Ada")
    seen = report(newer, cohort).fingerprint
    make_award(learner=enrollment.learner, version=third)

    with pytest.raises(Conflict, match="read it again"):
        move(seen=seen)
    assert not EnrollmentMove.objects.exists()

    assert move(seen=report(newer, cohort).fingerprint) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_move_a_class_once(somebody, move, together):
    somebody("Ada")
    somebody("Bo")

    answers = together(move, move)

    assert sorted(answers) == [(0, 0), (2, 0)]
    assert EnrollmentMove.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_case_that_opens_meanwhile_keeps_its_version_or_is_of_the_new_one(somebody, move, together):
    enrollment = somebody("All", "Informatics", "Evidence", "Data Science")

    together(move, lambda: services.open_case(enrollment=enrollment, at=NOON))

    enrollment.refresh_from_db()
    assert DesignationCase.objects.get().pathway_version == enrollment.version


def test_the_rows_are_never_changed(somebody, move):
    somebody("Ada")
    move()

    with pytest.raises(Exception, match="rows are added"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM pathways_enrollmentmove")


# Oneself, and conflicts ------------------------------------------------------------------------------------------------
@pytest.fixture
def relative(somebody, pathway_admin):
    """A learner of the class with whom the administrator has a conflict."""
    found = somebody("Rel Fern", "Informatics", "Data Science")
    pathway_admin.conflicts.create(learner=found.learner, kind="family", declared_at=NOON)
    return found


@pytest.fixture
def own(somebody, pathway_admin):
    """The administrator's own enrollment."""
    found = somebody("Own Quill", "Informatics", "Data Science")
    type(found.learner).objects.filter(pk=found.learner_id).update(user=pathway_admin)
    return found


@pytest.mark.parametrize("whose", ["relative", "own"])
def test_nobody_moves_themselves_or_whom_they_have_a_conflict_with(
    whose, request, somebody, move, cohort, newer, pathway_admin, administrator
):
    request.getfixturevalue(whose)
    somebody("Ada")

    with pytest.raises(Conflict, match="Another person must move this class"):
        move(actor=pathway_admin)

    assert not EnrollmentMove.objects.exists()
    seen = selectors.move_report(newer, cohort, on=TODAY, by=pathway_admin)
    assert ([row.enrollment.learner.display_name for row in seen.rows], seen.is_barred) == (["Ada"], True)
    assert move(actor=administrator) == (2, 0)


def test_who_stays_before_the_committee_bars_nobody(relative, digital, somebody, move, cohort, newer, pathway_admin):
    DesignationCase.objects.create(learner=relative.learner, pathway_version=digital, opened_at=NOON)
    somebody("Ada")

    assert not selectors.move_report(newer, cohort, on=TODAY, by=pathway_admin).is_barred
    assert move(actor=pathway_admin) == (1, 1)


def test_the_page_says_that_another_person_moves_the_class(relative, address, cohort, pathway_admin, signed_in):
    client = signed_in(pathway_admin)

    for answer in (
        client.get(address, {"cohort": cohort.pk}),
        client.post(address, {"cohort": cohort.pk, "seen": "0" * 64, "reason": "Asked for."}),
    ):
        page = answer.content.decode()
        assert "Another person must move this class" in page
        assert "Rel Fern" not in page and "Nobody of this class" not in page and 'name="reason"' not in page
    assert answer.status_code == 422
    assert not EnrollmentMove.objects.exists()


# Back ------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def move_back(pathway_admin, newer, cohort):
    def make(*, actor=None, reason="The committee thought again.", seen="", at=NOON + timedelta(days=1)):
        return move_cohort_back(
            actor=actor or pathway_admin, version=newer, cohort=cohort, reason=reason, seen=seen, at=at
        )

    return make


def back(newer, cohort, at=NOON + timedelta(days=1)):
    return selectors.back_report(newer, cohort, at=at, on=TODAY)


def test_the_report_says_in_words_why_somebody_loses_or_gains(newer, cohort, somebody):
    somebody("Ada", "Informatics")

    row = report(newer, cohort).rows[0]

    assert (row.outcome, row.before, row.after) == ("both", "1 of 3 met", "2 of 3 met")
    assert row.why_lost == ("Asked anew: Earn Data Science. Data Science is missing.",)
    assert row.why_gained == (
        "No longer asked: Earn Evidence.",
        "Asks for less: All components together take at least 20 hours. 20 of 20 hours together.",
    )


def test_a_class_is_moved_back_to_where_it_came_from_and_both_moves_stay_recorded(
    newer, digital, cohort, somebody, move, move_back, pathway_admin
):
    enrollment = somebody("Ada", "Informatics")
    stranger = somebody("Bo")
    PathwayEnrollment.objects.filter(pk=stranger.pk).update(version=newer)  # joined by version 2
    move()
    assert [each.moved for each in selectors.moved_lately(newer, at=NOON + timedelta(days=1))] == [1]
    assert [row.enrollment for row in back(newer, cohort).rows] == [enrollment]
    assert "No longer asked: Earn Data Science." in back(newer, cohort).rows[0].why_gained
    Notice.objects.all().delete()

    assert move_back(seen=back(newer, cohort).fingerprint) == (1, 0)

    enrollment.refresh_from_db()
    stranger.refresh_from_db()
    assert (enrollment.version, stranger.version) == (digital, newer)
    rows = EnrollmentMove.objects.order_by("pk").values_list("from_version__number", "to_version__number", "reason")
    assert list(rows) == [(1, 2, "The committee asked for it."), (2, 1, "The committee thought again.")]
    said = PathwayEvent.objects.get(moved_to="class-moved-back")
    assert (said.version, said.actor) == (newer, pathway_admin) and "thought again" in said.note
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (enrollment.learner.user, "pathway-moved") and "again" in notice.text
    assert not selectors.moved_lately(newer, at=NOON + timedelta(days=1))
    with pytest.raises(Conflict, match="Nobody of this class can be moved back"):
        move_back()
    assert EnrollmentMove.objects.count() == 2


def test_whoever_has_something_that_rests_on_the_version_stays(
    newer, digital, cohort, somebody, move, move_back, pathway_admin
):
    waived, asked, declined, free = (somebody(name) for name in ("Ada", "Bo", "Cem", "Dag"))
    move()
    for each in (waived, asked, declined, free):
        each.refresh_from_db()
    rule = newer.requirements.get(kind="hours")
    grant_waiver(actor=pathway_admin, enrollment=waived, requirement=rule, reason="x", at=NOON)
    DesignationCase.objects.create(learner=asked.learner, pathway_version=newer, opened_at=NOON)
    DesignationCase.objects.create(
        learner=declined.learner, pathway_version=newer, opened_at=NOON, decided_at=NOON, status="declined"
    )

    outcomes = {row.enrollment.pk: row.outcome for row in back(newer, cohort).rows}
    assert (outcomes[waived.pk], outcomes[asked.pk], outcomes[declined.pk]) == ("rests", "stays", "rests")
    assert back(newer, cohort).moving == 1
    assert move_back() == (1, 3)

    assert set(PathwayEnrollment.objects.filter(version=digital)) == {free}


def test_what_is_refused_moves_nobody_back(newer, cohort, somebody, move, move_back, member, make_user):
    enrollment = somebody("Ada")
    move()
    barred = make_user(Role.PATHWAY_ADMIN)
    barred.conflicts.create(learner=enrollment.learner, kind="family", declared_at=NOON)
    for error, words, said in (
        (NotAllowed, None, {"actor": member}),
        (Invalid, "Say why", {"reason": " "}),
        (Conflict, "Another person", {"actor": barred}),
        (Conflict, "read it again", {"seen": "0" * 64}),
        (Conflict, "the time is over", {"at": NOON + selectors.UNDO_FOR}),
    ):
        with pytest.raises(error, match=words):
            move_back(**said)

    assert EnrollmentMove.objects.count() == 1
    assert not PathwayEvent.objects.filter(moved_to="class-moved-back").exists()


def test_the_pin_that_a_move_made_goes_with_it_and_another_stays(
    newer, cohort, somebody, move, move_back, organization
):
    other = Cohort.objects.create(
        organization=organization, name="Class of 2031", entered_on=date(2027, 8, 1), graduates_on=date(2031, 5, 1)
    )
    newer.cohorts.add(other)
    somebody("Ada")
    move()
    assert set(newer.cohorts.all()) == {other, cohort}

    move_back()

    assert set(newer.cohorts.all()) == {other}


def test_a_class_is_moved_back_on_the_page(newer, address, cohort, somebody, move, pathway_admin, signed_in):
    enrollment = somebody("Ada Quill", "Informatics")
    client, at = signed_in(pathway_admin), timezone.now()
    move_cohort(actor=pathway_admin, version=newer, cohort=cohort, reason="Asked for.", at=at)
    undo = reverse("pathways:cohort-move-back", args=[newer.pathway.public_id, newer.number])
    assert client.get(undo).status_code == 302
    listed = client.get(address).content.decode()
    assert "Moved lately" in listed and f"{undo}?cohort={cohort.pk}" in listed

    answer = client.get(undo, {"cohort": cohort.pk})
    page = answer.content.decode()
    assert "Ada Quill" in page and "No longer asked: Earn Data Science." in page
    said = {"cohort": cohort.pk, "seen": answer.context["report"].fingerprint, "reason": ""}
    assert client.post(undo, said).status_code == 422
    assert client.post(undo, said | {"reason": "A mistake."}).status_code == 302

    enrollment.refresh_from_db()
    assert enrollment.version.number == 1
    assert "Moved lately" not in client.get(address).content.decode()
    assert "can be moved back" in client.get(undo, {"cohort": cohort.pk}).content.decode()
    own = signed_in(enrollment.learner.user).get(newer.pathway.get_absolute_url()).content.decode()
    assert "Your class follows version 1 since" in own and "A mistake." in own


# Pages -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def address(newer):
    return reverse("pathways:cohort-move", args=[newer.pathway.public_id, newer.number])


def test_a_class_is_moved_on_the_page(newer, address, cohort, somebody, pathway_admin, signed_in):
    enrollment = somebody("Ada Quill", "Informatics", "Evidence")
    client = signed_in(pathway_admin)
    manage = client.get(reverse("pathways:manage-detail", args=[newer.pathway.public_id, 2])).content.decode()
    assert address in manage
    listed = client.get(address).content.decode()
    assert "Class of 2030" in listed and "1 learner on an earlier version" in listed

    answer = client.get(address, {"cohort": cohort.pk})
    page = answer.content.decode()
    assert "Ada Quill" in page and "Data Science is missing." in page and "Earn Data Science." in page
    seen = answer.context["report"].fingerprint
    said = {"cohort": cohort.pk, "seen": seen, "reason": ""}
    assert client.post(address, said).status_code == 422
    stale = client.post(address, said | {"reason": "Asked for.", "seen": "0" * 64})
    assert stale.status_code == 422 and "read it again" in stale.content.decode()
    assert not EnrollmentMove.objects.exists()
    assert client.post(address, said | {"reason": "Asked for."}).status_code == 302

    enrollment.refresh_from_db()
    assert enrollment.version == newer
    assert "Nobody follows an earlier version" in client.get(address).content.decode()
    empty = client.get(address, {"cohort": cohort.pk}).content.decode()
    assert "Nobody of this class follows an earlier version" in empty
    own = signed_in(enrollment.learner.user).get(newer.pathway.get_absolute_url()).content.decode()
    assert "Your class follows version 2 since" in own and "Asked for." in own


def test_the_page_costs_the_same_for_any_number(address, cohort, somebody, pathway_admin, signed_in):
    client = signed_in(pathway_admin)
    somebody("One", "Informatics")
    with CaptureQueriesContext(connection) as few:
        client.get(address, {"cohort": cohort.pk})
    for number in range(12):
        somebody(f"Learner {number}", "Informatics", "Evidence")
    with CaptureQueriesContext(connection) as many:
        client.get(address, {"cohort": cohort.pk})

    assert len(many) == len(few) < 20


@pytest.mark.parametrize("key", ["x", "0", "9" * 30, "-1", ""])
def test_an_odd_class_is_not_found(address, pathway_admin, signed_in, key):
    client = signed_in(pathway_admin)

    assert client.get(address, {"cohort": key}).status_code == 404
    assert client.post(address, {"cohort": key, "reason": "x", "seen": "x"}).status_code == 404


def test_a_draft_has_no_such_page(digital, pathway_admin, signed_in):
    services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON + timedelta(days=1))
    client = signed_in(pathway_admin)

    assert client.get(reverse("pathways:cohort-move", args=[digital.pathway.public_id, 2])).status_code == 404
