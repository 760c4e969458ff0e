"""What is published: lines, crosses with the RW, classes, years side by side, files."""

import csv
import datetime
import io
import json
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from households import statistics
from households.models import Household, Score, StatisticsSnapshot, Survey
from households.statistics import publishing, reading
from households.statistics.counting import _years_ago
from households.statistics.tables import BY_KEY, WORK_GROUPS
from households.work_codes import Work
from tests import factories
from tests.households.instruments import in_use
from tkpk import public_pages
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def kelurahan(settings):
    factories.make_installation()
    public_pages._known["version"] = None
    place = factories.make_kelurahan()
    settings.DEFAULT_KELURAHAN = place.code
    return place


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


def add_families(kelurahan, officer, number, *, rw=1, others=0, **facts):
    place = factories.make_rt(kelurahan, rw=rw, rt=rw)
    return [
        factories.make_family(place, by=officer, head=f"Warga {rw} {n}", others=others, **facts)
        for n in range(number)
    ]


def counts(published, key):
    return [figure.count for figure in published.table(key).figures]


def snapshot(kelurahan, officer, year, tables):
    return StatisticsSnapshot.objects.create(
        kelurahan=kelurahan,
        as_of=datetime.date(year, 12, 1),
        tables=tables,
        created_by=officer,
        updated_by=officer,
    )


def line(total, **cells):
    return {"total": total, "cells": [[name.lstrip("r"), n] for name, n in cells.items()]}


def test_every_occupation_belongs_to_one_group_at_most():
    named = [code for codes in WORK_GROUPS.values() for code in codes]
    assert len(named) == len(set(named))
    assert set(named) <= set(Work.values)


def test_persons_are_counted_by_age_on_the_day(kelurahan, officer):
    today = timezone.localdate()
    families = add_families(kelurahan, officer, 5)
    families += add_families(kelurahan, officer, 5)
    heads = [family.members.get() for family in families]
    for head in heads[:5]:
        head.birth_date = _years_ago(today, 60)
        head.save()
    for head in heads[5:]:
        head.birth_date = _years_ago(today, 60) + datetime.timedelta(days=1)
        head.save()
    statistics.publish(kelurahan, by=officer)
    assert counts(statistics.latest(kelurahan), "age") == [0, 0, 0, 5, 5, 0]


def test_persons_are_counted_by_groups_of_occupations(kelurahan, officer):
    for work, number in ((Work.DAY_LABOURER, 6), (Work.CONSTRUCTION, 5), (Work.NUN, 7)):
        for family in add_families(kelurahan, officer, number):
            family.members.update(work=work)
    statistics.publish(kelurahan, by=officer)
    table = statistics.latest(kelurahan).table("work")
    found = {figure.name: figure.count for figure in table.figures if figure.count}
    assert found == {"labour": 11, "other": 7}


def test_each_line_has_the_total_of_all_families_or_all_persons(kelurahan, officer):
    add_families(kelurahan, officer, 6, toilet=1, tenure=2)
    add_families(kelurahan, officer, 7, rw=2, others=1)
    statistics.publish(kelurahan, by=officer)
    published = statistics.latest(kelurahan)
    persons = {"sex", "age", "education", "work", "main_activity"}
    assert {table.key for table in published.tables} == set(BY_KEY)
    for table in published.tables:
        assert table.total == (20 if table.key in persons else 13), table.key


# --- families by RW and a fact ----------------------------------------------------------------
def test_families_are_crossed_with_their_rw(kelurahan, officer):
    ranked = {"registry_source": "DTSEN", "decile_as_of": "2026-01-31"}
    for rw in (1, 2):
        for decile, number in ((3, 5 + rw), (7, 10)):
            add_families(kelurahan, officer, number, rw=rw, decile=decile, **ranked)
        add_families(kelurahan, officer, 8, rw=rw)
    statistics.publish(kelurahan, by=officer)
    cross = statistics.latest(kelurahan).cross("rw_decile")
    assert [(label, found) for _name, label, found in cross.rows] == [
        ("RW 01", [6, 10, 8]),
        ("RW 02", [7, 10, 8]),
    ]


def test_a_cross_never_gives_a_row_away_that_the_line_of_rw_withholds(kelurahan, officer):
    for rw, number in ((1, 9), (2, 3), (3, 12), (4, 14)):
        add_families(kelurahan, officer, number, rw=rw)
    statistics.publish(kelurahan, by=officer)
    published = statistics.latest(kelurahan)
    assert counts(published, "rw") == [None, None, 12, 14]
    cross = published.cross("rw_decile")
    for _name, _label, found in cross.rows if cross else []:
        assert None in found or sum(found) in {12, 14}


counts_of = st.sampled_from([0, 0, 1, 3, 5, 8, 12, 40])
tables = st.tuples(st.integers(2, 5), st.integers(2, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(counts_of, min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@given(tables.filter(lambda table: sum(map(sum, table)) >= 5))
@settings(max_examples=300, deadline=None)
def test_lines_and_cross_together_show_no_total_that_a_line_withholds(table):
    columns = [list(column) for column in zip(*table, strict=True)]
    row_line = publishing.withhold([[sum(row) for row in table]]).rows[0]
    column_line = publishing.withhold([[sum(column) for column in columns]]).rows[0]
    cross = publishing._cross(table, row_line, column_line)
    if cross is None:
        return
    for shown, total in zip(cross, row_line, strict=True):
        assert not {1, 2, 3, 4} & set(shown)
        assert total is not None or None in shown
    for shown, total in zip(zip(*cross, strict=True), column_line, strict=True):
        assert total is not None or None in shown


# --- classes ----------------------------------------------------------------------------------
def assess(family, version, code, *, year=2026):
    by = family.created_by
    survey = Survey.objects.create(
        household=family,
        instrument_version=version,
        year=year,
        surveyed_on=datetime.date(year, 3, 2),
        surveyor=by,
        answers=b"",
        kelurahan=family.kelurahan,
        created_by=by,
        updated_by=by,
    )
    return Score.objects.create(
        survey=survey,
        household=family,
        instrument_version=version,
        total=50,
        category=version.classes.get(code=code),
        complete=True,
        parts=b"",
        computed_at=timezone.now(),
        computed_by=by,
        kelurahan=family.kelurahan,
        created_by=by,
        updated_by=by,
    )


def test_families_are_counted_by_class_with_the_remark_on_the_weights(kelurahan, officer):
    version = in_use("ksjps-2018-r2", kelurahan)
    names = list(version.classes.order_by("position").values_list("code", flat=True))
    families = add_families(kelurahan, officer, 6) + add_families(kelurahan, officer, 14, rw=2)
    for family in families[:6]:
        assess(family, version, names[0])
    for family in families[6:13]:
        assess(family, version, names[1])
    statistics.publish(kelurahan, by=officer)
    published = statistics.latest(kelurahan)
    table = published.table("class:ksjps")
    assert {figure.name: figure.count for figure in table.figures if figure.count} == {
        names[0]: 6,
        names[1]: 7,
        "unknown": 7,
    }
    assert table.total == 20
    assert table.note == version.weights_note != ""
    assert published.cross("rw_class:ksjps") is not None


def test_of_each_instrument_the_newest_year_is_counted(kelurahan, officer):
    version = in_use("ksjps-2018-r2", kelurahan)
    names = list(version.classes.order_by("position").values_list("code", flat=True))
    for family in add_families(kelurahan, officer, 8):
        assess(family, version, names[0], year=2025)
        assess(family, version, names[2], year=2026)
    statistics.publish(kelurahan, by=officer)
    table = statistics.latest(kelurahan).table("class:ksjps")
    assert {figure.name: figure.count for figure in table.figures if figure.count} == {names[2]: 8}


# --- years ------------------------------------------------------------------------------------
def test_what_one_year_withholds_is_withheld_in_every_year(kelurahan, officer):
    snapshot(kelurahan, officer, 2025, {"rw": line(27, r001=20, r002=7)})
    snapshot(kelurahan, officer, 2026, {"rw": line(23, r001=None, r002=None)})
    years = statistics.by_year(kelurahan)
    assert list(years) == [2025, 2026]
    assert counts(years[2025], "rw") == counts(years[2026], "rw") == [None, None]


def test_a_year_is_what_was_published_last_in_it(kelurahan, officer):
    snapshot(kelurahan, officer, 2026, {"rw": line(20, r001=20)})
    snapshot(kelurahan, officer, 2026, {"rw": line(25, r001=25)})
    assert statistics.by_year(kelurahan)[2026].families == 25


def test_years_stand_beside_each_other_by_the_name_of_the_row(kelurahan, officer):
    snapshot(kelurahan, officer, 2025, {"rw": line(20, r001=20)})
    snapshot(kelurahan, officer, 2026, {"rw": line(34, r001=25, r002=9)})
    (change,) = reading.changes(statistics.by_year(kelurahan))
    assert change.years == [2025, 2026]
    assert change.rows == [("RW 01", ["20", "25"]), ("RW 02", ["–", "9"])]


# --- page and files ---------------------------------------------------------------------------
@pytest.fixture
def two_years(kelurahan, officer):
    add_families(kelurahan, officer, 6, toilet=1)
    add_families(kelurahan, officer, 3, rw=2)
    add_families(kelurahan, officer, 12, rw=3)
    add_families(kelurahan, officer, 5, rw=4)
    statistics.publish(kelurahan, by=officer)
    snapshot(kelurahan, officer, 2024, {"rw": line(20, r001=8, r002=6, r003=6)})
    caches["memory"].clear()


def test_the_page_shows_the_newest_year_and_each_year_has_an_address(client, two_years):
    year = timezone.localdate().year
    newest = client.get("/statistik/")
    assert newest.context["year"] == year
    assert newest.context["years"] == [year, 2024]
    assert client.get("/statistik/2024/").context["statistics"].families == 20
    assert client.get("/statistik/1999/").status_code == 404
    assert "Keluarga menurut RW" in newest.content.decode()


@pytest.mark.parametrize("path", ["/statistik/", "/en/statistik/"])
def test_the_page_asks_few_questions_whatever_it_shows(
    client, two_years, django_assert_max_num_queries, path
):
    with django_assert_max_num_queries(10):
        assert client.get(path).status_code == 200


def test_the_page_without_figures_says_so(client, kelurahan):
    assert client.get("/statistik/").context["statistics"] is None


def test_the_csv_says_the_same_as_the_page(client, kelurahan, two_years):
    response = client.get("/statistik/statistik.csv")
    assert response["Content-Type"].startswith("text/csv")
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    year = str(timezone.localdate().year)
    found = {
        (row["row"]): (row["count"], row["withheld"])
        for row in rows
        if row["year"] == year and row["table"] == "rw"
    }
    assert found == {
        "001": ("", "1"),
        "002": ("", "1"),
        "003": ("12", "0"),
        "004": ("5", "0"),
        "total": ("26", "0"),
    }
    assert {row["kelurahan"] for row in rows} == {kelurahan.code}


def test_the_json_says_the_same_as_the_csv(client, two_years):
    rows = json.loads(client.get("/statistik/statistik.json").content)["rows"]
    text = client.get("/statistik/statistik.csv").content.decode("utf-8-sig")
    for one, other in zip(rows, csv.DictReader(io.StringIO(text)), strict=True):
        assert one["withheld"] == (other["withheld"] == "1")
        assert ("" if one["count"] is None else str(one["count"])) == other["count"]
        assert one["row_label"] == other["row_label"]


def test_the_files_speak_english_under_the_english_address(client, two_years):
    text = client.get("/en/statistik/statistik.csv").content.decode()
    assert "Families by RW" in text


def test_words_of_classes_are_said_in_both_languages():
    stored = {
        "class:x": {
            "total": 9,
            "cells": [["miskin", 9]],
            "name": ["Alat X", "Tool X"],
            "words": {"miskin": ["Miskin", "Poor"]},
            "note": "bobot contoh",
            "year": 2026,
        }
    }
    for language, word in (("id", "Miskin"), ("en", "Poor")):
        with translation.override(language):
            published = reading.readable(datetime.date(2026, 1, 1), stored)
        assert published.table("class:x").figures[0].label == word


def test_a_family_of_a_place_without_rw_is_counted_as_not_known(kelurahan, officer):
    add_families(kelurahan, officer, 6)
    lost = add_families(kelurahan, officer, 7)
    Household.objects.filter(pk__in=[family.pk for family in lost]).update(territory=kelurahan)
    statistics.publish(kelurahan, by=officer)
    table = statistics.latest(kelurahan).table("rw")
    assert {figure.name: figure.count for figure in table.figures} == {"001": 6, "unknown": 7}


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (datetime.date(2026, 11, 24), 5, datetime.date(2021, 11, 24)),
        (datetime.date(2028, 2, 29), 1, datetime.date(2027, 2, 28)),
    ],
)
def test_years_are_counted_back_over_leap_days(day, years, expected):
    assert _years_ago(day, years) == expected


def test_changes_are_shown_only_where_there_are_two_years():
    assert reading.changes({2026: SimpleNamespace(tables=[])}) == []
