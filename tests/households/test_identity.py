"""What leaves in one of our files and comes back unchanged changes nothing."""

import contextlib
import datetime

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from households.codes import Relation, Sex
from households.exporting.editable import columns_of
from households.exporting.layouts import layout_workbook
from households.imports.checking import check_batch
from households.imports.column_choice import Said, sealed_said
from households.imports.content import matched
from households.imports.probing import probe
from households.imports.staging import start_batch
from households.imports.suggesting import suggest
from households.imports.unreadable import UnreadableFile
from households.models import Household
from households.resources import FamilyResource, PersonResource
from tests import factories as make
from tests.households.edited_books import brought, errors, exported
from tkpk.encryption import EncryptedTextField

pytestmark = pytest.mark.django_db
TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Zs"))
    | st.sampled_from(" =+-@'#"),
    max_size=30,
).filter(lambda text: text.strip() == text and not any(c.isdigit() for c in text))
WRITABLE = [column for column in columns_of() if column.owner and not column.is_fixed]


def values_of(field: models.Field) -> st.SearchStrategy:
    """What the column may hold by its field."""
    if field.choices:
        found = st.sampled_from([code for code, _word in field.flatchoices])
    elif isinstance(field, EncryptedTextField):
        found = st.from_regex(r"[A-Z]{2}-[0-9]{4}/[0-9]{2}", fullmatch=True)
    elif isinstance(field, models.BooleanField):
        found = st.booleans()
    elif isinstance(field, models.DateField):
        found = st.dates(datetime.date(1950, 1, 1), datetime.date(2020, 1, 1))
    elif isinstance(field, models.DecimalField):
        top = min(80, 10 ** (field.max_digits - field.decimal_places) - 1)
        found = st.decimals(0, top, places=field.decimal_places)
    elif isinstance(field, models.IntegerField):
        found = st.integers(1, 10)
    else:
        found = TEXTS.map(lambda text: text[: field.max_length])
    return st.none() | found if field.null else found


def put(row: models.Model, column, value) -> None:
    """As the database allows it: a value that other columns forbid is left out."""
    with contextlib.suppress(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**{column.name: value})


@given(data=st.data(), numbers=st.booleans())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_column_of_a_family_comes_back_as_it_left(kelurahan, staff, household, data, numbers):
    members = list(household.members.all())
    for column in WRITABLE:
        if column.name in ("nik", "name", "relation"):
            continue
        rows = [household] if column.owner is Household else members
        for row in rows:
            put(row, column, data.draw(values_of(column.field), label=column.key))
    batch = brought(exported(numbers=numbers), staff, kelurahan)
    assert batch.counts["unchanged"] == batch.counts["rows"] == len(members), errors(batch)


LISTS = [column for column in WRITABLE if column.field.choices and column.name != "relation"]


def test_every_code_of_every_list_comes_back_as_it_left(kelurahan, staff, rt):
    """Person or family n has the n-th code of each list."""
    longest = max(len(column.field.flatchoices) for column in LISTS)
    household = make.make_family(rt, by=staff, others=longest - 1)
    people = list(household.members.order_by("pk"))
    families = [household, *(make.make_family(rt, by=staff, others=0) for _ in range(19))]
    for column in LISTS:
        codes = [code for code, _word in column.field.flatchoices]
        for at, row in enumerate(families if column.owner is Household else people):
            put(row, column, codes[at % len(codes)])
    batch = brought(exported(), staff, kelurahan)
    assert batch.counts["unchanged"] == batch.counts["rows"] == longest + 19, errors(batch)


def with_columns_suggested(data, staff, kelurahan, **changed):
    """Brought back as a list whose columns are taken as the page suggests them."""
    [sheet, *_more] = probe(data, name="d.xlsx")
    offers = suggest(sheet)
    columns = {
        column.header: offers[column.place].field if column.place in offers else ""
        for column in sheet.columns
        if column.header
    }
    said = Said(sheet.name, sheet.header_row, "s", columns | changed, "population", {}, "Daftar")
    batch = start_batch(data, name="d.xlsx", kelurahan=kelurahan, by=staff)
    batch.columns, batch.layout = sealed_said(batch, said), "mapped"
    batch.save()
    return columns, check_batch(batch, by=staff)


@pytest.fixture
def family(rt, staff):
    household = make.make_family(rt, by=staff, head="Wiryo Contoh", others=0)
    make.make_member(
        household,
        "Sri Contoh",
        by=staff,
        relation=Relation.WIFE,
        sex=Sex.FEMALE,
        birth_date=datetime.date(1972, 3, 1),
        nik="3471044103720000",
    )
    household.members.update(
        birth_place="KLATEN", mother_name="BU CONTOH", work=88, religion=1, education=5
    )
    return household


def test_the_persons_of_the_registry_come_back_by_their_own_headers(kelurahan, staff, family):
    """The export of the data-entry screens has no row codes: it is a list like any other."""
    with translation.override("id"):
        data = b"".join(PersonResource(numbers=True).stream(Household.objects.all()))
    columns, batch = with_columns_suggested(data, staff, kelurahan)
    assert {"nik", "kk_number", "name", "sex", "relation", "birth_date", "work"} <= set(
        columns.values()
    )
    assert batch.counts["unchanged"] == batch.counts["rows"] == 2, errors(batch)


def test_a_saved_layout_comes_back_by_its_own_headers(kelurahan, staff, family, layouts):
    with translation.override("id"):
        data = b"".join(layout_workbook(layouts["dtsen"], Household.objects.all(), numbers=True))
    columns, batch = with_columns_suggested(data, staff, kelurahan, Desil="")
    assert columns["Nama ibu kandung"] == "mother_name"
    assert batch.counts["unchanged"] == batch.counts["rows"] == 2, errors(batch)


def test_hidden_numbers_that_come_back_are_refused_and_never_taken(kelurahan, staff, family):
    with translation.override("id"):
        data = b"".join(PersonResource(numbers=False).stream(Household.objects.all()))
    _columns, batch = with_columns_suggested(data, staff, kelurahan)
    assert batch.counts["refused"] == batch.counts["rows"] == 2


def test_the_families_of_the_registry_are_no_list_of_people(kelurahan, staff, family):
    """One row a family, without the name of anybody: such a file cannot say whose facts it has."""
    with translation.override("id"):
        data = b"".join(FamilyResource(numbers=True).stream(Household.objects.all()))
    with pytest.raises(UnreadableFile) as caught:
        matched(data, name="d.xlsx")
    assert caught.value.code == "unknown_layout"
