"""A learner's own plan over terms. It decides nothing and nobody else reads it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Invalid
from config.permissions import Can, require
from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from credentials.workflow import CredentialStatus
from learners.models import Learner, User
from pathways import terms
from pathways.models import Plan, PlanSetting

ITEMS_MAX = 60
HOURS_MAX = 600


@transaction.atomic
def add_to_plan(*, actor: User, learner: Learner, credential: Credential, term: str, at: datetime) -> Plan:
    """Put an item into a term, after what stands there; one that is planned already moves there.

    Raises NotAllowed, Invalid (no such term or over, nothing that can be earned, too many).
    """
    _lock(actor, learner)
    _require_term(term, at)
    if credential.kind != CredentialKind.MICROCREDENTIAL or credential.status == CredentialStatus.DRAFT:
        raise Invalid(_("This is nothing that can be planned."))
    planned = Plan.objects.filter(learner=learner)
    position = _after(learner, term)
    found = planned.filter(credential=credential).first()
    if found is None:
        if planned.count() >= ITEMS_MAX:
            raise Invalid(_("A plan holds at most %(most)s items.") % {"most": ITEMS_MAX})
        return Plan.objects.create(learner=learner, credential=credential, term=term, position=position)
    if found.term != term:
        found.term, found.position = term, position
        found.save(update_fields=["term", "position"])
    return found


@transaction.atomic
def move_in_plan(*, actor: User, item: Plan, term: str, at: datetime) -> Plan:
    """Put a planned item into another term. Raises NotAllowed, Invalid."""
    return add_to_plan(actor=actor, learner=item.learner, credential=item.credential, term=term, at=at)


@transaction.atomic
def remove_from_plan(*, actor: User, learner: Learner, credential: Credential) -> None:
    """Take an item out of the plan; a second call changes nothing. Raises NotAllowed."""
    _lock(actor, learner)
    Plan.objects.filter(learner=learner, credential=credential).delete()


@transaction.atomic
def set_plan_hours(*, actor: User, learner: Learner, hours: int) -> PlanSetting:
    """Say how many hours one wants to spend in a term. Raises NotAllowed, Invalid."""
    _lock(actor, learner)
    if not 1 <= hours <= HOURS_MAX:
        raise Invalid(_("Between 1 and %(most)s hours.") % {"most": HOURS_MAX})
    return PlanSetting.objects.update_or_create(learner=learner, defaults={"hours_per_term": hours})[0]


def _lock(actor: User, learner: Learner) -> None:
    require(actor, Can.PLAN_KEEP, Learner.objects.select_for_update(of=("self",), no_key=True).get(pk=learner.pk))


def _require_term(code: str, at: datetime) -> None:
    found = terms.term(code)
    if found is None:
        raise Invalid(_("There is no such term."))
    if found.ends_on < timezone.localdate(at):
        raise Invalid(_("%(term)s is over; choose a later one.") % {"term": found.name})


def _after(learner: Learner, term: str) -> int:
    last = Plan.objects.filter(learner=learner, term=term).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1
