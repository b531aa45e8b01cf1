from django.db import models


class Framework(models.Model):
    """A competency framework in one version; never edited in place once something is aligned to it."""

    slug = models.SlugField(max_length=60)
    version = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200)
    kind = models.CharField(max_length=30)
    professions = models.JSONField(default=list, blank=True)
    source_url = models.URLField(blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="framework_version_once")]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class Competency(models.Model):
    """One item of a framework version (EPA, IPEC, ACGME …); an OB 3.0 Alignment's target."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="competencies")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.CharField(max_length=40)
    short_name = models.CharField(max_length=200)
    paraphrase = models.TextField(blank=True)
    verification = models.CharField(max_length=20, help_text="How the code was compared with the publication.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["framework", "code"], name="competency_code_once")]
        verbose_name_plural = "competencies"

    def __str__(self) -> str:
        return f"{self.code} {self.short_name}"
