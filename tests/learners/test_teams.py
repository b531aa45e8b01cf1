"""Teams of several professions: formed at once, exactly as many as can be, and one person moved with a reason."""

import itertools
import random
import time
from collections import Counter

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import Notice, Team, TeamEvent, TeamMember
from learners.teaming import Person, form
from tests.fixtures.records import NOON

# DOMAIN 5.8
SCHOOL = {
    "medicine": 180,
    "nursing": 200,
    "pharmacy": 120,
    "physical-therapy": 70,
    "physician-assistant": 60,
    "dentistry": 50,
    "social-work": 20,
}


def people_of(counts):
    names = itertools.chain.from_iterable([name] * count for name, count in counts.items())
    return [Person(number, name) for number, name in enumerate(names)]


def held(people, teams):
    names = {each.key: each.profession for each in people}
    return [Counter(names[key] for key in team) for team in teams.members]


def test_domain_5_8_700_learners_make_100_teams_of_seven_with_three_professions_each():
    people = people_of(SCHOOL)

    began = time.process_time()
    teams = form(people, size=7, professions=3, seed=1)
    took = time.process_time() - began

    assert [len(each) for each in teams.members] == [7] * 100
    assert sorted(itertools.chain.from_iterable(teams.members)) == [each.key for each in people]
    assert min(len(each) for each in held(people, teams)) >= 3
    assert (teams.short, teams.other_size) == (0, 0)
    assert teams.without["social-work"] == 80
    assert teams.without["medicine"] == 0
    assert took < 5


def test_the_same_seed_draws_the_same_teams_and_another_draws_others():
    people = people_of(SCHOOL)

    assert form(people, size=7, professions=3, seed=1) == form(people[::-1], size=7, professions=3, seed=1)
    assert form(people, size=7, professions=3, seed=1) != form(people, size=7, professions=3, seed=2)


def test_rare_professions_are_not_used_up_in_one_team():
    """Dealing round would put the ten of each beside different teams, and no team would have three professions."""
    teams = form(people_of({"nursing": 680, "dentistry": 10, "pharmacy": 10}), size=7, professions=3, seed=1)

    assert teams.short == 90


def most_teams_by_trying(people, places, professions):
    best = 0

    def place(number, teams):
        nonlocal best
        if number == len(people):
            best = max(best, sum(len({people[each].profession for each in team}) >= professions for team in teams))
            return
        for team, room in zip(teams, places, strict=True):
            if len(team) < room:
                team.append(number)
                place(number + 1, teams)
                team.pop()

    place(0, [[] for _place in places])
    return best


@pytest.mark.parametrize("seed", range(25))
def test_no_other_division_gives_more_teams_their_professions(seed):
    generator = random.Random(seed)
    people = [Person(number, generator.choice("aaabbcd")) for number in range(generator.randint(2, 8))]
    size, professions = generator.choice([(3, 2), (3, 3), (4, 3), (2, 2)])

    teams = form(people, size=size, professions=professions, seed=seed)

    places = [len(each) for each in teams.members]
    assert max(places) - min(places) <= 1
    assert sum(places) == len(people)
    assert len(places) - teams.short == most_teams_by_trying(people, places, professions)


def test_nobody_makes_no_team():
    assert form([], size=7, professions=3, seed=1).members == []


# In the registry -----------------------------------------------------------------------------------------------------
@pytest.fixture
def working(make_learner, make_enrollment, make_version):
    """Nine who work on an item."""
    version = make_version()
    professions = ["medicine", "nursing", "pharmacy"] * 3
    return version, [
        make_enrollment(learner=make_learner(name=f"Learner {number}", profession=each), version=version)
        for number, each in enumerate(professions)
    ]


@pytest.fixture
def form_them(lead, working):
    def make(*, actor=lead, size=3, professions=3, seed=1):
        return services.form_teams(
            actor=actor, credential=working[0].credential, size=size, professions=professions, seed=seed, at=NOON
        )

    return make


def test_teams_are_kept_told_and_formed_once(form_them, working, make_learner, make_enrollment):
    version, _enrollments = working

    assert form_them().short == 0

    assert [team.name for team in version.teams.order_by("name")] == ["Team 01", "Team 02", "Team 03"]
    assert TeamMember.objects.count() == TeamEvent.objects.count() == Notice.objects.filter(kind="team").count() == 9
    with pytest.raises(Conflict, match="Everybody"):
        form_them()
    make_enrollment(learner=make_learner(name="Late"), version=version)
    assert form_them().short == 1
    assert version.teams.count() == 4


@pytest.mark.parametrize("sizes", [{"size": 1}, {"size": 31}, {"size": 3, "professions": 4}, {"professions": 0}])
def test_sizes_that_cannot_be_are_refused(form_them, sizes):
    with pytest.raises(Invalid):
        form_them(**sizes)

    assert not Team.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_leads_form_the_teams_once(form_them, together):
    together(form_them, form_them)

    assert Team.objects.count() == 3
    assert TeamMember.objects.count() == 9


def test_a_person_is_moved_with_a_reason_and_once(form_them, lead, working, make_version):
    form_them()
    member = TeamMember.objects.order_by("pk").first()
    other = Team.objects.exclude(pk=member.team_id).first()
    foreign = Team.objects.create(credential_version=make_version(), name="Team 1")

    def move(team=other, reason="Ward shifts clash."):
        return services.move_member(actor=lead, member=member, team=team, reason=reason, at=NOON)

    for refused in (lambda: move(reason=" "), lambda: move(team=foreign)):
        with pytest.raises(Invalid):
            refused()
    assert move().team == move().team == other

    event = TeamEvent.objects.get(kind="moved")
    assert (event.actor, event.before, event.team, event.reason) == (lead, member.team, other, "Ward shifts clash.")
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        TeamEvent.objects.all().delete()


def test_others_form_and_move_nothing(form_them, working, make_user, make_organization, make_version):
    people = [make_user(role) for role in Role.values if role not in {Role.LEAD, Role.ADMINISTRATOR}]
    people.append(make_user(Role.LEAD, scope=make_organization()))
    people.append(make_user(Role.LEAD, credential=make_version().credential))
    for person in people:
        with pytest.raises(NotAllowed):
            form_them(actor=person)
    form_them()
    member = TeamMember.objects.first()
    for person in people:
        with pytest.raises(NotAllowed):
            services.move_member(
                actor=person, member=member, team=Team.objects.exclude(pk=member.team_id).first(), reason="x", at=NOON
            )


def test_a_lead_reads_forms_and_moves_on_the_pages(client, lead, working, django_assert_max_num_queries):
    version, enrollments = working
    page = reverse("learners:team-list", args=[version.credential.public_id])
    client.force_login(lead)
    values = {"size": 4, "professions": 3, "seed": 1}

    with django_assert_max_num_queries(14):
        seen = client.get(page, values).content.decode()
    assert "“4 members” is not met in 1 team" in seen
    assert not Team.objects.exists()
    assert client.post(page, values).status_code == 302
    assert client.post(page, values).status_code == 422
    with django_assert_max_num_queries(14):
        assert "Learner 8" in client.get(page).content.decode()
    move = reverse("learners:team-move", args=[version.credential.public_id, enrollments[0].public_id])
    other = Team.objects.exclude(members__enrollment=enrollments[0]).first()
    assert "Learner 0" in client.get(move).content.decode()
    assert client.post(move, {"team": other.public_id}).status_code == 422
    assert client.post(move, {"team": other.public_id, "reason": "Shifts"}).status_code == 302
    assert enrollments[0].team_member.team == other
    table = client.get(reverse("learners:team-csv", args=[version.credential.public_id]))
    assert len(table.content.decode().strip().splitlines()) == 10


def test_a_learner_sees_their_team_in_the_workspace_and_nobody_elses(
    client, lead, form_them, make_submission, make_learner, make_version
):
    own, other, elsewhere = (make_learner(name=name) for name in ("Ada Quill", "Bo Fen", "Cy Low"))
    version = make_version()
    submission = make_submission(learner=own, version=version)
    make_submission(learner=other, version=version)
    services.form_teams(actor=lead, credential=version.credential, size=2, professions=1, seed=1, at=NOON)
    client.force_login(own.user)

    page = client.get(submission.enrollment.get_absolute_url()).content.decode()

    assert "Team 01" in page
    assert "Bo Fen" in page
    assert other.user.email not in page
    assert elsewhere.display_name not in page
    client.force_login(other.user)
    move = reverse("learners:team-move", args=[version.credential.public_id, submission.enrollment.public_id])
    assert client.get(move).status_code == 404
