"""What was learned elsewhere, in the demo school: one invented provider, one piece that is recognized, one that waits."""

import io
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from credentials.models import Credential
from issuance import core
from issuance import openbadges as ob
from learners import services
from learners.models import Learner, RecognitionRule, User

ITEM, CERTIFICATE = "quality-foundations", "external certificate"
PROVIDER = "Northlight Open School (invented)"
TITLE = "Basic Certificate in Improvement"
SEED = b"an invented provider signs here."  # 32 bytes; nothing of worth is signed with it


def load(*, accounts: dict[str, User], learner: Learner, colleague: Learner, at: datetime) -> None:
    """A rule for the certificate of the item; the printed learner's is recognized, a colleague's badge waits for staff."""
    rule = _rule(accounts["lead"], at)
    services.enroll(actor=_user(learner), learner=learner, credential=rule.credential, at=at)
    picture = SimpleUploadedFile("certificate.png", certificate(learner.display_name), "image/png")
    mine = services.bring(
        actor=_user(learner), learner=learner, rule=rule, earned_on=_earned(at), upload=picture, at=at
    )
    services.accept_recognition(actor=accounts["registrar"], recognized=mine, at=at)
    badge = SimpleUploadedFile("badge.json", open_badge(colleague.display_name, at), "application/json")
    services.bring(actor=_user(colleague), learner=colleague, rule=rule, earned_on=_earned(at), upload=badge, at=at)
    services.check_recognized(limit=5, at=at)  # or a worker was quicker


def _user(learner: Learner) -> User:
    if learner.user is None:
        raise ValueError(f"{learner} has no account.")
    return learner.user


def _earned(at: datetime) -> date:
    return timezone.localdate(at - timedelta(days=60))


def _rule(lead: User, at: datetime) -> RecognitionRule:
    return services.add_rule(
        actor=lead,
        credential=Credential.objects.get(slug=ITEM),
        provider=services.NewProvider(name=PROVIDER, website="https://northlight.example.org"),
        given=services.RuleInput(
            title=TITLE,
            valid_from=timezone.localdate(at),
            satisfies=[CERTIFICATE],
            max_age_months=24,
            issuer_ids=[_issuer()[0]],
            note="Bring the certificate or the Open Badge. The essay is still written here.",
        ),
        at=at,
    )


def _issuer() -> tuple[str, ob.Ed25519Signer]:
    """The provider's id, which holds its key, and its signer."""
    did = ob.key_did(ob.Ed25519Signer(SEED, "").public_key)
    return did, ob.Ed25519Signer(SEED, f"{did}#{did.removeprefix('did:key:')}")


def open_badge(holder: str, at: datetime) -> bytes:
    """The badge that the provider gave to somebody, as signed JSON."""
    did, signer = _issuer()
    issued = at - timedelta(days=60)
    document = {
        "@context": list(ob.BADGE_CONTEXTS),
        "id": "urn:uuid:5b1f4a52-5f60-4f0e-9a3d-0f4e2f1d7c11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": did, "type": ["Profile"], "name": PROVIDER},
        "validFrom": ob.timestamp(issued, "validFrom"),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [ob.IdentityObject.of_name(holder).to_dict()],
            "achievement": {
                "id": "urn:uuid:0c9a6a0c-5f5e-4a06-8a50-7d8f2f0a1b22",
                "type": ["Achievement"],
                "name": TITLE,
                "description": "Thirteen short online courses on improvement and safety. An invented credential.",
                "criteria": {"narrative": "Finish every course and its test."},
            },
        },
    }
    return ob.to_bytes(ob.sign(document, signer=signer, created=issued, contexts=core.contexts()).document)


def certificate(holder: str) -> bytes:
    """A picture of a certificate, plainly invented."""
    image = Image.new("RGB", (900, 560), "#fbf8f2")
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 876, 536), outline="#1f3a5f", width=4)
    for y, size, words in [
        (90, 26, PROVIDER),
        (190, 44, TITLE),
        (300, 34, holder),
        (440, 22, "An example, not a credential"),
    ]:
        draw.text((450, y), words, fill="#1f3a5f", anchor="mm", font_size=size)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
