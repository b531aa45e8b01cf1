"""Fill the demo school with tens of thousands of awards in mixed states, signed by the real signer."""

import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from credentials.models import Credential, CredentialVersion, Organization
from issuance import services as issuance_services
from issuance.models import Consent, ConsentAward, RevocationRequest, SignedDocument
from learners.models import Award, AwardEvent, Cohort, Learner, LearnerName, User

CHUNK = 5000
REVOKED_ONE_IN = 350


def fill(*, count: int, say: Callable[[str], None]) -> list[str]:
    """Make `count` more awards with a document each; answer the addresses of the shared ones.

    A tenth is not shared, a tenth is expired, one in REVOKED_ONE_IN is revoked. Needs the loaded demo school.
    """
    at = timezone.now()
    chance = random.Random(7)  # noqa: S311  a benchmark, not a secret
    learners = _learners(-(-count // 30), at)
    versions = list(
        CredentialVersion.objects.filter(
            pk__in=Credential.objects.offered().filter(kind="microcredential").values("current_version")
        )
    )
    pairs = itertools.islice(((learner, version) for version in versions for learner in learners), count)
    awards: list[Award] = []
    while batch := list(itertools.islice(pairs, CHUNK)):
        rows = Award.objects.bulk_create(_award(learner, version, at, chance) for learner, version in batch)
        AwardEvent.objects.bulk_create(
            AwardEvent(award=award, moved_to="active", at=award.awarded_at) for award in rows
        )
        _share([award for award in rows if chance.random() < 0.9], at)
        awards += rows
        say(f"{len(awards):,} awards")
    while issuance_services.sign_pending(limit=200, at=timezone.now(), full=True):
        pass
    say(f"{SignedDocument.objects.count():,} documents")
    _revoke(chance.sample(awards, max(1, len(awards) // REVOKED_ONE_IN)))
    shared = set(ConsentAward.objects.values_list("award_id", flat=True))
    return [f"/v/{award.public_id}" for award in awards if award.pk in shared]


def _learners(count: int, at: datetime) -> list[Learner]:
    organization = Organization.objects.get(slug="larkmoor")
    cohort = Cohort.objects.first()
    first = User.objects.filter(email__startswith="bench.").count()
    users = User.objects.bulk_create(
        User(email=f"bench.{number}@larkmoor.example.edu", name=f"Bench {number}", password="!")  # noqa: S106
        for number in range(first, first + count)
    )
    learners = Learner.objects.bulk_create(
        Learner(
            user=user,
            organization=organization,
            cohort=cohort,
            display_name=f"Linden Marlpit {number}",
            profession="medicine",
            student_number=f"B-{number}",
        )
        for number, user in enumerate(users, first)
    )
    LearnerName.objects.bulk_create(
        LearnerName(learner=learner, full_name=learner.display_name, from_at=at) for learner in learners
    )
    return learners


def _award(learner: Learner, version: CredentialVersion, at: datetime, chance: random.Random) -> Award:
    awarded_at = at - timedelta(days=chance.randrange(30, 700))
    return Award(
        learner=learner,
        credential_id=version.credential_id,
        credential_version=version,
        awarded_at=awarded_at,
        sign_after=awarded_at,
        valid_until=awarded_at + timedelta(days=15) if chance.random() < 0.1 else None,
    )


def _share(awards: list[Award], at: datetime) -> None:
    consents = Consent.objects.bulk_create(
        Consent(
            learner=award.learner,
            purpose="residency",
            recipients="anyone-with-link",
            wording_version="bench",
            wording="Benchmark data.",
            sign_in_method="password",
            given_at=at,
        )
        for award in awards
    )
    ConsentAward.objects.bulk_create(
        ConsentAward(consent=consent, award=award) for consent, award in zip(consents, awards, strict=True)
    )


def _revoke(awards: list[Award]) -> None:
    first = User.objects.get(email="registrar@larkmoor.example.edu")
    second = User.objects.get(email="registrar.two@larkmoor.example.edu")
    for award in awards:
        request: RevocationRequest = issuance_services.request_revocation(
            actor=first, award=award, reason="error", note="Benchmark data.", at=timezone.now()
        )
        issuance_services.approve_revocation(actor=second, request=request, at=timezone.now())
