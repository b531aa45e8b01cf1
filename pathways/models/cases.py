"""Met pathways before a committee, and how it decides: quorum, votes, conditions. Whom a member may not judge stands in
`learners.Conflict`."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, UniqueConstraint
from django.urls import reverse

from credentials.models import Credential
from credentials.models.committee import CONDITION_SETTLED, ConditionRow, VoteRow
from learners.models import Award, Learner, User
from pathways.workflow import CaseStatus

from .allowances import CapstoneRecord, CapstoneRecordQuerySet, Waiver, WaiverQuerySet
from .pathways import PathwayVersion


class QuorumRule(models.Model):
    """Append-only: how many members have to vote on a case of a pathway. The newest holds; without one, a single member."""

    pathway = models.ForeignKey("pathways.Pathway", on_delete=models.PROTECT, related_name="quorum_rules")
    quorum = models.PositiveSmallIntegerField()
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(quorum__gte=1, quorum__lte=25), name="quorum_between_1_and_25")]

    def __str__(self) -> str:
        return f"quorum {self.quorum}"


class DesignationCaseQuerySet(QuerySet["DesignationCase"]):
    def visible_to(self, user: User) -> DesignationCaseQuerySet:
        """Those before committees that one sits on or audits, but for learners whom one may not judge; one's own."""
        return self.filter(Q(learner__user=user) | Q(pk__in=DesignationCase.objects.before(user).values("pk")))

    def before(self, user: User) -> DesignationCaseQuerySet:
        """Those of the committees that one sits on or audits, but for learners with whom one has a conflict."""
        barred = user.conflicts.filter(withdrawn_at__isnull=True).values("learner")
        scope = user.scope_q({"committee", "auditor"}, "pathway_version__pathway__credential__")
        return self.filter(scope).exclude(learner__in=barred)

    def awarding(self) -> DesignationCaseQuerySet:
        """Those that ask for a designation, not those that look again at one that was awarded."""
        return self.filter(reviews__isnull=True)


class DesignationCase(models.Model):
    """A met pathway before the committee; confirming it grants the designation's award.

    reviews: the designation at which the committee looks again, because something that it counts was revoked; then it
    stays, or the registrars are asked to revoke it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="designation_cases")
    pathway_version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(max_length=20, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    award = models.OneToOneField(
        Award, null=True, blank=True, on_delete=models.PROTECT, related_name="designation_case"
    )
    reviews = models.ForeignKey(
        Award, null=True, blank=True, on_delete=models.PROTECT, related_name="designation_reviews"
    )

    objects = DesignationCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["learner", "pathway_version"],
                condition=~Q(status="declined") & Q(reviews__isnull=True),
                name="case_one_standing",
            ),
            UniqueConstraint(
                fields=["reviews"],
                condition=Q(status="open", reviews__isnull=False),
                name="case_one_open_review",
            ),
            CheckConstraint(
                condition=Q(status="open")
                | Q(status__in=["confirmed", "declined"], reviews__isnull=True)
                | Q(status__in=["kept", "to-revoke"], reviews__isnull=False),
                name="case_ends_as_it_was_asked",
            ),
            CheckConstraint(
                condition=Q(status="confirmed", award__isnull=False) | (~Q(status="confirmed") & Q(award__isnull=True)),
                name="case_confirmed_has_award",
            ),
            CheckConstraint(condition=Q(status="open") | Q(decided_at__isnull=False), name="case_decided_has_time"),
        ]

    def __str__(self) -> str:
        return f"case {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("pathways:case-detail", args=[self.public_id])

    @property
    def credential(self) -> Credential:
        return self.pathway_version.pathway.credential

    @property
    def acts(self) -> tuple[WaiverQuerySet, CapstoneRecordQuerySet]:
        """What stands of the waivers and capstones that staff granted and recorded for the learner. No query by itself."""
        of = Q(enrollment__learner=self.learner_id, enrollment__pathway=self.pathway_version.pathway_id)
        return Waiver.objects.filter(of).standing(), CapstoneRecord.objects.filter(of).standing()

    @property
    def involved(self) -> set[int]:
        """Who granted or recorded these: they do not decide on the case, too. One query."""
        waived, recorded = (acts.values_list("actor", flat=True) for acts in self.acts)
        return set(waived.union(recorded))

    @property
    def is_review(self) -> bool:
        return self.reviews_id is not None


class CaseEvent(models.Model):
    """Append-only."""

    case = models.ForeignKey(DesignationCase, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class CaseVote(VoteRow):
    """Append-only: how a member votes on a case. The newest vote of each member counts."""

    case = models.ForeignKey("pathways.DesignationCase", on_delete=models.PROTECT, related_name="votes")

    class Meta:
        indexes = [models.Index(fields=["case", "member", "-id"], name="case_vote_newest")]


class CaseCondition(ConditionRow):
    """What has to be done before a case can be confirmed. Nothing is awarded while one is open."""

    case = models.ForeignKey("pathways.DesignationCase", on_delete=models.PROTECT, related_name="conditions")

    class Meta:
        constraints = [CheckConstraint(condition=CONDITION_SETTLED, name="condition_settled_by_somebody")]
