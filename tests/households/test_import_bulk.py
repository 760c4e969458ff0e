"""Writing past the ORM: the same rows, the same history, the same refusals."""

import datetime
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from households.imports import applying, bulk, checking, content, known_rows
from households.imports.checking import examine_file
from households.imports.known import look_up
from households.imports.prepared import RowMaker
from households.models import Household, ImportBatch, Member
from tests import factories as make
from tests.households import workbooks as file
from tests.households.importing import applied, checked
from tkpk import encryption
from tkpk.console import console_user
from tkpk.encryption import blind_index
from tkpk.keyring import Keyring, keyring

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(place):
    return console_user(place)


@pytest.fixture
def family(place, officer):
    return make.make_family(place.children.get(), by=officer)


AWKWARD = "tab\there, back\\slash, \\N, new\nline, 100 %s; 'O''Brien' “ñ”"


def test_every_kind_of_value_is_stored_as_the_orm_stores_it(place, officer, family):
    facts = {
        "name": AWKWARD,
        "nik": file.CHILD_NIK,
        "sex": 1,
        "relation": 4,
        "birth_date": datetime.date(1999, 8, 17),
        "birth_certificate": "AL-1",
        "latitude": Decimal("-7.797068"),
        "longitude": Decimal("110.370529"),
        "source_value": {"suku": AWKWARD, "n": [1, None]},
    }
    waiting = bulk.Waiting(Member, "member")
    owners = {"kelurahan_id": place.pk, "created_by_id": officer.pk, "updated_by_id": officer.pk}
    maker = RowMaker(Member, **owners, household_id=family.pk)
    keys = {"name_key": "AWKWARD", "nik_index": blind_index("nik", file.CHILD_NIK)}
    waiting.fill([[1, None, *maker.row([*facts.items(), *keys.items()])]])
    families = bulk.Waiting(Household, "family")
    waiting.give_ids()
    bulk.insert_members(waiting, families, user_pk=officer.pk)
    member = Member.objects.get(nik_index=keys["nik_index"])
    plain = Member(**facts, **keys, **owners, household=family)
    plain.pk, plain.created_at, plain.updated_at = member.pk, member.created_at, member.updated_at
    names = [field.attname for field in Member._meta.concrete_fields]
    assert [getattr(member, n) for n in names] == [getattr(plain, n) for n in names]
    past = member.history.get()
    assert [getattr(past, n) for n in names] == [getattr(plain, n) for n in names]
    assert (past.history_type, past.history_user) == ("+", officer)


def test_updates_write_their_own_columns_author_and_version_and_one_record(officer, family):
    first, second = family.members.order_by("pk")
    rows = [
        (first.pk, {"birth_place": AWKWARD, "birth_date": None}),
        (second.pk, {"source_value": {"a": 1}, "latitude": Decimal("1.5"), "longitude": 2}),
    ]
    bulk.update_by_columns(Member, rows, user_pk=officer.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.birth_place, first.birth_date, first.version) == (AWKWARD, None, 2)
    assert (second.source_value, second.latitude, second.version) == ({"a": 1}, Decimal("1.5"), 2)
    assert first.history.first().birth_place == AWKWARD
    assert [record.history_type for record in first.history.all()] == ["~", "+"]


def test_a_text_that_is_too_long_is_not_cut(officer, family):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no length of a text")
    rows = [(family.members.first().pk, {"birth_place": "x" * 101})]
    with pytest.raises(DataError), transaction.atomic():
        bulk.update_by_columns(Member, rows, user_pk=officer.pk)


def test_constraints_hold_for_rows_that_are_copied(place, officer, family):
    waiting = bulk.Waiting(Household, "family")
    owners = {"kelurahan_id": place.pk, "created_by_id": officer.pk, "updated_by_id": officer.pk}
    maker = RowMaker(Household, **owners, territory_id=place.pk)
    waiting.fill([[1, None, *maker.row([("status", "UNHEARD")])]])
    waiting.give_ids()
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert_families(waiting, user_pk=officer.pk)


def test_new_rows_continue_the_numbers_of_the_old_ones(place, officer, family):
    last = Member.objects.order_by("pk").last().pk
    applied(place, officer, file.person(), file.wife())
    fresh = list(Member.objects.filter(pk__gt=last).values_list("pk", flat=True))
    assert len(fresh) == 2
    by_hand = make.make_member(family, "ANAK LAGI", by=officer)
    assert by_hand.pk > max(fresh)


# --- comparing ----------------------------------------------------------------------------------


def test_an_unchanged_list_is_compared_without_opening_an_identifier(place, officer, monkeypatch):
    people = [file.person(), file.wife(), file.child()]
    applied(place, officer, *people)
    opened = []
    unseal = encryption.unseal

    def noted(sealed, *, context):
        opened.append(context)
        return unseal(sealed, context=context)

    monkeypatch.setattr(encryption, "unseal", noted)
    found = examine_file(file.xlsx(file.grid(people)), name="d.xlsx", kelurahan=place)
    assert found.counts["unchanged"] == 3
    # The flag of the demo is sealed too; it is no person.
    assert set(opened) <= {"installation.check"}


def test_a_sealed_paper_is_opened_where_the_file_says_one(place, officer):
    applied(place, officer, file.person(akta_lahir="AL-1"))
    same = checked(place, officer, file.person(akta_lahir="AL-1"))
    assert same.counts["unchanged"] == 1
    other = checked(place, officer, file.person(akta_lahir="AL-2"))
    assert other.counts["changed"] == 1


def test_light_rows_answer_as_the_rows_of_the_registry(place, officer, family):
    known = look_up(place, kk_indexes=[family.kk_index], nik_indexes=[], name_keys=[])
    light = known.households[family.kk_index]
    for name in ("pk", "code", "kk_number", "territory_id", "address", "decile", "source_value"):
        assert getattr(light, name) == getattr(family, name), name
    people = {member.pk: member for member in known.members_of[family.pk]}
    for member in family.members.all():
        for field in Member._meta.concrete_fields:
            if field.name not in known_rows.UNUSED:
                got = getattr(people[member.pk], field.attname)
                assert got == getattr(member, field.attname), field.name
        assert people[member.pk].is_head == member.is_head
        assert people[member.pk].get_status_display() == member.get_status_display()
    with pytest.raises(AttributeError):
        light.created_by_id  # noqa: B018 - it is not read


def test_persons_are_read_in_a_few_blocks(place, officer, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(known_rows, "BLOCK", 2)
    monkeypatch.setattr(known_rows, "KEPT", 1)
    homes = [make.make_family(place.children.get(), by=officer, others=3) for _n in range(2)]
    known = look_up(
        place, kk_indexes=[home.kk_index for home in homes], nik_indexes=[], name_keys=[]
    )
    people = [member for home in homes for member in known.members_of[home.pk]]
    names = dict(Member.objects.values_list("pk", "name"))
    with django_assert_num_queries(4):
        said = [member.name for member in people]
    assert said == [names[member.pk] for member in people]


def test_a_batch_prepared_with_other_keys_is_compared_again(place, officer, monkeypatch):
    batch = checked(place, officer, file.person())
    keys = keyring()
    rotated = Keyring({**keys.field, 2: b"2" * 32}, {**keys.index, 2: b"2" * 32})
    answers = iter([keys, rotated])
    monkeypatch.setattr(applying, "keyring", lambda: next(answers))
    batch = applying.IMPORT_FLOW.apply("confirm", batch, by=officer)
    assert applying.apply_batch(batch, by=officer).status == ImportBatch.Status.READING
    assert not Member.objects.exists()


def test_a_long_list_gives_signs_of_life_while_it_is_parsed(place, monkeypatch):
    monkeypatch.setattr(content, "BEAT_EVERY", 1)
    monkeypatch.setattr(checking, "examine", lambda _content, _choices: None)
    beats = []
    people = [file.person(), file.wife(), file.child()]
    data = file.xlsx(file.grid(people))
    examine_file(data, name="d.xlsx", kelurahan=place, beat=beats.append)
    assert len(beats) == 1 + len(people)
