"""Instruments as versioned data: shipped, checked, used by the Lurah, frozen, copied."""

import datetime
import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from households import scoring
from households.instruments import checking
from households.instruments.building import Heading, instrument_of, write_draft
from households.instruments.shipping import add_shipped, correction, missing, shipped
from households.instruments.versions import copy_version, note_edit
from households.models import (
    Aspect,
    FrozenVersion,
    InstrumentVersion,
    Option,
    Parameter,
    Question,
    ScoreClass,
)
from households.models.compiled import content
from households.workflows.instruments import INSTRUMENT_FLOW
from tests import factories
from tests.households.instruments import SHIPPED, draft, in_use, plain
from tkpk.models import TrailEntry
from tkpk.registry import registry
from tkpk.roles import Role
from tkpk.trail import check_trail

pytestmark = pytest.mark.django_db


# --- shipped ------------------------------------------------------------------------------------
def test_every_kelurahan_starts_with_the_shipped_instruments_as_drafts(kelurahan, staff):
    assert add_shipped in registry.on_kelurahan_created
    assert missing(kelurahan) == SHIPPED
    add_shipped(kelurahan, staff)
    rows = InstrumentVersion.objects.filter(kelurahan=kelurahan)
    assert sorted(rows.values_list("shipped", flat=True)) == SHIPPED
    assert {row.status for row in rows} == {"DRAFT"}
    # Both years are versions of one instrument.
    assert len({row.instrument_id for row in rows}) == 3
    add_shipped(kelurahan, staff)
    assert rows.count() == 4
    assert TrailEntry.objects.filter(process="instrument", move="ship").count() == 4


@pytest.mark.parametrize("name", SHIPPED)
def test_what_lies_in_the_database_computes_as_the_file_says(kelurahan, name):
    compiled = draft(name, kelurahan).compiled()
    assert compiled == plain(name)
    assert checking.problems(compiled) == []
    assert checking.remarks(compiled) == []


def test_sample_weights_say_so_and_are_named_where_a_score_is_shown(kelurahan):
    for name in ("ksjps-2016", "ksjps-2018-r2"):
        assert draft(name, kelurahan).weights_note == "Bobot contoh, bukan bobot resmi."


# What is released lies in use, and frozen, in some kelurahan: a file is never edited after that.
# A correction is a new file with another name, which says what it `replaces`.
RELEASED = {
    "bps14": "0eca2eedb5178e2d",
    "kepmensos262": "369e9fddbe6d9985",
    "ksjps-2016": "fbeffd759598379d",
    "ksjps-2018-r2": "6a47f966ab94d0eb",
}


def test_no_shipped_file_is_edited_after_its_release():
    assert sorted(RELEASED) == SHIPPED
    for name, digest in RELEASED.items():
        text = json.dumps(shipped(name), sort_keys=True, default=str, ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest()[:16] == digest, name


@pytest.fixture
def older(kelurahan, staff):
    """The first edition of KSJPS 2018, in use, as kelurahan have it that began with it."""
    names = shipped("ksjps-2018-r2")["instrument"]
    instrument = instrument_of(
        kelurahan, code="ksjps", by=staff, names={"name": names["name"], "name_en": ""}
    )
    heading = Heading("2018", datetime.date(2018, 1, 1), "SUM", shipped="ksjps-2018")
    older = json.loads(json.dumps(shipped("ksjps-2018-r2"), default=str))
    for aspect in older["aspects"]:
        aspect["parameters"] = [p for p in aspect["parameters"] if p["code"] != "berobat"]
    made = write_draft(instrument, heading, older, by=staff, move="ship")
    lurah = factories.make_user(role=Role.LURAH, territory=kelurahan)
    return INSTRUMENT_FLOW.apply("use", made, by=lurah)


def test_a_correction_reaches_a_kelurahan_as_a_draft_and_leaves_what_is_in_use(
    kelurahan, staff, older
):
    before = content(older)
    assert len(before["questions"]) == 4
    assert missing(kelurahan) == SHIPPED
    add_shipped(kelurahan, staff)
    assert missing(kelurahan) == []
    corrected = InstrumentVersion.objects.get(shipped="ksjps-2018-r2")
    assert (corrected.instrument, corrected.status) == (older.instrument, "DRAFT")
    assert corrected.label == "2018 (revisi 2)"
    assert (len(older.compiled().parameters), len(corrected.compiled().parameters)) == (16, 17)
    assert content(InstrumentVersion.objects.get(pk=older.pk)) == before
    assert correction(older) == "ksjps-2018-r2"
    assert correction(corrected) == ""
    # Both count until the Lurah retires the older one.
    lurah = factories.make_user(role=Role.LURAH, territory=kelurahan)
    INSTRUMENT_FLOW.apply("use", corrected, by=lurah)
    assert InstrumentVersion.objects.in_use().filter(instrument=older.instrument).count() == 2
    assert check_trail() == []


def test_every_correction_names_an_edition_that_is_not_shipped_any_more():
    for name in SHIPPED:
        assert shipped(name).get("replaces", "") not in SHIPPED


def test_english_texts_are_there_for_everything_that_is_shown(kelurahan):
    draft("bps14", kelurahan)
    for model, name in ((Aspect, "name"), (Parameter, "question"), (Option, "label")):
        assert not model.objects.filter(**{f"{name}_en": ""}).exists()
    assert not ScoreClass.objects.filter(name_en="").exists()
    assert not Question.objects.filter(text_en="").exists()


# --- the workflow -------------------------------------------------------------------------------
# Copied by hand from the procedure: who may make which step from which status.
ALLOWED = {
    ("use", "DRAFT", Role.LURAH),
    ("set_aside", "DRAFT", Role.STAFF),
    ("set_aside", "DRAFT", Role.LURAH),
    ("retire", "IN_USE", Role.LURAH),
}


@pytest.mark.parametrize("move", sorted(INSTRUMENT_FLOW.moves))
def test_the_matrix_of_status_move_and_role(kelurahan, move):
    version = draft("bps14", kelurahan)
    for status, role in product(["DRAFT", "IN_USE", "RETIRED"], Role):
        user = factories.make_user(role=role, territory=kelurahan)
        probe = InstrumentVersion.objects.get(pk=version.pk)
        probe.status = status
        names = {found.name for found in INSTRUMENT_FLOW.open_to(user, probe)}
        assert (move in names) == ((move, status, role) in ALLOWED), (status, role)


def test_the_lurah_of_another_kelurahan_puts_nothing_into_use(kelurahan):
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    lurah = factories.make_user(role=Role.LURAH, territory=elsewhere)
    with pytest.raises(PermissionDenied):
        INSTRUMENT_FLOW.apply("use", draft("bps14", kelurahan), by=lurah)


def test_nobody_puts_into_use_what_they_drew_up_or_edited(kelurahan):
    lurah = factories.make_user(role=Role.LURAH, territory=kelurahan)
    factories.make_mandate(lurah, Role.STAFF, kelurahan)
    drawn_up = draft("bps14", kelurahan, by=lurah)
    with pytest.raises(PermissionDenied):
        INSTRUMENT_FLOW.apply("use", drawn_up, by=lurah)
    # Edited by the Lurah, and by an officer after that: the Lurah's hand is still in it.
    officer = factories.make_user(role=Role.STAFF, territory=kelurahan)
    copied = copy_version(drawn_up, label="2027", valid_from=datetime.date(2027, 1, 1), by=officer)
    note_edit(copied, by=lurah)
    note_edit(copied, by=officer)
    with pytest.raises(PermissionDenied):
        INSTRUMENT_FLOW.apply("use", copied, by=lurah)
    other = factories.make_user(role=Role.LURAH, territory=kelurahan)
    assert INSTRUMENT_FLOW.apply("use", copied, by=other).status == "IN_USE"


def test_setting_aside_and_retiring_need_a_reason(kelurahan):
    version = in_use("bps14", kelurahan)
    lurah = factories.make_user(role=Role.LURAH, territory=kelurahan)
    with pytest.raises(ValidationError, match=r"alasan|reason"):
        INSTRUMENT_FLOW.apply("retire", version, by=lurah)
    retired = INSTRUMENT_FLOW.apply("retire", version, by=lurah, reason="Diganti daftar baru")
    assert retired.status == "RETIRED"


def test_a_version_with_a_gap_is_not_put_into_use_and_both_classes_are_named(kelurahan):
    version = draft("ksjps-2016", kelurahan)
    poor = version.classes.get(code="miskin")
    poor.lower = 52
    poor.save()
    lurah = factories.make_user(role=Role.LURAH, territory=kelurahan)
    with pytest.raises(ValidationError) as refused:
        INSTRUMENT_FLOW.apply("use", version, by=lurah)
    message = " ".join(refused.value.messages)
    assert "Rentan miskin" in message
    assert "Miskin" in message
    assert "51" in message
    version.refresh_from_db()
    assert version.status == "DRAFT"


# --- frozen -------------------------------------------------------------------------------------
def test_a_version_in_use_keeps_its_own_fields(kelurahan):
    version = in_use("ksjps-2016", kelurahan)
    for name, value in (("label", "2099"), ("method", "COUNT"), ("weights_note", "resmi")):
        changed = InstrumentVersion.objects.get(pk=version.pk)
        setattr(changed, name, value)
        with pytest.raises(FrozenVersion):
            changed.save()
        with pytest.raises(FrozenVersion):
            InstrumentVersion.objects.filter(pk=version.pk).update(**{name: value})
        with pytest.raises(FrozenVersion):
            InstrumentVersion.objects.bulk_update([changed], [name])
    again = InstrumentVersion.objects.get(pk=version.pk)
    again.status = "DRAFT"
    with pytest.raises(FrozenVersion):
        again.save()
    with pytest.raises(FrozenVersion):
        InstrumentVersion.objects.filter(pk=version.pk).update(status="DRAFT")
    with pytest.raises(FrozenVersion):
        again.delete()
    with pytest.raises(FrozenVersion):
        InstrumentVersion.objects.filter(pk=version.pk).delete()


def test_a_version_in_use_keeps_every_row_of_its_content(kelurahan):
    version = in_use("ksjps-2016", kelurahan)
    before = content(version)
    rows = [
        (version.aspects.first(), "name"),
        (Parameter.objects.filter(aspect__version=version).first(), "question"),
        (Option.objects.filter(parameter__aspect__version=version).first(), "label"),
        (version.questions.first(), "text"),
        (version.classes.first(), "name"),
    ]
    for row, field in rows:
        model = type(row)
        setattr(row, field, "diubah")
        for write in (
            row.save,
            row.delete,
            lambda model=model, row=row, field=field: model.objects.filter(pk=row.pk).update(
                **{field: "diubah"}
            ),
            lambda model=model, row=row: model.objects.filter(pk=row.pk).delete(),
            lambda model=model, row=row, field=field: model.objects.bulk_update([row], [field]),
        ):
            with pytest.raises(FrozenVersion):
                write()
    assert content(InstrumentVersion.objects.get(pk=version.pk)) == before


def test_nothing_is_added_to_a_version_in_use(kelurahan):
    version = in_use("ksjps-2016", kelurahan)
    aspect = version.aspects.first()
    parameter = aspect.parameters.first()
    new = [
        Aspect(version=version, code="baru", name="Baru"),
        Parameter(aspect=aspect, code="baru", question="Baru?"),
        Option(parameter=parameter, code="baru", label="Baru", score=1),
        Question(version=version, code="baru", text="Baru?"),
        ScoreClass(version=version, code="baru", name="Baru", lower=101, upper=102),
    ]
    for row in new:
        with pytest.raises(FrozenVersion):
            row.save()
        with pytest.raises(FrozenVersion):
            type(row).objects.bulk_create([row])


def test_a_row_of_a_draft_cannot_be_moved_into_a_version_in_use(kelurahan, staff):
    version = in_use("ksjps-2016", kelurahan)
    other = draft("ksjps-2018-r2", kelurahan).aspects.first()
    other.version = version
    with pytest.raises(FrozenVersion):
        other.save()
    with pytest.raises(FrozenVersion):
        note_edit(version, by=staff)


def test_what_was_altered_behind_the_back_of_all_this_is_found_by_the_trail(kelurahan):
    version = in_use("ksjps-2016", kelurahan)
    assert check_trail() == []
    rows = Option.objects.filter(parameter__aspect__version=version, score=12)
    super(type(rows), rows).update(score=13)
    assert any("altered" in found.what for found in check_trail())


def test_a_draft_can_be_changed_and_changes_are_not_taken_for_tampering(kelurahan, staff):
    version = draft("ksjps-2016", kelurahan)
    option = Option.objects.filter(parameter__aspect__version=version, score=12).get()
    option.score = Decimal(11)
    option.save()
    note_edit(version, by=staff)
    assert check_trail() == []


# --- a change is a new version ------------------------------------------------------------------
def test_a_copy_has_the_same_content_and_is_a_draft(kelurahan, staff):
    version = in_use("ksjps-2018-r2", kelurahan)
    made = copy_version(version, label="2027", valid_from=datetime.date(2027, 1, 1), by=staff)
    assert (made.status, made.number, made.shipped) == ("DRAFT", 3, "")
    assert content(made) == content(version)
    assert replace(made.compiled(), version="", valid_from=None) == replace(
        version.compiled(), version="", valid_from=None
    )
    entry = TrailEntry.objects.filter(process="instrument").order_by("number").last()
    assert (entry.move, entry.subject_id) == ("copy", made.pk)
    with pytest.raises(ValidationError):
        copy_version(version, label="2027", valid_from=datetime.date(2027, 1, 1), by=staff)


# --- gaps and overlaps --------------------------------------------------------------------------
def classes(*bounds):
    return [scoring.ScoreClass(name.lower(), low, high, label=name) for name, low, high in bounds]


def test_overlapping_classes_are_both_named_with_what_they_share():
    (found,) = checking.class_clashes(classes(("Normal", 0, 1), ("Joss", 1, 10)))
    assert "“Normal” (0–1)" in found.message
    assert "“Joss” (1–10)" in found.message
    assert found.codes == ("normal", "joss")


def test_a_class_inside_another_is_named_with_the_one_that_holds_it():
    found = checking.class_clashes(classes(("A", 0, 50), ("B", 10, 20), ("C", 30, 60)))
    assert [one.codes for one in found] == [("a", "b"), ("a", "c")]


def test_a_gap_between_classes_names_both_and_the_scores_without_a_class():
    (found,) = checking.class_clashes(classes(("A", 0, 30), ("B", 33, 60)))
    assert found.codes == ("a", "b")
    assert "31–32" in found.message


def test_classes_must_hold_every_score_that_the_answers_make(kelurahan):
    whole = plain("ksjps-2016")
    for number, change in ((0, {"lower": 1}), (3, {"upper": 99})):
        edited = list(whole.classes)
        edited[number] = replace(edited[number], **change)
        (found,) = checking.problems(replace(whole, classes=tuple(edited)))
        assert found.codes == (edited[number].code,)


@pytest.mark.parametrize(
    ("bands", "pairs"),
    [
        ([("a", None, 5), ("b", 5, None)], []),
        ([("a", None, 5), ("b", 4, None)], [("a", "b")]),
        ([("a", None, 5), ("b", 6, None)], [("a", "b")]),
        ([("a", 1, 5), ("b", 5, None)], [("a",)]),
        ([("a", None, 5), ("b", 5, 9)], [("b",)]),
        ([("a", None, None), ("b", 5, 9)], [("a", "b")]),
    ],
)
@pytest.mark.parametrize("edge", list(scoring.Edge))
def test_bands_neither_gap_nor_overlap_and_have_no_end(bands, pairs, edge):
    made = [
        scoring.Option(
            code,
            Decimal(0),
            None if low is None else Decimal(low),
            None if high is None else Decimal(high),
        )
        for code, low, high in bands
    ]
    assert [found.codes for found in checking.band_clashes(made, edge)] == pairs


def test_what_else_keeps_an_instrument_from_use():
    whole = plain("bps14")
    one = whole.parameters[1]
    lone = replace(one, options=one.options[:1])
    heavy = replace(one, options=(replace(one.options[0], score=Decimal(2)), one.options[1]))
    twice = (*whole.parameters, one)
    for parameters in ((lone,), (heavy, *whole.parameters[2:]), twice, ()):
        changed = replace(whole, parameters=tuple(parameters), classes=())
        assert checking.problems(changed), parameters
    unasked = replace(whole, questions=())
    assert any("members_count" in found.message for found in checking.problems(unasked))
    summed = replace(plain("ksjps-2016"), classes=())
    assert checking.problems(summed)


def test_a_class_that_nobody_can_reach_is_a_remark_and_no_error():
    whole = plain("bps14")
    more = scoring.ScoreClass("lebih", 15, 20, label="Lebih")
    changed = replace(whole, classes=(*whole.classes, more))
    assert checking.problems(changed) == []
    assert len(checking.remarks(changed)) == 1
