"""The capstones of one learner: what was submitted, and what still can be."""

from collections.abc import Collection
from dataclasses import dataclass

from pathways.models import CapstoneRecord, CapstoneWork, PathwayEnrollment, Requirement, RequirementKind, Waiver
from pathways.workflow import PathwayEnrollmentStatus

from .asking import Asked


@dataclass(frozen=True)
class Capstones:
    """works: every attempt, the newest first. left: the capstones of the version that may be submitted now."""

    works: list[CapstoneWork]
    left: list[Requirement]

    @property
    def waiting(self) -> list[CapstoneWork]:
        return [each for each in self.works if not hasattr(each, "answer")]


def capstones(
    enrollment: PathwayEnrollment, asked: Asked, records: Collection[CapstoneRecord], waivers: Collection[Waiver]
) -> Capstones:
    """What a learner submitted, and what is left to submit. One query."""
    works = list(CapstoneWork.objects.with_context().filter(enrollment=enrollment).order_by("-pk"))
    done = {each.requirement.key for each in records if not hasattr(each, "withdrawal")}
    done |= {each.requirement.key for each in waivers if not hasattr(each, "withdrawal")}
    done |= {each.requirement.key for each in works if not hasattr(each, "answer")}
    is_active = enrollment.status == PathwayEnrollmentStatus.ACTIVE
    left = [
        row for key, row in asked.rows.items() if is_active and row.kind == RequirementKind.CAPSTONE and key not in done
    ]
    return Capstones(works, left)
