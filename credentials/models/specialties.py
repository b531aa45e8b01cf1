"""For which specialty something is said to be useful, and who says so."""

from django.db import models


class SpecialtyClaim(models.Model):
    """ "Useful for" a specialty, with the source of that claim and its date; outside the frozen version."""

    credential = models.ForeignKey("credentials.Credential", on_delete=models.CASCADE, related_name="specialty_claims")
    specialty = models.CharField(max_length=80)
    source = models.CharField(max_length=200)
    stated_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "specialty"], name="specialty_claimed_once")]

    def __str__(self) -> str:
        return self.specialty
