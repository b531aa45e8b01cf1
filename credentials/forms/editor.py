"""The editor's form: everything that a draft says, field by field and row by row, saved as one content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credentials import editing
from credentials.content import FIELDS, Content
from credentials.forms.choices import in_capitals
from credentials.models.catalog import (
    CredentialKind,
    EvidenceSource,
    Level,
    MillerLevel,
    RenewalKind,
    Requirement,
    Setting,
    Strength,
)
from credentials.professions import PROFESSIONS

TEXT_MAX_LETTERS = 5000
# Kept as they are by this form: nothing on the page changes them.
KEPT = ("language",)


def _text(label: Any, hint: Any = "", *, maximum: int = TEXT_MAX_LETTERS) -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=False, max_length=maximum, widget=forms.Textarea)


def _line(label: Any, hint: Any = "", *, maximum: int = 200, suggest: str = "") -> forms.CharField:
    attrs = {"list": f"{suggest}-known"} if suggest else {}
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=maximum, widget=forms.TextInput(attrs=attrs)
    )


def _number(
    label: Any, hint: Any = "", *, least: int = 0, most: int = 32_000, required: bool = True
) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, required=required, min_value=least, max_value=most)


def _choice(label: Any, choices: Any, hint: Any = "", *, empty: bool = True) -> forms.ChoiceField:
    listed = in_capitals(choices) if isinstance(choices, type) else list(choices)
    first = [("", _("Not chosen yet"))] if empty else []
    return forms.ChoiceField(label=label, help_text=hint, required=not empty, choices=[*first, *listed])


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea

    def __init__(self, *, item_max: int, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.item_max = item_max

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: Any) -> None:
        if len(value) > 30:
            raise forms.ValidationError(gettext("At most 30 lines."))
        if any(len(line) > self.item_max for line in value):
            raise forms.ValidationError(gettext("A line has at most %(count)s letters.") % {"count": self.item_max})

    def run_validators(self, value: Any) -> None:
        return


LEVEL_CHOICES = [(str(number), str(number)) for number in (1, 2, 3, 4)]
PHASES = [
    ("any", _("Any phase")),
    ("pre-clerkship", _("Pre-clerkship")),
    ("clerkship", _("Clerkship")),
    ("post-clerkship", _("Post-clerkship")),
]
RISKS = [("low", _("Hardly")), ("high", _("Likely"))]


# What a designation says of itself; its pathway says the rest.
OF_DESIGNATIONS = (
    "title",
    "summary",
    "statement_for_letters",
    "theme",
    "level",
    "learner_phase",
    "professions_admitted",
    "setting",
    "requirement",
    "delivery",
    "workload_hours",
    "workload_note",
    "cost",
    "limits",
    "quality_assurance",
    "content_informed_by",
)


class DescriptionForm(forms.Form):
    """The fields of a version. Nothing but numbers is required here: the publish gate asks for the rest."""

    title = forms.CharField(label=_("Title"), max_length=200)
    claim = _text(_("Claim"), _("What a holder has been shown to be able to do, in one sentence."), maximum=600)
    summary = _text(_("Summary"), _("Two or three sentences; they stand on the card in the catalog."), maximum=1500)
    theme = _line(_("Theme"), maximum=80, suggest="theme")
    level = _choice(_("Level"), Level)
    learner_phase = forms.ChoiceField(label=_("Phase"), required=False, choices=[("", _("Not chosen yet")), *PHASES])

    professions_admitted = forms.MultipleChoiceField(
        label=_("Professions admitted"), required=False, widget=forms.CheckboxSelectMultiple
    )
    setting = _choice(_("Setting"), Setting)
    requirement = _choice(_("Requirement"), Requirement)
    delivery = _line(
        _("Form of participation"), _("Such as online, blended, in person."), maximum=40, suggest="delivery"
    )
    workload_hours = _number(
        _("Workload in hours"), _("All of a learner’s time, assessment included."), least=1, most=5000, required=False
    )
    workload_note = _text(_("About the workload"), maximum=1000)
    cost = _line(_("Cost"), _("What it costs the learner; “none” says so."))

    assessment_methods = LinesField(label=_("Types of assessment"), help_text=_("One a line."), item_max=80)
    miller_level = _choice(_("What it shows"), MillerLevel, _("By Miller’s levels."))
    supervision_and_identity = _line(
        _("Supervision and identity"),
        _("How assessment is supervised and identity checked."),
        maximum=100,
        suggest="supervision_and_identity",
    )
    required_minimum_level = forms.TypedChoiceField(
        label=_("Level that required criteria must reach"), choices=LEVEL_CHOICES, coerce=int
    )
    optional_minimum_level = forms.TypedChoiceField(
        label=_("Level that the other criteria must reach"), choices=LEVEL_CHOICES, coerce=int
    )
    attempts_max = _number(_("Attempts"), least=1, most=20)
    attempts_wait_days = _number(_("Days between attempts"), _("After a decision of not met."), most=365)
    assessors_count = _number(_("Assessors for each submission"), least=1, most=3)
    second_mark_percent = _number(
        _("Second-mark share in percent"), _("So much of the work is judged twice."), most=100
    )
    is_blind = forms.BooleanField(label=_("Assessors do not see the learner’s name"), required=False)
    review_target_working_days = _number(_("Answer within working days"), least=1, most=30)
    ai_rule = _text(
        _("Rule on artificial intelligence"),
        _("Which use is allowed in the evidence, and what is declared."),
        maximum=1500,
    )

    expires_after_months = _number(
        _("Expires after months"), _("Empty: it does not expire."), least=1, most=240, required=False
    )
    renewal_kind = _choice(_("Renewal asks for"), RenewalKind, empty=False)
    renewal_hours = _number(_("Hours of a renewal"), least=1, most=1000, required=False)
    renewal_opens_days = _number(_("Renewal opens, in days before it expires"), most=1000)
    renewal_grace_days = _number(_("Renewal closes, in days after it has expired"), most=1000)
    renewal = _text(_("About the renewal"), maximum=1000)
    limits = _text(_("What it does not authorize"), maximum=1500)
    is_stackable = forms.BooleanField(label=_("It may count toward a designation"), required=False)

    quality_assurance = LinesField(label=_("Quality assurance"), help_text=_("One statement a line."), item_max=200)
    content_informed_by = LinesField(label=_("Informed by"), help_text=_("One a line."), item_max=100)
    statement_for_letters = _text(_("Statement for performance letters"), _("At most two sentences."), maximum=600)

    learners_expected = _number(_("Learners expected in a year"), most=100_000, required=False)
    assessment_minutes = _number(_("Minutes for one assessment"), least=1, most=2000, required=False)

    def __init__(self, *args: Any, professions: Sequence[str], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(PROFESSIONS) | {each: each.replace("-", " ") for each in professions if each not in PROFESSIONS}
        self.fields["professions_admitted"].choices = [(key, capfirst(str(label))) for key, label in known.items()]
        if kind == CredentialKind.DESIGNATION:
            self.fields = {name: self.fields[name] for name in OF_DESIGNATIONS}
        else:
            del self.fields["statement_for_letters"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {name: _normal(value) for name, value in data.items()}


def _normal(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


class Row(forms.Form):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {name: _normal(value) for name, value in data.items()}


class OutcomeRow(Row):
    text = forms.CharField(
        label=_("Outcome"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"class": "input--short"}),
    )


class CriterionRow(Row):
    key = forms.SlugField(widget=forms.HiddenInput, max_length=60)
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    looks_for = forms.CharField(
        label=_("What to look for"),
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"class": "input--short"}),
    )
    is_required = forms.BooleanField(label=_("Required to pass"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for value, label in enumerate(editing.LEVEL_LABELS, 1):
            self.fields[f"label_{value}"] = forms.CharField(
                label=gettext("Name of level %(value)s") % {"value": value}, initial=label, max_length=60
            )
            self.fields[f"descriptor_{value}"] = forms.CharField(
                label=gettext("What level %(value)s looks like") % {"value": value},
                required=False,
                max_length=1500,
                widget=forms.Textarea(attrs={"class": "input--short"}),
            )

    @property
    def levels(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        return [(value, self[f"label_{value}"], self[f"descriptor_{value}"]) for value in (1, 2, 3, 4)]

    @classmethod
    def initial_of(cls, row: dict[str, Any]) -> dict[str, Any]:
        found = {name: row[name] for name in ("key", "name", "looks_for", "is_required")}
        for level in row["levels"]:
            found[f"label_{level['value']}"] = level["label"]
            found[f"descriptor_{level['value']}"] = level["descriptor"]
        return found

    def content(self, weight: int) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("key", "name", "looks_for", "is_required")} | {
            "weight": weight,
            "levels": [
                {"value": value, "label": data[f"label_{value}"], "descriptor": data[f"descriptor_{value}"]}
                for value in (1, 2, 3, 4)
            ],
        }


class EvidenceRow(Row):
    kind = forms.CharField(
        label=_("Kind"), required=False, max_length=80, widget=forms.TextInput(attrs={"list": "evidence-known"})
    )
    source = forms.ChoiceField(
        label=_("Who provides it"),
        choices=[
            (EvidenceSource.LEARNER, _("The learner hands it in")),
            (EvidenceSource.TEAM, _("A team makes it")),
            (EvidenceSource.STAFF, _("Staff enter what they saw")),
            (EvidenceSource.EVENT, _("It comes from an event")),
            (EvidenceSource.IMPORT, _("It comes from another system")),
        ],
    )
    items_min = _number(_("How many"), least=1, most=100)
    patient_data_risk = forms.ChoiceField(label=_("Could it show a patient?"), choices=RISKS)
    instructions = forms.CharField(
        label=_("Instructions"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"class": "input--short"}),
    )
    is_in_renewal = forms.BooleanField(label=_("Asked for again in a short renewal"), required=False)


class AlignmentRow(Row):
    framework = forms.CharField(widget=forms.HiddenInput, max_length=60)
    version = forms.CharField(widget=forms.HiddenInput, max_length=30)
    code = forms.CharField(widget=forms.HiddenInput, max_length=40)
    strength = forms.ChoiceField(label=_("Strength"), choices=in_capitals(Strength))
    criterion = forms.ChoiceField(label=_("Of what"), required=False)

    def __init__(self, *args: Any, criteria: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [("", _("The credential as a whole")), *criteria]

    def content(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("framework", "version", "code")} | {
            "criterion": data["criterion"] or None,
            "strength": data["strength"],
        }


class PrerequisiteRow(Row):
    code = forms.CharField(widget=forms.HiddenInput, max_length=100)


def _rows(form: type[Row], maximum: int) -> Any:
    return forms.formset_factory(form, extra=0, max_num=maximum, absolute_max=maximum + 1, validate_max=True)


OutcomeRows = _rows(OutcomeRow, editing.ROWS_MAX["outcomes"])
CriterionRows = _rows(CriterionRow, editing.ROWS_MAX["criteria"])
EvidenceRows = _rows(EvidenceRow, editing.ROWS_MAX["evidence"])
AlignmentRows = _rows(AlignmentRow, editing.ROWS_MAX["alignments"])
PrerequisiteRows = _rows(PrerequisiteRow, editing.ROWS_MAX["prerequisites"])


class Editor:
    """The form of a draft with its rows: `stored` is what the draft says now, `data` what came from the page."""

    def __init__(
        self,
        stored: Content,
        *,
        kind: str,
        credentials: Sequence[tuple[str, str]],
        names: dict[tuple[str, str, str], str],
        data: Any = None,
    ) -> None:
        self.stored, self.kind, self._names = stored, kind, names
        self.is_whole = kind == CredentialKind.MICROCREDENTIAL
        self.error = ""
        initial = {name: stored[name] for name in FIELDS}
        self.fields = DescriptionForm(data, initial=initial, professions=stored["professions_admitted"], kind=kind)
        criteria = self._criteria(data)
        self.titles = dict(credentials)
        taken = set(stored["prerequisites"])
        self.prerequisite_choices = [each for each in credentials if each[0] not in taken]
        self.rows: dict[str, Any] = {}
        if not self.is_whole:
            return
        whole = {"empty_permitted": False}  # a row is saved as it stands, however many there were before
        self.rows = {
            "outcomes": OutcomeRows(
                data, prefix="outcomes", initial=[{"text": each} for each in stored["outcomes"]], form_kwargs=whole
            ),
            "criteria": CriterionRows(
                data,
                prefix="criteria",
                initial=[CriterionRow.initial_of(each) for each in stored["criteria"]],
                form_kwargs=whole,
            ),
            "evidence": EvidenceRows(data, prefix="evidence", initial=stored["evidence"], form_kwargs=whole),
            "alignments": AlignmentRows(
                data, prefix="alignments", initial=stored["alignments"], form_kwargs=whole | {"criteria": criteria}
            ),
            "prerequisites": PrerequisiteRows(
                data,
                prefix="prerequisites",
                initial=[{"code": each} for each in stored["prerequisites"]],
                form_kwargs=whole,
            ),
        }

    def _criteria(self, data: Any) -> list[tuple[str, str]]:
        """The criteria that an alignment may name: those on the page, by the names that they have there."""
        if data is None:
            found = [(each["key"], each["name"]) for each in self.stored["criteria"]]
        else:
            places = range(editing.ROWS_MAX["criteria"])
            found = [(data.get(f"criteria-{n}-key", ""), data.get(f"criteria-{n}-name", "")) for n in places]
        return [
            (key, name or gettext("criterion %(number)s") % {"number": number})
            for number, (key, name) in enumerate(found, 1)
            if key
        ]

    def is_valid(self) -> bool:
        answers = [self.fields.is_valid(), *(each.is_valid() for each in self.rows.values())]
        if not all(answers):
            return False
        keys = [row.cleaned_data["key"] for row in self.rows["criteria"]] if self.is_whole else []
        if len(keys) != len(set(keys)):
            self.error = gettext("Two criteria have the same key; reload the page.")
            return False
        codes = [row.cleaned_data["code"] for row in self.rows["prerequisites"]] if self.is_whole else []
        if len(set(codes)) != len(codes):
            self.error = gettext("A prerequisite stands there twice.")
            return False
        places = [(row["framework"], row["version"], row["code"], row["criterion"]) for row in self._alignments()]
        if len(places) != len(set(places)):
            self.error = gettext("A competency is aligned twice to the same.")
            return False
        return True

    def _alignments(self) -> list[dict[str, Any]]:
        return [row.content() for row in self.rows["alignments"]] if self.is_whole else []

    def content(self) -> Content:
        """What the page says, whole; only after is_valid."""
        found = {name: self.fields.cleaned_data.get(name, self.stored[name]) for name in FIELDS}
        found |= {name: self.stored[name] for name in KEPT}
        if not self.is_whole:
            return found | {
                name: self.stored[name] for name in ("outcomes", "criteria", "evidence", "alignments", "prerequisites")
            }
        weights = {each["key"]: each["weight"] for each in self.stored["criteria"]}
        found["outcomes"] = [row.cleaned_data["text"] for row in self.rows["outcomes"]]
        found["criteria"] = [row.content(weights.get(row.cleaned_data["key"], 1)) for row in self.rows["criteria"]]
        found["evidence"] = [dict(row.cleaned_data) for row in self.rows["evidence"]]
        found["alignments"] = self._alignments()
        found["prerequisites"] = [row.cleaned_data["code"] for row in self.rows["prerequisites"]]
        return found

    def problems(self) -> list[tuple[str, str, str]]:
        """What stops it: (id of the field, its label, what is wrong)."""
        found = []
        for form in [self.fields, *(row for rows in self.rows.values() for row in rows)]:
            for bound in form:
                found += [(bound.id_for_label or bound.auto_id, str(bound.label), str(error)) for error in bound.errors]
        for rows in self.rows.values():
            found += [("", "", str(error)) for error in rows.non_form_errors()]
        return found + ([("", "", self.error)] if self.error else [])

    # What the template prints ----------------------------------------------------------------------------------------
    @property
    def required(self) -> list[dict[str, Any]]:
        """The prerequisites with their titles."""
        found = []
        for row in self.rows["prerequisites"]:
            code = str(row["code"].value())
            found.append({"row": row, "title": self.titles.get(code, code)})
        return found

    @property
    def aligned(self) -> list[dict[str, Any]]:
        """The alignments with the names of what they are aligned to."""
        found = []
        for row in self.rows["alignments"]:
            key = (str(row["framework"].value()), str(row["version"].value()), str(row["code"].value()))
            found.append(
                {"row": row, "code": key[2], "name": self._names.get(key, ""), "framework": f"{key[0]}, {key[1]}"}
            )
        return found


class StartForm(forms.Form):
    """What a new microcredential is called, and what it starts from."""

    organization = forms.ChoiceField(label=_("School"))
    title = forms.CharField(label=_("Title"), max_length=200)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("As the school counts its items; it stands beside the title and does not change."),
    )
    source = forms.ChoiceField(label=_("Start from"), required=False)

    def __init__(
        self, *args: Any, organizations: Sequence[Any], sources: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = {str(each.public_id): each for each in organizations}
        self.fields["organization"].choices = [(key, each.name) for key, each in self.organizations.items()]
        if len(self.organizations) == 1:
            self.fields["organization"].widget = forms.HiddenInput()
            self.fields["organization"].initial = next(iter(self.organizations))
        self.fields["source"].choices = [("", _("A blank one with the usual values")), *sources]


class PlanForm(forms.Form):
    due_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        help_text=_("In the school’s time."),
    )


class PreviewMarkingForm(forms.Form):
    """The fields of an assessor, to look at: nothing of it is ever sent."""

    def __init__(self, *args: Any, criteria: Sequence[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for number, criterion in enumerate(criteria, 1):
            self.fields[f"level_{number}"] = forms.ChoiceField(
                label=criterion["title"], required=False, choices=LEVEL_CHOICES, widget=forms.RadioSelect
            )
            self.fields[f"feedback_{number}"] = forms.CharField(
                label=_("What you saw"), required=False, widget=forms.Textarea
            )
            self.fields[f"next_step_{number}"] = forms.CharField(
                label=_("Next step"), help_text=_("Needed below the standard."), required=False, widget=forms.Textarea
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            criterion
            | {
                "level": self[f"level_{number}"],
                "feedback": self[f"feedback_{number}"],
                "next_step": self[f"next_step_{number}"],
            }
            for number, criterion in enumerate(self.criteria, 1)
        ]
