"""People: names."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Invalid
from config.permissions import Can, require
from learners.models import Learner, LearnerName, User


@transaction.atomic
def change_name(*, actor: User, learner: Learner, full_name: str, at: datetime) -> LearnerName:
    """Give a learner a new name from now on; the old one stays with its dates, and is shown nowhere public.

    Raises NotAllowed (a registrar of the learner's school does this), Invalid (an empty or unchanged name).
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("organization").get(pk=learner.pk)
    require(actor, Can.LEARNER_RENAME, learner)
    full_name = " ".join(full_name.split())
    if not full_name or full_name == learner.display_name:
        raise Invalid(_("Give a name that differs from the present one."))
    learner.names.filter(until_at__isnull=True).update(until_at=at)
    name = LearnerName.objects.create(learner=learner, full_name=full_name, from_at=at)
    learner.display_name = full_name
    learner.save(update_fields=["display_name"])
    return name
