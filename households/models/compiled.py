"""From the rows of a version to what the arithmetic computes with."""

from typing import Any

from households import scoring


def compiled(version: Any) -> scoring.Instrument:
    """The version as plain values, labels in the language spoken now. Five queries at most."""
    aspects = version.aspects.prefetch_related("parameters__options").all()
    return scoring.Instrument(
        code=version.instrument.code,
        version=version.label,
        method=scoring.Method(version.method),
        valid_from=version.valid_from,
        parameters=tuple(
            _parameter(aspect, parameter)
            for aspect in aspects
            for parameter in aspect.parameters.all()
        ),
        questions=tuple(
            scoring.Question(row.code, label=row.said("text"), whole=row.kind == "COUNT")
            for row in version.questions.all()
        ),
        classes=tuple(
            scoring.ScoreClass(
                code=row.code,
                lower=row.lower,
                upper=row.upper,
                needs_help=row.needs_help,
                label=row.said("name"),
            )
            for row in version.classes.all()
        ),
    )


def _parameter(aspect: Any, row: Any) -> scoring.Parameter:
    return scoring.Parameter(
        code=row.code,
        aspect=aspect.code,
        aspect_label=aspect.said("name"),
        kind=scoring.Kind(row.kind),
        options=tuple(
            scoring.Option(
                code=option.code,
                score=option.score,
                lower=option.lower,
                upper=option.upper,
                label=option.said("label"),
            )
            for option in row.options.all()
        ),
        formula=scoring.Formula(row.formula) if row.formula else None,
        edge=scoring.Edge(row.edge),
        label=row.said("question"),
    )


def content(version: Any) -> dict[str, Any]:
    """All texts and numbers of a version as nested rows: for a copy, and for its seal."""
    aspects = version.aspects.prefetch_related("parameters__options").all()
    return {
        "questions": [
            _row(question, "code", "text", "text_en", "kind", "unit")
            for question in version.questions.all()
        ],
        "aspects": [
            {
                **_row(aspect, "code", "name", "name_en"),
                "parameters": [
                    {
                        **_row(row, "code", "question", "question_en", "help", "help_en"),
                        **_row(row, "kind", "formula", "edge", "unit"),
                        "options": [
                            _row(option, "code", "label", "label_en", "score", "lower", "upper")
                            for option in row.options.all()
                        ],
                    }
                    for row in aspect.parameters.all()
                ],
            }
            for aspect in aspects
        ],
        "classes": [
            _row(row, "code", "name", "name_en", "lower", "upper", "needs_help")
            for row in version.classes.all()
        ],
    }


def _row(row: Any, *fields: str) -> dict[str, Any]:
    return {field: getattr(row, field) for field in fields}
