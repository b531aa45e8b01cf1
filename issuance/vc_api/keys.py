"""Keys of this registry under the other name that they have: a did:key."""

from issuance.models import SigningKey
from issuance.workflow import KeyState


def is_withdrawn(did: str) -> bool:
    """Whether a did:key is a key of ours that may be in other hands; a did:key itself cannot say so."""
    multikey = did.removeprefix("did:key:")
    return SigningKey.objects.filter(public_multibase=multikey, state=KeyState.COMPROMISED).exists()
