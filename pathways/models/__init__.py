"""The tables of this app, by subject."""

from .allowances import CapstoneRecord, CapstoneWithdrawal, Waiver, WaiverWithdrawal
from .capstones import CapstoneAnswer, CapstoneOutcome, CapstoneWork
from .cases import CaseCondition, CaseEvent, CaseVote, DesignationCase, QuorumRule
from .catching_up import CatchUp, CatchUpMark
from .enrollment import EnrollmentMove, PathwayEnrollment
from .pathways import Pathway, PathwayEvent, PathwayVersion
from .planning import Plan, PlanSetting
from .requirements import COUNTED, GROUPS, OF_BADGES, SUMS, Requirement, RequirementKind

__all__ = [
    "COUNTED",
    "GROUPS",
    "OF_BADGES",
    "SUMS",
    "CapstoneAnswer",
    "CapstoneOutcome",
    "CapstoneRecord",
    "CapstoneWithdrawal",
    "CapstoneWork",
    "CaseCondition",
    "CaseEvent",
    "CaseVote",
    "CatchUp",
    "CatchUpMark",
    "DesignationCase",
    "EnrollmentMove",
    "Pathway",
    "PathwayEnrollment",
    "PathwayEvent",
    "PathwayVersion",
    "Plan",
    "PlanSetting",
    "QuorumRule",
    "Requirement",
    "RequirementKind",
    "Waiver",
    "WaiverWithdrawal",
]
