from .classes import ClassExport, ClassExportChange, ClassExportEntry, ClassExportEvent
from .documents import Batch, DocumentKind, SealImage, SignedDocument, Transcript
from .keys import KeyPurpose, SigningKey
from .lists import BadgeList, BadgeListRow
from .receipts import Receipt
from .record import Archive, DirectoryDecision, RecordRelease, ReleaseBasis, SharingEnd, SharingEndReason
from .revocation import RevocationRequest
from .seasons import SeasonDates, SeasonReminder
from .sharing import Consent, ConsentAward, Disclosure, LinkKind, ShareLink, ShareLinkItem, ShortCode
from .status import StatusEntry, StatusList
from .vc_api import ApiToken, IssuedCredential, Scope
from .verifiers import PageVote, VerifierQuestion
from .watches import Watch, WatchedBadge, WatchMail, WatchMailKind

__all__ = [
    "ApiToken",
    "Archive",
    "BadgeList",
    "BadgeListRow",
    "Batch",
    "ClassExport",
    "ClassExportChange",
    "ClassExportEntry",
    "ClassExportEvent",
    "Consent",
    "ConsentAward",
    "DirectoryDecision",
    "Disclosure",
    "DocumentKind",
    "IssuedCredential",
    "KeyPurpose",
    "LinkKind",
    "PageVote",
    "Receipt",
    "RecordRelease",
    "ReleaseBasis",
    "RevocationRequest",
    "Scope",
    "SealImage",
    "SeasonDates",
    "SeasonReminder",
    "ShareLink",
    "ShareLinkItem",
    "SharingEnd",
    "SharingEndReason",
    "ShortCode",
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
