from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import CheckConstraint, Count, F, Q, QuerySet, TextChoices, UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from credentials.models import Credential, Organization


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_new_notices(self, at: datetime) -> QuerySet[User]:
        """Each with `new_notices`: how many they have not read."""
        return self.annotate(
            new_notices=Count("notices", filter=Q(notices__read_at__isnull=True, notices__created_at__lte=at))
        )

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in, by e-mail. What they may do is said by RoleGrant rows and by whose record it is."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def current_grants(self) -> list[RoleGrant]:
        """The roles in force now; one query for each request."""
        return list(self.role_grants.in_force(timezone.now()).select_related("organization"))

    @cached_property
    def belongs_to(self) -> set[int]:
        """The keys of the organizations whose learner one is, or in which one has a role in force."""
        learner = getattr(self, "learner", None)
        return {grant.organization_id for grant in self.current_grants} | (
            {learner.organization_id} if learner else set()
        )

    def roles(self) -> set[str]:
        return {grant.role for grant in self.current_grants}

    def has_role(self, role: Role, scope: Organization | Credential) -> bool:
        """Tell whether a grant in force covers this organization or credential."""
        return self.has_any_role({role}, scope)

    def has_any_role(self, roles: Iterable[Role], scope: Organization | Credential) -> bool:
        wanted = {str(role) for role in roles}
        return any(grant.role in wanted and grant.covers(scope) for grant in self.current_grants)

    def has_conflict_with(self, learner: Learner) -> bool:
        """Tell whether this person has declared that they may not judge the learner. One query."""
        return self.conflicts.filter(learner=learner, withdrawn_at__isnull=True).exists()

    def scope_q(self, roles: Iterable[str], prefix: str = "") -> Q:
        """A filter on credentials (or on what `prefix` leads to them from) that these roles cover."""
        wanted = {str(role) for role in roles}
        grants = [grant for grant in self.current_grants if grant.role in wanted]
        whole = {grant.organization_id for grant in grants if grant.credential_id is None}
        single = {grant.credential_id for grant in grants if grant.credential_id is not None}
        return Q(**{f"{prefix}organization__in": whole}) | Q(**{f"{prefix}pk__in": single})


class Cohort(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=100)
    entered_on = models.DateField()
    graduates_on = models.DateField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "name"], name="cohort_name_once"),
            CheckConstraint(condition=Q(graduates_on__gt=F("entered_on")), name="cohort_graduates_after_it_enters"),
        ]

    def __str__(self) -> str:
        return self.name


class LearnerStatus(TextChoices):
    ACTIVE = "active", _("active")
    LEAVE = "leave", _("on leave")
    GRADUATED = "graduated", _("graduated")
    LEFT = "left", _("left")


class Learner(models.Model):
    """A person in the role of earning. Kept apart from the account, which may go while the awards stay.

    `display_name` repeats the LearnerName in force, for lists; `services.change_name` alone writes both.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="learner")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="learners")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="learners")
    display_name = models.CharField(max_length=200)
    profession = models.CharField(max_length=40)
    student_number = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=20, choices=LearnerStatus.choices, default=LearnerStatus.ACTIVE)
    is_directory_opt_out = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["organization", "student_number"],
                condition=~Q(student_number=""),
                name="learner_student_number_once",
            )
        ]

    def __str__(self) -> str:
        return self.display_name


class LearnerName(models.Model):
    """A name with the time in which it holds; signed documents carry the one in force when they were made."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="names")
    full_name = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["learner"], condition=Q(until_at__isnull=True), name="learner_one_current_name"),
            CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("from_at")), name="learner_name_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class RoleGrantQuerySet(QuerySet["RoleGrant"]):
    def in_force(self, at: Any) -> RoleGrantQuerySet:
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=at), from_at__lte=at)


class RoleGrant(models.Model):
    """A role of a person within an organization, or for one credential of it, for a time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="role_grants")
    credential = models.ForeignKey(
        Credential, null=True, blank=True, on_delete=models.PROTECT, related_name="role_grants"
    )
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["user", "role", "organization", "credential"],
                condition=Q(until_at__isnull=True),
                nulls_distinct=False,
                name="role_granted_once",
            ),
            CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=F("from_at")), name="role_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.organization}"

    def covers(self, scope: Organization | Credential) -> bool:
        if isinstance(scope, Organization):
            return self.credential_id is None and self.organization_id == scope.pk
        return self.organization_id == scope.organization_id and self.credential_id in (None, scope.pk)
