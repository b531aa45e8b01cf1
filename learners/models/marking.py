"""What stands around judging: who has work open, the keys and words of an assessor, examples, and concerns."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion, Organization

from .evidence import Submission
from .people import User


class MarkingLockManager(models.Manager["MarkingLock"]):
    def hold(
        self, submission: Submission, actor: User, *, at: datetime, idle_since: datetime, take_over: bool
    ) -> MarkingLock:
        """One statement, so that of two people who open the same work at once one holds it and the other sees who.

        The actor gets it when nobody holds it, when its holder was last seen at or before idle_since, or with take_over.
        """
        table = self.model._meta.db_table
        mine = f"{table}.holder_id = EXCLUDED.holder_id"
        passes = f"({table}.seen_at <= %(idle_since)s OR %(take_over)s)"
        statement = f"""
            INSERT INTO {table} (submission_id, holder_id, since_at, seen_at)
            VALUES (%(submission)s, %(actor)s, %(at)s, %(at)s)
            ON CONFLICT (submission_id) DO UPDATE SET
                holder_id = CASE WHEN {passes} THEN EXCLUDED.holder_id ELSE {table}.holder_id END,
                since_at = CASE WHEN {passes} AND NOT {mine} THEN EXCLUDED.since_at ELSE {table}.since_at END,
                seen_at = CASE WHEN {passes} OR {mine} THEN greatest(EXCLUDED.seen_at, {table}.seen_at)
                    ELSE {table}.seen_at END
            RETURNING id, submission_id, holder_id, since_at, seen_at"""  # noqa: S608 - only the table's name is put in
        values = {
            "submission": submission.pk,
            "actor": actor.pk,
            "at": at,
            "idle_since": idle_since,
            "take_over": take_over,
        }
        return self.raw(statement, values)[0]


class MarkingLock(models.Model):
    """Who has a submission open to judge it. Soft: it tells the next person, and nobody is kept out by it."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="marking_lock")
    holder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects = MarkingLockManager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(seen_at__gte=models.F("since_at")), name="marking_lock_seen_after_it_began")
        ]

    def __str__(self) -> str:
        return f"lock of {self.submission_id}"


class ShortcutChoice(models.Model):
    """The single keys that a person uses on the marking screen: whether at all, and which differ from the usual ones."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="shortcut_choice")
    is_on = models.BooleanField(default=True)
    keys = models.JSONField(default=dict, help_text=_("Action to key, for those that were changed."))

    def __str__(self) -> str:
        return f"keys of {self.user_id}"


class SnippetQuerySet(QuerySet["Snippet"]):
    def visible_to(self, user: User) -> SnippetQuerySet:
        """One's own, and what is shared in the schools where one assesses or leads."""
        schools = {grant.organization_id for grant in user.current_grants if grant.role in {"assessor", "lead"}}
        return self.filter(Q(owner=user) | Q(shared_in__in=schools))


class Snippet(models.Model):
    """Words that an assessor keeps to use again; shared in a school when `shared_in` says so."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="snippets")
    shared_in = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    abbreviation = models.CharField(max_length=20)
    text = models.TextField()
    kept_at = models.DateTimeField()

    objects = SnippetQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint("owner", Lower("abbreviation"), name="snippet_abbreviation_once"),
            CheckConstraint(condition=~Q(text="") & ~Q(abbreviation=""), name="snippet_has_its_words"),
        ]

    def __str__(self) -> str:
        return self.abbreviation


class LevelExample(models.Model):
    """What work at one level of a criterion looks like, for assessors. Retired rather than deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="examples")
    level = models.PositiveSmallIntegerField()
    text = models.TextField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [CheckConstraint(condition=Q(level__range=(1, 4)), name="level_example_level_in_range")]

    def __str__(self) -> str:
        return f"example of level {self.level}"


class ConcernKind(TextChoices):
    MISCONDUCT = "misconduct", _("possible misconduct")
    NOT_MY_FIELD = "not-my-field", _("not my field")


class ConcernQuerySet(QuerySet["Concern"]):
    def holding(self) -> ConcernQuerySet:
        """Those that stop the work: possible misconduct that no lead has answered."""
        return self.filter(kind=ConcernKind.MISCONDUCT, closed_at__isnull=True)

    def visible_to(self, user: User) -> ConcernQuerySet:
        """Those of the credentials that a person leads, never about oneself; and those that one raised."""
        led = user.scope_q({"lead"}, "submission__enrollment__credential__")
        return self.filter(led | Q(raised_by=user)).exclude(submission__enrollment__learner__user=user)


class Concern(models.Model):
    """Something that keeps an assessor from judging a submission, told to the leads. Never shown to the learner here."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="concerns")
    kind = models.CharField(max_length=20, choices=ConcernKind.choices)
    text = models.TextField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["submission", "kind"], condition=Q(closed_at__isnull=True), name="concern_open_once"
            ),
            CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, answer="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(answer="")),
                name="concern_closed_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"concern {self.public_id}"
