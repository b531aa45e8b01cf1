"""The commands of earning, the only writers. Grouped by subject; import this package: `from learners import services`."""

from .assessment import JudgmentInput, finish_assessment, reopen_assessment, save_judgments
from .assignment import assign_submission
from .awards import Grant, grant_award, grant_awards, revoke_award, withdraw_award
from .decisions import release_decision, release_decisions, undo_release, undo_until
from .notices import mark_read, send_mail, tell, tell_all
from .people import change_name

__all__ = [
    "Grant",
    "JudgmentInput",
    "assign_submission",
    "change_name",
    "finish_assessment",
    "grant_award",
    "grant_awards",
    "mark_read",
    "release_decision",
    "release_decisions",
    "reopen_assessment",
    "revoke_award",
    "save_judgments",
    "send_mail",
    "tell",
    "tell_all",
    "undo_release",
    "undo_until",
    "withdraw_award",
]
