"""Pages of instruments: read by many, moved by the Lurah, copied by officers."""

import pytest
from django.urls import reverse

from households.instruments.shipping import add_one
from households.models import InstrumentVersion
from tests import factories
from tests.households.instruments import SHIPPED, draft, in_use
from tests.households.pages import page_text
from tkpk.roles import TKPK_ROLES, Role

pytestmark = pytest.mark.django_db
READERS = {Role.STAFF, Role.LURAH, Role.KEMANTREN} | set(TKPK_ROLES)


def url(name, *args):
    return reverse(name, args=args)


@pytest.fixture
def version(kelurahan):
    return draft("ksjps-2016", kelurahan)


@pytest.fixture
def lurah(client, kelurahan):
    user = factories.make_user(role=Role.LURAH, territory=kelurahan)
    client.force_login(user)
    return client


def step(client, version, move, **data):
    address = url("instrument_step", version.pk, move)
    return client.post(address, {"version": version.version, **data})


# --- reading ------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
def test_who_discusses_scores_reads_instruments_and_nobody_else(client, kelurahan, version, role):
    client.force_login(factories.make_user(role=role, territory=kelurahan))
    expected = (200, 200) if role in READERS else (403, 404)
    answers = client.get(url("instrument_list")), client.get(url("instrument_version", version.pk))
    assert tuple(answer.status_code for answer in answers) == expected
    if role in READERS:
        page = page_text(answers[1])
        assert "Bobot contoh, bukan bobot resmi." in page
        assert "Pendapatan per jiwa paling banyak Rp300.000 sebulan" in page


def test_an_empty_list_says_what_to_do_first(officer, kelurahan):
    page = officer.get(url("instrument_list"))
    assert url("instruments_shipped") in page.content.decode()
    assert officer.post(url("instruments_shipped")).status_code == 302
    assert InstrumentVersion.objects.count() == len(SHIPPED)
    assert url("instruments_shipped") not in officer.get(url("instrument_list")).content.decode()


def test_a_corrected_version_is_named_where_the_older_one_is_read(officer, kelurahan, staff):
    add_one("ksjps-2016", kelurahan, staff)
    InstrumentVersion.objects.update(shipped="ksjps-2018", label="2018")
    version = InstrumentVersion.objects.get()
    listed = officer.get(url("instrument_list")).content.decode()
    assert "<li>KSJPS Kota Yogyakarta 2018 (revisi 2)</li>" in listed

    page = officer.get(url("instrument_version", version.pk))
    assert (page.context["corrected"], page.context["correction"]) == (True, None)
    officer.post(url("instruments_shipped"))
    corrected = InstrumentVersion.objects.get(shipped="ksjps-2018-r2")
    page = officer.get(url("instrument_version", version.pk)).content.decode()
    assert f'href="{url("instrument_version", corrected.pk)}">KSJPS Kota Yogyakarta 2018' in page
    page = officer.get(url("instrument_version", corrected.pk))
    assert (page.context["corrected"], page.context["correction"]) == (False, None)


def test_only_an_officer_adds_the_shipped_ones(lurah, kelurahan):
    assert lurah.post(url("instruments_shipped")).status_code == 403
    assert not InstrumentVersion.objects.exists()


def test_the_list_takes_the_same_queries_for_any_length(
    officer, kelurahan, version, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        officer.get(url("instrument_list"))


# --- the Lurah's step ---------------------------------------------------------------------------
def test_the_lurah_puts_a_draft_into_use(lurah, version):
    page = lurah.get(url("instrument_version", version.pk)).content.decode()
    assert url("instrument_step", version.pk, "use") in page
    assert step(lurah, version, "use").url == url("instrument_version", version.pk)
    version.refresh_from_db()
    assert version.status == "IN_USE"
    page = lurah.get(url("instrument_version", version.pk)).content.decode()
    assert url("admin:households_instrumentversion_change", version.pk) not in page


def test_a_get_moves_nothing(lurah, version):
    assert lurah.get(url("instrument_step", version.pk, "use")).status_code == 405


def test_a_draft_that_was_changed_while_it_was_read_is_not_put_into_use(lurah, version):
    InstrumentVersion.objects.filter(pk=version.pk).update(version=7)
    assert step(lurah, version, "use").status_code == 422
    version.refresh_from_db()
    assert version.status == "DRAFT"


def test_an_unsound_draft_says_what_is_missing_and_stays_a_draft(lurah, version):
    version.classes.get(code="miskin").delete()
    page = page_text(lurah.get(url("instrument_version", version.pk)))
    assert "51–75" in page
    answer = step(lurah, version, "use")
    assert answer.status_code == 422
    assert "51–75" in page_text(answer)


def test_a_step_needs_its_reason_and_keeps_what_was_typed_out_of_the_trail(lurah, version):
    assert step(lurah, version, "set_aside").status_code == 422
    answer = step(lurah, version, "set_aside", reason="NIK 3471041705800000")
    assert answer.status_code == 422
    version.refresh_from_db()
    assert version.status == "DRAFT"
    assert step(lurah, version, "set_aside", reason="Tidak dipakai").status_code == 302
    version.refresh_from_db()
    assert version.status == "RETIRED"
    # Wrong status: it is no draft any more.
    assert step(lurah, version, "use").status_code == 422


def test_an_officer_cannot_put_into_use(officer, version):
    page = officer.get(url("instrument_version", version.pk)).content.decode()
    assert url("instrument_step", version.pk, "use") not in page
    assert step(officer, version, "use").status_code == 403


def test_a_draft_waits_in_the_inbox_of_the_lurah(lurah, version):
    assert url("instrument_version", version.pk) in lurah.get(reverse("work_home")).content.decode()


# --- a copy -------------------------------------------------------------------------------------
def test_an_officer_copies_a_version_to_change_it(officer, kelurahan):
    version = in_use("ksjps-2018-r2", kelurahan)
    answer = officer.post(
        url("instrument_copy", version.pk), {"label": "2027", "valid_from": "2027-01-01"}
    )
    made = InstrumentVersion.objects.get(label="2027")
    assert answer.url == url("instrument_version", made.pk)
    page = officer.get(answer.url).content.decode()
    assert url("admin:households_instrumentversion_change", made.pk) in page


@pytest.mark.parametrize(
    "data", [{"label": "2018", "valid_from": "2027-01-01"}, {"label": "", "valid_from": "x"}]
)
def test_a_copy_without_a_name_of_its_own_is_refused_at_its_field(officer, version, data):
    answer = officer.post(url("instrument_copy", version.pk), data)
    assert answer.status_code == 422
    assert answer.context["copy_form"].errors


@pytest.mark.parametrize("role", [Role.LURAH, Role.KEMANTREN, Role.TKPK_CHAIR])
def test_who_only_reads_copies_nothing(client, kelurahan, version, role):
    client.force_login(factories.make_user(role=role, territory=kelurahan))
    data = {"label": "2027", "valid_from": "2027-01-01"}
    assert client.post(url("instrument_copy", version.pk), data).status_code == 403


def test_another_kelurahan_finds_no_version(client, version):
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    for role in (Role.STAFF, Role.LURAH):
        client.force_login(factories.make_user(role=role, territory=elsewhere))
        assert client.get(url("instrument_version", version.pk)).status_code == 404
        assert step(client, version, "use").status_code == 404
        assert client.post(url("instrument_copy", version.pk)).status_code == 404
