"""The commands on what can be earned, the only writers."""

from .editing import ChangedElsewhere, save_draft, start_credential, start_version
from .exchange import Report, catalog_of, export_catalog, import_catalog
from .frameworks import as_loaded, load_framework, set_crosswalk, take_over_alignments
from .planning import (
    cancel_planned,
    claim_refused_plans,
    claim_review_reminders,
    plan_change,
    run_planned,
)
from .publishing import publish_version, retire_credential, set_early_assessment, set_seal_parts, set_stewardship

__all__ = [
    "ChangedElsewhere",
    "Report",
    "as_loaded",
    "cancel_planned",
    "catalog_of",
    "claim_refused_plans",
    "claim_review_reminders",
    "export_catalog",
    "import_catalog",
    "load_framework",
    "plan_change",
    "publish_version",
    "retire_credential",
    "run_planned",
    "save_draft",
    "set_crosswalk",
    "set_early_assessment",
    "set_seal_parts",
    "set_stewardship",
    "start_credential",
    "start_version",
    "take_over_alignments",
]
