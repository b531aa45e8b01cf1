"""How often something happened to an item on a day. Nobody is named, and no time of day is kept."""

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models.catalog import Credential


class Counted(TextChoices):
    VIEW = "view", _("its page was read")
    TURNED_AWAY = "turned-away", _("somebody who wanted to enroll could not")


class ItemCount(models.Model):
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="counts")
    on = models.DateField()
    kind = models.CharField(max_length=20, choices=Counted.choices)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["credential", "on", "kind"], name="item_count_once_a_day"),
            CheckConstraint(condition=Q(count__gte=1), name="item_count_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} on {self.on}"
