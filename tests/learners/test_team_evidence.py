"""What a member of a team submits for it counts for each member."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config.errors import NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import services
from learners.models import EvidenceItem, Notice, Team, TeamMember
from tests.fixtures.records import NOON

DECLARED = {"no-patient-data": "", "own-work": ""}


@pytest.fixture
def version(make_version):
    made = make_version(published=False)
    EvidenceRequirement.objects.create(version=made, position=2, kind="project", source="team")
    return made


@pytest.fixture
def team(make_submission, version):
    """Three drafts of one team, and one of another."""
    drafts = [make_submission(version=version) for _number in range(4)]
    one = Team.objects.create(credential_version=version, name="Team 01")
    other = Team.objects.create(credential_version=version, name="Team 02")
    for draft, its in zip(drafts, [one, one, one, other], strict=True):
        TeamMember.objects.create(team=its, enrollment=draft.enrollment)
    return drafts


def hand_in(draft, text="Our project."):
    return services.add_text(
        actor=draft.learner.user,
        submission=draft,
        requirement=draft.credential_version.evidence_requirements.get(kind="project"),
        title="Project",
        text=text,
        at=NOON,
    )


def projects(draft):
    return [each.text for each in draft.evidence_items.filter(requirement__kind="project")]


def test_it_stands_with_each_member_and_with_nobody_else(team):
    first, second, third, other = team

    item = hand_in(first)

    assert [projects(each) for each in team] == [["Our project."]] * 3 + [[]]
    assert second.evidence_items.get(requirement__kind="project").shared_from == item
    # It counts: the others can submit.
    assert (
        services.submit_evidence(actor=third.learner.user, submission=third, declarations=DECLARED, at=NOON).status
        == "submitted"
    )
    assert other.evidence_items.count() == 1


def test_only_who_handed_it_in_takes_it_out_and_then_for_all_drafts(team):
    first, second, third, _other = team
    item = hand_in(first)
    services.submit_evidence(actor=third.learner.user, submission=third, declarations=DECLARED, at=NOON)

    with pytest.raises(NotAllowed):
        services.remove_evidence(actor=second.learner.user, item=second.evidence_items.get(shared_from=item))
    services.remove_evidence(actor=first.learner.user, item=item)

    assert [projects(each) for each in team] == [[], [], ["Our project."], []]


def test_other_evidence_stays_with_its_learner(team):
    first, _second, _third, _other = team
    services.add_text(
        actor=first.learner.user, submission=first, requirement=None, title="", text="Only mine.", at=NOON
    )

    assert not EvidenceItem.objects.filter(text="Only mine.").exclude(submission=first).exists()


def test_without_a_team_it_is_ones_own(make_submission, version):
    alone = make_submission(version=version)

    hand_in(alone)

    assert projects(alone) == ["Our project."]


def test_patient_data_in_it_is_set_aside_in_the_work_of_the_whole_team(team, make_user):
    first, second, third, _other = team
    hand_in(first, "Our project about Ms. Smith.")
    services.submit_evidence(actor=third.learner.user, submission=third, declarations=DECLARED, at=NOON)

    report = services.report_patient_data(actor=make_user(Role.LEAD), submission=third, at=NOON)

    for draft in (first, second, third):
        assert draft.evidence_items.get(requirement__kind="project").is_withheld
    assert not first.evidence_items.get(requirement__kind="case analysis").is_withheld
    services.purge_report(actor=make_user(Role.PRIVACY), report=report, at=NOON)
    assert not EvidenceItem.objects.filter(text__contains="Smith").exists()


def test_the_workspace_says_that_it_is_for_the_team(client, team):
    hand_in(team[0])
    client.force_login(team[1].learner.user)

    page = " ".join(client.get(team[1].enrollment.get_absolute_url()).content.decode().split())

    assert "Submitted for the team" in page
    assert "Your team makes it, and you hand it in." in page


def move(draft, team, actor, at=NOON + timedelta(hours=1)):
    member = TeamMember.objects.get(enrollment=draft.enrollment)
    services.move_member(actor=actor, member=member, team=team, reason="Two of a profession.", at=at)


def test_who_comes_later_gets_what_was_handed_in_for_all(team, lead):
    first, second, _third, newcomer = team
    item = hand_in(first)
    services.submit_evidence(actor=first.learner.user, submission=first, declarations=DECLARED, at=NOON)

    for _twice in range(2):
        move(newcomer, Team.objects.get(name="Team 01"), lead)

    assert projects(newcomer) == projects(second) == ["Our project."]
    assert newcomer.evidence_items.get(requirement__kind="project").shared_from == item


def test_what_was_made_for_another_team_does_not_come_along(team, lead):
    first, second, _third, mover = team
    hand_in(first)
    hand_in(mover, "Made for the other team.")
    move(mover, Team.objects.get(name="Team 01"), lead)

    late = second
    TeamMember.objects.filter(enrollment=late.enrollment).update(team=Team.objects.get(name="Team 02"))
    late.evidence_items.filter(requirement__kind="project").delete()
    move(late, Team.objects.get(name="Team 01"), lead, at=NOON + timedelta(hours=2))

    assert projects(late) == ["Our project."]
    assert sorted(projects(mover)) == ["Made for the other team.", "Our project."]


def test_the_next_attempt_gets_what_the_team_handed_in_meanwhile(version, team, make_decision, assessor):
    first, second, _third, _other = team
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor, version=version)
    TeamMember.objects.create(team=Team.objects.get(name="Team 01"), enrollment=decision.submission.enrollment)
    hand_in(first)
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    again = services.start_resubmission(actor=decision.learner.user, submission=decision.submission, at=NOON)

    assert projects(again) == projects(second) == ["Our project."]
    assert projects(decision.submission) == []


def test_whoever_changes_team_leaves_its_shared_evidence_behind_and_is_told(team, lead):
    first, second, mover, other = team
    hand_in(first)
    hand_in(other, "The other team's project.")
    own = hand_in(mover, "What I wrote for all.")

    move(mover, Team.objects.get(name="Team 02"), lead)

    assert sorted(projects(mover)) == ["The other team's project.", "What I wrote for all."]
    # Nothing is lost: it stands with those who handed it in, and with the team.
    assert projects(first) == projects(second) == ["Our project.", "What I wrote for all."]
    assert first.evidence_items.get(text="What I wrote for all.").shared_from == own
    [notice] = Notice.objects.filter(user=mover.learner.user, kind="team")
    assert "1 piece of evidence that others submitted for Team 01 left your draft" in notice.text
    move(mover, Team.objects.get(name="Team 02"), lead)
    assert Notice.objects.filter(user=mover.learner.user, kind="team").count() == 1


def test_what_was_submitted_before_the_move_stays_as_it_was(team, lead):
    first, _second, mover, _other = team
    hand_in(first)
    services.submit_evidence(actor=mover.learner.user, submission=mover, declarations=DECLARED, at=NOON)

    move(mover, Team.objects.get(name="Team 02"), lead)

    assert projects(mover) == ["Our project."]


def test_the_page_of_a_move_says_what_happens_to_the_evidence(client, version, team, lead):
    version.credential.current_version = version
    version.credential.save()
    client.force_login(lead)
    member = TeamMember.objects.get(enrollment=team[0].enrollment)

    page = client.get(
        reverse(
            "learners:team-move",
            args=[member.team.credential_version.credential.public_id, member.enrollment.public_id],
        )
    )

    assert page.status_code == 200
    assert "leaves the draft and stays with that team" in page.text
