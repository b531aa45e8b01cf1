from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from learners.notice_kinds import Way

from .people import Learner, RoleGrant, User


class NoticeQuerySet(QuerySet["Notice"]):
    def shown_to(self, user: User, at: datetime) -> NoticeQuerySet:
        """A person's own, once their time has come."""
        return self.filter(user=user, created_at__lte=at)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)

    def logged_for(self, user: User) -> NoticeQuerySet:
        """What was told to the people of the schools where somebody is administrator: for the log, which shows no words."""
        schools = [
            grant.organization_id
            for grant in user.current_grants
            if grant.role == Role.ADMINISTRATOR and grant.credential_id is None
        ]
        learners = Learner.objects.filter(user=OuterRef("user"), organization__in=schools)
        staff = RoleGrant.objects.filter(user=OuterRef("user"), organization__in=schools)
        return self.filter(Exists(learners) | Exists(staff))

    def mail_due(self, at: datetime) -> NoticeQuerySet:
        """Those to be mailed now; what another worker is sending, or what failed a moment ago, is not among them."""
        return self.filter(
            Q(mail_after__isnull=True) | Q(mail_after__lte=at),
            way=Way.AT_ONCE,
            mailed_at__isnull=True,
            created_at__lte=at,
        )


class Notice(models.Model):
    """Something a person is told, on the site and by mail. The rows are the outbox: `mailed_at` empty is work to do.

    Shown and mailed from `created_at` on, which may lie ahead. `mail_after` is set while a worker sends it, after a try that
    failed, through quiet hours, and to the hour of the digest. A notice that is for the site alone is never mailed. No level and no comment ever stands in a notice; it links to the page that shows them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(
        max_length=10,
        choices=Way.choices,
        default=Way.AT_ONCE,
        db_default=Way.AT_ONCE,
        help_text=_("How it is mailed."),
    )
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_after = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(mailed_at__isnull=True, way=Way.AT_ONCE), name="notice_at_once"
            ),
            models.Index(
                fields=["mail_after"], condition=Q(mailed_at__isnull=True, way=Way.DIGEST), name="notice_for_digest"
            ),
            models.Index(fields=["user", "created_at"], name="notice_by_user"),
            models.Index(fields=["-created_at", "-id"], condition=~Q(way=Way.SITE), name="notice_log"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(mailed_at__isnull=True) & ~Q(way=Way.SITE),
                name="notice_log_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
