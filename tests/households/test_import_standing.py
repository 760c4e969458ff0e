"""Where an import stands: one wording on its page, in the list and on the first page."""

import pytest
from django.urls import reverse

from households.imports import standing
from households.models import BatchStatus, ImportBatch
from tests import factories as make
from tests.households import lists
from tests.households import workbooks as file
from tests.households.importing import pressing, uploading
from tests.households.pages import page_text
from tests.households.test_aid_list import END, HEAD, HEADERS, programme
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    make.make_rt(kelurahan)
    return kelurahan


@pytest.fixture
def officer(client, place):
    user = make.make_user("petugas", Role.STAFF, place)
    client.force_login(user)
    return user


@pytest.fixture
def upload(client, officer, django_capture_on_commit_callbacks):
    return uploading(client, django_capture_on_commit_callbacks)


@pytest.fixture
def press(client, django_capture_on_commit_callbacks):
    return pressing(client, django_capture_on_commit_callbacks)


def sheet(*people):
    return file.xlsx(file.grid(people))


def lost(**said):
    """A person of a hamlet that this kelurahan does not know."""
    return {**file.person(**said), "dusun": "MANGGIS", "rw": "-", "rt": "004"}


def line_of(client, batch):
    """The list's line of this batch."""
    lines = client.get(reverse("import_list")).context["lines"]
    return next(line for line in lines if line["batch"].pk == batch.pk)


def next_steps(client):
    return [row.labels for row in client.get(reverse("work_home")).context["waiting"]]


@pytest.mark.parametrize("people", [[file.person()], [lost()], [file.person(sex="X")]])
def test_list_home_and_page_say_the_same(client, upload, people):
    batch = upload(sheet(*people))
    said = standing.words(batch)
    assert line_of(client, batch)["words"] == said
    assert next_steps(client) == [[said]]
    assert said in page_text(client.get(reverse("import_detail", args=[batch.pk])))


def test_what_waits_to_be_saved_says_how_many_rows(upload):
    batch = upload(sheet(file.person(), file.wife()))
    assert "2" in standing.words(batch)


def test_nobody_is_told_to_save_where_nothing_is_to_be_saved(client, upload, press):
    first = upload(sheet(file.person()))
    press(first, "import_step", "confirm", version=first.version)
    again = upload(sheet(file.person()))
    assert (again.status, standing.saves(again)) == (BatchStatus.CHECKED, 0)
    told = standing.words(again)
    assert next_steps(client) == [[told]]
    assert told != standing.words(upload(sheet(file.child())))
    page = client.get(reverse("import_detail", args=[again.pk]))
    assert page.context["closes"]
    assert reverse("import_step", args=[again.pk, "confirm"]) not in page.content.decode()


def test_an_import_of_refused_rows_alone_cannot_be_saved(upload):
    batch = upload(sheet(file.person(sex="X")))
    assert batch.counts["refused"] == 1
    assert not standing.only_to_close(batch)
    assert "1" in standing.words(batch)


def test_a_list_that_names_an_unknown_programme_asks_for_the_programme_alone(
    client, upload, place, officer
):
    lists.known_family(place, officer)
    sheets = (programme(), [HEADERS, HEAD, *END])
    batch = upload(file.xlsx(*sheets, names=["Program", "Peserta"]))
    assert batch.status == BatchStatus.NEEDS_AREAS
    assert (batch.counts[standing.ASKED_AREAS], batch.counts[standing.ASKED_PROGRAMMES]) == (0, 1)
    page = client.get(reverse("import_detail", args=[batch.pk]))
    assert page.context["asked"] == standing.asked_step(batch) != "Wilayah"
    assert standing.words(batch) != standing.words(upload(sheet(lost())))


def asking(batch, *, areas=0, programmes=0):
    batch.status = BatchStatus.NEEDS_AREAS
    batch.counts = {standing.ASKED_AREAS: areas, standing.ASKED_PROGRAMMES: programmes}
    return batch


def test_the_step_is_called_by_what_it_asks():
    both = {
        (1, 0): asking(ImportBatch(), areas=1),
        (0, 1): asking(ImportBatch(), programmes=1),
        (1, 1): asking(ImportBatch(), areas=1, programmes=1),
    }
    steps = [standing.asked_step(batch) for batch in both.values()]
    words = [standing.words(batch) for batch in both.values()]
    assert len(set(steps)) == len(set(words)) == 3


def test_what_was_asked_is_still_told_after_the_answer(client, upload, press, place):
    batch = upload(sheet(lost()))
    step = standing.asked_step(batch)
    assert (batch.status, batch.counts[standing.ASKED_AREAS]) == (BatchStatus.NEEDS_AREAS, 1)
    press(batch, "import_areas", area0=make.make_rt(place).pk)
    assert batch.status == BatchStatus.CHECKED
    assert standing.asked_step(batch) == step


def test_an_import_that_was_asked_before_this_was_kept_is_told_by_its_notes(upload):
    batch = upload(sheet(lost()))
    said = standing.words(batch)
    del batch.counts[standing.ASKED_AREAS], batch.counts[standing.ASKED_PROGRAMMES]
    assert standing.words(batch) == said


@pytest.mark.parametrize(("move", "fields"), [("discard", {}), ("undo", {"reason": "keliru"})])
def test_of_a_cancelled_import_the_list_tells_what_became_of_it(
    client, upload, press, move, fields
):
    batch = upload(sheet(file.person(), file.wife()))
    if move == "undo":
        press(batch, "import_step", "confirm", version=batch.version)
    assert line_of(client, batch)["counted"]
    press(batch, "import_step", move, **fields)
    line = line_of(client, batch)
    assert line["fate"]
    assert not line["counted"]
    assert ("2" in line["fate"]) == (move == "undo")


def test_what_cannot_be_read_left_nothing_behind(client, upload):
    batch = upload(b"\x89PNG....", "foto.xlsx")
    assert batch.status == BatchStatus.REFUSED
    assert line_of(client, batch)["fate"]
