"""The commands of issuing, the only writers. Grouped by subject; import this package: `from issuance import services`."""

from .consent import OtherWording, create_link, digest, give_consent, share_together, withdraw_consent, wording
from .documents import make_certificate, make_transcript, render_pending, request_transcript
from .keys import (
    KeyUnavailable,
    active_key,
    badge_signer,
    create_key,
    open_key,
    published_keys,
    reseal_keys,
    retire_key,
    revoke_key,
    rotate_key,
)
from .lists import Given, check_next_row, forget_lists, start_list
from .revocation import approve_revocation, refuse_revocation, request_revocation
from .signing import ensure_image, process_name, sign_pending
from .status import list_url, open_list, refresh_status_lists, set_bits
from .verifiers import NotShown, ask_registrar, close_question, vote

__all__ = [
    "Given",
    "KeyUnavailable",
    "NotShown",
    "OtherWording",
    "active_key",
    "approve_revocation",
    "ask_registrar",
    "badge_signer",
    "check_next_row",
    "close_question",
    "create_key",
    "create_link",
    "digest",
    "ensure_image",
    "forget_lists",
    "give_consent",
    "list_url",
    "make_certificate",
    "make_transcript",
    "open_key",
    "open_list",
    "process_name",
    "published_keys",
    "refresh_status_lists",
    "refuse_revocation",
    "render_pending",
    "request_revocation",
    "request_transcript",
    "reseal_keys",
    "retire_key",
    "revoke_key",
    "rotate_key",
    "set_bits",
    "share_together",
    "sign_pending",
    "start_list",
    "vote",
    "withdraw_consent",
    "wording",
]
