"""The registrar takes out what performance letters may say of a class. Each learner in the list is told who took it and why."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict
from config.permissions import Can, require
from credentials.models.catalog import CredentialKind
from issuance import letters
from learners import services as learners_services
from learners.models import Award, Cohort, User
from learners.models.access import AccessReason
from learners.workflow import AwardStatus


@transaction.atomic
def letters_of_class(
    *, actor: User, cohort: Cohort, reason: AccessReason, until_on: date | None = None, at: datetime
) -> list[letters.Wording]:
    """The standing designations of a class with their wording, by name; each learner in the list is logged first.

    until_on: the last day of awarding that the letters take in, such as the day on which they freeze. Raises NotAllowed,
    Invalid (no reason), Conflict (there is nothing to list).
    """
    require(actor, Can.LETTERS_EXPORT, cohort)
    awards = Award.objects.filter(
        learner__cohort=cohort, credential__kind=CredentialKind.DESIGNATION, status=AwardStatus.ACTIVE
    ).exclude(learner__user=actor)
    if until_on is not None:
        awards = awards.filter(awarded_at__date__lte=until_on)
    found = [
        each
        for each in letters.wordings(awards.order_by("learner__display_name", "learner", "awarded_at", "pk"), at=at)
        if each.sentences
    ]
    if not found:
        raise Conflict(_("Nobody in this class holds a designation that stands, or none was awarded by that day."))
    learners_services.log_list(
        actor=actor,
        learners={each.award.learner_id: each.award.learner for each in found}.values(),
        reason=reason,
        what=_("Wording for performance letters, %(cohort)s") % {"cohort": cohort.name},
        at=at,
    )
    return found
