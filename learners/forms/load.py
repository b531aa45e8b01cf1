"""The forms of the load board, and of what assessors say of themselves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential
from learners.models import ConflictKind, User
from learners.professions import PROFESSIONS
from learners.services.availability import CAP_MAX

REASON_MAX_LETTERS = 2000
PROFESSION_CHOICES = [("", _("Choose a profession")), *PROFESSIONS.items()]


class LoadForm(forms.Form):
    profession = forms.ChoiceField(
        label=_("Profession"),
        help_text=_("Items that ask for a pair are judged by assessors of two professions."),
        choices=PROFESSION_CHOICES,
    )
    weekly_cap = forms.IntegerField(
        label=_("Submissions a week, at most"), help_text=_("0 pauses new work."), min_value=0, max_value=CAP_MAX
    )


class LeaveForm(forms.Form):
    from_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"}))
    until_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"}))


class ConflictForm(forms.Form):
    learner = forms.CharField(
        label=_("E-mail address or student number of the learner"), max_length=200, widget=forms.TextInput
    )
    kind = forms.ChoiceField(
        label=_("Kind of conflict"),
        help_text=_("Nobody but you sees it. Providers of health care choose the last."),
        choices=ConflictKind.choices,
        initial=ConflictKind.UNDISCLOSED,
    )


class MoveForm(forms.Form):
    """Selected work goes to one person, or to whom the engine finds."""

    assignment = forms.TypedMultipleChoiceField(
        label=_("Work"), coerce=int, error_messages={"required": _("Select at least one submission.")}
    )
    to = forms.ChoiceField(label=_("Give to"), required=False)
    reason = forms.CharField(
        label=_("Why it is moved"),
        help_text=_("Kept with each assignment."),
        max_length=REASON_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, offered: Sequence[int], assessors: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignment"].choices = [(each, str(each)) for each in offered]
        self.fields["to"].choices = [("", _("Whoever has the least to do")), *people(assessors)]


class AssignForm(forms.Form):
    to = forms.ChoiceField(label=_("Give to"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed when a rule stands against it. Kept with the assignment."),
        required=False,
        max_length=REASON_MAX_LETTERS,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, assessors: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Choose an assessor")), *people(assessors)]


def people(users: Sequence[User]) -> list[tuple[str, str]]:
    return [(str(each.public_id), str(each)) for each in users]


class ItemFilter(forms.Form):
    item = forms.ChoiceField(label=_("Credential"), required=False)

    def __init__(self, *args: Any, credentials: Sequence[Credential], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [
            (str(each.public_id), each.current_version.title if each.current_version else each.code)
            for each in credentials
        ]
