"""Answers that came back: compared with the list, saved, and taken back again."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from households.exporting.answer_columns import (
    AnswerColumns,
    number_of,
    read_sheets,
    suggest,
    suggested_words,
    text_at,
)
from households.exporting.answer_columns import headers_of as headers_above
from households.exporting.layouts import officer_mandate
from households.imports.reading import Sheet
from households.imports.sealing import sealed_json, unsealed_json
from households.models import Answer, AnswerFile, SubmissionItem, SubmissionList
from households.workflows.submissions import ANSWER_FLOW
from tkpk import files, trail
from tkpk.encryption import blind_index
from tkpk.models import User
from tkpk.nik import mask

REASON_LENGTH = 300
CHUNK = 500


class AnsweredSince(Exception):
    """Another file answered rows of this one meanwhile; `codes` names them."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(f"{len(codes)} rows")
        self.codes = codes


@dataclass
class Comparison:
    """What a file says, row by row. `changes`: item → answer and reason that are new.

    `pending`: rows of the list that still wait for an answer once the changes are saved.
    `foreign`: rows whose number is not on the list. `unread`: rows that say nothing we can take.
    """

    changes: dict[int, tuple[str, str]] = field(default_factory=dict)
    same: int = 0
    pending: int = 0
    foreign: list[dict[str, Any]] = field(default_factory=list)
    unread: list[dict[str, Any]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        said = [answer for answer, _reason in self.changes.values()]
        return {
            "accepted": said.count(Answer.ACCEPTED),
            "rejected": said.count(Answer.REJECTED),
            "changed": len(said),
            "same": self.same,
            "pending": self.pending,
            "foreign": len(self.foreign),
            "unread": len(self.unread),
        }


# --- reading ---------------------------------------------------------------------------------
def start_answers(
    submission: SubmissionList, data: bytes, *, name: str, content_type: str, by: User
) -> AnswerFile:
    """Store the file, suggest its columns and compare. Raises UnreadableFile."""
    mandate = officer_mandate(by, submission.kelurahan)
    sheets = read_sheets(data, name=name)
    columns = suggest(sheets)
    suffix = name.rsplit(".", 1)[-1].lower()[:5] if "." in name else "dat"
    with transaction.atomic():
        source = files.store(
            data,
            name=f"{submission.code}-jawaban.{suffix}",
            content_type=content_type,
            kelurahan=submission.kelurahan,
            by=by,
        )
        answers = AnswerFile.objects.create(
            kelurahan=submission.kelurahan,
            submission=submission,
            source=source,
            created_by=by,
            updated_by=by,
        )
        _keep(answers, sheets, columns)
        trail.record(
            chain=submission.kelurahan,
            by=by,
            mandate=mandate,
            process="answers",
            move="bring",
            row=answers,
            to_status=answers.status,
        )
    return answers


def arrange(answers: AnswerFile, columns: AnswerColumns, *, by: User) -> AnswerFile:
    """Compare anew with the columns and words that the officer gave."""
    officer_mandate(by, answers.kelurahan)
    sheets = read_sheets(files.load(answers.source), name=answers.source.name)
    with transaction.atomic():
        locked = AnswerFile.objects.select_for_update().get(pk=answers.pk)
        if locked.status == AnswerFile.Status.CHECKED:
            given = columns.words
            columns.words = {
                word: given.get(word) or suggested
                for word, suggested in suggested_words(sheets[columns.sheet], columns).items()
            }
            locked.updated_by, locked.version = by, locked.version + 1
            _keep(locked, sheets, columns)
    return locked


def _keep(answers: AnswerFile, sheets: list[Sheet], columns: AnswerColumns) -> None:
    found = compare(answers.submission, sheets[columns.sheet], columns)
    content = {
        "columns": columns.as_dict(),
        "headers": headers_above(sheets[columns.sheet], columns),
        "changes": [[pk, *said] for pk, said in found.changes.items()],
        "foreign": found.foreign,
        "unread": found.unread,
    }
    answers.blob = sealed_json(content, context=answers.blob_context)
    answers.counts = found.counts
    answers.save()


def content_of(answers: AnswerFile) -> dict[str, Any]:
    content: dict[str, Any] = unsealed_json(answers.blob, context=answers.blob_context) or {}
    return content


def columns_of(answers: AnswerFile) -> AnswerColumns:
    return AnswerColumns(**content_of(answers)["columns"])


def compare(submission: SubmissionList, sheet: Sheet, columns: AnswerColumns) -> Comparison:
    """Each row of the file against the rows of the list; one query."""
    found = Comparison()
    listed = list(submission.items.defer("blob", "nik", "kk_number"))
    items = _by_number(listed)
    said: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for row_number, row in enumerate(sheet.rows[columns.header_row :], columns.header_row + 1):
        number = number_of(row[columns.number]) if columns.number < len(row) else ""
        word = text_at(row, columns.status)
        if not number:
            if any(cell not in (None, "") for cell in row):
                found.unread.append(_unread(row_number, word, _("No NIK or KK number here.")))
            continue
        answer = columns.words.get(word[:60], "")
        reason = text_at(row, columns.reason)[:REASON_LENGTH]
        matched = items.get(blind_index("nik", number)) or items.get(blind_index("kk", number))
        if not matched:
            found.foreign.append(
                {"row": row_number, "number": mask(number), "word": word, "reason": reason}
            )
        elif not answer:
            found.unread.append(_unread(row_number, word, _("It is not said what this means.")))
        else:
            for item in matched:
                said[item.pk].append((answer, reason, row_number))
    _settle(found, {item.pk: item for group in items.values() for item in group}, said)
    waiting = {item.pk for item in listed if item.answer == Answer.PENDING}
    found.pending = len(waiting - found.changes.keys())
    return found


def _unread(row: int, word: str, why: str) -> dict[str, Any]:
    return {"row": row, "word": word, "why": why}


def _by_number(listed: list[SubmissionItem]) -> dict[str, list[SubmissionItem]]:
    """Items by the blind index of the numbers that were sent."""
    found: dict[str, list[SubmissionItem]] = defaultdict(list)
    for item in listed:
        for index in {item.nik_index, item.kk_index} - {""}:
            found[index].append(item)
    return found


def _settle(
    found: Comparison,
    items: dict[int, SubmissionItem],
    said: dict[int, list[tuple[str, str, int]]],
) -> None:
    """What is new; a row answered in two ways is answered in none."""
    for pk, answers in said.items():
        distinct = {answer for answer, _reason, _row in answers}
        if len(distinct) > 1:
            found.unread += [
                _unread(row, answer, _("The file answers this row in two ways."))
                for answer, _reason, row in answers
            ]
            continue
        answer, reason, _row = answers[-1]
        item = items[pk]
        if answer == Answer.PENDING:
            continue  # no answer yet, and never a reason to take one back
        if (item.answer, item.answer_reason) == (answer, reason):
            found.same += 1
        else:
            found.changes[pk] = (answer, reason)


# --- saving ----------------------------------------------------------------------------------
def confirm(answers: AnswerFile, *, by: User) -> AnswerFile:
    """CHECKED → APPLIED. What the rows said before is kept for the undo."""
    with transaction.atomic():
        SubmissionList.objects.select_for_update().get(pk=answers.submission_id)
        locked = AnswerFile.objects.select_for_update().get(pk=answers.pk)
        content = content_of(locked)
        changes = {pk: (answer, reason) for pk, answer, reason in content.get("changes", [])}
        rows = {
            item.pk: item
            for item in SubmissionItem.objects.select_for_update().filter(
                submission=locked.submission_id, pk__in=changes
            )
        }
        content["before"] = [
            [item.pk, item.answer, item.answer_reason, item.answer_file_id]
            for item in rows.values()
        ]
        for pk, item in rows.items():
            item.answer, item.answer_reason = changes[pk]
            item.answer_file = locked
        _write(list(rows.values()))
        blob = sealed_json(content, context=locked.blob_context)
        return ANSWER_FLOW.apply("confirm", locked, by=by, changes={"blob": blob})


def undo(answers: AnswerFile, *, by: User, reason: str) -> AnswerFile:
    """APPLIED → UNDONE. Raises AnsweredSince where a later file answered the same rows."""
    with transaction.atomic():
        SubmissionList.objects.select_for_update().get(pk=answers.submission_id)
        locked = AnswerFile.objects.select_for_update().get(pk=answers.pk)
        if locked.status == AnswerFile.Status.APPLIED:
            before = {pk: said for pk, *said in content_of(locked).get("before", [])}
            rows = list(SubmissionItem.objects.select_for_update().filter(pk__in=before))
            later = [item for item in rows if item.answer_file_id != locked.pk]
            if later:
                raise AnsweredSince([str(item.position) for item in later])
            for item in rows:
                item.answer, item.answer_reason, item.answer_file_id = before[item.pk]
            _write(rows)
        return ANSWER_FLOW.apply("undo", locked, by=by, reason=reason)


def _write(rows: list[SubmissionItem]) -> None:
    names = ["answer", "answer_reason", "answer_file"]
    SubmissionItem.objects.bulk_update(rows, names, batch_size=CHUNK)
