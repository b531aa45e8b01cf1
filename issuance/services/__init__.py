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
from .receipts import forget_receipts, request_list_receipt, request_receipt, sign_receipts, title_of
from .revocation import approve_revocation, refuse_revocation, request_revocation
from .signing import ensure_image, process_name, sign_pending
from .status import list_url, open_list, refresh_status_lists, set_bits
from .verifiers import NotShown, ask_registrar, close_question, vote
from .watches import (
    ask_to_watch,
    confirm_watch,
    end_watches,
    look_at_next_watch,
    send_watch_mail,
    stop_watch,
    tell_changes,
)

__all__ = [
    "Given",
    "KeyUnavailable",
    "NotShown",
    "OtherWording",
    "active_key",
    "approve_revocation",
    "ask_registrar",
    "ask_to_watch",
    "badge_signer",
    "check_next_row",
    "close_question",
    "confirm_watch",
    "create_key",
    "create_link",
    "digest",
    "end_watches",
    "ensure_image",
    "forget_lists",
    "forget_receipts",
    "give_consent",
    "list_url",
    "look_at_next_watch",
    "make_certificate",
    "make_transcript",
    "open_key",
    "open_list",
    "process_name",
    "published_keys",
    "refresh_status_lists",
    "refuse_revocation",
    "render_pending",
    "request_list_receipt",
    "request_receipt",
    "request_revocation",
    "request_transcript",
    "reseal_keys",
    "retire_key",
    "revoke_key",
    "rotate_key",
    "send_watch_mail",
    "set_bits",
    "share_together",
    "sign_pending",
    "sign_receipts",
    "start_list",
    "stop_watch",
    "tell_changes",
    "title_of",
    "vote",
    "withdraw_consent",
    "wording",
]
