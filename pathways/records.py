"""What the school holds on a learner in the tables of pathways: sections of "My record" (see config/records.py)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.records import Section, no_record, register, rows_of
from learners.models import Learner
from pathways import selectors
from pathways.models import (
    CapstoneRecord,
    CapstoneWork,
    CaseCondition,
    CaseEvent,
    CaseVote,
    DesignationCase,
    EnrollmentMove,
    PathwayEnrollment,
    Plan,
    PlanSetting,
    Waiver,
)


def _pathways(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(
        PathwayEnrollment.objects.filter(learner=learner).select_related("version").order_by("joined_at", "pk"),
        title=lambda row: row.version.title,
        version=lambda row: row.version.number,
        status=lambda row: row.get_status_display(),
        at=lambda row: row.joined_at,
    )


def _waivers(learner: Learner) -> list[dict[str, Any]]:
    found = Waiver.objects.filter(enrollment__learner=learner).select_related(
        "requirement__credential__current_version",
        "substitute__current_version",
        "enrollment__version",
        "withdrawal",
        "actor",
    )
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.enrollment.version.title,
        requirement=lambda row: row.requirement.name,
        instead=lambda row: selectors.title_of(row.substitute) if row.substitute else "",
        reason=lambda row: row.reason,
        by=lambda row: row.actor.name,
        withdrawn=lambda row: row.withdrawal.at if hasattr(row, "withdrawal") else None,
        withdrawn_reason=lambda row: row.withdrawal.reason if hasattr(row, "withdrawal") else "",
    )


def _capstones(learner: Learner) -> list[dict[str, Any]]:
    found = CapstoneRecord.objects.filter(enrollment__learner=learner).select_related(
        "enrollment__version", "withdrawal"
    )
    return rows_of(
        found.order_by("done_on", "pk"),
        at=lambda row: row.done_on,
        title=lambda row: row.enrollment.version.title,
        note=lambda row: row.note,
        withdrawn=lambda row: row.withdrawal.at if hasattr(row, "withdrawal") else None,
        withdrawn_reason=lambda row: row.withdrawal.reason if hasattr(row, "withdrawal") else "",
    )


def _works(learner: Learner) -> list[dict[str, Any]]:
    found = CapstoneWork.objects.filter(enrollment__learner=learner).select_related(
        "enrollment__version", "file", "answer"
    )
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.enrollment.version.title,
        attempt=lambda row: row.attempt,
        text=lambda row: row.text,
        link=lambda row: row.link,
        file=lambda row: row.file.original_name if row.file else "",
        declared=lambda row: row.wording,
        ai_use=lambda row: row.ai_use,
        outcome=lambda row: row.answer.get_outcome_display() if hasattr(row, "answer") else "",
        reason=lambda row: row.answer.reason if hasattr(row, "answer") else "",
    )


def _moves(learner: Learner) -> list[dict[str, Any]]:
    found = EnrollmentMove.objects.filter(enrollment__learner=learner).select_related("from_version", "to_version")
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.to_version.title,
        before=lambda row: row.from_version.number,
        after=lambda row: row.to_version.number,
        reason=lambda row: row.reason,
    )


def _cases(learner: Learner) -> list[dict[str, Any]]:
    found = DesignationCase.objects.filter(learner=learner).select_related("pathway_version")
    return rows_of(
        found.order_by("opened_at", "pk"),
        at=lambda row: row.opened_at,
        title=lambda row: row.pathway_version.title,
        about=lambda row: _("looked at again") if row.reviews_id else _("asked for"),
        status=lambda row: row.get_status_display(),
        decided=lambda row: row.decided_at,
    )


def _case_events(learner: Learner) -> list[dict[str, Any]]:
    found = CaseEvent.objects.filter(case__learner=learner).select_related("case__pathway_version")
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.case.pathway_version.title,
        what=lambda row: row.moved_to,
        note=lambda row: row.note,
    )


def _plan(learner: Learner) -> list[dict[str, Any]]:
    found = Plan.objects.filter(learner=learner).select_related("credential__current_version")
    return rows_of(
        found.order_by("position", "pk"),
        title=lambda row: row.credential.current_version.title if row.credential.current_version else "",
        term=lambda row: row.term,
    )


def _conditions(learner: Learner) -> list[dict[str, Any]]:
    found = CaseCondition.objects.filter(case__learner=learner).select_related("case__pathway_version")
    return rows_of(
        found.order_by("set_at", "pk"),
        at=lambda row: row.set_at,
        title=lambda row: row.case.pathway_version.title,
        what=lambda row: row.text,
        until=lambda row: row.due_on,
        settled=lambda row: row.settled_at,
        note=lambda row: row.note,
    )


def _votes(learner: Learner) -> list[dict[str, Any]]:
    found = CaseVote.objects.filter(case__learner=learner).select_related("case__pathway_version")
    return rows_of(
        found.order_by("at", "pk"),
        at=lambda row: row.at,
        title=lambda row: row.case.pathway_version.title,
        vote=lambda row: row.get_vote_display(),
        reason=lambda row: row.reason,
    )


def _plan_setting(learner: Learner) -> list[dict[str, Any]]:
    return rows_of(PlanSetting.objects.filter(learner=learner), hours=lambda row: row.hours_per_term)


def register_all() -> None:
    at, title, status, note = _("When"), _("Pathway"), _("State"), _("Note")
    register(
        Section(
            "pathways",
            "pathways",
            _("Pathways"),
            {"title": title, "version": _("Version"), "status": status, "at": at},
            _pathways,
            ("pathways.PathwayEnrollment",),
            60,
        ),
        Section(
            "waivers",
            "pathways",
            _("Waivers"),
            {
                "at": at,
                "title": title,
                "requirement": _("Requirement"),
                "instead": _("What may stand in"),
                "reason": _("Reason"),
                "by": _("By"),
                "withdrawn": _("Withdrawn"),
                "withdrawn_reason": _("Why withdrawn"),
            },
            _waivers,
            ("pathways.Waiver", "pathways.WaiverWithdrawal"),
            61,
        ),
        Section(
            "pathway_moves",
            "pathways",
            _("Moves to other versions"),
            {"at": at, "title": title, "before": _("From version"), "after": _("To version"), "reason": _("Reason")},
            _moves,
            ("pathways.EnrollmentMove",),
            61,
        ),
        Section(
            "capstones",
            "pathways",
            _("Capstones"),
            {
                "at": at,
                "title": title,
                "note": note,
                "withdrawn": _("Withdrawn"),
                "withdrawn_reason": _("Why withdrawn"),
            },
            _capstones,
            ("pathways.CapstoneRecord", "pathways.CapstoneWithdrawal"),
            62,
        ),
        Section(
            "capstone_works",
            "pathways",
            _("Capstones that you submitted"),
            {
                "at": at,
                "title": title,
                "attempt": _("Attempt"),
                "text": _("Text"),
                "link": _("Address"),
                "file": _("File"),
                "declared": _("Declared"),
                "ai_use": _("Use of AI"),
                "outcome": _("Answer"),
                "reason": _("Reason"),
            },
            _works,
            ("pathways.CapstoneWork", "pathways.CapstoneAnswer"),
            62,
        ),
        Section(
            "plan",
            "pathways",
            _("Plan"),
            {"title": _("Microcredential"), "term": _("Term")},
            _plan,
            ("pathways.Plan",),
            62,
        ),
        Section(
            "cases",
            "pathways",
            _("Designation cases"),
            {"at": at, "title": title, "about": _("What"), "status": status, "decided": _("Decided")},
            _cases,
            ("pathways.DesignationCase",),
            63,
        ),
        Section(
            "case_events",
            "pathways",
            _("What happened to cases"),
            {"at": at, "title": title, "what": _("What"), "note": note},
            _case_events,
            ("pathways.CaseEvent",),
            64,
        ),
    )
    register(
        Section(
            "case_conditions",
            "pathways",
            _("Conditions of committees"),
            {
                "at": at,
                "title": title,
                "what": _("What"),
                "until": _("By"),
                "settled": _("Settled"),
                "note": note,
            },
            _conditions,
            ("pathways.CaseCondition",),
            65,
        ),
        Section(
            "case_votes",
            "pathways",
            _("Votes on your cases"),
            {"at": at, "title": title, "vote": _("Vote"), "reason": _("Reason")},
            _votes,
            ("pathways.CaseVote",),
            66,
        ),
        Section(
            "plan_setting",
            "pathways",
            _("Hours that you plan for a term"),
            {"hours": _("Hours")},
            _plan_setting,
            ("pathways.PlanSetting",),
            67,
        ),
    )
    no_record(
        {
            "pathways.Pathway": "belongs to the catalog",
            "pathways.PathwayVersion": "belongs to the catalog",
            "pathways.Requirement": "belongs to the catalog",
            "pathways.PathwayEvent": "belongs to the catalog",
            "pathways.QuorumRule": "says how a committee works",
            "pathways.CatchUp": "counts learners, and names none",
            "pathways.CatchUpMark": "a point in time",
        }
    )
