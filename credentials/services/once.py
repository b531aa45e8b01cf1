"""One sending, one thing made: a doubled form answers what the first one made."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from config.errors import Conflict
from config.once import Sent
from credentials.models import SentForm

KEPT_FOR = timedelta(days=30)
P = ParamSpec("P")
M = TypeVar("M", bound=Model)


class SentAlready(Conflict):
    """The form was sent before, and what it made is gone."""

    code = "sent-already"


@transaction.atomic
def made_once(sent: Sent, make: Callable[P, M], *args: P.args, **given: P.kwargs) -> M:
    """Let a service make what a form asks for; the same form again answers what it made, and changes nothing.

    make: the service, which gives the form's kind its name. Who sends at the same moment waits for the first one; a form
    that was refused leaves nothing, and may be sent again. Raises what the service raises, and SentAlready.
    """
    if sent.key is None:
        return make(*args, **given)
    kind = getattr(make, "__name__", "")
    try:
        with transaction.atomic():
            row = SentForm.objects.create(kind=kind, key=sent.key, sender=sent.sender)
    except IntegrityError:
        return _made(SentForm.objects.get(kind=kind, key=sent.key, sender=sent.sender))
    made = make(*args, **given)
    SentForm.objects.filter(pk=row.pk).update(made_table=made._meta.label, made_id=made.pk)
    return made


def _made(row: SentForm) -> Any:
    made = apps.get_model(row.made_table)._base_manager.filter(pk=row.made_id).first()
    if made is None:
        raise SentAlready(_("This form was sent already. What it made has been removed since; open the form anew."))
    return made


def forget_sent_forms(*, at: datetime, limit: int = 1000) -> int:
    """Forget which forms were sent more than a month ago; answers how many."""
    old = SentForm.objects.filter(at__lt=at - KEPT_FOR).order_by("at", "pk").values_list("pk", flat=True)[:limit]
    return SentForm.objects.filter(pk__in=list(old)).delete()[0]
