"""Forms of a survey: one screen of questions, the end of a visit, and the fast typing page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.models import InstrumentVersion, Survey, SurveyResult
from households.models.survey import ANSWERED
from households.surveys import questions
from households.surveys.questions import Asked, Group

REFUSED_AT_DOOR = "4"
AGREED = "agreed"


def field_name(code: str) -> str:
    return f"q-{code}"


class DoorForm(forms.Form):
    """What the family said once the text was read out, or why there was nothing to read out."""

    answer = forms.ChoiceField(
        label=gettext_lazy("The family's answer"),
        widget=forms.RadioSelect,
        choices=[
            (AGREED, gettext_lazy("Agrees: begin with the questions")),
            (str(SurveyResult.REFUSED), gettext_lazy("Refuses the survey")),
            (str(SurveyResult.NOBODY), gettext_lazy("Nobody at home who could answer")),
            (str(SurveyResult.MOVED), gettext_lazy("Has moved away, or was not found")),
        ],
    )
    text_number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=32_000)


class StepForm(forms.Form):
    """One group of questions; an answer may be left out and given later."""

    def __init__(self, *args: Any, group: Group, version: InstrumentVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group, self.version = group, version
        for one in group.asked:
            self.fields[field_name(one.code)] = _choice(one) if one.is_choice else _number(one)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        answers = self.answers_in(found)
        for code, reason in questions.refusals(self.version, answers).items():
            self.add_error(field_name(code), reason)
        return found

    def answers_in(self, found: dict[str, Any]) -> dict[str, str]:
        typed = {one.code: found.get(field_name(one.code)) or "" for one in self.group.asked}
        return questions.normalised(self.version, typed)

    def merged(self, answers: dict[str, Any]) -> dict[str, Any]:
        """All answers so far, with this screen's in their place. Call it on a valid form."""
        own = {one.code for one in self.group.asked}
        kept = {code: value for code, value in answers.items() if code not in own}
        return {**kept, **self.answers_in(self.cleaned_data)}


def _choice(one: Asked) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=one.text,
        help_text=one.help,
        required=False,
        widget=forms.RadioSelect,
        choices=one.options,
        error_messages={"invalid_choice": questions.refusal_words("not_an_option")},
    )


def _number(one: Asked) -> forms.CharField:
    label = f"{one.text} ({one.unit})" if one.unit else one.text
    mode = "numeric" if one.kind in {"COUNT", "MONEY"} else "decimal"
    return forms.CharField(
        label=label,
        help_text=one.help,
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}),
    )


class EndForm(forms.Form):
    """How the visit ended. Without consent there is no result with answers."""

    result = forms.TypedChoiceField(
        label=gettext_lazy("Result of the visit"),
        coerce=int,
        choices=SurveyResult.choices,
        widget=forms.RadioSelect,
    )
    respondent = forms.CharField(
        label=gettext_lazy("Who answered"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    surveyed_on = forms.DateField(
        label=gettext_lazy("Date of the visit"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_surveyed_on(self) -> Any:
        day = self.cleaned_data["surveyed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The date of the visit lies in the future."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("result") in ANSWERED and not found.get("respondent"):
            self.add_error("respondent", _("Write who answered."))
        return found


def end_initial(survey: Survey) -> dict[str, Any]:
    return {
        "result": survey.result or SurveyResult.COMPLETE,
        "respondent": survey.respondent,
        "surveyed_on": survey.surveyed_on,
    }


class PaperDateField(forms.DateField):
    """A day as the boxes of the paper have it, typed with or without the marks between them.

    The browser's own date field takes day and month in the order of the browser, not of the paper.
    """

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value.strip()) == 8 and value.strip().isdigit():
            typed = value.strip()
            value = f"{typed[:2]}/{typed[2:4]}/{typed[4:]}"
        return super().to_python(value)


class TypingForm(EndForm):
    """The whole paper on one page. A choice is typed by its number, as it is printed."""

    surveyed_on = PaperDateField(
        label=gettext_lazy("Date of the visit"),
        help_text=gettext_lazy("As in the boxes: 31/12/2026 or 31122026."),
        input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"],
        widget=forms.DateInput(
            attrs={"inputmode": "numeric", "autocomplete": "off"}, format="%d/%m/%Y"
        ),
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("Consent on the paper: 1 agreed, 2 refused"),
        choices=[("1", "1"), ("2", "2")],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid_choice": gettext_lazy("Type 1 (agreed) or 2 (refused).")},
    )
    text_number = forms.IntegerField(
        label=gettext_lazy("Number of the consent text on the paper"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        min_value=1,
        max_value=32_000,
    )

    def __init__(
        self,
        *args: Any,
        groups: list[Group],
        version: InstrumentVersion,
        texts: list[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.groups, self.version, self.texts = groups, version, texts
        if len(texts) == 1:
            self.fields["text_number"].widget = forms.HiddenInput()
        self.fields["result"].widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "data-codes": "1 2 3 4 5"}
        )
        self.fields["result"].help_text = ", ".join(
            f"{value} {label}" for value, label in SurveyResult.choices
        )
        self.fields["result"].error_messages["invalid_choice"] = _("Type a number from 1 to 5.")
        self.fields["consent"].widget.attrs["data-codes"] = "1 2"
        for one in (one for group in groups for one in group.asked):
            self.fields[field_name(one.code)] = _typed(one)
        last = ["result"]
        names = [name for name in self.fields if name not in last]
        self.order_fields([*names, *last])

    def clean_text_number(self) -> int:
        number: int = self.cleaned_data["text_number"]
        if number not in self.texts:
            known = ", ".join(str(one) for one in self.texts)
            raise ValidationError(
                _("No text has this number. Known are: %(known)s.") % {"known": known},
                code="unknown_text",
            )
        return number

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.answers = questions.normalised(self.version, self._coded(found))
        for code, reason in questions.refusals(self.version, self.answers).items():
            self.add_error(field_name(code), reason)
        if found.get("consent") == "2" and found.get("result") in ANSWERED:
            self.add_error("result", _("Refused on the paper: type 4, and no answers."))
        return found

    def _coded(self, found: dict[str, Any]) -> dict[str, str]:
        """The typed numbers as the codes of the version; a wrong one is told at its field."""
        answers = {}
        for one in (one for group in self.groups for one in group.asked):
            typed = (found.get(field_name(one.code)) or "").strip()
            if one.is_choice and typed:
                by_number = {str(n): code for n, code, _label in one.numbered}
                if typed not in by_number:
                    text = _("Type a number from 1 to %(n)d.") % {"n": len(by_number)}
                    self.add_error(field_name(one.code), text)
                    continue
                typed = by_number[typed]
            answers[one.code] = typed
        return answers


def _typed(one: Asked) -> forms.CharField:
    field = _number(one)
    if one.is_choice:
        field.label = one.text
        field.help_text = " · ".join(f"{n} {label}" for n, _code, label in one.numbered)
        numbers = " ".join(str(n) for n, _code, _label in one.numbered)
        field.widget.attrs |= {"inputmode": "numeric", "data-codes": numbers}
    else:
        field.widget.attrs["data-number"] = one.kind
    return field
