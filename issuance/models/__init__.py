from .documents import Batch, DocumentKind, SealImage, SignedDocument, Transcript
from .keys import KeyPurpose, SigningKey
from .lists import BadgeList, BadgeListRow
from .receipts import Receipt
from .revocation import RevocationRequest
from .sharing import Consent, ConsentAward, Disclosure, ShareLink, ShareLinkItem
from .status import StatusEntry, StatusList
from .vc_api import ApiToken, IssuedCredential, Scope
from .verifiers import PageVote, VerifierQuestion
from .watches import Watch, WatchedBadge, WatchMail, WatchMailKind

__all__ = [
    "ApiToken",
    "BadgeList",
    "BadgeListRow",
    "Batch",
    "Consent",
    "ConsentAward",
    "Disclosure",
    "DocumentKind",
    "IssuedCredential",
    "KeyPurpose",
    "PageVote",
    "Receipt",
    "RevocationRequest",
    "Scope",
    "SealImage",
    "ShareLink",
    "ShareLinkItem",
    "SignedDocument",
    "SigningKey",
    "StatusEntry",
    "StatusList",
    "Transcript",
    "VerifierQuestion",
    "Watch",
    "WatchMail",
    "WatchMailKind",
    "WatchedBadge",
]
