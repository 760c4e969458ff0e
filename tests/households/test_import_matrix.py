"""The table of an import batch against the procedure, copied here by hand."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from households.imports.staging import start_batch
from households.models import ImportBatch
from households.workflows.importing import IMPORT_FLOW
from tests import factories
from tests.households import workbooks as make
from tests.rounds import undone
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
# Act: the states in which it is possible, and the state after it. Only an officer does any.
PROCEDURE = {
    "confirm": (["CHECKED"], "APPLYING"),
    "map_columns": (["NEEDS_COLUMNS"], "READING"),
    "arrange": (["NEEDS_AREAS", "CHECKED"], "READING"),
    "map_areas": (["NEEDS_AREAS"], "READING"),
    "recheck": (["CHECKED"], "READING"),
    "discard": (["READING", "NEEDS_COLUMNS", "NEEDS_AREAS", "CHECKED"], "DISCARDED"),
    "undo": (["APPLIED"], "UNDONE"),
    "ask_columns": (["READING"], "NEEDS_COLUMNS"),
    "ask_areas": (["READING"], "NEEDS_AREAS"),
    "present": (["READING"], "CHECKED"),
    "refuse": (["READING"], "REFUSED"),
    "save": (["APPLYING"], "APPLIED"),
    "renew": (["APPLYING"], "READING"),
}
STATES = [
    "READING", "NEEDS_COLUMNS", "NEEDS_AREAS", "CHECKED", "APPLYING", "APPLIED", "UNDONE",
    "REFUSED", "DISCARDED",
]  # fmt: skip
CLOSED = {"APPLIED", "UNDONE", "REFUSED", "DISCARDED"}


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def batch(kelurahan):
    officer = factories.make_user("pembuat", Role.STAFF, kelurahan)
    data = make.xlsx(make.grid([make.person()]))
    batch = start_batch(data, name="penduduk.xlsx", kelurahan=kelurahan, by=officer)
    # One person is new and none refused, so that no guard stands in the way.
    ImportBatch.objects.update(counts={"new": 1, "changed": 0, "refused": 0})
    batch.refresh_from_db()
    return batch


def set_status(status, **fields):
    closed_at = timezone.now() if status in CLOSED else None
    ImportBatch.objects.update(status=status, closed_at=closed_at, **fields)


def outcome(name, batch, by):
    target = PROCEDURE[name][1]
    changes = {"closed_at": timezone.now() if target in CLOSED else None}
    try:
        IMPORT_FLOW.apply(name, batch, by=by, reason="Diminta pimpinan", changes=changes)
    except PermissionDenied:
        return "denied"
    except ValidationError as error:
        return error.code
    return "done"


def test_the_table_has_the_rows_of_the_procedure_and_no_other():
    assert set(IMPORT_FLOW.moves) == set(PROCEDURE)
    assert {value for value, _label in ImportBatch._meta.get_field("status").choices} == set(STATES)


@pytest.mark.parametrize("name", sorted(PROCEDURE))
def test_an_act_is_possible_as_the_procedure_says(kelurahan, batch, name):
    tried = set()
    for role in Role:
        with undone():
            tried |= tries_at_every_state(kelurahan, batch, name, role)
    assert tried == {(role, state) for role in Role for state in STATES}


def tries_at_every_state(kelurahan, batch, name, role):
    user = factories.make_user("pelaku", role, kelurahan)
    sources, target = PROCEDURE[name]
    tried = set()
    for state in STATES:
        set_status(state)
        batch.refresh_from_db()
        right = "done" if role == Role.STAFF else "denied"
        expected = right if state in sources else "not_open"
        shown = [found.name for found in IMPORT_FLOW.open_to(user, batch)]
        assert (name in shown) == (expected == "done"), (role, state)
        assert outcome(name, batch, user) == expected, (role, state)
        batch.refresh_from_db()
        assert batch.status == (target if expected == "done" else state), (role, state)
        tried.add((role, state))
    return tried


def test_nothing_is_saved_where_there_is_nothing_to_save(kelurahan, batch):
    officer = factories.make_user("pelaku", Role.STAFF, kelurahan)
    ImportBatch.objects.update(status="CHECKED", counts={"new": 0, "changed": 0, "refused": 0})
    assert outcome("confirm", batch, officer) == "nothing_to_save"
    ImportBatch.objects.update(all_or_nothing=True, counts={"new": 3, "changed": 0, "refused": 1})
    assert outcome("confirm", batch, officer) == "refused_rows"


def test_an_undo_needs_a_reason(kelurahan, batch):
    officer = factories.make_user("pelaku", Role.STAFF, kelurahan)
    set_status("APPLIED")
    with pytest.raises(ValidationError) as caught:
        IMPORT_FLOW.apply("undo", batch, by=officer, reason=" ")
    assert "reason" in caught.value.message_dict
