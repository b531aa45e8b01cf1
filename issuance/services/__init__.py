"""The commands of issuing, the only writers. Grouped by subject; import this package: `from issuance import services`."""

from .keys import KeyUnavailable, active_key, badge_signer, create_key, open_key, published_keys, rotate_key
from .revocation import approve_revocation, refuse_revocation, request_revocation
from .signing import ensure_image, process_name, sign_pending
from .status import list_url, open_list, refresh_status_lists, set_bits

__all__ = [
    "KeyUnavailable",
    "active_key",
    "approve_revocation",
    "badge_signer",
    "create_key",
    "ensure_image",
    "list_url",
    "open_key",
    "open_list",
    "process_name",
    "published_keys",
    "refresh_status_lists",
    "refuse_revocation",
    "request_revocation",
    "rotate_key",
    "set_bits",
    "sign_pending",
]
