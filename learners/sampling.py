"""Drawing a sample that looks random to everybody and that anybody can draw again."""

import hashlib
from uuid import UUID


def is_in_sample(public_id: UUID, *, percent: int) -> bool:
    """Tell whether an id lies in a sample of so many percent.

    The id is random (a UUID of version 4), nobody chooses it, and its digest falls evenly on 0 to 9,999; so the draw cannot
    be steered, and whoever knows the id can repeat it. A greater percentage holds every smaller one.
    """
    digest = hashlib.sha256(b"second marking:" + public_id.bytes).digest()
    return int.from_bytes(digest[:8], "big") % 10_000 < percent * 100
