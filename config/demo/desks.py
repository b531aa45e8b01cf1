"""What the demo leaves on each desk, so that whoever signs in finds something to do."""

from datetime import datetime, timedelta

from config import handoff
from credentials import services as credentials_services
from credentials.models import Credential, CredentialVersion
from issuance import services as issuance_services
from learners import services as learners_services
from learners.models import Award, Learner, User
from pathways import services as pathways_services
from pathways.models import Pathway

from . import calibration, edges, history, load, recognition, versions

# Left in the queue of the printed assessor, and proposed for release.
QUEUE_ITEM, RELEASE_ITEM = "ip-communication", "quality-foundations"
DRAFT_ITEM = "clinical-informatics"
CALIBRATION_ITEM = load.COHORT_ITEM


def fill(*, at: datetime) -> list[str]:
    """Leave work for each printed account; answer what it is, in sentences. Repeatable only on a fresh school."""
    accounts = load.users()
    colleagues = list(
        Learner.objects.select_related("user").exclude(user=accounts["learner"]).order_by("pk")[: 8 + edges.PEOPLE]
    )
    colleagues, others = colleagues[:8], colleagues[8:]
    _queue(accounts, colleagues, at)
    _case(accounts, colleagues[-1], at)
    award = _awarded(load.REVOKED_ITEM, colleagues[-2], accounts, at)
    issuance_services.request_revocation(
        actor=accounts["registrar2"],
        award=award,
        reason="error",
        note="The score was entered for another learner.",
        at=at,
    )
    robin = Learner.objects.select_related("user").get(user=accounts["learner"])
    recognition.load(accounts=accounts, learner=robin, colleague=colleagues[4], at=at)
    calibration.load(
        keeper=accounts["lead"], assessor=accounts["assessor"], version=_published(CALIBRATION_ITEM), at=at
    )
    versions.load(administrator=accounts["administrator"], colleagues=colleagues[4:7], at=at)
    edges.load(
        accounts=accounts,
        colleagues=others,
        published=_published,
        award=lambda slug, learner: _awarded(slug, learner, accounts, at),
        at=at,
    )
    draft = Credential.objects.get(slug=DRAFT_ITEM)
    credentials_services.start_version(actor=accounts["administrator"], credential=draft, at=at)
    return [
        "assessor: three submissions to judge",
        "lead: a decision to release",
        "committee member: a case to decide",
        "registrar: a revocation to decide, asked for by the second registrar; a record that is contested",
        "lead: an appeal to give to somebody who took no part; privacy officer: a report of patient data",
        "registrar and lead: an outside provider's badge to recognize or decline; the learner has one that is recognized",
        "assessor and lead: a calibration set of five, which the assessor has judged and passed",
        "administrator: a draft version to publish; a pathway with a waiver, a capstone, and a class to move to its version 2",
    ]


def _queue(accounts: dict[str, User], colleagues: list[Learner], at: datetime) -> None:
    history.prepare_submissions(
        version=_published(QUEUE_ITEM),
        learners=colleagues[:3],
        assessors=[accounts["assessor"]],
        at=at - timedelta(days=1),
    )
    history.prepare_decisions(
        version=_published(RELEASE_ITEM),
        learners=colleagues[3:4],
        assessors=[accounts["assessor"]],
        at=at - timedelta(days=4),
    )


def _case(accounts: dict[str, User], holder: Learner, at: datetime) -> None:
    """Somebody else who has met the pathway of the story."""
    for slug in [*load.HELD, load.LAST_COMPONENT]:
        _awarded(slug, holder, accounts, at)
    pathway = Pathway.objects.get(slug=load.PATHWAY)
    joined = pathways_services.join_pathway(
        actor=edges.account(holder), learner=holder, pathway=pathway, at=at - timedelta(days=9)
    )
    pathways_services.open_case(enrollment=joined, at=at)


def _awarded(slug: str, learner: Learner, accounts: dict[str, User], at: datetime) -> Award:
    decisions = history.prepare_decisions(
        version=_published(slug), learners=[learner], assessors=[accounts["assessor"]], at=at - timedelta(days=20)
    )
    learners_services.release_decisions(actor=accounts["lead"], decisions=decisions, at=at - timedelta(days=10))
    handoff.send("issuance.sign_overdue", {})
    return Award.objects.get(learner=learner, credential__slug=slug)


def _published(slug: str) -> CredentialVersion:
    return CredentialVersion.objects.get(credential__slug=slug, status="published")
