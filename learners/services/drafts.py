"""What a learner types into the forms of the workspace, kept before it is added; read by nobody else.

A draft belongs to one form of one attempt. Two tabs are told apart by the `revision` that each has read.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Invalid
from credentials.models import EvidenceRequirement
from learners.models import FormDraft, Submission, User
from learners.services.assessment import ChangedElsewhere, revision
from learners.services.evidence import DECLARATIONS, FROM_LEARNER, form_key, own_draft

SUBMIT = "submit"
FIELDS = {"text": ("title", "text"), "link": ("title", "link"), "hours": ("title", "hours", "text")}
# More than any form takes, so that what is too long to be added is kept until it is shortened.
LETTERS_MAX = 100_000


def forms_of(submission: Submission) -> dict[str, tuple[str, ...]]:
    """The forms of the workspace that keep drafts, with their fields. One query."""
    asked = submission.enrollment.credential_version.evidence_requirements.filter(source__in=FROM_LEARNER)
    places: list[EvidenceRequirement | None] = [None, *asked]
    adding = {form_key(kind, place): fields for place in places for kind, fields in FIELDS.items()}
    criteria = submission.enrollment.credential_version.criteria.count() if submission.attempt > 1 else 0
    anew = (f"anew-{number}" for number in range(1, criteria + 1))
    return adding | {SUBMIT: (*(str(kind) for kind in DECLARATIONS), "ai-use", *anew)}


@transaction.atomic
def keep_form_draft(
    *,
    actor: User,
    submission: Submission,
    form: str,
    values: Mapping[str, str],
    at: datetime,
    seen: str | None = None,
) -> FormDraft | None:
    """Keep what stands in a form. None while there is nothing to keep.

    values: by field; those that the form does not have are passed over. seen: the `revision` that the caller changed; left
    out, nothing is compared. Raises NotAllowed, Conflict (submitted already), ChangedElsewhere, Invalid (no such form, or
    longer than anything that could be added).
    """
    submission = own_draft(actor, submission)
    fields = forms_of(submission).get(form)
    if fields is None:
        raise Invalid(_("There is no such form here."))
    kept = {name: values[name].replace("\r\n", "\n") for name in fields if values.get(name, "").strip()}
    if sum(map(len, kept.values())) > LETTERS_MAX or any("\0" in each for each in kept.values()):
        raise Invalid(_("This is too long to be kept. Attach it as a file."))
    draft = FormDraft.objects.filter(submission=submission, form=form).first()
    before = draft.values if draft is not None else {}
    if kept == before:
        return draft
    if seen is not None and seen != revision(draft):
        raise ChangedElsewhere(_("This was changed in another tab or window."))
    if draft is None:
        return FormDraft.objects.create(submission=submission, form=form, values=kept, saved_at=at)
    draft.values, draft.saved_at = kept, at
    draft.save(update_fields=["values", "saved_at"])
    return draft


@transaction.atomic
def drop_form_draft(*, actor: User, submission: Submission, form: str) -> None:
    """Let go of what a form kept; harmless when there is nothing. Raises NotAllowed, Conflict (submitted already)."""
    own_draft(actor, submission).form_drafts.filter(form=form).delete()
