"""What the tests of the credential core share: contexts, keys, and a badge with every part in it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from issuance.openbadges import (
    Achievement,
    Alignment,
    Badge,
    Contexts,
    Ed25519Signer,
    Evidence,
    IdentityObject,
    Image,
    Profile,
    Result,
    ResultDescription,
    RubricLevel,
    StatusEntryRef,
    Subject,
    sign,
)

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ISSUER = "did:web:registry.example.edu"
LIST_URL = "https://registry.example.edu/status/1"
SEED = bytes(range(32))


def contexts_folder() -> Path:
    return Path(os.environ.get("CONTEXTS_DIR") or ROOT / "vendor" / "contexts")


@pytest.fixture(scope="session")
def contexts():
    return Contexts.load(contexts_folder())


@pytest.fixture
def signer():
    return Ed25519Signer(SEED, f"{ISSUER}#key-1")


def badge(**changes) -> Badge:
    """A realistic badge; keyword arguments replace its fields."""
    base = "https://registry.example.edu/achievements/ip-communication/1"
    levels = tuple(
        RubricLevel(id=f"{base}#c{c}-l{n}", name=name, level=str(n), description=f"Descriptor {n} of criterion {c}.")
        for c in (1, 2)
        for n, name in enumerate(("Not yet evident", "Developing", "Meets the standard", "Exceeds the standard"), 1)
    )
    fields = {
        "id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
        "name": "Interprofessional Communication",
        "description": "Hands over a patient clearly — in “closed-loop” form.",
        "issuer": Profile(
            id=ISSUER,
            name="Larkmoor University of Health Sciences",
            url="https://registry.example.edu",
            country_code="US",
        ),
        "valid_from": NOON,
        "awarded_at": NOON,
        "valid_until": NOON + timedelta(days=1095),
        "image": Image(id="https://registry.example.edu/badges/1.png", caption="The seal of the badge"),
        "subject": Subject(
            id="urn:uuid:0b3c7f6e-63a5-4c3e-8f43-8c1f4b7b2a11",
            identities=(
                IdentityObject.of_name("Zoë “Z” O'Neill\\Ünal"),
                IdentityObject.of_email("Zoe@example.edu", salt="Kosher"),
            ),
            results=(
                Result(result_description=f"{base}#c1", achieved_level=f"{base}#c1-l3"),
                Result(result_description=f"{base}#c2", achieved_level=f"{base}#c2-l4"),
            ),
            credits_earned=12,
        ),
        "achievement": Achievement(
            id=base,
            name="Interprofessional Communication",
            description="Communicates across professions.",
            criteria="Two assessors judged a recorded handover.\n\n1. Clear\n2. Complete",
            criteria_url=f"{base}/criteria",
            credits_available=12.5,
            human_code="LMU-002",
            language="en-US",
            version="1",
            tags=("handover", "teamwork"),
            alignments=(
                Alignment(
                    target_name="EPA 8: Give or receive a patient handover",
                    target_url="https://registry.example.edu/frameworks/core-epa/8",
                    target_code="EPA 8",
                    target_framework="Core EPAs for Entering Residency",
                ),
                Alignment(
                    target_name="CC1",
                    target_url="https://registry.example.edu/frameworks/ipec/CC1",
                    target_type="CFItem",
                ),
            ),
            result_descriptions=(
                ResultDescription(id=f"{base}#c1", name="Clarity", levels=levels[:4], required_level=f"{base}#c1-l3"),
                ResultDescription(
                    id=f"{base}#c2", name="Completeness", levels=levels[4:], required_level=f"{base}#c2-l3"
                ),
            ),
        ),
        "evidence": (
            Evidence(name="Recorded handover", sha256=b"\x01" * 32, genre="video"),
            Evidence(name="Reflection", sha256=b"\x02" * 32, genre="text"),
        ),
        "status": StatusEntryRef(list_url=LIST_URL, index=94567),
    }
    return Badge(**{**fields, **changes})


@pytest.fixture(scope="session")
def make_badge():
    return badge


@pytest.fixture(scope="session")
def signed_badge(contexts):
    """One signed badge; tests copy it before they change it."""
    signer = Ed25519Signer(SEED, f"{ISSUER}#key-1")
    return sign(badge().to_dict(), signer=signer, created=NOON, contexts=contexts).document
