"""Fill an empty database with the demo school."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from config import handoff
from credentials.models import Credential, CredentialVersion, Organization
from issuance import services as issuance_services
from issuance.models import KeyPurpose
from learners import services as learners_services
from learners.models import Learner, User
from pathways import services as pathways_services
from pathways.models import Pathway

from . import catalog, history, offerings, people

# What the printed learner already holds of "Digital Health and Data"; the story awards the last one.
HELD = ["clinical-informatics", "evidence-appraisal", "telehealth-rural"]
DAYS_OFF = """2026-11-26,2026-11-27,Thanksgiving
2026-12-21,2027-01-01,Winter break
2027-01-18,,Martin Luther King Jr. Day
2027-05-31,,Memorial Day
2027-07-05,,Independence Day
2027-09-06,,Labor Day
"""
# Held too, and revoked in the story; no pathway of the learner counts it.
REVOKED_ITEM = "language-access"
LAST_COMPONENT = "ai-appraisal"
PATHWAY = "digital-health-data"
COHORT_ITEM = "roles-and-scope"


@dataclass(frozen=True)
class School:
    organization: Organization
    users: dict[str, User]
    password: str


def is_loaded() -> bool:
    return Organization.objects.exists()


def demo_password(home: Path) -> str:
    """The one password of the printed accounts, made at first run and kept in HOME/secrets with mode 0600."""
    path = home / "secrets" / "demo_password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12) + "\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def users() -> dict[str, User]:
    emails = {account.email: account.key for account in people.ACCOUNTS}
    return {emails[user.email]: user for user in User.objects.filter(email__in=emails)}


def load(*, home: Path, at: datetime) -> None:
    """Load organization, frameworks, people, catalog and pathways, and what the printed learner already earned.

    at: now; what happened earlier is dated before it.
    """
    began = at - timedelta(days=120)
    organization = catalog.load_school()
    for purpose in KeyPurpose:
        issuance_services.create_key(organization=organization, purpose=purpose, at=began)
    competencies = catalog.load_frameworks(organization=organization)
    accounts = people.load_accounts(organization=organization, password=demo_password(home), at=began)
    learners_services.add_holidays(actor=accounts["administrator"], organization=organization, text=DAYS_OFF)
    cohort = people.load_cohort(organization=organization, at=began)
    people.load_people(
        organization=organization,
        cohort=cohort,
        learner_user=accounts["learner"],
        assessor_user=accounts["assessor"],
        at=began,
    )
    credentials = catalog.load_microcredentials(
        organization=organization,
        competencies=competencies,
        publisher=accounts["administrator"],
        owners=[accounts["lead"], accounts["administrator"]],
        at=began,
    )
    offerings.load_offerings(organization=organization, credentials=credentials, on=timezone.localdate(at))
    pathways = catalog.load_pathways(
        organization=organization, credentials=credentials, publisher=accounts["administrator"], at=began
    )
    _load_history(credentials, pathways[PATHWAY].pathway, accounts, at)
    # What was awarded in the past lies outside the look of the frequent sweep.
    handoff.send("issuance.sign_overdue", {})


def _published(credential: Credential) -> CredentialVersion:
    if credential.current_version is None:
        raise ValueError(f"{credential.code} is not published.")
    return credential.current_version


def _load_history(
    credentials: dict[str, Credential], pathway: Pathway, accounts: dict[str, User], at: datetime
) -> None:
    robin = Learner.objects.select_related("user").get(user=accounts["learner"])
    assessor = [accounts["assessor"]]
    for slug in [*HELD, REVOKED_ITEM]:
        decisions = history.prepare_decisions(
            version=_published(credentials[slug]), learners=[robin], assessors=assessor, at=at - timedelta(days=60)
        )
        learners_services.release_decisions(
            actor=accounts["lead"], decisions=decisions, at=at - timedelta(days=57), note=""
        )
    history.prepare_decisions(
        version=_published(credentials[LAST_COMPONENT]),
        learners=[robin],
        assessors=assessor,
        at=at - timedelta(days=3),
    )
    pathways_services.join_pathway(
        actor=accounts["learner"], learner=robin, pathway=pathway, at=at - timedelta(days=90)
    )
    cohort = list(Learner.objects.select_related("user").order_by("pk"))
    # The printed assessor is left with the least to do, so that the story's submission comes to them.
    judges = list(User.objects.filter(role_grants__role="assessor").exclude(pk=accounts["assessor"].pk).order_by("pk"))
    history.prepare_decisions(
        version=_published(credentials[COHORT_ITEM]), learners=cohort, assessors=judges, at=at - timedelta(days=3)
    )
