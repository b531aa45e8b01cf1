"""The verifier that works without a connection: one file, a bundle, and a browser whose network is off."""

from datetime import timedelta

import orjson
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from issuance import core, services, verification
from issuance import openbadges as ob
from issuance.models import KeyPurpose, SealImage
from issuance.views.offline import VERIFIER
from tests.fixtures.browsing import PATIENCE, RULES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KINDS = {"json": "application/json", "png": "image/png", "svg": "image/svg+xml", "jwt": "text/plain"}


class Offline:
    """The verifier opened from the disk. Every request that is not for that file fails the test."""

    def __init__(self, chromium):
        self.asked = []
        self.context = chromium.new_context(offline=True, viewport={"width": 360, "height": 780})
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.goto(VERIFIER.as_uri())

    def bundle(self, given):
        self.page.get_by_label("Bundle of keys").set_input_files(
            {"name": "bundle.json", "mimeType": "application/json", "buffer": given}
        )
        self.page.wait_for_function("document.getElementById('bundle-said').textContent !== ''")
        return self.page.locator("#bundle-said").text_content()

    def check(self, content, kind="json"):
        """The headline and the lines that the file gets."""
        self.page.evaluate("document.getElementById('answer').replaceChildren()")
        self.page.get_by_label("Badge file").set_input_files(
            {"name": f"badge.{kind}", "mimeType": KINDS[kind], "buffer": content}
        )
        self.page.get_by_role("button", name="Check the badge").click()
        self.page.locator("#answer > *").first.wait_for()
        head = self.page.locator("#answer .state, #answer .said").first.text_content()
        return head.strip("✓✗◷? "), self.page.locator("#answer").text_content()


@pytest.fixture
def verifier(chromium):
    assert VERIFIER.is_file(), "Run scripts/assets.py, which makes the verifier."
    opened = Offline(chromium)
    yield opened
    opened.context.close()
    assert opened.complaints == []
    assert [url for url in opened.asked if not url.startswith("file:")] == []


def bundle(at=None):
    return orjson.dumps(verification.offline_bundle(at=at or timezone.now()))


def test_badges_of_every_state_and_form_are_told_apart_without_a_network(
    verifier, issuer, make_signed, make_user, build_path
):
    good = make_signed()
    expired = make_signed(valid_until=timezone.now() + timedelta(seconds=1))
    revoked = make_signed()
    old_key = make_signed()
    request = services.request_revocation(
        actor=make_user("registrar"), award=revoked.award, reason="error", note="Wrong file.", at=timezone.now()
    )
    services.approve_revocation(actor=make_user("registrar"), request=request, at=timezone.now())
    content = bytes(good.bytes)
    image = SealImage.objects.filter(credential_version=good.award.credential_version).first()
    unsigned = {key: value for key, value in orjson.loads(content).items() if key != "proof"}
    token = ob.sign_jwt(unsigned, signer=services.badge_signer(issuer), contexts=core.contexts())

    assert "less than a day old" in verifier.bundle(bundle())
    for kind, given in {
        "json": content,
        "png": ob.bake_png(bytes(image.png), content),
        "svg": ob.bake_svg(image.svg.encode(), content),
        "jwt": token.encode(),
    }.items():
        head, said = verifier.check(given, kind)
        assert head == "Valid", (kind, said)
        assert good.award.learner.display_name in said
    verifier.page.screenshot(path=build_path / "offline-valid-360.png", full_page=True)
    assert Axe().run(verifier.page, options={"runOnly": RULES}).response["violations"] == []

    head, said = verifier.check(content.replace(b"Robin", b"Robyn"))
    assert head == "Changed, or not issued by whom it names"
    head, said = verifier.check(token.replace(token.split(".")[1], token.split(".")[1][:-4] + "AAAA").encode(), "jwt")
    assert head != "Valid"
    assert verifier.check(bytes(revoked.bytes))[0] == "Genuine, and revoked"
    assert verifier.check(bytes(expired.bytes))[0] == "Genuine, and expired"
    head, said = verifier.check(content.replace(b'"credentialSubject"', b'"undefinedTerm":1,"credentialSubject"', 1))
    assert head == "Changed, or not issued by whom it names"
    assert verifier.check(b"\x89PNG\r\n\x1a\n", "png")[0] == "The image holds no badge."
    assert "This is not a badge" in verifier.check(b"hello")[1]

    services.revoke_key(organization=issuer, purpose=KeyPurpose.BADGE, number=1, at=timezone.now())
    services.refresh_status_lists(at=timezone.now())
    verifier.bundle(bundle())
    assert verifier.check(bytes(old_key.bytes))[0] == "Signed with a key that is no longer trusted"


def test_an_old_bundle_says_so_and_promises_nothing(verifier, issuer, make_signed):
    document = make_signed()
    long_ago = timezone.now() - timedelta(days=30)
    services.refresh_status_lists(at=timezone.now())
    found = orjson.loads(bundle(at=long_ago))

    said = verifier.bundle(orjson.dumps(found))
    assert "30 days old" in said and "Download a new one" in said

    type(document.status_entry.list).objects.update(valid_until=long_ago)
    services.refresh_status_lists(at=long_ago)  # a list that was signed then, and has lapsed since
    verifier.bundle(bundle(at=long_ago))
    head, text = verifier.check(bytes(document.bytes))
    assert head == "Could not be confirmed"
    assert "The bundle is too old to say more" in text


def test_a_bundle_that_was_tampered_with_is_not_believed(verifier, issuer, make_signed):
    document = make_signed()
    found = orjson.loads(bundle())
    content = bytes(document.bytes)

    for change in ("list", "keys", "contexts"):
        changed = orjson.loads(orjson.dumps(found))
        if change == "list":
            (listed,) = changed["statusLists"].values()
            listed["validUntil"] = "2100-01-01T00:00:00Z"
        elif change == "keys":
            changed["didDocuments"] = {}
        else:
            changed["contexts"]["https://www.w3.org/ns/credentials/v2"]["@context"]["name"] = "https://evil.example/"
        verifier.bundle(orjson.dumps(changed))
        head, text = verifier.check(content)
        assert head == "Could not be confirmed", (change, text)
    assert verifier.bundle(b"{}") == "This is not a bundle. Download it from the school’s site."
