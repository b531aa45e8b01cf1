"""Who looked for a learner, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import BooleanField, CheckConstraint, ExpressionWrapper, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from .evidence import Submission
from .people import Learner, User


class AccessReason(TextChoices):
    ADVISING = "advising", _("Advising or support of the learner")
    ASSESSMENT = "assessment", _("Assessment or appeal")
    RECORDS = "records", _("Correcting or issuing a record")
    REQUEST = "request", _("The learner asked for it")
    REVIEW = "review", _("Audit or accreditation")


class AccessKind(TextChoices):
    LOOKED = "looked", _("looked for the learner")
    OPENED = "opened", _("opened work, as an auditor")
    REFUSED = "refused", _("asked for work that they may not see")


class AccessEntryQuerySet(QuerySet["AccessEntry"]):
    def visible_to(self, user: User) -> AccessEntryQuerySet:
        """Those about learners of the schools where a person is registrar or auditor of everything."""
        schools = {
            grant.organization_id
            for grant in user.current_grants
            if grant.role in {"registrar", "auditor"} and grant.credential_id is None
        }
        return self.filter(learner__organization__in=schools)

    def with_blind(self) -> AccessEntryQuerySet:
        """Each with `hides_learner`: the work that it names is judged blind, and who opened it was shown no name."""
        blind = ~Q(kind=AccessKind.LOOKED) & Q(submission__enrollment__credential_version__is_blind=True)
        return self.annotate(hides_learner=ExpressionWrapper(blind, output_field=BooleanField()))


class AccessEntry(models.Model):
    """Append-only: a learner whom a search of staff has shown, whose blind work was opened, or who stands in a list that was
    taken out; by whom and why. A note without a submission names the list. And who asked for work that was not theirs to see,
    and was answered that there is none.
    """

    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="access_entries")
    kind = models.CharField(
        max_length=20, choices=AccessKind.choices, default=AccessKind.LOOKED, db_default=AccessKind.LOOKED
    )
    reason = models.CharField(max_length=20, choices=AccessReason.choices, blank=True)
    submission = models.ForeignKey(
        Submission,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="unblindings",
        help_text=_("The work that was opened or asked for; empty for a search."),
    )
    note = models.TextField(blank=True, default="", db_default="")
    at = models.DateTimeField()

    objects = AccessEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(submission__isnull=True) | ~Q(note="") | ~Q(kind="looked"),
                name="access_unblinding_has_note",
            ),
            CheckConstraint(
                condition=Q(kind="looked") | Q(submission__isnull=False), name="access_to_work_names_the_work"
            ),
            CheckConstraint(
                condition=(Q(kind="refused") & Q(reason="")) | (~Q(kind="refused") & ~Q(reason="")),
                name="access_has_reason_unless_refused",
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "actor", "at"], name="access_by_learner"),
            models.Index(fields=["-at", "-id"], name="access_log"),
        ]

    def __str__(self) -> str:
        return f"{self.reason or self.kind} at {self.at:%Y-%m-%d %H:%M}"
