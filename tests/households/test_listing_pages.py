"""Pages of the yearly list: the whole way, by role, verb and place, with fixed queries."""

import datetime
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from households.codes import Relation
from households.models import DecreeFile, Listing, PoorList
from tests import factories
from tests.households.listing import YEAR, brought_to, families, held, line_on, opened
from tests.households.pages import file_url, page_text
from tests.households.workbooks import xlsx
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def poor_list(kelurahan, staff):
    return opened(kelurahan, staff)


def signed_in(client, user):
    client.force_login(user)
    return client


def at(name, *args):
    return reverse(name, args=args)


def test_a_list_is_opened_and_a_second_of_the_year_is_refused_at_the_field(officer):
    said = {"year": YEAR, "basis": "REMBUG", "objection_days": 10}
    response = officer.post(at("poor_list_new"), said)
    poor_list = PoorList.objects.get()
    assert response.headers["Location"] == at("poor_list_detail", poor_list.pk)
    again = officer.post(at("poor_list_new"), said)
    assert "year" in again.context["form"].errors
    bad = officer.post(at("poor_list_new"), {"year": 1, "basis": "X", "objection_days": 0})
    assert set(bad.context["form"].errors) == {"year", "basis", "objection_days"}
    assert PoorList.objects.count() == 1


def test_who_nominated_a_family_reads_that_a_second_person_verifies_it(
    officer, client, poor_list, household
):
    officer.post(at("listing_add", poor_list.pk, household.pk))
    line = Listing.objects.get()
    said = "langkah ini harus dilakukan orang kedua"
    assert said in page_text(officer.get(at("listing_detail", line.pk)))
    client.force_login(factories.make_user("petugas2", Role.STAFF, poor_list.kelurahan))
    assert said not in page_text(client.get(at("listing_detail", line.pk)))


def test_from_the_file_to_the_list_to_the_counter(officer, client, poor_list, household, head):
    page = officer.get(file_url(household)).content.decode()
    assert at("listing_add", poor_list.pk, household.pk) in page
    response = officer.post(at("listing_add", poor_list.pk, household.pk))
    line = Listing.objects.get()
    assert response.headers["Location"] == at("listing_detail", line.pk)
    shown = page_text(officer.get(at("listing_detail", line.pk)))
    assert head.name in shown
    assert head.nik not in shown
    assert (
        at("listing_add", poor_list.pk, household.pk)
        not in officer.get(file_url(household)).content.decode()
    )
    kelurahan = poor_list.kelurahan
    second = factories.make_user("petugas2", Role.STAFF, kelurahan)
    client.force_login(second)
    step = at("listing_step", line.pk, "verify_exception")
    assert client.get(step).status_code == 200
    empty = client.post(step, {"reason": ""})
    assert "reason" in empty.context["form"].errors
    client.post(step, {"reason": "Dilihat langsung"})
    line.refresh_from_db()
    assert line.status == "FIELD_VERIFIED"
    client.post(at("poor_list_step", poor_list.pk, "start_review_1"))
    line.refresh_from_db()
    assert line.status == "PUBLIC_REVIEW_1"


def test_a_step_that_lacks_something_says_what_and_does_nothing(officer, poor_list, household):
    page = page_text(officer.get(at("poor_list_detail", poor_list.pk)))
    assert "1" in page
    line_on(poor_list, household, poor_list.created_by)
    response = officer.post(at("poor_list_step", poor_list.pk, "start_review_1"))
    assert response.context["form"].non_field_errors()
    poor_list.refresh_from_db()
    assert poor_list.status == "OPEN"


def test_many_are_verified_at_once_and_what_is_refused_is_named(client, poor_list, rt, staff):
    rows = [line_on(poor_list, family, staff) for family in families(rt, staff, 3)]
    second = factories.make_user("petugas2", Role.STAFF, poor_list.kelurahan)
    signed_in(client, second)
    url = at("listing_bulk", poor_list.pk)
    response = client.post(url, {"line": [rows[0].pk, rows[1].pk], "step": "verify"}, follow=True)
    told = [str(message) for message in response.context["messages"]]
    assert any(rows[0].code in words for words in told)
    client.post(url, {"line": [rows[0].pk], "step": "delist", "reason": "Pindah ke desa"})
    rows[0].refresh_from_db()
    assert rows[0].status == "DELISTED"
    client.post(url, {"line": [rows[1].pk], "step": "establish"})
    client.post(url, {"line": [rows[1].pk], "step": "delist", "reason": ""})
    rows[1].refresh_from_db()
    assert rows[1].status == "NOMINATED"


def test_settings_keep_what_was_typed_when_somebody_else_saved(officer, poor_list):
    url = at("poor_list_settings", poor_list.pk)
    said = {"basis": "DECREE", "objection_days": 20, "version": 1}
    assert officer.post(url, said).status_code == 302
    stale = officer.post(url, {**said, "objection_days": 25})
    assert stale.context["form"].errors
    assert 'value="25"' in stale.content.decode()
    poor_list.refresh_from_db()
    assert (poor_list.basis, poor_list.objection_days) == ("DECREE", 20)


def test_carrying_over_shows_first_and_acts_by_post(officer, kelurahan, household, staff):
    last = opened(kelurahan, staff, year=YEAR - 1)
    line_on(last, household, staff, status="ESTABLISHED")
    brought_to(last, "ESTABLISHED", staff)
    poor_list = opened(kelurahan, staff)
    url = at("poor_list_carry_over", poor_list.pk)
    page = officer.get(url)
    assert not poor_list.listings.exists()
    officer.post(url, {"mark": page.context["plan"].mark})
    assert poor_list.listings.get().origin == "CARRIED_OVER"


def test_the_answer_of_the_city_from_file_to_established(client, kelurahan, household, head, staff):
    poor_list = opened(kelurahan, staff, basis="DECREE")
    line_on(poor_list, household, staff, status="SUBMITTED")
    poor_list = brought_to(poor_list, "SUBMITTED", staff, basis="DECREE")
    signed_in(client, staff)
    new = at("decree_new", poor_list.pk)
    junk = client.post(new, {"file": SimpleUploadedFile("hasil.xlsx", b"bukan berkas")})
    assert "file" in junk.context["form"].errors
    file = SimpleUploadedFile("hasil.xlsx", xlsx([["NIK", "Nama"], [head.nik, head.name]]))
    client.post(new, {"file": file})
    decree = DecreeFile.objects.get()
    shown = client.get(at("decree_detail", decree.pk)).content.decode()
    assert head.nik not in shown
    assert household.code in shown
    client.post(at("decree_step", decree.pk, "confirm"))
    said = {"decree_number": "325/2026", "decree_on": "2999-01-01", "version": poor_list.version}
    settings = at("poor_list_settings", poor_list.pk)
    assert "decree_on" in client.post(settings, said).context["form"].errors
    client.post(settings, {**said, "decree_on": "2026-11-20"})
    lurah = factories.make_user("lurah", Role.LURAH, kelurahan)
    signed_in(client, lurah)
    client.post(at("poor_list_step", poor_list.pk, "establish"))
    assert Listing.objects.get().status == "ESTABLISHED"


def test_a_paper_and_the_workbook_ask_for_a_reason_and_are_trailed(
    officer, poor_list, household, head, staff
):
    line_on(poor_list, household, staff, status="PUBLIC_REVIEW_1")
    brought_to(poor_list, "REVIEW_1", staff)
    paper = at("list_paper", poor_list.pk, "review_sheet")
    assert "reason" in officer.post(paper, {"reason": ""}).context["form"].errors
    response = officer.post(paper, {"reason": "Uji publik"})
    assert response.content.startswith(b"%PDF-")
    export = at("poor_list_export", poor_list.pk)
    assert "reason" in officer.post(export, {"reason": head.nik}).context["form"].errors
    for numbers in (False, True):
        said = {"reason": "Kirim", **({"numbers": "on"} if numbers else {})}
        content = b"".join(officer.post(export, said).streaming_content)
        cells = {
            cell.value
            for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
            for cell in row
        }
        assert head.name in cells
        assert (head.nik in cells) == numbers
    moves = set(TrailEntry.objects.values_list("process", "move"))
    assert {
        ("list_paper", "print"), ("list_paper", "export"), ("export", "export_with_numbers")
    } <= moves  # fmt: skip


def test_heads_of_rt_see_names_and_status_of_their_area_and_nothing_to_press(
    client, poor_list, rt, kelurahan, staff
):
    (mine,) = families(rt, staff, 1)
    other = factories.make_family(
        factories.make_rt(kelurahan, 4, 20), by=staff, head="Orang Jauh", others=0
    )
    line = line_on(poor_list, mine, staff)
    line_on(poor_list, other, staff)
    signed_in(client, factories.make_user("rt12", Role.RT_HEAD, rt))
    page = client.get(at("listing_list", poor_list.pk), {"kolom": ["kelas", "skor", "desil"]})
    text = page_text(page)
    assert "Kepala 0" in text
    assert "Orang Jauh" not in text
    assert page.context["columns"] == []
    assert "chosen-lines" not in page.content.decode()
    assert client.get(at("poor_list_detail", poor_list.pk)).context["statuses"] == []
    for url in (at("listing_detail", line.pk), at("listing_step", line.pk, "verify")):
        assert client.get(url).status_code == 404
    for url in (
        at("poor_list_settings", poor_list.pk), at("poor_list_export", poor_list.pk),
        at("list_paper", poor_list.pk, "minutes_1"), at("decree_new", poor_list.pk),
        at("poor_list_carry_over", poor_list.pk), at("poor_list_new"),
    ):  # fmt: skip
        assert client.get(url).status_code == 403, url


def test_the_team_sees_counts_and_no_name(client, poor_list, rt, kelurahan, staff):
    for family in families(rt, staff, 2):
        line_on(poor_list, family, staff)
    signed_in(client, factories.make_user("ketua", Role.TKPK_CHAIR, kelurahan))
    page = client.get(at("poor_list_detail", poor_list.pk))
    assert [row.count for row in page.context["statuses"]] == [2]
    assert "Kepala" not in page_text(page)
    assert client.get(at("listing_list", poor_list.pk)).status_code == 403


@pytest.mark.parametrize("role", [Role.UPK_OFFICER, Role.COMPANION, Role.AUDITOR, Role.ADMIN])
def test_others_find_nothing(client, poor_list, kelurahan, role):
    signed_in(client, factories.make_user("orang", role, kelurahan))
    assert client.get(at("poor_list_list")).status_code == 403
    assert client.get(at("poor_list_detail", poor_list.pk)).status_code == 404


def test_another_kelurahan_gets_404_and_a_get_changes_nothing(client, poor_list, household, staff):
    line = line_on(poor_list, household, staff)
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    stranger = factories.make_user("tetangga", Role.STAFF, other)
    signed_in(client, stranger)
    for url in (
        at("poor_list_detail", poor_list.pk), at("listing_list", poor_list.pk),
        at("listing_detail", line.pk), at("poor_list_export", poor_list.pk),
        at("listing_step", line.pk, "delist"),
    ):  # fmt: skip
        assert client.get(url).status_code == 404
    assert client.post(at("listing_step", line.pk, "delist"), {"reason": "x"}).status_code == 404
    signed_in(client, staff)
    client.get(at("listing_step", line.pk, "delist"))
    client.get(at("poor_list_step", poor_list.pk, "start_review_1"))
    assert client.get(at("listing_bulk", poor_list.pk)).status_code == 405
    assert client.get(at("listing_add", poor_list.pk, household.pk)).status_code == 405
    line.refresh_from_db()
    assert line.status == "NOMINATED"


def test_filters_and_columns_stay_in_the_address(officer, poor_list, rt, kelurahan, staff):
    one, two = families(rt, staff, 2)
    line_on(poor_list, one, staff, origin="PUBLIC")
    line_on(poor_list, two, staff, status="DELISTED")
    url = at("listing_list", poor_list.pk)

    def shown(**query):
        return [row.household for row in officer.get(url, query).context["page"].rows]

    assert shown() == [one, two]
    assert shown(status="berdiri") == [one]
    assert shown(status="DELISTED") == [two]
    assert shown(asal="PUBLIC") == [one]
    assert shown(kelas="-") == [one, two]
    assert shown(rt=f"{kelurahan.code}.003.012") == [one, two]
    assert shown(desil="1") == []
    assert shown(status="APA SAJA", asal="?") == [one, two]
    page = officer.get(url, {"kolom": ["skor", "desil", "tidak-ada"]})
    assert page.context["columns"] == ["skor", "desil"]


def queries_of(client, url):
    from django.db import connection  # noqa: PLC0415 - this counting alone needs it
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    sessions = ("django_session", "usersessions", "tkpk_user", "tkpk_mandate", "django_cache")
    return [one["sql"] for one in found if not any(word in one["sql"] for word in sessions)]


def test_lists_ask_the_same_number_of_questions_at_1_and_at_5_rows(officer, poor_list, rt, staff):
    urls = [
        at("poor_list_list"), at("poor_list_detail", poor_list.pk), at("listing_list", poor_list.pk)
    ]  # fmt: skip
    line_on(poor_list, families(rt, staff, 1)[0], staff)
    before = [len(queries_of(officer, url)) for url in urls]
    for family in families(rt, staff, 4):
        line_on(poor_list, family, staff)
    after = [len(queries_of(officer, url)) for url in urls]
    assert before == after
    assert max(after) <= 12, after


def test_the_first_page_counts_what_waits_and_names_visits_due(officer, poor_list, rt, staff):
    one, two = families(rt, staff, 2)
    line_on(poor_list, one, staff)
    graduate = line_on(poor_list, two, staff, status="GRADUATED")
    page = officer.get(at("work_home")).content.decode()
    assert f"{at('listing_list', poor_list.pk)}?status=NOMINATED" in page
    assert graduate.code in page
    step = at("listing_step", graduate.pk, "visit")
    today = timezone.localdate()
    late = officer.post(step, {"visited_on": today + datetime.timedelta(days=2), "note": "Baik"})
    assert "visited_on" in late.context["form"].errors
    officer.post(step, {"visited_on": today, "note": "Usaha berjalan"})
    assert "Usaha berjalan" in page_text(officer.get(at("listing_detail", graduate.pk)))
    assert graduate.code not in officer.get(at("work_home")).content.decode()


def test_a_graduation_goes_through_the_pages(client, poor_list, household, staff):
    line = line_on(poor_list, household, staff, status="ESTABLISHED")
    meeting = held(poor_list.kelurahan, "UJI_PUBLIK_1", staff)
    signed_in(client, staff)
    step = at("listing_step", line.pk, "propose_graduation")
    wrong = client.post(step, {"ground": "BELOW_CLASSES"})
    assert "ground" in wrong.context["form"].errors
    client.post(step, {"ground": "OWN_REQUEST"})
    client.post(at("listing_meeting", line.pk), {"meeting": meeting.pk})
    signed_in(client, factories.make_user("lurah", Role.LURAH, poor_list.kelurahan))
    client.post(at("listing_step", line.pk, "graduate"))
    line.refresh_from_db()
    assert line.status == "GRADUATED"


def test_the_counter_says_year_status_and_class(officer, poor_list, household, head, staff):
    line_on(poor_list, household, staff, status="ESTABLISHED")
    response = officer.post(at("counter"), {"text": head.nik}, follow=True)
    assert str(YEAR) in page_text(response)
    assert at("listing_detail", Listing.objects.get().pk) in response.content.decode()
    assert household.members.filter(relation=Relation.HEAD).exists()
