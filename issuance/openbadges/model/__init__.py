"""Open Badges 3.0, CLR 2.0 and endorsements as frozen dataclasses that know how they are written.

Every class checks itself when it is made and names the field that is wrong. `to_dict()` gives the JSON with arrays and
single objects where both the strict and the lenient schemas of 1EdTech want them, and without null or empty arrays.
Source: 1EdTech Open Badges Specification 3.0 (document version 1.2), appendix B; Comprehensive Learner Record 2.0.
"""

from .achievement import Achievement, Alignment, Evidence, Result, ResultDescription, RubricLevel
from .credentials import Association, Badge, ClrCredential, Endorsement, StatusEntryRef, Subject
from .fields import read_timestamp, timestamp
from .people import IdentityObject, Image, Profile, identity_hash

__all__ = [
    "Achievement",
    "Alignment",
    "Association",
    "Badge",
    "ClrCredential",
    "Endorsement",
    "Evidence",
    "IdentityObject",
    "Image",
    "Profile",
    "Result",
    "ResultDescription",
    "RubricLevel",
    "StatusEntryRef",
    "Subject",
    "identity_hash",
    "read_timestamp",
    "timestamp",
]
