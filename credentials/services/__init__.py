"""The commands on what can be earned, the only writers."""

from .counting import count_item
from .editing import ChangedElsewhere, save_draft, start_credential, start_version
from .exchange import Report, catalog_of, export_catalog, import_catalog
from .frameworks import as_loaded, load_framework, set_crosswalk, take_over_alignments
from .links import Link, add_link, drop_link, links_of, set_links
from .opinions import (
    answer_suggestion,
    ask_opinion,
    claim_new_opinions,
    keep_opinion,
    revoke_opinion_request,
    send_opinion,
    send_opinion_mail,
    unname_organization,
)
from .planning import (
    cancel_planned,
    claim_refused_plans,
    claim_review_reminders,
    plan_change,
    run_planned,
)
from .proposals import (
    claim_ended_proposals,
    decline_proposal,
    drop_vote,
    propose,
    take_over_proposal,
    vote,
)
from .publishing import (
    may_own,
    publish_version,
    retire_credential,
    set_early_assessment,
    set_seal_parts,
    set_stewardship,
)

__all__ = [
    "ChangedElsewhere",
    "Link",
    "Report",
    "add_link",
    "answer_suggestion",
    "as_loaded",
    "ask_opinion",
    "cancel_planned",
    "catalog_of",
    "claim_ended_proposals",
    "claim_new_opinions",
    "claim_refused_plans",
    "claim_review_reminders",
    "count_item",
    "decline_proposal",
    "drop_link",
    "drop_vote",
    "export_catalog",
    "import_catalog",
    "keep_opinion",
    "links_of",
    "load_framework",
    "may_own",
    "plan_change",
    "propose",
    "publish_version",
    "retire_credential",
    "revoke_opinion_request",
    "run_planned",
    "save_draft",
    "send_opinion",
    "send_opinion_mail",
    "set_crosswalk",
    "set_early_assessment",
    "set_links",
    "set_seal_parts",
    "set_stewardship",
    "start_credential",
    "start_version",
    "take_over_alignments",
    "take_over_proposal",
    "unname_organization",
    "vote",
]
