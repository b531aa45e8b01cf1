"""How a committee decides: votes, conditions, how many have to vote; and the committee that decides on content.

The abstract rows are shared with the committees that confirm designations (pathways).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from credentials.models.catalog import WRITTEN, CredentialEvent, CredentialVersion
from credentials.models.content import Proposal
from credentials.models.organizations import Organization
from credentials.workflow import ContentCaseStatus

if TYPE_CHECKING:
    from learners.models import User

CASE_READERS = {Role.COMMITTEE, Role.ADMINISTRATOR, Role.LEAD, Role.AUDITOR}


class Vote(TextChoices):
    """For what is put before the committee, or for leaving a designation as it is where a case looks at it again."""

    FOR = "for", _("for")
    AGAINST = "against", _("against")
    ABSTAIN = "abstain", _("abstains")


class VoteRow(models.Model):
    """Append-only: how a member votes on a case. The newest vote of each member counts. A subclass has the case."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    vote = models.CharField(max_length=10, choices=Vote.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.vote} at {self.at:%Y-%m-%d %H:%M}"


class ConditionRow(models.Model):
    """What has to be done before a decision takes effect; settled by a member, with a note. A subclass has the case."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    is_dropped = models.BooleanField(default=False, help_text=_("The committee no longer asks for it."))
    note = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


#: A condition is open, or somebody settled it and said how.
CONDITION_SETTLED = Q(settled_at__isnull=True, settled_by__isnull=True, is_dropped=False) | (
    Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(note="")
)


class ContentQuorum(models.Model):
    """Append-only: whether a school has a committee on content, and how many of its members have to vote. The newest holds.

    0: it has none (any more). Without a row it has none either.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="content_quorums")
    quorum = models.PositiveSmallIntegerField()
    reason = models.TextField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(quorum__lte=25), name="content_quorum_at_most_25")]

    def __str__(self) -> str:
        return f"quorum {self.quorum}"


class ContentCaseQuerySet(QuerySet["ContentCase"]):
    def visible_to(self, user: User) -> ContentCaseQuerySet:
        """Those of the schools where somebody sits on the committee, prepares content, or looks over it."""
        grants = [grant for grant in user.current_grants if grant.role in CASE_READERS and grant.credential_id is None]
        return self.filter(organization__in={grant.organization_id for grant in grants})

    def with_subject(self) -> ContentCaseQuerySet:
        return self.select_related(
            "organization", "version__credential__owner", "version__credential__organization", "proposal", "put_by"
        )


class ContentCase(models.Model):
    """A draft or a proposal that was put before a school's committee on content; ends with one decision.

    seen_sha256: what a draft said when the committee last looked at it: as it was put, and as each condition was settled.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="content_cases")
    version = models.ForeignKey(
        CredentialVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="content_cases"
    )
    proposal = models.ForeignKey(
        Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="content_cases"
    )
    note = models.TextField(blank=True)
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    seen_sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=20, choices=ContentCaseStatus.choices, default=ContentCaseStatus.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text=_("When the members were told of it."))

    objects = ContentCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(version__isnull=False, proposal__isnull=True)
                | Q(version__isnull=True, proposal__isnull=False),
                name="content_case_has_one_subject",
            ),
            CheckConstraint(
                condition=Q(status=ContentCaseStatus.OPEN, ended_at__isnull=True)
                | (~Q(status=ContentCaseStatus.OPEN) & Q(ended_at__isnull=False)),
                name="content_case_ended_has_time",
            ),
            UniqueConstraint(
                fields=["version"], condition=Q(status=ContentCaseStatus.OPEN), name="content_case_one_open_for_version"
            ),
            UniqueConstraint(
                fields=["proposal"],
                condition=Q(status=ContentCaseStatus.OPEN),
                name="content_case_one_open_for_proposal",
            ),
        ]
        indexes = [models.Index(fields=["put_at"], condition=Q(told_at__isnull=True), name="content_case_to_tell")]

    def __str__(self) -> str:
        return f"content case {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:content-case", args=[self.public_id])

    @property
    def title(self) -> str:
        subject = self.version or self.proposal
        return subject.title if subject is not None else ""

    @cached_property
    def involved(self) -> frozenset[int | None]:
        """Who has too much to do with it to vote on it. One query, once for a row that was read.

        Who put it forward, now or earlier; who proposed it, also when the draft was made of the proposal; who answers for the
        draft; and everybody who wrote on it.
        """
        earlier = ContentCase.objects.filter(version=self.version_id, proposal=self.proposal_id).order_by()
        found = earlier.values_list("put_by")
        if self.version is None:
            proposer = self.proposal.proposed_by_id if self.proposal is not None else None
            return frozenset({self.put_by_id, proposer, *(key for (key,) in found)})
        credential = self.version.credential
        found = found.union(
            CredentialEvent.objects.filter(version=self.version_id, action__in=WRITTEN).values_list("actor"),
            Proposal.objects.filter(credential=credential.pk).values_list("proposed_by"),
        )
        return frozenset({self.put_by_id, credential.owner_id, self.version.edited_by_id, *(key for (key,) in found)})


class ContentVote(VoteRow):
    case = models.ForeignKey(ContentCase, on_delete=models.PROTECT, related_name="votes")

    class Meta:
        indexes = [models.Index(fields=["case", "member", "-id"], name="content_vote_newest")]


class ContentCondition(ConditionRow):
    case = models.ForeignKey(ContentCase, on_delete=models.PROTECT, related_name="conditions")

    class Meta:
        constraints = [CheckConstraint(condition=CONDITION_SETTLED, name="content_condition_settled_by_somebody")]
