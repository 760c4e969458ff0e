"""What-if and sensitivity: equal to a recount by brute force, closed to who may not see names."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from households import scoring
from households.forms.trials import TrialForm
from households.instruments import sensitivity as shifting
from households.instruments import what_if
from households.instruments.checking import problems
from households.models import InstrumentVersion, Score
from households.models.compiled import content
from households.scoring import score
from tests import factories
from tests.households.instruments import checked, in_use, plain, poor_answers, well_off_answers
from tests.households.pages import page_text
from tests.households.test_scoring_laws import answers_of
from tkpk.models import TrailEntry
from tkpk.roles import Role

KSJPS, BPS = plain("ksjps-2016"), plain("bps14")


# --- against brute force --------------------------------------------------------------------------
def family(instrument: scoring.Instrument, key: int, answers: dict[str, Any]) -> what_if.Family:
    return what_if.Family(key, f"RW {key % 3}", scoring.read(instrument, answers))


def some_missing(answers: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The answers, sometimes with one of them missing."""
    gone = st.sampled_from(["", *answers])
    return gone.map(lambda code: {key: v for key, v in answers.items() if key != code})


many_answers = st.lists(answers_of(KSJPS).flatmap(some_missing), max_size=8)


@st.composite
def trials(draw: Any) -> what_if.Trial:
    scores = {
        (one.code, option.code): draw(st.decimals(0, 40, places=1))
        for one in KSJPS.parameters
        for option in one.options
        if draw(st.booleans())
    }
    limits = {
        one.code: tuple(sorted(draw(st.sets(st.integers(1, 900_000), min_size=n, max_size=n))))
        for one in KSJPS.parameters
        if (n := len(what_if.limits_of(one)))
    }
    starts = sorted(draw(st.sets(st.integers(1, 99), min_size=3, max_size=3)))
    codes = [one.code for one in what_if.classes_of(KSJPS)[1:]]
    exact = {code: tuple(map(Decimal, bounds)) for code, bounds in limits.items()}
    return what_if.Trial(scores, exact, dict(zip(codes, starts, strict=True)))


def class_by_hand(answers: dict[str, Any], trial: what_if.Trial) -> str:
    """A second way to the class: rules and rounding written out anew, without our instrument."""
    total = Decimal(0)
    for one in KSJPS.parameters:
        if any(answers.get(code) in {None, ""} for code in one.asks):
            return ""
        option = one.options[0]
        if one.kind == scoring.Kind.CHOICE:
            option = next(o for o in one.options if o.code == answers[one.code])
        else:
            value = Decimal(str(answers[one.asks[0]]))
            if len(one.asks) == 2:
                value /= Decimal(str(answers["members_count"]))
            below = one.edge == scoring.Edge.BELOW
            place = sum(
                value >= bound if below else value > bound for bound in trial.limits[one.code]
            )
            option = sorted(one.options, key=lambda o: o.lower or Decimal(-1))[place]
        total += trial.scores.get((one.code, option.code), option.score)
    whole = int(total + Decimal("0.5"))
    found = what_if.classes_of(KSJPS)[0].code
    for code, start in trial.starts.items():
        if whole >= start:
            found = code
    return found


@settings(deadline=None)
@given(many_answers, trials())
def test_the_what_if_equals_a_recount_by_brute_force(all_answers, trial):
    families = [family(KSJPS, key, answers) for key, answers in enumerate(all_answers)]
    found = what_if.compare(KSJPS, what_if.tried(KSJPS, trial), families)
    expected: Counter[tuple[str, str]] = Counter()
    changed = []
    for key, answers in enumerate(all_answers):
        before = score(KSJPS, answers).category
        pair = (before.code if before else "", class_by_hand(answers, trial))
        expected[pair] += 1
        if pair[0] != pair[1]:
            changed.append((key, *pair))
    assert found.matrix == expected
    assert [(one.key, one.before, one.after) for one in found.changes] == changed
    assert found.families == len(all_answers)
    for one in KSJPS.classes:
        assert found.before(one.code) == sum(n for (a, _b), n in expected.items() if a == one.code)
        assert found.after(one.code) == sum(n for (_a, b), n in expected.items() if b == one.code)


@settings(deadline=None)
@given(trials())
def test_whatever_is_tried_makes_an_instrument_whose_classes_hold_its_range(trial):
    assert problems(what_if.tried(KSJPS, trial)) == []


def test_trying_nothing_changes_nothing():
    for instrument in (KSJPS, BPS, plain("kepmensos262")):
        assert what_if.tried(instrument, what_if.Trial()) == instrument
        assert TrialForm(_posted(instrument), instrument=instrument).is_valid()


def _posted(instrument: scoring.Instrument, **changed: Any) -> dict[str, Any]:
    """What a browser posts from the untouched form, with some fields changed."""
    form = TrialForm(instrument=instrument)
    values = {name: str(form[name].value()) for name in form.fields}
    return {**values, "tahun": "2026", **changed}


def test_the_untouched_form_tries_what_holds():
    for instrument in (KSJPS, BPS):
        form = TrialForm(_posted(instrument), instrument=instrument)
        assert form.is_valid(), form.errors
        assert what_if.tried(instrument, form.trial()) == instrument


@settings(deadline=None, max_examples=25)
@given(st.lists(answers_of(KSJPS), max_size=4))
def test_the_sensitivity_equals_a_recount_by_brute_force(all_answers):
    families = [family(KSJPS, key, answers) for key, answers in enumerate(all_answers)]
    found = shifting.sensitivity(KSJPS, families)
    for shift in found.shifts:
        expected: Counter[str] = Counter()
        for key, answers in enumerate(all_answers):
            was = score(KSJPS, answers)
            trial = _as_trial(shift)
            now = score(what_if.tried(KSJPS, trial), answers)
            assert was.category is not None
            assert now.category is not None
            expected[f"RW {key % 3}"] += was.category.code != now.category.code
        for place in found.places:
            assert found.changed.get((shift, place), 0) == expected[place]


def _as_trial(shift: shifting.Shift) -> what_if.Trial:
    if shift.start:
        now = next(one.lower for one in KSJPS.classes if one.code == shift.start)
        return what_if.Trial(starts={shift.start: now + shift.sign})
    factor = Decimal("1.1") if shift.up else Decimal("0.9")
    one = next(p for p in KSJPS.parameters if p.code == shift.parameter)
    return what_if.Trial(scores={(one.code, o.code): o.score * factor for o in one.options})


def test_every_weight_and_every_bound_shifts_both_ways():
    assert len(shifting.shifts_of(KSJPS)) == 17 * 2 + 3 * 2
    # Counted criteria weigh one each: only the bound shifts.
    assert [shift.start for shift in shifting.shifts_of(BPS)] == ["miskin", "miskin"]


def test_a_family_at_a_bound_is_what_a_shift_moves():
    answers = next(
        a for a in (poor_of(KSJPS, n) for n in range(17)) if score(KSJPS, a).total is not None
    )
    total = score(KSJPS, answers).total
    start = scoring.rounded(total)
    shifted = what_if.tried(
        KSJPS, what_if.Trial(starts={"rentan-miskin": start, "miskin": 98, "fakir-miskin": 99})
    )
    found = shifting.sensitivity(shifted, [family(KSJPS, 1, answers)])
    assert found.of(shifting.Shift(start="rentan-miskin", up=True)) == 1
    assert found.of(shifting.Shift(start="rentan-miskin", up=False)) == 0


def poor_of(instrument: scoring.Instrument, fulfilled: int) -> dict[str, Any]:
    """Answers that fulfil the first choices."""
    answers: dict[str, Any] = dict.fromkeys((q.code for q in instrument.questions), "9000000")
    answers["members_count"] = 1
    for at, one in enumerate(instrument.parameters):
        if one.kind == scoring.Kind.CHOICE:
            answers[one.code] = "ya" if at < fulfilled else "tidak"
    return answers


# --- the form -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("s0_0", "-1"), ("s0_0", "banyak"), ("s0_0", ""), ("s0_0", "1.005"), ("s0_0", "99999"),
        ("k1", "0"), ("k1", "51"), ("k2", "31"), ("k2", "76"), ("k3", "1.5"), ("k1", "-3"),
        ("l1_0", "400000"), ("l1_1", "300000"), ("l1_1", "NaN"), ("l1_0", ""),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field(field, value):
    form = TrialForm(_posted(KSJPS, **{field: value}), instrument=KSJPS)
    assert not form.is_valid()
    assert form.errors


def test_bounds_that_do_not_rise_are_both_named():
    form = TrialForm(_posted(KSJPS, k2="31"), instrument=KSJPS)
    assert not form.is_valid()
    assert "Rentan miskin" in str(form.errors["k2"])


# --- pages ----------------------------------------------------------------------------------------
@pytest.fixture
def version(kelurahan):
    return in_use("ksjps-2016", kelurahan)


@pytest.fixture
def asked(rt, staff, version):
    """Two families: one that reaches every point, one that reaches none."""
    families = [factories.make_family(rt, by=staff, head=name) for name in ("Atas", "Bawah")]
    checked(families[0], version, poor_answers(version), by=staff)
    checked(families[1], version, well_off_answers(version), by=staff)
    return families


def posted(version, **changed):
    return _posted(version.compiled(), **changed)


@pytest.mark.django_db
def test_an_officer_sees_who_would_change_class_and_nothing_is_saved(officer, version, asked):
    url = reverse("instrument_what_if", args=[version.pk])
    assert officer.get(url).status_code == 200
    before, entries = content(version), TrailEntry.objects.count()
    # Income counts 12 for the first family: without it 88, which is "miskin" if that ends at 89.
    answer = officer.post(url, posted(version, s1_0="0", k3="90"))
    assert answer.status_code == 200
    page = page_text(answer)
    assert "Atas" in page
    assert "Bawah" not in page
    assert answer.context["changed"] == 1
    assert [(name, a, b) for name, a, b, _d in answer.context["counts"]] == [
        ("Bukan sasaran", 1, 1),
        ("Rentan miskin", 0, 0),
        ("Miskin", 0, 1),
        ("Fakir miskin", 1, 0),
    ]
    assert content(InstrumentVersion.objects.get(pk=version.pk)) == before
    assert (Score.objects.count(), TrailEntry.objects.count()) == (0, entries)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TKPK_SECRETARY, Role.TKPK_MEMBER, Role.KEMANTREN])
def test_who_sees_counts_alone_sees_no_family(client, kelurahan, version, asked, role):
    client.force_login(factories.make_user(role=role, territory=kelurahan))
    answer = client.post(
        reverse("instrument_what_if", args=[version.pk]), posted(version, s1_0="0")
    )
    assert answer.status_code == 200
    assert "listed" not in answer.context
    assert "Atas" not in page_text(answer)
    assert client.get(reverse("instrument_sensitivity", args=[version.pk])).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role",
    sorted(
        set(Role)
        - {Role.STAFF, Role.LURAH, Role.KEMANTREN}
        - {Role.TKPK_CHAIR, Role.TKPK_SECRETARY, Role.TKPK_MEMBER}
    ),
)
def test_no_other_role_tries_or_reads(client, kelurahan, version, asked, role):
    client.force_login(factories.make_user(role=role, territory=kelurahan))
    for name in ("instrument_what_if", "instrument_sensitivity", "instrument_version"):
        assert client.get(reverse(name, args=[version.pk])).status_code == 404
    assert client.post(reverse("instrument_what_if", args=[version.pk])).status_code == 404
    assert client.get(reverse("instrument_list")).status_code == 403


@pytest.mark.django_db
def test_another_kelurahan_finds_nothing(client, version, asked):
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user(role=Role.STAFF, territory=elsewhere))
    assert client.get(reverse("instrument_what_if", args=[version.pk])).status_code == 404
    assert client.get(reverse("instrument_sensitivity", args=[version.pk])).status_code == 404


@pytest.mark.django_db
def test_a_wrong_number_is_said_and_nothing_is_recounted(officer, version, asked):
    answer = officer.post(
        reverse("instrument_what_if", args=[version.pk]), posted(version, s0_0="-4", k2="20")
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"s0_0", "k2"}
    assert "compared" not in answer.context


@pytest.mark.django_db
def test_without_a_checked_survey_both_pages_say_so(officer, version):
    for name in ("instrument_what_if", "instrument_sensitivity"):
        assert officer.get(reverse(name, args=[version.pk])).status_code == 200
    answer = officer.post(reverse("instrument_what_if", args=[version.pk]), posted(version))
    assert answer.status_code == 200


@pytest.mark.django_db
def test_the_list_has_pages_and_keeps_what_is_tried(officer, version, rt, staff, monkeypatch):
    monkeypatch.setattr("households.views.instrument_trials.PAGE", 2)
    for number in range(5):
        made = factories.make_family(rt, by=staff, head=f"Keluarga {number}")
        checked(made, version, poor_answers(version), by=staff)
    url = reverse("instrument_what_if", args=[version.pk])
    shown = []
    for page in ("0", "1", "2", "99", "x"):
        answer = officer.post(url, posted(version, s1_0="0", k3="90", halaman=page))
        assert answer.context["changed"] == 5
        shown.append([row["family"].head_name for row in answer.context["listed"]])
    assert [len(rows) for rows in shown] == [2, 2, 1, 1, 2]
    assert len({name for rows in shown[:3] for name in rows}) == 5


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_trial_takes_at_most_twelve_queries_whatever_its_length(
    officer, version, rt, staff, count
):
    for number in range(count):
        made = factories.make_family(rt, by=staff, head=f"Keluarga {number}")
        checked(made, version, poor_answers(version), by=staff)
    data = posted(version, s1_0="0", k3="90")
    for name, send in (
        ("instrument_what_if", lambda url: officer.post(url, data)),
        ("instrument_sensitivity", officer.get),
        ("instrument_version", officer.get),
    ):
        url = reverse(name, args=[version.pk])
        send(url)
        with CaptureQueriesContext(connection) as queries:
            assert send(url).status_code == 200
        assert len(queries) <= LIMITS[name], [q["sql"][:90] for q in queries]


LIMITS = {"instrument_what_if": 12, "instrument_sensitivity": 12, "instrument_version": 20}


@pytest.mark.django_db
def test_the_sensitivity_is_counted_by_rw(officer, version, kelurahan, staff):
    for rw in (1, 2, 2):
        made = factories.make_family(factories.make_rt(kelurahan, rw=rw, rt=1), by=staff)
        checked(made, version, poor_answers(version), by=staff)
    answer = officer.get(reverse("instrument_sensitivity", args=[version.pk]))
    assert answer.context["places"] == [("RW 01", 1), ("RW 02", 2)]
    assert answer.context["families"] == 3
    # All three stand at 100 points of 100: ten per cent less of any one weight still is "fakir
    # miskin", so no shift moves anybody.
    assert answer.context["shifts"] == len(answer.context["still"]) == 40


@pytest.mark.django_db
def test_an_instrument_without_classes_has_nothing_to_shift(officer, kelurahan):
    nine = in_use("kepmensos262", kelurahan)
    answer = officer.get(reverse("instrument_sensitivity", args=[nine.pk]))
    assert answer.status_code == 200
    assert answer.context["rows"] == []
