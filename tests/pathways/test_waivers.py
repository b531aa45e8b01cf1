"""Waivers and substitutions for one learner: who grants them, what they do, who reads them, and that they can be withdrawn."""

import importlib
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Notice
from pathways import selectors, services
from pathways.models import DesignationCase, PathwayEnrollment, Requirement, Waiver, WaiverWithdrawal
from pathways.records import _waivers
from pathways.services import confirm_case, grant_waiver, open_case, withdraw_waiver
from tests.fixtures.records import NOON

TODAY = NOON.date()


@pytest.fixture
def enrollment(digital, join):
    return join(digital)


@pytest.fixture
def rule(digital):
    """rule("Informatics"), rule(kind="hours"): of the pathway."""

    def find(title=None, **fields):
        if title:
            fields["credential__current_version__title"] = title
        return digital.requirements.get(**fields)

    return find


@pytest.fixture
def waive(pathway_admin, enrollment):
    def make(requirement, *, substitute=None, actor=None, reason="Taught it for ten years.", at=NOON):
        return grant_waiver(
            actor=actor or pathway_admin,
            enrollment=enrollment,
            requirement=requirement,
            substitute=substitute.credential if substitute else None,
            reason=reason,
            at=at,
        )

    return make


def lines(enrollment):
    progress = selectors.progress(version=enrollment.version, learner=enrollment.learner, on=TODAY)
    return [line.sentence for line in progress.lines]


def allowance(enrollment):
    asked = selectors.asked(enrollment.version)
    known = selectors.known_of(enrollment.learner, asked, enrollment)
    return selectors.allowances(known.waivers[enrollment.pk], asked)[0]


def test_a_waived_badge_need_not_be_earned(enrollment, rule, waive, pathway_admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as called:
        waiver = waive(rule("Informatics"))

    assert (waiver.actor, waiver.at, waiver.enrollment) == (pathway_admin, NOON, enrollment)
    assert lines(enrollment)[0] == "Informatics is waived: Taught it for ten years."
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (enrollment.learner.user, "waiver")
    assert "ten years" not in notice.subject + notice.text
    assert len(called) == 2  # the mail, and a look at who meets it now


def test_another_badge_stands_in(enrollment, rule, waive, make_version, make_award):
    other = make_version(title="Data Science", workload_hours=25)
    waive(rule("Informatics"), substitute=other, reason="Same content.")
    make_award(learner=enrollment.learner, version=other)

    assert lines(enrollment)[0].startswith("Data Science was awarded on ")
    assert lines(enrollment)[0].endswith(" and stands in for Informatics: Same content.")
    assert lines(enrollment)[2] == "25 of 30 hours together; 5 more needed."


def test_what_has_to_be_held_before_a_substitute_is_counted_with_it(
    make_pathway, join, make_version, version, pathway_admin
):
    first = make_version(title="Basics", workload_hours=3)
    other = make_version(title="Data Science", workload_hours=2, requires=[first.credential])
    enrollment = join(make_pathway(required=[version]))
    rule = enrollment.version.requirements.get()
    grant_waiver(
        actor=pathway_admin, enrollment=enrollment, requirement=rule, substitute=other.credential, reason="x", at=NOON
    )

    progress = selectors.progress(version=enrollment.version, learner=enrollment.learner, on=TODAY)

    assert [each.title for each in progress.least] == ["Data Science", "Basics"]


def test_a_met_pathway_goes_before_the_committee_once_the_rest_is_waived(
    enrollment, rule, waive, make_award, two_badges, member
):
    make_award(learner=enrollment.learner, version=two_badges[0])
    assert open_case(enrollment=enrollment, at=NOON) is None
    waive(rule("Evidence"))
    waive(rule(kind="hours"))

    case = open_case(enrollment=enrollment, at=NOON)

    assert case.status == "open"
    confirmed = confirm_case(actor=member, case=case, at=NOON, reason="Fine.")
    assert [each.component.credential_version.title for each in confirmed.award.components.all()] == ["Informatics"]


def test_who_does_not_run_the_pathway_waives_nothing(
    enrollment, rule, waive, member, lead, registrar, make_user, organization
):
    own = enrollment.learner.user
    own.role_grants.create(role=Role.ADMINISTRATOR, organization=organization, from_at=NOON - timedelta(days=1))
    barred = make_user(Role.PATHWAY_ADMIN)
    barred.conflicts.create(learner=enrollment.learner, kind="family", declared_at=NOON)
    for actor in (member, lead, registrar, own, barred):
        with pytest.raises(NotAllowed):
            waive(rule("Informatics"), actor=actor)

    assert not Waiver.objects.exists()
    assert not Notice.objects.exists()


def test_a_waiver_needs_a_reason_and_a_rule_of_the_version(waive, rule, make_pathway, version):
    with pytest.raises(Invalid, match="Say why"):
        waive(rule("Informatics"), reason="  ")
    with pytest.raises(Invalid, match="of the version that the learner follows"):
        waive(make_pathway(required=[version]).requirements.get())

    assert not Waiver.objects.exists()


def test_what_makes_no_sense_is_refused(make_pathway, join, two_badges, make_version, make_organization, pathway_admin):
    informatics, evidence = two_badges
    version = make_pathway(published=False)
    clinic = Requirement.objects.create(version=version, position=1, kind="points", label="Clinic", minimum=2)
    part = Requirement.objects.create(
        version=version, parent=clinic, position=1, kind="credential", credential=informatics.credential
    )
    hours = Requirement.objects.create(version=version, position=2, kind="hours", minimum=5)
    committee = Requirement.objects.create(version=version, position=3, kind="confirmation")
    enrollment = join(version)
    away = make_version()
    type(away.credential).objects.filter(pk=away.credential.pk).update(organization=make_organization())
    away.credential.refresh_from_db()
    designation = version.pathway.credential

    for requirement, substitute, words in (
        (committee, None, "cannot be waived by itself"),
        (part, None, "cannot be waived by itself"),
        (part, evidence.credential, "No badge can stand in"),
        (hours, evidence.credential, "No badge can stand in"),
        (clinic, informatics.credential, "The rule names Informatics itself"),
        (clinic, away.credential, "belongs to another school"),
        (clinic, designation, "is no published microcredential"),
    ):
        with pytest.raises(Invalid, match=words):
            grant_waiver(
                actor=pathway_admin,
                enrollment=enrollment,
                requirement=requirement,
                substitute=substitute,
                reason="x",
                at=NOON,
            )
    assert not Waiver.objects.exists()
    grant_waiver(
        actor=pathway_admin,
        enrollment=enrollment,
        requirement=clinic,
        substitute=evidence.credential,
        reason="x",
        at=NOON,
    )
    assert allowance(enrollment).sentence == "Evidence counts for “Clinic”, too."


def test_a_second_waiver_of_the_same_rule_is_refused_until_the_first_is_withdrawn(waive, rule, pathway_admin):
    first = waive(rule("Informatics"))
    with pytest.raises(Conflict, match="already; withdraw that first"):
        waive(rule("Informatics"))
    withdraw_waiver(actor=pathway_admin, waiver=first, reason="A mistake.", at=NOON)

    second = waive(rule("Informatics"))

    assert (first.number, second.number) == (1, 2)


def test_a_withdrawn_waiver_counts_no_more_and_stays_on_record(enrollment, waive, rule, pathway_admin):
    waiver = waive(rule("Informatics"))
    withdraw_waiver(actor=pathway_admin, waiver=waiver, reason="It was another course.", at=NOON)

    assert lines(enrollment)[0] == "Informatics is missing."
    shown = allowance(enrollment)
    assert (shown.is_standing, shown.waiver.withdrawal.reason) == (False, "It was another course.")
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw_waiver(actor=pathway_admin, waiver=waiver, reason="Again.", at=NOON)
    assert WaiverWithdrawal.objects.count() == 1


def test_withdrawing_asks_for_the_same_permission_and_a_reason(enrollment, waive, rule, member, pathway_admin):
    waiver = waive(rule("Informatics"))
    with pytest.raises(NotAllowed):
        withdraw_waiver(actor=member, waiver=waiver, reason="x", at=NOON)
    with pytest.raises(Invalid, match="Say why"):
        withdraw_waiver(actor=pathway_admin, waiver=waiver, reason=" ", at=NOON)

    assert not WaiverWithdrawal.objects.exists()


def test_once_the_designation_is_awarded_what_it_rests_on_stays(enrollment, waive, rule, pathway_admin):
    waiver = waive(rule("Informatics"))
    PathwayEnrollment.objects.update(status="completed")

    with pytest.raises(Conflict, match="what it rests on stays"):
        withdraw_waiver(actor=pathway_admin, waiver=waiver, reason="x", at=NOON)
    with pytest.raises(Conflict, match="what it rests on stays"):
        waive(rule("Evidence"))

    assert (Waiver.objects.count(), WaiverWithdrawal.objects.count()) == (1, 0)


def test_who_left_is_waived_nothing(enrollment, waive, rule):
    PathwayEnrollment.objects.update(status="left")

    with pytest.raises(Conflict, match="no longer works toward"):
        waive(rule("Informatics"))


def test_a_waiver_holds_for_the_same_rule_of_the_next_version(enrollment, waive, rule, digital, pathway_admin):
    waive(rule("Informatics"))
    copy = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    assert set(copy.requirements.values_list("key", flat=True)) == set(
        digital.requirements.values_list("key", flat=True)
    )
    PathwayEnrollment.objects.update(version=copy)
    enrollment.refresh_from_db()

    assert lines(enrollment)[0] == "Informatics is waived: Taught it for ten years."
    assert allowance(enrollment).is_asked
    services.remove_rule(actor=pathway_admin, rule=copy.requirements.get(credential__isnull=False, position=1))
    assert not allowance(enrollment).is_asked
    assert lines(enrollment)[0] == "Evidence is missing."


@pytest.mark.parametrize(("minimum", "is_waived"), [(20, True), (30, True), (5000, False)])
def test_a_waiver_does_not_hold_where_the_next_version_asks_more_by_the_same_rule(
    enrollment, waive, rule, digital, pathway_admin, signed_in, minimum, is_waived
):
    waive(rule(kind="hours"), reason="Five hours short.")
    copy = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    hours = copy.requirements.get(kind="hours")
    services.change_rule(actor=pathway_admin, rule=hours, asks=services.Asks(label="Hours", minimum=minimum))
    PathwayEnrollment.objects.update(version=copy)
    enrollment.refresh_from_db()

    assert ("Five hours short." in lines(enrollment)[2]) is is_waived
    assert allowance(enrollment).is_changed is not is_waived
    page = signed_in(pathway_admin).get(enrollment.get_absolute_url()).content.decode()
    assert ("asks for something else or more here" in page) is not is_waived


def test_a_waiver_does_not_hold_where_the_next_version_names_another_badge_by_the_same_rule(
    enrollment, waive, rule, digital, pathway_admin, make_version
):
    waive(rule("Informatics"))
    copy = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    asks = services.Asks(credential=make_version(title="Surgery").credential)
    services.change_rule(actor=pathway_admin, rule=copy.requirements.get(position=1), asks=asks)
    PathwayEnrollment.objects.update(version=copy)
    enrollment.refresh_from_db()

    assert lines(enrollment)[0] == "Surgery is missing."


@pytest.mark.django_db(transaction=True)
def test_two_at_once_waive_a_rule_once(waive, rule, together):
    informatics = rule("Informatics")

    answers = together(lambda: waive(informatics), lambda: waive(informatics))

    assert sorted(type(each).__name__ for each in answers) == ["Conflict", "Waiver"]
    assert Waiver.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_case_is_confirmed_with_its_waiver_or_not_at_all(
    enrollment, waive, rule, make_award, two_badges, member, pathway_admin, together
):
    make_award(learner=enrollment.learner, version=two_badges[0])
    waive(rule("Evidence"))
    waiver = waive(rule(kind="hours"))
    case = open_case(enrollment=enrollment, at=NOON)

    together(
        lambda: confirm_case(actor=member, case=case, at=NOON, reason="Fine."),
        lambda: withdraw_waiver(actor=pathway_admin, waiver=waiver, reason="A mistake.", at=NOON),
    )

    case.refresh_from_db()
    assert (case.status == "confirmed") != WaiverWithdrawal.objects.exists()


@pytest.mark.parametrize("table", ["pathways_waiver", "pathways_waiverwithdrawal"])
def test_the_rows_are_never_changed(waive, rule, pathway_admin, table):
    withdraw_waiver(actor=pathway_admin, waiver=waive(rule("Informatics")), reason="x", at=NOON)

    with pytest.raises(Exception, match="rows are added"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET reason = 'other'")


def test_rules_of_before_are_given_the_key_of_the_version_before(make_pathway, two_badges, version):
    old = make_pathway(required=two_badges, groups=[("Depth", 1, [version])], hours=30, published=False)
    new = make_pathway(
        required=two_badges[1:], groups=[("Depth", 1, [version])], hours=40, pathway=old.pathway, published=False
    )
    migration = importlib.import_module("pathways.migrations.0004_stable_rules")

    migration.share_keys(apps, None)

    before, after = (
        {(row.kind, row.parent_id is None, row.credential_id): row.key for row in each.requirements.all()}
        for each in (old, new)
    )
    assert {key: before[key] for key in after} == after
    assert len(set(before.values())) == 5


# Pages -----------------------------------------------------------------------------------------------------------------
def test_the_list_shows_who_works_toward_it(enrollment, waive, rule, pathway_admin, signed_in, make_learner, join):
    waive(rule("Informatics"))
    other = join(enrollment.version, of=make_learner(name="Ada Quill"))
    client = signed_in(pathway_admin)
    address = reverse("pathways:enrollment-list", args=[enrollment.pathway.public_id])

    page = client.get(address).content.decode()
    assert "Robin Alder" in page and "Ada Quill" in page and "2 learners" in page
    some = client.get(address, {"waived": "on"}).content.decode()
    assert enrollment.get_absolute_url() in some and other.get_absolute_url() not in some
    few = client.get(address, {"name": "quill"}).content.decode()
    assert other.get_absolute_url() in few and enrollment.get_absolute_url() not in few
    assert "Nobody matches" in client.get(address, {"name": "nobody"}).content.decode()


def test_the_list_costs_the_same_for_any_number(
    enrollment, pathway_admin, signed_in, make_learner, join, django_assert_num_queries
):
    client = signed_in(pathway_admin)
    address = reverse("pathways:enrollment-list", args=[enrollment.pathway.public_id])
    with django_assert_num_queries(7):
        client.get(address)
    for number in range(12):
        join(enrollment.version, of=make_learner(name=f"Learner {number}"))
    with django_assert_num_queries(7):
        client.get(address)


def test_a_waiver_is_granted_and_withdrawn_on_the_page(enrollment, rule, pathway_admin, signed_in, make_version):
    client = signed_in(pathway_admin)
    page = client.get(enrollment.get_absolute_url()).content.decode()
    assert "Informatics is missing." in page and "Nothing is waived" in page
    address = reverse("pathways:waiver-grant", args=[enrollment.public_id])
    said = {"rule": str(rule("Informatics").public_id), "substitute": "", "reason": "Taught it."}

    assert client.get(address).status_code == 302
    assert client.post(address, {"rule": "", "reason": ""}).status_code == 422
    assert client.post(address, said | {"rule": str(rule(kind="hours").public_id)}).status_code == 302
    assert client.post(address, said).status_code == 302
    refused = client.post(address, said)
    assert refused.status_code == 422 and "withdraw that first" in refused.content.decode()
    waiver = Waiver.objects.get(requirement=rule("Informatics"))
    page = client.get(enrollment.get_absolute_url()).content.decode()
    assert "“Informatics” is waived." in page and "Taught it." in page
    back = reverse("pathways:waiver-withdraw", args=[waiver.public_id])
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": "A mistake."}).status_code == 302
    assert client.post(back, {"reason": "A mistake."}).status_code == 422
    assert "A mistake." in client.get(enrollment.get_absolute_url()).content.decode()


def test_the_page_of_a_learner_costs_the_same_for_any_number_of_waivers(
    enrollment, rule, waive, pathway_admin, signed_in, django_assert_num_queries
):
    client = signed_in(pathway_admin)
    waive(rule("Informatics"))
    with django_assert_num_queries(12):
        client.get(enrollment.get_absolute_url())
    waive(rule("Evidence"))
    waive(rule(kind="hours"))
    with django_assert_num_queries(12):
        client.get(enrollment.get_absolute_url())


def test_learner_and_committee_read_what_is_waived_by_whom_and_why(
    enrollment, rule, waive, pathway_admin, signed_in, member
):
    waive(rule("Informatics"))
    case = DesignationCase.objects.create(
        learner=enrollment.learner, pathway_version=enrollment.version, opened_at=NOON
    )

    own = signed_in(enrollment.learner.user).get(enrollment.pathway.get_absolute_url()).content.decode()
    committee = signed_in(member).get(case.get_absolute_url()).content.decode()

    for page in (own, committee):
        assert "“Informatics” is waived." in page and pathway_admin.name in page
        assert "Taught it for ten years." in page
    assert "Withdraw it" not in own + committee


def test_who_has_a_conflict_finds_nothing(enrollment, pathway_admin, signed_in):
    pathway_admin.conflicts.create(learner=enrollment.learner, kind="family", declared_at=NOON)
    client = signed_in(pathway_admin)

    assert client.get(enrollment.get_absolute_url()).status_code == 404
    listed = client.get(reverse("pathways:enrollment-list", args=[enrollment.pathway.public_id]))
    assert "Robin Alder" not in listed.content.decode()


def test_the_record_tells_the_whole(enrollment, rule, waive, pathway_admin):
    withdraw_waiver(actor=pathway_admin, waiver=waive(rule("Informatics")), reason="A mistake.", at=NOON)

    row = _waivers(enrollment.learner)[0]
    assert (row["requirement"], row["reason"]) == ("Informatics", "Taught it for ten years.")
    assert (row["withdrawn"], row["withdrawn_reason"]) == (NOON, "A mistake.")
