"""What a learner has typed into a form of the workspace and not added yet."""

from __future__ import annotations

from django.db import models
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from .evidence import Submission


class FormDraft(models.Model):
    """The values of one form of a draft submission, as they were last saved; for its learner alone.

    `form` names the form: the kind of evidence and the position of its requirement, or the declarations. It goes when what
    it holds is added or submitted.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="form_drafts")
    form = models.CharField(max_length=30)
    values = models.JSONField(default=dict, help_text=_("What stands in each field, by its name."))
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["submission", "form"], name="form_draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.form}"
