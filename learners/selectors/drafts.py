"""The drafts of the workspace as its page shows them: what stands in a form, when it was saved, what may name a patient."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from learners import identifiers
from learners.models import FormDraft, Submission
from learners.services import revision


@dataclass(frozen=True)
class Shown:
    """The draft of one form. line: id of the line that tells; refused: why it was not saved; found: for the learner alone."""

    form: str
    work: str
    url: str
    page: str
    seen: str = ""
    saved_at: datetime | None = None
    values: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    is_changed_elsewhere: bool = False
    found: list[identifiers.Found] = field(default_factory=list)

    @property
    def line(self) -> str:
        return f"saved-{self.form}"


def drafts_of(submission: Submission) -> dict[str, FormDraft]:
    """One query."""
    return {each.form: each for each in submission.form_drafts.all()}


def shown(
    submission: Submission,
    form: str,
    draft: FormDraft | None,
    *,
    seen: str | None = None,
    refused: str = "",
    is_changed_elsewhere: bool = False,
) -> Shown:
    """seen: the mark that the page has read, where it is not that of the draft. No query."""
    values = dict(draft.values) if draft is not None else {}
    return Shown(
        form=form,
        work=f"{submission.public_id}:{form}",
        url=reverse("learners:draft-keep", args=[submission.public_id, form]),
        page=submission.enrollment.get_absolute_url(),
        seen=revision(draft) if seen is None else seen,
        saved_at=draft.saved_at if draft is not None and values else None,
        values=values,
        refused=refused,
        is_changed_elsewhere=is_changed_elsewhere,
        found=doubts(form, values),
    )


def doubts(form: str, values: dict[str, str]) -> list[identifiers.Found]:
    """What in a draft may name a patient; a log of hours may have dates."""
    found = identifiers.find(*(values.get(name, "") for name in ("title", "text")))
    is_log = form.endswith("-hours")
    return [each for each in found if not (is_log and each.kind == identifiers.Identifier.DATE)]
