"""The commands of earning, the only writers. Grouped by subject; import this package: `from learners import services`."""

from .assessment import (
    ChangedElsewhere,
    JudgmentInput,
    finish_assessment,
    reopen_assessment,
    revision,
    save_judgments,
)
from .assignment import assign_submission
from .awards import Grant, grant_award, grant_awards, revoke_award, withdraw_award
from .decisions import release_decision, release_decisions, undo_release, undo_until, undo_window
from .enrollment import enroll, refusals
from .evidence import (
    DECLARATIONS,
    AlreadyHere,
    add_file,
    add_hours,
    add_link,
    add_text,
    remove_evidence,
    start_resubmission,
    submit_evidence,
)
from .files import FileRefused
from .notices import mark_read, send_mail, tell, tell_all, tell_role
from .people import add_learner, add_person, change_name, end_role, grant_role

__all__ = [
    "DECLARATIONS",
    "AlreadyHere",
    "ChangedElsewhere",
    "FileRefused",
    "Grant",
    "JudgmentInput",
    "add_file",
    "add_hours",
    "add_learner",
    "add_link",
    "add_person",
    "add_text",
    "assign_submission",
    "change_name",
    "end_role",
    "enroll",
    "finish_assessment",
    "grant_award",
    "grant_awards",
    "grant_role",
    "mark_read",
    "refusals",
    "release_decision",
    "release_decisions",
    "remove_evidence",
    "reopen_assessment",
    "revision",
    "revoke_award",
    "save_judgments",
    "send_mail",
    "start_resubmission",
    "submit_evidence",
    "tell",
    "tell_all",
    "tell_role",
    "undo_release",
    "undo_until",
    "undo_window",
    "withdraw_award",
]
