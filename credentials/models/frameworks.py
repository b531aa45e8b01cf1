import uuid

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import CheckConstraint, F, Q, TextChoices
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Framework(models.Model):
    """A competency framework in one version; a change of it is a newer version, loaded beside it.

    Every school may align to it. Its versions and crosswalks belong to the organization that keeps it; without one it came
    with the site, and everybody reads it and nobody changes what leads to it.
    public_id is the identifier of its CASE document: taken over with what is imported, our own otherwise.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    organization = models.ForeignKey(
        "credentials.Organization", null=True, blank=True, on_delete=models.PROTECT, related_name="frameworks"
    )
    slug = models.SlugField(max_length=60)
    version = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    professions = models.JSONField(default=list, blank=True)
    source_url = models.URLField(blank=True)
    note = models.TextField(blank=True)
    loaded_at = models.DateTimeField(db_default=Now())
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="framework_version_once")]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    def get_absolute_url(self) -> str:
        return reverse("credentials:framework-detail", args=[self.public_id])


class Competency(models.Model):
    """One item of a framework version (EPA, IPEC, ACGME …); an OB 3.0 Alignment's target."""

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="competencies")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.CharField(max_length=40)
    short_name = models.CharField(max_length=200)
    paraphrase = models.TextField(blank=True)
    verification = models.CharField(max_length=20, help_text="How the code was compared with the publication.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="competency_code_once"),
            # Publishers keep an item's identifier from one version of a framework to the next.
            models.UniqueConstraint(fields=["framework", "public_id"], name="competency_identifier_once"),
        ]
        verbose_name_plural = "competencies"

    def __str__(self) -> str:
        return f"{self.code} {self.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:competency-detail", args=[self.framework.public_id, self.code])


class CrosswalkRelation(TextChoices):
    """How an item of an older version stands to one of a newer; the CASE association of each is in `credentials.case`."""

    SAME = "same", _("the same")
    REPLACED = "replaced", _("replaced by")
    RELATED = "related", _("related to")


class Crosswalk(models.Model):
    """From an item of one version of a framework to one of another."""

    source = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="leads_to")
    target = models.ForeignKey(Competency, on_delete=models.CASCADE, related_name="comes_from")
    relation = models.CharField(max_length=20, choices=CrosswalkRelation.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target"], name="crosswalk_once"),
            CheckConstraint(condition=~Q(source=F("target")), name="crosswalk_leads_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.relation} {self.target}"


class CrosswalkEvent(models.Model):
    """Append-only: who said anew how one version of a framework leads to another, with what was said."""

    older = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    newer = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="crosswalk_events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    steps = models.JSONField(help_text=_("Each step as it stands now: code, code, relation."))
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.added} added, {self.removed} removed"
