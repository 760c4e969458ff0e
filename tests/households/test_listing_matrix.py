"""Both tables of the yearly list against the procedure, copied here by hand."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from households.models import Listing, PoorList
from households.workflows.decrees import DECREE_FLOW
from households.workflows.listings import LISTING_FLOW
from households.workflows.poor_lists import POOR_LIST_FLOW
from tests import factories
from tests.households.listing import brought_to, line_on, opened
from tests.tkpk.test_workflow_matrix import ALL_ROLES
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
STAGES = ["OPEN", "REVIEW_1", "REVIEW_2", "OBJECTION_WINDOW", "SUBMITTED", "ESTABLISHED"]
# From, to, who. Every move of a list asks for evidence, so on an empty one it is refused as such.
LIST_PROCEDURE = {
    "start_review_1": ("OPEN", "REVIEW_1", {"STAFF"}),
    "start_review_2": ("REVIEW_1", "REVIEW_2", {"STAFF"}),
    "open_window": ("REVIEW_2", "OBJECTION_WINDOW", {"STAFF"}),
    "send": ("OBJECTION_WINDOW", "SUBMITTED", {"LURAH"}),
    "establish": ("SUBMITTED", "ESTABLISHED", {"LURAH"}),
    # Begun too early: who begins a stage is an officer, so the Lurah is the second person.
    "correct_review_1": ("REVIEW_1", "OPEN", {"LURAH"}),
    "correct_review_2": ("REVIEW_2", "REVIEW_1", {"LURAH"}),
    "correct_window": ("OBJECTION_WINDOW", "REVIEW_2", {"LURAH"}),
}
# The window's dates go with it, which `keeping.advance` does; the bare move leaves them.
CORRECTIONS = {"correct_review_1", "correct_review_2", "correct_window"}
WAY = ["NOMINATED", "FIELD_VERIFIED", "PUBLIC_REVIEW_1", "PUBLIC_REVIEW_2"]
ENDS = ["NOT_ACCEPTED", "GRADUATED", "DELISTED", "MOVED", "DECEASED", "REFUSED"]
STATUSES = [*WAY, "SUBMITTED", "ESTABLISHED", *ENDS]
STANDING = {*WAY, "SUBMITTED", "ESTABLISHED"}
OFFICE = {"STAFF", "LURAH"}
LEFT = {"MOVED", "DECEASED", "DELISTED"}
LINE_PROCEDURE = {
    "verify": ({"NOMINATED"}, "FIELD_VERIFIED", OFFICE),
    "verify_exception": ({"NOMINATED"}, "FIELD_VERIFIED", OFFICE),
    "confirm_official": ({"FIELD_VERIFIED"}, "FIELD_VERIFIED", OFFICE),
    "send_back": ({"FIELD_VERIFIED"}, "NOMINATED", OFFICE),
    "review_1": ({"FIELD_VERIFIED"}, "PUBLIC_REVIEW_1", {"STAFF"}),
    "review_2": ({"PUBLIC_REVIEW_1"}, "PUBLIC_REVIEW_2", {"STAFF"}),
    "submit": ({"PUBLIC_REVIEW_2"}, "SUBMITTED", {"LURAH"}),
    "add_by_city": ({"NOMINATED"}, "SUBMITTED", {"LURAH"}),
    "accept": ({"SUBMITTED"}, "ESTABLISHED", {"LURAH"}),
    "not_accept": ({"SUBMITTED"}, "NOT_ACCEPTED", {"LURAH"}),
    "record_refusal": (set(WAY), "REFUSED", OFFICE),
    "delist": ({*WAY, "SUBMITTED"}, "DELISTED", OFFICE),
    "strike": ({"ESTABLISHED"}, "DELISTED", {"LURAH"}),
    "withdraw": (STANDING, "DELISTED", OFFICE),
    "record_move": (STANDING, "MOVED", {"STAFF"}),
    "record_death": (STANDING, "DECEASED", {"STAFF"}),
    "record_closed": (STANDING, "DELISTED", {"STAFF"}),
    "return_nominated": (LEFT, "NOMINATED", {"STAFF"}),
    "return_public_review_2": (LEFT, "PUBLIC_REVIEW_2", {"STAFF"}),
    "return_submitted": (LEFT, "SUBMITTED", {"STAFF"}),
    "return_established": (LEFT, "ESTABLISHED", {"STAFF"}),
    # Corrections, before the list is established; by a second person.
    "correct_verification": ({"PUBLIC_REVIEW_1"}, "NOMINATED", OFFICE),
    "correct_nominated": ({"DELISTED", "REFUSED"}, "NOMINATED", OFFICE),
    "correct_public_review_2": ({"DELISTED", "REFUSED"}, "PUBLIC_REVIEW_2", OFFICE),
    "correct_submitted": ({"DELISTED"}, "SUBMITTED", OFFICE),
    "follow_back_1": ({"PUBLIC_REVIEW_1"}, "FIELD_VERIFIED", {"LURAH"}),
    "follow_back_2": ({"PUBLIC_REVIEW_2"}, "PUBLIC_REVIEW_1", {"LURAH"}),
    "propose_graduation": ({"ESTABLISHED"}, "ESTABLISHED", {"STAFF"}),
    "drop_graduation": ({"ESTABLISHED"}, "ESTABLISHED", OFFICE),
    "graduate": ({"ESTABLISHED"}, "GRADUATED", {"LURAH"}),
    "visit": ({"GRADUATED"}, "GRADUATED", {"STAFF"}),
    "end_visits": ({"GRADUATED"}, "GRADUATED", {"STAFF"}),
}
# What the least valid line lacks for a move, by the code of the refusal.
LACKS = {
    "verify": "no_score",
    "confirm_official": "no_official",
    "review_1": "list_elsewhere",
    "review_2": "list_elsewhere",
    "submit": "list_elsewhere",
    "add_by_city": "list_elsewhere",
    "accept": "list_elsewhere",
    "not_accept": "list_elsewhere",
    "record_move": "lives_here",
    "record_death": "lives_here",
    "record_closed": "lives_here",
    "correct_verification": "list_elsewhere",
    "correct_public_review_2": "list_elsewhere",
    "correct_submitted": "list_elsewhere",
    "follow_back_2": "list_elsewhere",
    "return_nominated": "event_stands",
    "return_public_review_2": "event_stands",
    "return_submitted": "event_stands",
    "return_established": "event_stands",
    "drop_graduation": "no_ground",
    "graduate": "no_ground",
}


@pytest.fixture
def maker(kelurahan):
    return factories.make_user("pembuat", Role.STAFF, kelurahan)


def outcome(flow, name, row, by):
    try:
        seen = {"verified_by": by, "verified_at": timezone.now(), "exception": "Dilihat"}
        changes = seen if name == "verify_exception" else {}
        flow.apply(name, row, by=by, reason="Menurut kunjungan", changes=changes)
    except PermissionDenied:
        return "denied"
    except ValidationError as error:
        return error.error_list[0].code
    return "done"


def test_the_tables_have_the_rows_of_the_procedure_and_no_other():
    assert set(POOR_LIST_FLOW.moves) == set(LIST_PROCEDURE)
    assert set(LISTING_FLOW.moves) == set(LINE_PROCEDURE)
    assert set(DECREE_FLOW.moves) == {"confirm", "discard", "take_back"}
    assert {role for move in DECREE_FLOW.moves.values() for role in move.roles} == {Role.STAFF}
    assert PoorList.Status.values == STAGES
    assert sorted(Listing.Status.values) == sorted(STATUSES)


def test_every_move_leads_where_the_procedure_says():
    for flow, procedure in ((POOR_LIST_FLOW, LIST_PROCEDURE), (LISTING_FLOW, LINE_PROCEDURE)):
        for name, (sources, target, roles) in procedure.items():
            move = flow.moves[name]
            wanted = {sources} if isinstance(sources, str) else sources
            assert (set(move.sources), move.target) == (wanted, target), name
            assert {role.value for role in move.roles} == roles, name


@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_list_moves_as_the_procedure_says(kelurahan, maker, role):
    user = factories.make_user("pelaku", Role(role), kelurahan)
    for stage in STAGES:
        poor_list = brought_to(PoorList.objects.first() or opened(kelurahan, maker), stage, maker)
        shown = {found.name for found in POOR_LIST_FLOW.open_to(user, poor_list)}
        for name, (source, _target, roles) in LIST_PROCEDURE.items():
            found = outcome(POOR_LIST_FLOW, name, poor_list, user)
            if stage != source:
                assert found == "not_open", (stage, name)
            elif role not in roles:
                assert found == "denied", (stage, name)
            elif name in CORRECTIONS:
                assert found == "done", (stage, name)
                poor_list = brought_to(poor_list, stage, maker)
            else:
                assert found not in {"not_open", "denied", "done"}, (stage, name)
            assert (name in shown) == (stage == source and role in roles)
        PoorList.objects.filter(pk=poor_list.pk).update(
            signed_by=None,
            signed_at=None,
            established_at=None,
            status="OPEN",
            objection_opened_on=None,
            objection_closes_on=None,
        )


@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_family_moves_as_the_procedure_says(kelurahan, household, maker, role):
    user = factories.make_user("pelaku", Role(role), kelurahan)
    poor_list = opened(kelurahan, maker)
    for status in STATUSES:
        line_on(poor_list, household, maker, status=status)
        for name, (sources, target, roles) in LINE_PROCEDURE.items():
            line = Listing.objects.get()
            shown = {found.name for found in LISTING_FLOW.open_to(user, line)}
            found = outcome(LISTING_FLOW, name, line, user)
            allowed = status in sources and role in roles
            wanted = LACKS.get(name, "done") if allowed else "denied"
            assert found == (wanted if status in sources else "not_open"), (status, name)
            assert (name in shown) == allowed, (status, name)
            assert Listing.objects.get().status == (target if found == "done" else status)
            if found == "done":
                Listing.objects.all().delete()
                line_on(poor_list, household, maker, status=status)
        Listing.objects.all().delete()
