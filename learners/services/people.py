"""People: accounts, roles, names."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, Role, require
from credentials.models import Organization
from learners.models import Cohort, Learner, LearnerChange, LearnerEvent, LearnerName, RoleGrant, User
from learners.services.notices import tell


@transaction.atomic
def add_person(*, email: str, name: str, at: datetime) -> User:
    """Make an account without a password: "Set a new password" on the sign-in page sends the address to choose one.

    For operators, who run the site; no page calls it. Raises Invalid (no e-mail address, no name), Conflict (there is one).
    """
    email, name = email.strip().lower(), " ".join(name.split())
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("%(email)s is no e-mail address.") % {"email": email}) from error
    if not name:
        raise Invalid(_("Give the person’s name."))
    if User.objects.filter(email__iexact=email).exists():
        raise Conflict(_("There is an account with the address %(email)s.") % {"email": email})
    user = new_user(email=email, name=name, at=at)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def new_user(*, email: str, name: str, at: datetime) -> User:
    """An account without a password, not saved yet; its address was checked."""
    user = User(email=email, name=name, date_joined=at)
    user.set_unusable_password()
    return user


@transaction.atomic
def add_learner(
    *, user: User, organization: Organization, profession: str, cohort: Cohort | None, student_number: str, at: datetime
) -> Learner:
    """Let a person earn. For operators. Raises Conflict (they can already, or the student number is taken)."""
    try:
        with transaction.atomic():
            learner = Learner.objects.create(
                user=user,
                organization=organization,
                cohort=cohort,
                display_name=user.name,
                profession=profession,
                student_number=student_number,
            )
    except IntegrityError as error:
        raise Conflict(_("This person is a learner already, or the student number is taken.")) from error
    LearnerName.objects.create(learner=learner, full_name=user.name, from_at=at)
    return learner


def grant_role(*, user: User, role: Role, organization: Organization, at: datetime) -> RoleGrant:
    """Give a person a role in a whole organization from now on. For operators. Raises Conflict (they have it)."""
    try:
        with transaction.atomic():
            return RoleGrant.objects.create(user=user, role=role, organization=organization, from_at=at)
    except IntegrityError as error:
        raise Conflict(_("%(name)s has this role already.") % {"name": user.name}) from error


def end_role(*, user: User, role: Role, organization: Organization, at: datetime) -> int:
    """End a person's grants of a role in an organization; answer how many. For operators. Raises Conflict (none)."""
    ended = RoleGrant.objects.in_force(at).filter(user=user, role=role, organization=organization).update(until_at=at)
    if not ended:
        raise Conflict(_("%(name)s does not have this role.") % {"name": user.name})
    return ended


@transaction.atomic
def change_name(*, actor: User, learner: Learner, full_name: str, at: datetime) -> LearnerName:
    """Give a learner a new name from now on; the old one stays with its dates, and is shown nowhere public.

    Badges are issued anew under it; until then they are not shown.

    Raises NotAllowed (a registrar of the learner's school does this), Invalid (an empty or unchanged name).
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("organization", "user").get(pk=learner.pk)
    require(actor, Can.LEARNER_RENAME, learner)
    full_name = " ".join(full_name.split())
    if not full_name or full_name == learner.display_name:
        raise Invalid(_("Give a name that differs from the present one."))
    learner.names.filter(until_at__isnull=True).update(until_at=at)
    name = LearnerName.objects.create(learner=learner, full_name=full_name, from_at=at)
    former, learner.display_name = learner.display_name, full_name
    learner.save(update_fields=["display_name"])
    if learner.user is not None and learner.user.name == former:
        learner.user.name = full_name
        learner.user.save(update_fields=["name"])
    handoff.after_commit("issuance.sign_overdue")
    LearnerEvent.objects.create(learner=learner, actor=actor, kind=LearnerChange.NAME, at=at)
    if learner.user is not None:
        tell(
            user=learner.user,
            kind="record",
            subject=_("Your name was changed"),
            text=_(
                "Your school gave your record another name. Your badges follow it; if it is wrong, tell the registrar."
            ),
            path=reverse("learners:home"),
            at=at,
        )
    return name
