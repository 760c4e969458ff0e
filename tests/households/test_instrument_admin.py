"""The editor of instruments: officers write drafts, nobody writes what is in use."""

import pytest
from django.urls import reverse

from households.models import Instrument, InstrumentVersion, Option, Parameter
from households.models.compiled import content
from tests import factories
from tests.households.instruments import draft, in_use
from tkpk.models import TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
MODELS = ("instrument", "instrumentversion", "parameter")


def page(model, action, *args):
    return reverse(f"admin:households_{model}_{action}", args=args)


def fields_of(answer):
    """What a browser would post from this screen, untouched."""
    data = {}
    context = answer.context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                data[bound.html_name] = "on"
            elif value is not None and value is not False:
                data[bound.html_name] = str(value)
    return data


@pytest.fixture
def version(kelurahan):
    return draft("ksjps-2016", kelurahan)


@pytest.fixture
def income(version):
    return Parameter.objects.get(aspect__version=version, code="pendapatan")


# --- works --------------------------------------------------------------------------------------
def test_an_officer_changes_a_draft_and_it_is_trailed(officer, version, staff):
    url = page("instrumentversion", "change", version.pk)
    data = fields_of(officer.get(url))
    answer = officer.post(url, {**data, "label": "2016 uji", "aspects-0-name": "Uang dan aset"})
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    version.refresh_from_db()
    assert version.label == "2016 uji"
    assert version.aspects.first().name == "Uang dan aset"
    entry = TrailEntry.objects.filter(process="instrument").order_by("number").last()
    assert (entry.move, entry.by, entry.subject_id) == ("edit", staff, version.pk)


def test_a_new_instrument_a_version_and_its_parameter_are_made_here(officer, kelurahan):
    answer = officer.post(page("instrument", "add"), {"code": "rw", "name": "Daftar RW"})
    assert answer.status_code == 302
    instrument = Instrument.objects.get(code="rw")
    assert instrument.kelurahan == kelurahan
    empty = fields_of(officer.get(page("instrumentversion", "add")))
    answer = officer.post(
        page("instrumentversion", "add"),
        {
            **empty, "instrument": instrument.pk, "label": "2027", "valid_from": "2027-01-01",
            "method": "SUM", "aspects-TOTAL_FORMS": "1", "aspects-0-position": "1",
            "aspects-0-code": "rumah", "aspects-0-name": "Rumah",
            # Fields that no form has: the status is the workflow's, the number the portal's.
            "status": "IN_USE", "number": "9", "shipped": "bps14",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["errors"]
    version = InstrumentVersion.objects.get(instrument=instrument)
    assert (version.status, version.number, version.shipped) == ("DRAFT", 1, "")
    empty = fields_of(officer.get(page("parameter", "add")))
    answer = officer.post(
        page("parameter", "add"),
        {
            **empty, "aspect": version.aspects.get().pk, "position": "1", "code": "lantai",
            "question": "Lantai?", "kind": "CHOICE", "edge": "UP_TO", "options-TOTAL_FORMS": "2",
            "options-0-position": "1", "options-0-code": "ya", "options-0-label": "Tanah",
            "options-0-score": "1.5", "options-1-position": "2", "options-1-code": "tidak",
            "options-1-label": "Lain", "options-1-score": "0",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["errors"]
    assert version.compiled().range == (0, 1.5)


def test_scores_stand_there_as_they_are_read_and_no_link_leads_to_a_history_of_none(
    officer, income
):
    answer = officer.get(page("parameter", "change", income.pk))
    (options,) = answer.context["inline_admin_formsets"]
    shown = str(options.formset.forms[0]["score"]) + str(options.formset.forms[0]["upper"])
    assert 'value="12"' in shown
    assert 'value="300000"' in shown
    assert page("parameter", "history", income.pk) not in answer.content.decode()


def test_a_parameter_of_a_draft_can_be_taken_out_again(officer, income, version, staff):
    url = page("parameter", "delete", income.pk)
    assert officer.get(url).status_code == 200
    assert officer.post(url, {"post": "yes"}).status_code == 302
    assert not Parameter.objects.filter(pk=income.pk).exists()
    assert TrailEntry.objects.filter(process="instrument", move="edit", by=staff).exists()


# --- refused at the field -----------------------------------------------------------------------
def test_overlapping_classes_are_refused_and_both_named(officer, version):
    url = page("instrumentversion", "change", version.pk)
    data = fields_of(officer.get(url))
    before = content(version)
    for lower, what in (("50", "Rentan miskin"), ("53", "Rentan miskin")):
        answer = officer.post(url, {**data, "classes-2-lower": lower})
        assert answer.status_code == 200
        formset = answer.context["inline_admin_formsets"][2].formset
        assert what in str(formset.forms[2].errors["lower"])
        assert "Miskin" in str(formset.forms[2].errors["lower"])
    assert content(InstrumentVersion.objects.get(pk=version.pk)) == before


def test_bands_with_a_gap_or_an_overlap_are_refused_and_both_named(officer, income):
    url = page("parameter", "change", income.pk)
    data = fields_of(officer.get(url))
    for lower in ("250000", "350000"):
        answer = officer.post(url, {**data, "options-1-lower": lower})
        assert answer.status_code == 200
        errors = answer.context["inline_admin_formsets"][0].formset.forms[1].errors
        assert "Rp300.000" in str(errors["lower"])
        assert "Rp400.000" in str(errors["lower"])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"formula": ""}, "formula"),
        ({"kind": "CHOICE"}, "formula"),
        ({"formula": "eval(1)"}, "formula"),
        ({"code": "dinding"}, "code"),
        ({"code": "members_count"}, "code"),
        ({"code": "dua kata"}, "code"),
    ],
)
def test_a_parameter_that_cannot_be_computed_is_refused_at_its_field(
    officer, income, changed, field
):
    url = page("parameter", "change", income.pk)
    answer = officer.post(url, {**fields_of(officer.get(url)), **changed})
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_a_negative_score_or_a_band_on_a_choice_is_refused(officer, version):
    wall = Parameter.objects.get(aspect__version=version, code="dinding")
    url = page("parameter", "change", wall.pk)
    data = fields_of(officer.get(url))
    for changed in ({"options-0-score": "-1"}, {"options-0-lower": "5"}):
        assert officer.post(url, {**data, **changed}).status_code == 200
    assert Option.objects.get(parameter=wall, code="ya").score == 7


def test_a_label_that_another_version_has_is_refused(officer, version):
    url = page("instrumentversion", "change", version.pk)
    answer = officer.post(url, {**fields_of(officer.get(url)), "label": "2018"})
    assert answer.status_code == 200
    assert "label" in answer.context["adminform"].form.errors


def test_a_code_that_another_instrument_has_is_refused(officer, version):
    answer = officer.post(page("instrument", "add"), {"code": "ksjps", "name": "Lagi"})
    assert answer.status_code == 200
    assert "code" in answer.context["adminform"].form.errors


def test_what_somebody_saved_meanwhile_is_not_written_over(officer, version, income):
    for url in (
        page("instrumentversion", "change", version.pk),
        page("parameter", "change", income.pk),
    ):
        data = fields_of(officer.get(url))
        assert officer.post(url, data).status_code == 302
        answer = officer.post(url, data)
        assert answer.status_code == 200
        assert answer.context["adminform"].form.non_field_errors()


# --- mass assignment ----------------------------------------------------------------------------
def test_a_posted_status_owner_or_seal_changes_nothing(officer, version):
    url = page("instrumentversion", "change", version.pk)
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    other = Instrument.objects.create(
        kelurahan=elsewhere, code="x", name="X", created_by=version.created_by,
        updated_by=version.created_by,
    )  # fmt: skip
    extra = {
        "status": "IN_USE", "kelurahan": elsewhere.pk, "instrument": other.pk, "number": "7",
        "created_by": "1", "version": "99", "shipped": "lain",
    }  # fmt: skip
    answer = officer.post(url, {**fields_of(officer.get(url)), **extra})
    assert answer.status_code == 302
    again = InstrumentVersion.objects.get(pk=version.pk)
    assert (again.status, again.number, again.shipped) == ("DRAFT", version.number, "ksjps-2016")
    assert (again.kelurahan_id, again.instrument_id) == (
        version.kelurahan_id,
        version.instrument_id,
    )
    assert again.created_by_id == version.created_by_id
    assert again.version != 99


def test_a_parameter_cannot_be_put_into_another_version(officer, income, kelurahan):
    used = in_use("bps14", kelurahan).aspects.first()
    other = draft("ksjps-2018-r2", kelurahan).aspects.first()
    url = page("parameter", "change", income.pk)
    data = fields_of(officer.get(url))
    for aspect in (used, other):
        answer = officer.post(url, {**data, "aspect": aspect.pk})
        assert answer.status_code == 200
        assert "aspect" in answer.context["adminform"].form.errors


def test_a_row_of_another_version_cannot_be_slipped_into_a_formset(officer, version, kelurahan):
    foreign = draft("ksjps-2018-r2", kelurahan).classes.first()
    url = page("instrumentversion", "change", version.pk)
    data = fields_of(officer.get(url))
    before = content(version)
    officer.post(url, {**data, "classes-0-id": foreign.pk, "classes-0-name": "Diambil"})
    foreign.refresh_from_db()
    assert foreign.name != "Diambil"
    assert content(InstrumentVersion.objects.get(pk=version.pk)) == before


# --- frozen -------------------------------------------------------------------------------------
def test_what_is_in_use_is_shown_and_nothing_of_it_can_be_posted(officer, kelurahan):
    used = in_use("ksjps-2016", kelurahan)
    before = content(used)
    income = Parameter.objects.get(aspect__version=used, code="pendapatan")
    posted = {"label": "lain", "read_version": used.version, "_save": "1"}
    for url in (
        page("instrumentversion", "change", used.pk),
        page("parameter", "change", income.pk),
    ):
        answer = officer.get(url)
        assert answer.status_code == 200
        assert answer.context["has_change_permission"] is False
        assert officer.post(url, posted).status_code == 403
    assert officer.post(page("parameter", "delete", income.pk), {"post": "yes"}).status_code == 403
    assert officer.post(page("instrumentversion", "delete", used.pk)).status_code == 403
    again = InstrumentVersion.objects.get(pk=used.pk)
    assert (again.label, content(again)) == (used.label, before)


def test_an_aspect_of_a_version_in_use_is_not_offered_for_a_new_parameter(officer, kelurahan):
    used = in_use("ksjps-2016", kelurahan)
    empty = fields_of(officer.get(page("parameter", "add")))
    answer = officer.post(
        page("parameter", "add"),
        {
            **empty, "aspect": used.aspects.first().pk, "position": "1", "code": "lagi",
            "question": "?", "kind": "CHOICE", "edge": "UP_TO",
        },
    )  # fmt: skip
    assert answer.status_code == 200
    assert "aspect" in answer.context["adminform"].form.errors


# --- roles and places ---------------------------------------------------------------------------
def test_the_lurah_looks_and_writes_nothing(client, kelurahan, version, income):
    client.force_login(factories.make_user(role=Role.LURAH, territory=kelurahan))
    for url in (
        page("instrumentversion", "change", version.pk),
        page("parameter", "change", income.pk),
    ):
        assert client.get(url).status_code == 200
        assert client.post(url, {"label": "x"}).status_code == 403
    for model in MODELS:
        assert client.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF, Role.LURAH}))
def test_other_roles_do_not_enter_the_editor(client, kelurahan, version, role):
    client.force_login(factories.make_user(role=role, territory=kelurahan))
    for model in MODELS:
        assert client.get(page(model, "changelist")).status_code in {302, 403}


def test_an_officer_of_another_kelurahan_finds_nothing(client, version, income):
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user(role=Role.STAFF, territory=elsewhere))
    for model, row in (("instrumentversion", version), ("parameter", income)):
        assert client.get(page(model, "changelist")).status_code == 200
        assert client.get(page(model, "change", row.pk)).status_code == 302
    assert version.label not in client.get(page("instrumentversion", "changelist")).content.decode()
