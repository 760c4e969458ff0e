"""Statements: numbered, sealed once, given by the officer and never about the own family."""

import datetime
import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from households import assistance, statements
from households.models import AidProgramme, AidTarget, Household, Statement
from households.workflows.registering import change_member_state
from tests.factories import SURYATMAJAN, make_family, make_kelurahan, make_rt, make_user
from tests.households.pages import file_url, page_text
from tkpk import files, pdf
from tkpk.models import Document, KelurahanOffice, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def give(client, member, **data):
    url = reverse("statement_give", args=[member.household_id, member.pk])
    return client.post(url, {"reason": "AID", **data})


def test_one_tap_gives_a_sealed_paper_with_a_number(officer, staff, head):
    answer = give(officer, head)
    statement = Statement.objects.get()
    assert answer.url == reverse("statement_page", args=[statement.pk])
    assert officer.get(answer.url).status_code == 200
    today = statement.issued_on
    assert statement.code == f"01/KLH/{MONTHS[today.month - 1]}/{today.year}"
    content = files.load(statement.document)
    assert content.startswith(b"%PDF-")
    assert statement.document.sha256 == hashlib.sha256(content).hexdigest()
    entry = TrailEntry.objects.get()
    assert (entry.process, entry.move, entry.by) == ("statement", "give", staff)
    assert entry.digest == statement.document.sha256
    assert statement.code in entry.reason


def test_a_button_pressed_twice_gives_one_paper(officer, head):
    first, second = give(officer, head), give(officer, head)
    assert first.url == second.url
    assert Statement.objects.count() == 1
    give(officer, head, reason="SCHOOL")
    assert Statement.objects.count() == 2


def test_two_presses_at_the_same_moment_give_one_paper_too(staff, head, monkeypatch):
    real, other = pdf.render, []

    def render(template, data):
        if not other:
            other.append(None)  # the second press is done while the first is being set
            other[0] = statements.give(head, by=staff, purpose="AID")
        return real(template, data)

    monkeypatch.setattr(pdf, "render", render)
    first = statements.give(head, by=staff, purpose="AID")
    assert first == other[0]
    assert Statement.objects.count() == TrailEntry.objects.count() == Document.objects.count() == 1


def test_the_same_paper_is_given_anew_after_a_while(officer, head):
    give(officer, head)
    Statement.objects.update(created_at=timezone.now() - 2 * statements.PRESSED_TWICE)
    give(officer, head)
    assert Statement.objects.count() == 2


def test_the_file_comes_through_the_one_door_as_it_was_given(
    officer, client, kelurahan, rt, head, monkeypatch
):
    give(officer, head)
    statement = Statement.objects.get()
    sealed = files.load(statement.document)
    # Never made again: a changed register changes no paper.
    monkeypatch.setattr(pdf, "render", lambda *args: pytest.fail("rendered again"))
    url = reverse("document_download", args=[statement.document.pk])
    assert officer.post(url).content == sealed
    for role, place, expected in (
        (Role.LURAH, kelurahan, 200),
        (Role.RT_HEAD, rt, 404),
        (Role.ADMIN, kelurahan, 404),
    ):
        client.force_login(make_user(f"u{role}".lower(), role, place))
        assert client.post(url).status_code == expected, role


def test_numbers_run_on_in_a_kelurahan_and_a_year(officer, staff, head, monkeypatch):
    give(officer, head)
    give(officer, head, reason="SCHOOL")
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    officer_there = make_user("sana", Role.STAFF, other)
    family = make_family(make_rt(other), by=officer_there)
    statements.give(family.members.first(), by=officer_there, purpose="AID")
    monkeypatch.setattr(statements.timezone, "localdate", lambda: datetime.date(2031, 1, 5))
    statements.give(head, by=staff, purpose="AID")
    found = list(Statement.objects.order_by("pk").values_list("kelurahan__code", "number"))
    assert [number for _code, number in found] == [1, 2, 1, 1]


def test_a_paper_that_fails_is_not_given_and_its_number_not_used_twice(officer, head, monkeypatch):
    def fail(template, data):
        raise pdf.PdfFailed("not_set")

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", fail)
        assert give(officer, head).status_code == 302
    assert not Statement.objects.exists()
    assert not Document.objects.exists()
    assert not TrailEntry.objects.exists()
    give(officer, head)
    assert Statement.objects.get().number == 2


def test_the_nik_is_masked_unless_it_is_asked_for(head, staff):
    masked = Statement(member=head, household=head.household, shows_nik=False, **number_one(head))
    full = Statement(member=head, household=head.household, shows_nik=True, **number_one(head))
    assert head.nik not in str(statements.paper_data(masked))
    assert head.nik_masked in str(statements.paper_data(masked))
    assert head.nik in str(statements.paper_data(full))


def number_one(head):
    day = datetime.date(2026, 11, 24)
    return {"kelurahan": head.kelurahan, "number": 1, "year": 2026, "issued_on": day,
            "purpose": "AID"}  # fmt: skip


def test_giving_the_full_nik_is_a_move_of_its_own_in_the_trail(officer, head):
    give(officer, head, shows_nik="on")
    assert Statement.objects.get().shows_nik
    assert TrailEntry.objects.get().move == "give_with_nik"


def test_the_paper_says_office_place_decile_aid_and_who_signs(kelurahan, head, staff):
    KelurahanOffice.objects.filter(territory=kelurahan).update(
        office_address="Jl. Contoh 7", postcode="55212", phone="0274 1"
    )
    lurah = make_user("lurah", Role.LURAH, kelurahan, name="Raden Lurah")
    Household.objects.update(decile=2, decile_as_of="2026-10-01", registry_source="DTSEN")
    head.household.refresh_from_db()
    programme = AidProgramme.objects.create(
        kelurahan=kelurahan, name="Sembako", target=AidTarget.FAMILY, created_by=staff,
        updated_by=staff,
    )  # fmt: skip
    assistance.record(
        programme, head.household, by=staff, period_from=datetime.date(2026, 1, 1),
        amount_idr=200_000,
    )  # fmt: skip
    statement = Statement(member=head, household=head.household, **number_one(head))
    data = statements.paper_data(statement)
    assert data["office"]["name"] == "Kelurahan Tegalpanggung"
    assert data["office"]["above"] == ["Pemerintah Kota Yogyakarta", "Kemantren Danurejan"]
    assert data["office"]["address"] == "Jl. Contoh 7 55212 · Telepon 0274 1"
    assert "2 dari 10" in data["decile"]
    assert "1 Oktober 2026" in data["decile"]
    assert data["aid"] == [["Sembako", "keluarga", "1 Januari 2026 – sekarang", "Rp200.000"]]
    assert data["signature"]["name"] == lurah.name


@pytest.mark.parametrize("role", list(Role))
def test_only_officers_give_statements(client, role, kelurahan, rt, head):
    place = {Role.RW_HEAD: rt.parent, Role.RT_HEAD: rt}.get(role, kelurahan)
    client.force_login(make_user("seseorang", role, place))
    expected = 302 if role == Role.STAFF else 403
    assert give(client, head).status_code == expected
    assert Statement.objects.exists() == (role == Role.STAFF)


def test_nobody_gives_a_statement_about_the_own_family(officer, staff, head):
    head.set_nik(staff.nik)
    head.save()
    assert give(officer, head).status_code == 403
    assert not Statement.objects.exists()


def test_of_who_does_not_live_here_nothing_is_stated(staff, head):
    change_member_state(
        "record_move", head, by=staff, on=datetime.date(2026, 1, 1), reason="Pindah"
    )
    head.refresh_from_db()
    with pytest.raises(PermissionDenied):
        statements.give(head, by=staff, purpose="AID")


def test_the_papers_given_stand_on_the_family_file(officer, client, rt, head):
    give(officer, head)
    code = Statement.objects.get().code
    assert code in page_text(officer.get(file_url(head.household)))
    client.force_login(make_user("rt12", Role.RT_HEAD, rt))
    assert code not in page_text(client.get(file_url(head.household)))


def test_a_statement_of_another_kelurahan_does_not_exist(officer, client, head):
    give(officer, head)
    statement = Statement.objects.get()
    other = make_kelurahan(SURYATMAJAN, "Suryatmajan")
    client.force_login(make_user("tetangga", Role.STAFF, other))
    assert client.get(reverse("statement_page", args=[statement.pk])).status_code == 404
    assert (
        client.post(reverse("document_download", args=[statement.document.pk])).status_code == 404
    )


@pytest.mark.parametrize(
    "changes", [{"purpose": "HOBBY"}, {"purpose": "OTHER", "purpose_words": ""}]
)
def test_the_database_refuses_a_purpose_that_is_none(officer, head, changes):
    give(officer, head)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.update(**changes)
