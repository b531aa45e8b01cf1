from .documents import Batch, DocumentKind, SealImage, SignedDocument, Transcript
from .keys import KeyPurpose, SigningKey
from .revocation import RevocationRequest
from .sharing import Consent, ConsentAward, Disclosure, ShareLink, ShareLinkItem
from .status import StatusEntry, StatusList

__all__ = [
    "Batch",
    "Consent",
    "ConsentAward",
    "Disclosure",
    "DocumentKind",
    "KeyPurpose",
    "RevocationRequest",
    "SealImage",
    "ShareLink",
    "ShareLinkItem",
    "SignedDocument",
    "SigningKey",
    "StatusEntry",
    "StatusList",
    "Transcript",
]
