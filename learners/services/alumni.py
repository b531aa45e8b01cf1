"""What stays when the school's account ends: sign-in by a personal address, awards, consents; and the directory opt-out."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Conflict
from config.permissions import Can, require
from learners.models import Learner, LearnerChange, LearnerEvent, RoleGrant, User
from learners.services import notices


def personal_addresses(user: User) -> list[str]:
    """The confirmed addresses of a person besides the school's one, by which they sign in. One query."""
    verified = EmailAddress.objects.filter(user=user, verified=True).exclude(email__iexact=user.email)
    return list(verified.order_by("pk").values_list("email", flat=True))


@transaction.atomic
def end_school_account(*, actor: User, learner: Learner, at: datetime) -> User:
    """End a learner's sign-in by the school's address; the personal one that they confirmed takes its place.

    Roles end too. Awards, consents and links stay as they are: the account is the same. Raises NotAllowed, Conflict (no
    account, or no confirmed personal address yet: the learner adds one while the school's still works).
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("organization").get(pk=learner.pk)
    require(actor, Can.LEARNER_MANAGE, learner)
    if learner.user_id is None:
        raise Conflict(_("This learner has no account."))
    user = User.objects.select_for_update().get(pk=learner.user_id)
    personal = personal_addresses(user)
    if not personal:
        raise Conflict(
            _(
                "There is no confirmed personal address. Ask the learner to add one; until then the school’s address stays."
            )
        )
    school = user.email
    EmailAddress.objects.filter(user=user, email__iexact=school).delete()
    EmailAddress.objects.filter(user=user).update(primary=False)
    EmailAddress.objects.filter(user=user, email=personal[0]).update(primary=True)
    user.email = personal[0].lower()
    user.save(update_fields=["email"])
    RoleGrant.objects.in_force(at).filter(user=user).update(until_at=at)
    LearnerEvent.objects.create(learner=learner, actor=actor, kind=LearnerChange.SIGN_IN, at=at)
    notices.tell(
        user=user,
        kind="record",
        subject=_("You sign in with your personal address now"),
        text=_("Your school’s address has ended. Your badges, consents and links are as they were."),
        path=reverse("learners:home"),
        at=at,
    )
    return user


@transaction.atomic
def close_sign_in(*, actor: User, learner: Learner, at: datetime) -> bool:
    """Close the account of a learner who has died; answer whether that changed anything.

    Nobody signs in any more, roles end, and no mail goes out. Records and awards stay. Raises NotAllowed.
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("organization").get(pk=learner.pk)
    require(actor, Can.LEARNER_MANAGE, learner)
    user = User.objects.select_for_update(of=("self",)).filter(learner=learner, is_active=True).first()
    if user is None:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    RoleGrant.objects.in_force(at).filter(user=user).update(until_at=at)
    LearnerEvent.objects.create(learner=learner, actor=actor, kind=LearnerChange.CLOSED, at=at)
    return True


@transaction.atomic
def set_directory_opt_out(*, actor: User, learner: Learner, is_opted_out: bool, at: datetime) -> bool:
    """Keep a learner out of the school's directory, or not; answer whether that changed anything.

    The learner says so, or the registrar for them; it holds after they have left. Raises NotAllowed.
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("organization").get(pk=learner.pk)
    require(actor, Can.DIRECTORY_OPT_OUT, learner)
    if learner.is_directory_opt_out == is_opted_out:
        return False
    learner.is_directory_opt_out = is_opted_out
    learner.save(update_fields=["is_directory_opt_out"])
    note = _("stays out") if is_opted_out else _("may stand in it")
    LearnerEvent.objects.create(learner=learner, actor=actor, kind=LearnerChange.DIRECTORY, note=note, at=at)
    return True
