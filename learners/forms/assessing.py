"""The forms of marking and releasing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, CredentialVersion, Criterion
from learners.models import Assessment, Cohort, Judgment
from learners.pass_rule import Judged, gaps
from learners.services import JudgmentInput, revision
from learners.workflow import DecisionOutcome

CANNOT = "cannot"
LEVELS = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), (CANNOT, CANNOT)]
WORDS_MAX_LETTERS = 5000
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NUMBER, KIND, MARK = re.compile(r"[0-9]{1,9}"), re.compile(r"first|resubmission"), re.compile(r"first|second")


class QueueFilter(forms.Form):
    """What of the queue is shown; read from the address, and an odd value shows everything."""

    item = forms.ChoiceField(label=_("Credential"), required=False)
    cohort = forms.ChoiceField(label=_("Class"), required=False)
    kind = forms.ChoiceField(
        label=_("Attempt"),
        required=False,
        choices=[("", _("Any attempt")), ("first", _("First attempts")), ("resubmission", _("Resubmissions"))],
    )
    mark = forms.ChoiceField(
        label=_("Mark"),
        required=False,
        choices=[("", _("Any mark")), ("first", _("First marks")), ("second", _("Second and third marks"))],
    )

    def __init__(self, *args: Any, credentials: Sequence[Credential], cohorts: Sequence[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", _("Any credential")), *item_choices(credentials)]
        self.fields["cohort"].choices = [("", _("Any class")), *((str(each.pk), each.name) for each in cohorts)]

    def chosen(self) -> dict[str, str]:
        """What was chosen, by field; nothing where the address is odd."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}

    @classmethod
    def chosen_in(cls, data: QueryDict) -> dict[str, str]:
        """The same from an address that leads out of the queue, read without asking what there is to choose."""
        patterns = {"item": UUID_FORM, "cohort": NUMBER, "kind": KIND, "mark": MARK}
        return {name: data[name] for name, form in patterns.items() if form.fullmatch(data.get(name, ""))}


class ReleaseFilter(forms.Form):
    item = forms.ChoiceField(label=_("Credential"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("Any outcome")), *DecisionOutcome.choices]
    )

    def __init__(self, *args: Any, credentials: Sequence[Credential], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", _("Any credential")), *item_choices(credentials)]


def item_choices(credentials: Sequence[Credential]) -> list[tuple[str, str]]:
    return [
        (str(each.public_id), each.current_version.title if each.current_version else each.code) for each in credentials
    ]


class MarkingForm(forms.Form):
    """A level, feedback and a next step for each open criterion, numbered from 1 in the order of the rubric.

    kept: by criterion, what met the standard at the last attempt; it is not asked about.
    """

    overall_comment = forms.CharField(
        label=_("To the learner, about the whole"),
        required=False,
        max_length=WORDS_MAX_LETTERS,
        widget=forms.Textarea,
    )
    outcome = forms.ChoiceField(
        label=_("If the pass rule is not met"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (DecisionOutcome.RETURNED, _("Return it for changes")),
            (DecisionOutcome.NOT_MET, _("Decide “not met”")),
        ],
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        version: CredentialVersion,
        assessment: Assessment | None,
        is_last_attempt: bool,
        kept: Mapping[int, Judgment] | None = None,
        **kwargs: Any,
    ) -> None:
        self.criteria, self.version, self.kept = criteria, version, kept or {}
        self.open = [(number, each) for number, each in enumerate(criteria, 1) if each.pk not in self.kept]
        self.is_changed_elsewhere = self.is_incomplete = False
        super().__init__(*args, initial=_initial(self.open, assessment), **kwargs)
        for number, criterion in self.open:
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label=criterion.name, required=False, choices=LEVELS, widget=forms.RadioSelect
            )
            self.fields[f"comment_{number}"] = forms.CharField(
                label=_("What you saw"), required=False, max_length=WORDS_MAX_LETTERS, widget=forms.Textarea
            )
            self.fields[f"next_step_{number}"] = forms.CharField(
                label=_("Next step"),
                help_text=_("Needed below the standard."),
                required=False,
                max_length=WORDS_MAX_LETTERS,
                widget=forms.Textarea,
            )
        if is_last_attempt:
            del self.fields["outcome"]
        self.order_fields([name for name in self.fields if name != "overall_comment"])

    def bound(self, number: int) -> dict[str, BoundField]:
        """The three fields of a criterion, under the names that the rubric component reads; none where it is kept."""
        if f"level_{number}" not in self.fields:
            return {}
        return {
            "level": self[f"level_{number}"],
            "feedback": self[f"comment_{number}"],
            "next_step": self[f"next_step_{number}"],
        }

    def judgments(self) -> list[JudgmentInput]:
        data = self.cleaned_data
        return [
            JudgmentInput(
                criterion_id=criterion.pk,
                level=int(data[f"level_{number}"]) if data[f"level_{number}"] not in {"", CANNOT} else None,
                cannot_judge=data[f"level_{number}"] == CANNOT,
                comment=data[f"comment_{number}"],
                next_step=data[f"next_step_{number}"],
            )
            for number, criterion in self.open
        ]

    def words(self) -> list[tuple[str, str]]:
        """Comment and next step of each criterion, as they stand in the form now; none where it is kept."""
        numbers = {number for number, _criterion in self.open}
        return [
            (str(self[f"comment_{number}"].value() or ""), str(self[f"next_step_{number}"].value() or ""))
            if number in numbers
            else ("", "")
            for number in range(1, len(self.criteria) + 1)
        ]

    def show_gaps(self, *, saved: Assessment | None) -> None:
        """Say at each field what is still needed before the assessment can be finished; what was said is saved."""
        self.is_incomplete = True
        data = cast(QueryDict, self.data).copy()
        data["seen"] = revision(saved)
        self.data = data
        said = self.judgments()
        judged = [
            Judged(criterion.name, criterion.is_required, each.level, each.level is not None or each.cannot_judge)
            for (_number, criterion), each in zip(self.open, said, strict=True)
        ]
        found = gaps(
            judged,
            [each.next_step for each in said],
            required_minimum=self.version.required_minimum_level,
            optional_minimum=self.version.optional_minimum_level,
        )
        for gap in found:
            number, criterion = self.open[gap.position]
            self.add_error(f"{gap.field}_{number}", self._asked(gap.field, criterion))

    def _asked(self, field: str, criterion: Criterion) -> str:
        """What is missing at a field. Its label says the criterion in the summary, or these words do."""
        if field == "level":
            return gettext("Choose a level.")
        return gettext("Say the next step for “%(criterion)s”; it is below the standard.") % {
            "criterion": criterion.name
        }


def _initial(opened: Sequence[tuple[int, Criterion]], assessment: Assessment | None) -> dict[str, Any]:
    """What the form starts with: the draft."""
    initial: dict[str, Any] = {"seen": revision(assessment), "outcome": DecisionOutcome.RETURNED}
    if assessment is None:
        return initial
    initial["overall_comment"] = assessment.overall_comment
    given = {each.criterion_id: each for each in assessment.judgments.all()}
    for number, criterion in opened:
        each = given.get(criterion.pk)
        if each is None:
            continue
        initial[f"level_{number}"] = CANNOT if each.cannot_judge else str(each.level or "")
        initial[f"comment_{number}"] = each.comment
        initial[f"next_step_{number}"] = each.next_step
    return initial


class ReopenForm(forms.Form):
    """Why a kept criterion is judged anew; it stands inside the marking form, where each criterion has its own."""

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = f"reopen_reason_{number}"
        self.fields[self.name] = forms.CharField(
            label=_("Why it is judged anew"),
            help_text=_("Kept with the assessment; the learner does not see it."),
            required=False,
            max_length=WORDS_MAX_LETTERS,
            widget=forms.Textarea,
        )

    @property
    def field(self) -> BoundField:
        return self[self.name]


class ReleaseForm(forms.Form):
    note = forms.CharField(
        label=_("Note to the learner"),
        help_text=_("Shown with the decision."),
        required=False,
        max_length=WORDS_MAX_LETTERS,
        widget=forms.Textarea,
    )


class ReleaseManyForm(forms.Form):
    decision = forms.TypedMultipleChoiceField(
        label=_("Decisions"), error_messages={"required": _("Select at least one decision.")}
    )
    note = forms.CharField(
        label=_("Note to these learners"),
        help_text=_("The same for all; shown with the decision."),
        required=False,
        max_length=WORDS_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, offered: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [(each, each) for each in offered]


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is undone"),
        help_text=_("Kept with the decision. No mail was sent, but a learner who looked may have seen it."),
        max_length=WORDS_MAX_LETTERS,
        widget=forms.Textarea,
    )
