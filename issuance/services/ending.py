"""A registrar ends everything that a learner shares: who has died, who has left for good, or for another reason."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from issuance.models import Consent, SharingEnd, SharingEndReason
from learners import services as learners_services
from learners.models import Learner, User


@transaction.atomic
def end_sharing(*, actor: User, learner: Learner, reason: str, note: str = "", at: datetime) -> SharingEnd:
    """End every consent of a learner that stands, and keep them out of the directory; their pages are the one 404 then.

    For a learner who has died the sign-in is closed as well. Everybody else keeps it, is told, and may share anew: the
    consent is theirs, and what the school no longer vouches for it revokes. Awards stay. note: needed for another reason.
    Raises NotAllowed, Invalid (no reason), Conflict (nothing is shown and nothing is left to close).
    """
    learner = (
        Learner.objects.select_for_update(of=("self",), no_key=True).select_related("organization").get(pk=learner.pk)
    )
    require(actor, Can.SHARING_END, learner)
    note = note.strip()
    if reason not in SharingEndReason.values:
        raise Invalid(_("Choose the reason."))
    if reason == SharingEndReason.OTHER and not note:
        raise Invalid(_("Say what the reason is."))
    ended = Consent.objects.standing(at).filter(learner=learner).update(withdrawn_at=at)
    is_taken_out = learners_services.set_directory_opt_out(actor=actor, learner=learner, is_opted_out=True, at=at)
    is_closed = reason == SharingEndReason.DECEASED and learners_services.close_sign_in(
        actor=actor, learner=learner, at=at
    )
    if not (ended or is_taken_out or is_closed):
        raise Conflict(_("Nothing of this learner is shown to anybody."))
    made = SharingEnd.objects.create(learner=learner, reason=reason, note=note, consents=ended, ended_by=actor, at=at)
    if reason != SharingEndReason.DECEASED and learner.user_id is not None:
        learners_services.tell(
            user=User.objects.get(pk=learner.user_id),
            kind="record",
            subject=_("Your school ended what you shared"),
            text=_(
                "Nobody sees your badges by an address any more, and the directory leaves you out. Your badges and your "
                "sign-in are as they were. Your record says why; if you think that it is wrong, ask your registrar."
            ),
            path=reverse("issuance:share-center"),
            at=at,
        )
    return made
