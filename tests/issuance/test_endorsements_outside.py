"""A signed endorsement, and a badge that carries it, verified by Digital Bazaar's libraries from what anybody can fetch."""

import json
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from config.runtime.node import node
from credentials import services as asking
from credentials.models import Organization
from issuance import services
from issuance.models import StatusList
from tests.issuance.test_endorsements import ask, confirm, signed

__all__ = ["ask", "confirm", "signed"]

SCRIPT = Path(__file__).parents[1] / "interop" / "verify.mjs"


@pytest.fixture
def look(client, tmp_path):
    """look(names): what their libraries say of files, given the DID documents and status lists that are served now."""

    def verified(**files):
        for number, address in enumerate(
            ["/.well-known/did.json", *(f"/endorsers/{key}/did.json" for key in endorsers())]
        ):
            (tmp_path / f"did-{number}.json").write_bytes(client.get(address).content)
        for number, key in enumerate(StatusList.objects.values_list("public_id", flat=True)):
            (tmp_path / f"statuslist-{number}.json").write_bytes(client.get(f"/status/{key}").content)
        for name, content in files.items():
            (tmp_path / f"{name}.json").write_bytes(content)
        names = [f"{name}.json" for name in files]
        done = subprocess.run(
            [node(), SCRIPT, tmp_path, *names], capture_output=True, text=True, timeout=120, check=True
        )
        answers = map(json.loads, done.stdout.splitlines())
        return {each["file"].removesuffix(".json"): each for each in answers}

    return verified


def endorsers():
    found = Organization.objects.filter(did_path__startswith="endorsers:")
    return [each.public_id.hex for each in found]


def test_their_libraries_verify_the_endorsement_alone_and_inside_a_badge(client, signed, make_shared, version, look):
    badge = make_shared(version=version)
    endorsement = client.get(f"/endorsements/{signed.endorsement.public_id}.json").content
    carrying = client.get(f"/v/{badge.award.public_id}.json").content
    forged = endorsement.replace(b"our members", b"our friends")

    said = look(endorsement=endorsement, carrying=carrying, forged=forged)

    assert said["endorsement"] == said["endorsement"] | {"verified": True, "statusSet": False, "error": None}
    assert said["carrying"] == said["carrying"] | {"verified": True, "statusSet": False, "inside": [True]}
    assert (forged != endorsement, said["forged"]["verified"]) == (True, False)
    asking.withdraw_own_endorsement(request=signed.endorsement.request, reason="", at=timezone.now())
    services.settle_endorsements(limit=10, at=timezone.now())
    assert look(endorsement=endorsement)["endorsement"]["statusSet"] is True
