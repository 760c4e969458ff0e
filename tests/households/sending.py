"""Files of answers for tests, and what a list says of them."""

from households.exporting import answers as answering
from tests.households import workbooks


def sheet(*rows):
    return workbooks.xlsx([["NIK", "Nama", "Status usulan", "Alasan"], *rows])


def brought(submission, by, *rows, data=None):
    return answering.start_answers(
        submission, data or sheet(*rows), name="hasil.xlsx", content_type="", by=by
    )


def answers_of(submission):
    return dict(submission.items.values_list("member__name", "answer"))
