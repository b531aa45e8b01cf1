"""The demo school's people, from a seeded generator. No real person is meant."""

import itertools
import random
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from config.permissions import Role
from credentials.models import Organization
from learners.models import AssessorProfile, Cohort, Learner, LearnerName, RoleGrant, User

SEED = 2026
DOMAIN = "larkmoor.example.edu"

GIVEN = """Ada Alba Amara Anders Anwen Arlo Astrid Aurel Bela Briar Caleb Calla Celeste Cyrus Dalia Darius Delphine Dov
Edda Elio Elspeth Emeka Enzo Esme Farah Felix Fern Finnian Freya Gael Gideon Greta Hana Hector Hollis Ida Idris Ilse
Imani Ines Ivo Jael Jonas Juno Kaia Kamal Keiko Kit Lale Leif Lena Lior Lotte Lucian Mabel Mateo Maren Milo Mira Nadia
Nell Nico Noor Odette Olin Orla Oskar Paz Petra Quill Rafi Reva Rhea Ronan Rosalind Sabin Saoirse Selim Sigrid Soren
Tamsin Tariq Thea Tomas Una Uri Vera Viggo Wren Xenia Yara Yusuf Zadie Zeno""".split()
FAMILY = """Alder Applegarth Ashdown Barrowby Beckwith Birchall Blackthorn Bramwell Briarley Brookmyre Cairnfield
Calloway Coldbrook Copperfield Cragmoor Dalehurst Deepwell Drystone Elmhurst Fairwater Fennimore Fernsby Foxley Gorsefield
Greenhalgh Hallowell Harebell Hartsease Hawthorne Heatherby Hollinshead Hornbeam Ingleby Juniper Kestrel Kingfisher
Larkspur Lindenow Lockridge Marchbanks Marlpit Meadowes Merriweather Millrace Moorcroft Mossgrove Nettlebed Northwood
Oakenshaw Orchardson Otterburn Pennywell Pinemarten Plumtree Quarrington Ravenscroft Redfern Ridgeway Rookwood Rowanlea
Saltmarsh Sandpiper Sedgewick Silverdale Snowberry Sorrel Stonecrop Swallowfield Tamarack Teasel Thistledown Thornbury
Underhill Violet Wagtail Waterford Weatherby Whitebeam Willowby Windrush Woodruff Yarrow Yewdale""".split()

# DOMAIN's interprofessional cohort of 700.
PROFESSIONS = {
    "medicine": 180,
    "nursing": 200,
    "pharmacy": 120,
    "physical-therapy": 70,
    "physician-assistant": 60,
    "dentistry": 50,
    "social-work": 20,
}
ASSESSORS = 40


@dataclass(frozen=True)
class Account:
    """One sign-in that the demo prints."""

    key: str
    name: str
    email: str
    role: Role | None
    label: str


ACCOUNTS = [
    Account("administrator", "Merrin Oakenshaw", f"administrator@{DOMAIN}", Role.ADMINISTRATOR, "administrator"),
    Account("learner", "Robin Alder", f"learner@{DOMAIN}", None, "learner"),
    Account("assessor", "Hollis Fernsby", f"assessor@{DOMAIN}", Role.ASSESSOR, "assessor"),
    Account("lead", "Tamsin Ridgeway", f"lead@{DOMAIN}", Role.LEAD, "lead"),
    Account("registrar", "Ivo Kestrel", f"registrar@{DOMAIN}", Role.REGISTRAR, "registrar"),
    Account("registrar2", "Una Saltmarsh", f"registrar.two@{DOMAIN}", Role.REGISTRAR, "second registrar"),
    Account("affairs", "Alba Windrush", f"affairs@{DOMAIN}", Role.REGISTRAR, "student affairs"),
    Account("committee", "Selim Rowanlea", f"committee@{DOMAIN}", Role.COMMITTEE, "committee member"),
    Account("auditor", "Greta Stonecrop", f"auditor@{DOMAIN}", Role.AUDITOR, "auditor"),
    Account("privacy", "Wren Marchbank", f"privacy@{DOMAIN}", Role.PRIVACY, "privacy officer"),
]


def load_accounts(*, organization: Organization, password: str, at: datetime) -> dict[str, User]:
    """Make the accounts that the demo prints, each able to sign in, with its role in the whole school."""
    hashed = make_password(password)
    users = {}
    for account in ACCOUNTS:
        user = User.objects.create(email=account.email, name=account.name, password=hashed, date_joined=at)
        EmailAddress.objects.create(user=user, email=account.email, verified=True, primary=True)
        if account.role:
            RoleGrant.objects.create(user=user, role=account.role, organization=organization, from_at=at)
        users[account.key] = user
    return users


def load_cohort(*, organization: Organization, at: datetime) -> Cohort:
    return Cohort.objects.create(
        organization=organization,
        name="Entering class of 2026",
        entered_on=date(2026, 8, 3),
        graduates_on=date(2030, 5, 25),
    )


def load_people(
    *, organization: Organization, cohort: Cohort, learner_user: User, assessor_user: User, at: datetime
) -> None:
    """Make 700 learners, the printed one among them, and 40 assessors, always the same."""
    names = _names(random.Random(SEED))  # noqa: S311  a demo, not a secret
    professions = itertools.chain.from_iterable([name] * count for name, count in PROFESSIONS.items())
    next(professions)  # the printed learner is the first of medicine
    users, learners = [], []
    for number, profession in enumerate(professions, 2):
        name = next(names)
        users.append(_user(name, number, at))
        learners.append(_learner(organization, cohort, users[-1], name, profession, number))
    assessors = [_user(next(names), 900 + number, at) for number in range(ASSESSORS - 1)]  # and the printed one

    User.objects.bulk_create([*users, *assessors])
    robin = _learner(organization, cohort, learner_user, learner_user.name, "medicine", 1)
    Learner.objects.bulk_create([robin, *learners])
    LearnerName.objects.bulk_create(
        LearnerName(learner=learner, full_name=learner.display_name, from_at=at) for learner in [robin, *learners]
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=Role.ASSESSOR, organization=organization, from_at=at) for user in assessors
    )
    judging = [assessor_user, *assessors]
    AssessorProfile.objects.bulk_create(
        AssessorProfile(user=user, profession=profession)
        for user, profession in zip(judging, itertools.cycle(PROFESSIONS), strict=False)
    )


def _names(generator: random.Random) -> Any:
    pairs = [f"{given} {family}" for given in GIVEN for family in FAMILY if given != family]
    generator.shuffle(pairs)
    return iter(pairs)


def _user(name: str, number: int, at: datetime) -> User:
    given, family = name.lower().split()
    # No usable password: these people never sign in, they fill the school.
    return User(email=f"{given}.{family}.{number}@{DOMAIN}", name=name, password="!", date_joined=at)  # noqa: S106


def _learner(
    organization: Organization, cohort: Cohort, user: User, name: str, profession: str, number: int
) -> Learner:
    return Learner(
        user=user,
        organization=organization,
        cohort=cohort,
        display_name=name,
        profession=profession,
        student_number=f"LM26-{number:04}",
    )
