"""The commands of earning, the only writers. Grouped by subject; import this package: `from learners import services`."""

from .access import is_unblinded, may_open, schools_of, search_learners, unblind
from .appeals import appeal_until, decide_appeal, name_reviewer, open_appeal, reviewers
from .assessment import (
    ChangedElsewhere,
    JudgmentInput,
    finish_assessment,
    reopen_assessment,
    revision,
    save_judgments,
)
from .assignment import assign_by_hand, assign_submission, assign_waiting, move_assignments
from .attempts import grant_attempt
from .availability import add_leave, declare_conflict, find_learner, remove_leave, set_load, withdraw_conflict
from .awards import Grant, grant_award, grant_awards, resume_award, revoke_award, suspend_award, withdraw_award
from .calibration import (
    add_model_file,
    add_model_text,
    agree_levels,
    begin_model_work,
    finish_round,
    make_ready,
    remind_of_calibration,
    remove_model_piece,
    retire_model_work,
    save_calibration,
    set_calibration,
    start_round,
)
from .class_enrollment import ClassEnrollment, count_class, enroll_class
from .concerns import close_concern, raise_concern
from .decisions import release_decision, release_decisions, undo_release, undo_until, undo_window
from .digest import send_digests
from .drafts import drop_form_draft, keep_form_draft
from .due_reminders import remind_of_due
from .enrollment import enroll, fill_seats, refusals, why_not_withdraw, withdraw
from .escalation import escalate
from .evidence import (
    DECLARATIONS,
    AlreadyHere,
    add_file,
    add_hours,
    add_link,
    add_text,
    form_key,
    note_harmless,
    remove_evidence,
    start_resubmission,
    submit_evidence,
)
from .feed import drop_feed, make_feed
from .files import FileRefused
from .growth import add_goal, drop_goal, moment_of, note_visit, rate_confidence, reach_goal
from .holidays import add_holidays, holidays_of, remove_holiday
from .kept import kept_judgments, last_assessment, passed_before, reopen_criterion, why_anew
from .marking import (
    add_example,
    choose_shortcuts,
    drop_snippet,
    hold_submission,
    keep_snippet,
    let_go,
    retire_example,
    shortcuts_of,
)
from .notices import mark_read, send_mail, tell, tell_all, tell_role
from .observation import invite_observer, keep_observation_draft, record_observation, send_observation_links
from .patient_data import purge_report, release_report, remove_purged_bytes, report_patient_data, start_over
from .people import add_learner, add_person, change_name, end_role, grant_role
from .preferences import Wishes, own_wishes, set_wishes
from .reconciling import agree_on_result
from .renewal import remind_of_expiry, renew_award
from .responses import answer_feedback
from .results import (
    check_result_list,
    confirm_result_list,
    drop_result_list,
    find_enrollment,
    record_result,
    run_result_lists,
)
from .review_reminders import remind_of_review, tell_of_refused_plans
from .roster import check_roster, confirm_roster, drop_roster, rosters_of, run_rosters
from .scanning import scan_waiting
from .second_marking import ask_third_assessors
from .standing import end_course, end_leave, graduate_cohort, keep_cohort, set_facts, set_leave, turn_leaves
from .teams import form_teams, move_member, plan_teams
from .uploads import OutOfStep, add_part, add_sent_file, begin_upload, discard_upload, drop_stale_uploads
from .versions import VersionMoved, version_due

__all__ = [
    "DECLARATIONS",
    "AlreadyHere",
    "ChangedElsewhere",
    "ClassEnrollment",
    "FileRefused",
    "Grant",
    "JudgmentInput",
    "OutOfStep",
    "VersionMoved",
    "Wishes",
    "add_example",
    "add_file",
    "add_goal",
    "add_holidays",
    "add_hours",
    "add_learner",
    "add_leave",
    "add_link",
    "add_model_file",
    "add_model_text",
    "add_part",
    "add_person",
    "add_sent_file",
    "add_text",
    "agree_levels",
    "agree_on_result",
    "answer_feedback",
    "appeal_until",
    "ask_third_assessors",
    "assign_by_hand",
    "assign_submission",
    "assign_waiting",
    "begin_model_work",
    "begin_upload",
    "change_name",
    "check_result_list",
    "check_roster",
    "choose_shortcuts",
    "close_concern",
    "confirm_result_list",
    "confirm_roster",
    "count_class",
    "decide_appeal",
    "declare_conflict",
    "discard_upload",
    "drop_feed",
    "drop_form_draft",
    "drop_goal",
    "drop_result_list",
    "drop_roster",
    "drop_snippet",
    "drop_stale_uploads",
    "end_course",
    "end_leave",
    "end_role",
    "enroll",
    "enroll_class",
    "escalate",
    "fill_seats",
    "find_enrollment",
    "find_learner",
    "finish_assessment",
    "finish_round",
    "form_key",
    "form_teams",
    "graduate_cohort",
    "grant_attempt",
    "grant_award",
    "grant_awards",
    "grant_role",
    "hold_submission",
    "holidays_of",
    "invite_observer",
    "is_unblinded",
    "keep_cohort",
    "keep_form_draft",
    "keep_observation_draft",
    "keep_snippet",
    "kept_judgments",
    "last_assessment",
    "let_go",
    "make_feed",
    "make_ready",
    "mark_read",
    "may_open",
    "moment_of",
    "move_assignments",
    "move_member",
    "name_reviewer",
    "note_harmless",
    "note_visit",
    "open_appeal",
    "own_wishes",
    "passed_before",
    "plan_teams",
    "purge_report",
    "raise_concern",
    "rate_confidence",
    "reach_goal",
    "record_observation",
    "record_result",
    "refusals",
    "release_decision",
    "release_decisions",
    "release_report",
    "remind_of_calibration",
    "remind_of_due",
    "remind_of_expiry",
    "remind_of_review",
    "remove_evidence",
    "remove_holiday",
    "remove_leave",
    "remove_model_piece",
    "remove_purged_bytes",
    "renew_award",
    "reopen_assessment",
    "reopen_criterion",
    "report_patient_data",
    "resume_award",
    "retire_example",
    "retire_model_work",
    "reviewers",
    "revision",
    "revoke_award",
    "rosters_of",
    "run_result_lists",
    "run_rosters",
    "save_calibration",
    "save_judgments",
    "scan_waiting",
    "schools_of",
    "search_learners",
    "send_digests",
    "send_mail",
    "send_observation_links",
    "set_calibration",
    "set_facts",
    "set_leave",
    "set_load",
    "set_wishes",
    "shortcuts_of",
    "start_over",
    "start_resubmission",
    "start_round",
    "submit_evidence",
    "suspend_award",
    "tell",
    "tell_all",
    "tell_of_refused_plans",
    "tell_role",
    "turn_leaves",
    "unblind",
    "undo_release",
    "undo_until",
    "undo_window",
    "version_due",
    "why_anew",
    "why_not_withdraw",
    "withdraw",
    "withdraw_award",
    "withdraw_conflict",
]
