"""The commands of issuing, the only writers. Grouped by subject; import this package: `from issuance import services`."""

from .archive import forget_archives, make_archive, make_archives, request_archive
from .classes import (
    call_off_class_export,
    download_class_export,
    forget_class_exports,
    make_class_export,
    request_class_export,
    work_on_class_exports,
)
from .codes import code_of, opened_by, read_code
from .consent import OtherWording, create_link, digest, give_consent, share_together, withdraw_consent, wording
from .documents import make_certificate, make_transcript, render_pending, request_transcript
from .ended_consents import tell_of_ended_consents
from .ending import end_sharing
from .endorsing import settle_endorsements
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
from .letters import letters_of_class
from .links import (
    PROGRAMS,
    PUBLIC,
    PUBLIC_AND_SEARCH,
    arrange_link,
    drop_item,
    make_packet,
    mark_item,
    move_item,
    open_profile,
    profile_of,
)
from .lists import Given, check_next_row, forget_lists, start_list
from .receipts import forget_receipts, request_list_receipt, request_receipt, sign_receipts, title_of
from .record import is_directory_on, record_release, set_directory
from .revocation import approve_revocation, refuse_revocation, request_revocation
from .seasons import KeptSeasons, open_seasons, remind_of_seasons, set_season
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
    "PROGRAMS",
    "PUBLIC",
    "PUBLIC_AND_SEARCH",
    "Given",
    "KeptSeasons",
    "KeyUnavailable",
    "NotShown",
    "OtherWording",
    "active_key",
    "approve_revocation",
    "arrange_link",
    "ask_registrar",
    "ask_to_watch",
    "badge_signer",
    "call_off_class_export",
    "check_next_row",
    "close_question",
    "code_of",
    "confirm_watch",
    "create_key",
    "create_link",
    "digest",
    "download_class_export",
    "drop_item",
    "end_sharing",
    "end_watches",
    "ensure_image",
    "forget_archives",
    "forget_class_exports",
    "forget_lists",
    "forget_receipts",
    "give_consent",
    "is_directory_on",
    "letters_of_class",
    "list_url",
    "look_at_next_watch",
    "make_archive",
    "make_archives",
    "make_certificate",
    "make_class_export",
    "make_packet",
    "make_transcript",
    "mark_item",
    "move_item",
    "open_key",
    "open_list",
    "open_profile",
    "open_seasons",
    "opened_by",
    "process_name",
    "profile_of",
    "published_keys",
    "read_code",
    "record_release",
    "refresh_status_lists",
    "refuse_revocation",
    "remind_of_seasons",
    "render_pending",
    "request_archive",
    "request_class_export",
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
    "set_directory",
    "set_season",
    "settle_endorsements",
    "share_together",
    "sign_pending",
    "sign_receipts",
    "start_list",
    "stop_watch",
    "tell_changes",
    "tell_of_ended_consents",
    "title_of",
    "vote",
    "withdraw_consent",
    "wording",
    "work_on_class_exports",
]
