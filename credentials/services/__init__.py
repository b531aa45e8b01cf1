"""The commands on what can be earned, the only writers."""

from .editing import ChangedElsewhere, save_draft, start_credential, start_version
from .planning import (
    cancel_planned,
    claim_refused_plans,
    claim_review_reminders,
    plan_change,
    run_planned,
)
from .publishing import publish_version, retire_credential, set_early_assessment, set_stewardship

__all__ = [
    "ChangedElsewhere",
    "cancel_planned",
    "claim_refused_plans",
    "claim_review_reminders",
    "plan_change",
    "publish_version",
    "retire_credential",
    "run_planned",
    "save_draft",
    "set_early_assessment",
    "set_stewardship",
    "start_credential",
    "start_version",
]
