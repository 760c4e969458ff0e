"""Scores: computed by a named act alone, kept with their version, explained, read by few."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from households import scores
from households.instruments.computing import ask_to_compute, compute_year, last_job
from households.models import Score, Survey
from tests import factories
from tests.households.instruments import (
    checked,
    draft,
    in_use,
    poor_answers,
    well_off_answers,
)
from tests.households.pages import file_url, page_text
from tkpk.encryption import WrongKey
from tkpk.models import AccessLog, Job, TrailEntry
from tkpk.registry import registry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(kelurahan):
    return in_use("ksjps-2016", kelurahan)


@pytest.fixture
def survey(version, household, staff):
    return checked(household, version, poor_answers(version), by=staff)


# --- the act --------------------------------------------------------------------------------------
def test_a_score_is_stored_with_its_version_and_the_act_is_trailed(survey, version, staff):
    score = scores.compute(survey, by=staff)
    assert (score.total, score.category.code, score.complete) == (100, "fakir-miskin", True)
    assert (score.instrument_version, score.computed_by, score.current) == (version, staff, True)
    assert (score.household, score.kelurahan) == (survey.household, survey.kelurahan)
    entry = TrailEntry.objects.get(process="score", move="compute")
    assert (entry.by, entry.subject_id, entry.role) == (staff, score.pk, "STAFF")
    assert entry.digest
    assert ("score", "compute") in registry.act_words


def test_saving_a_survey_computes_nothing(survey):
    survey.save()
    assert not Score.objects.exists()


def test_computing_again_without_a_change_keeps_the_score_and_is_trailed(survey, staff):
    first = scores.compute(survey, by=staff)
    assert scores.compute(survey, by=staff) == first
    assert Score.objects.count() == 1
    assert TrailEntry.objects.filter(process="score").count() == 2


def test_other_answers_make_another_score_and_the_old_one_stays_readable(survey, version, staff):
    first = scores.compute(survey, by=staff)
    survey.write_answers(well_off_answers(version))
    survey.save()
    second = scores.compute(survey, by=staff)
    first.refresh_from_db()
    assert (first.current, second.current) == (False, True)
    assert (first.total, second.total) == (100, 0)
    assert list(Score.objects.current()) == [second]
    assert sum(part.score for part in first.read_parts()) == 100
    assert scores.explained(first)[0].lines


def test_the_same_total_from_other_answers_is_another_score(survey, version, staff):
    survey.write_answers({**poor_answers(version), "sosial-a": "tidak"})  # 4 points
    survey.save()
    first = scores.compute(survey, by=staff)
    survey.write_answers({**poor_answers(version), "air": "tidak"})  # 4 points
    survey.save()
    second = scores.compute(survey, by=staff)
    assert first.total == second.total == 96
    assert first != second


def test_a_missing_answer_gives_no_total_and_no_class(survey, version, staff):
    answers = poor_answers(version)
    del answers["dinding"]
    survey.write_answers(answers)
    survey.save()
    score = scores.compute(survey, by=staff)
    assert (score.complete, score.total, score.category) == (False, None, None)
    with translation.override("id"):
        assert scores.result_words(score) == scores.class_words(score)
    missing = [
        line for group in scores.explained(score) for line in group.lines if line.score is None
    ]
    assert [line.signed for line in missing] == ["–"]


def test_the_database_refuses_an_incomplete_score_with_a_total(survey, staff):
    score = scores.compute(survey, by=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.filter(pk=score.pk).update(complete=False)


def test_there_is_one_current_score_of_a_survey(survey, staff):
    score = scores.compute(survey, by=staff)
    score.pk, score.id = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        score.save()


@pytest.mark.parametrize("status", ["DRAFT", "SENT", "RETURNED", "VOID"])
def test_only_a_checked_survey_has_a_score(version, household, staff, status):
    survey = checked(household, version, poor_answers(version), by=staff, status=status)
    with pytest.raises(ValidationError) as refused:
        scores.compute(survey, by=staff)
    assert refused.value.code == "not_checked"


def test_a_visit_without_answers_has_no_score(survey, staff):
    Survey.objects.filter(pk=survey.pk).update(result=4)
    with pytest.raises(ValidationError):
        scores.compute(survey, by=staff)


def test_an_answer_that_the_version_does_not_know_is_refused_and_named(survey, version, staff):
    survey.write_answers({**poor_answers(version), "dinding": "kaca"})
    survey.save()
    with pytest.raises(ValidationError, match="dinding"):
        scores.compute(survey, by=staff)
    assert not Score.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF, Role.LURAH}))
def test_no_other_role_computes(survey, kelurahan, role):
    with pytest.raises(PermissionDenied):
        scores.compute(survey, by=factories.make_user(role=role, territory=kelurahan))


def test_nobody_computes_the_score_of_the_own_family(survey, kelurahan, head):
    official = factories.make_user(role=Role.STAFF, territory=kelurahan, nik=head.nik)
    with pytest.raises(PermissionDenied):
        scores.compute(survey, by=official)


# --- sealed ---------------------------------------------------------------------------------------
def test_parts_are_sealed_and_bound_to_their_survey(survey, staff):
    score = scores.compute(survey, by=staff)
    assert b"pendapatan" not in bytes(Score.objects.get().parts)
    assert ("households.Score", "parts") in registry.sealed_blobs
    score.survey_id += 1
    with pytest.raises(WrongKey):
        score.read_parts()


# --- in words -------------------------------------------------------------------------------------
def test_each_part_is_explained_with_what_it_adds_and_why(survey, version, staff):
    survey.write_answers(
        {**poor_answers(version), "monthly_income_total": 900_000, "members_count": 3}
    )
    survey.save()
    with translation.override("id"):
        lines = scores.explained(scores.compute(survey, by=staff))[0].lines
    income = next(line for line in lines if line.question.startswith("Pendapatan"))
    assert income.signed == "+12"
    assert income.words == "Pendapatan per jiwa paling banyak Rp300.000 sebulan (Rp300.000)"


def test_a_count_is_said_as_so_many_of_nine(kelurahan, household, staff):
    nine = in_use("kepmensos262", kelurahan)
    answers = {**well_off_answers(nine), "jamban": "ya", "lantai": "ya"}
    score = scores.compute(checked(household, nine, answers, by=staff), by=staff)
    with translation.override("en"):
        assert scores.result_words(score) == "2 of 9 fulfilled"
        assert scores.class_words(score) == "no class"


def test_explaining_takes_the_same_queries_for_any_instrument(
    survey, staff, django_assert_num_queries
):
    score = Score.objects.select_related("instrument_version").get(
        pk=scores.compute(survey, by=staff).pk
    )
    with django_assert_num_queries(2):
        scores.explained(score)


# --- pages ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH])
def test_the_office_reads_the_parts_and_the_look_is_logged(client, kelurahan, survey, staff, role):
    score = scores.compute(survey, by=staff)
    reader = factories.make_user(role=role, territory=kelurahan)
    client.force_login(reader)
    answer = client.get(reverse("score_detail", args=[score.pk]))
    assert answer.status_code == 200
    assert "Pendapatan per jiwa" in page_text(answer)
    assert AccessLog.objects.filter(by=reader).exists()
    page = page_text(client.get(file_url(survey.household)))
    assert "Fakir miskin" in page
    assert "Bobot contoh, bukan bobot resmi." in page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STAFF, Role.LURAH}))
def test_no_other_role_opens_a_score(client, kelurahan, rt, survey, staff, role):
    score = scores.compute(survey, by=staff)
    place = rt if role == Role.RT_HEAD else kelurahan
    client.force_login(factories.make_user(role=role, territory=place))
    assert client.get(reverse("score_detail", args=[score.pk])).status_code == 404
    assert client.post(reverse("score_compute", args=[survey.pk])).status_code == 404


def test_the_head_of_an_rt_sees_the_family_and_nothing_of_its_score(client, rt, survey, staff):
    scores.compute(survey, by=staff)
    client.force_login(factories.make_user(role=Role.RT_HEAD, territory=rt))
    answer = client.get(file_url(survey.household))
    assert answer.status_code == 200
    assert "Fakir miskin" not in page_text(answer)


def test_an_officer_of_another_kelurahan_finds_no_score(client, survey, staff):
    score = scores.compute(survey, by=staff)
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user(role=Role.STAFF, territory=elsewhere))
    assert client.get(reverse("score_detail", args=[score.pk])).status_code == 404
    assert client.post(reverse("score_compute", args=[survey.pk])).status_code == 404


def test_the_family_file_offers_the_act_and_shows_its_result(officer, survey):
    url = reverse("score_compute", args=[survey.pk])
    assert url in officer.get(file_url(survey.household)).content.decode()
    assert officer.get(url).status_code == 405
    answer = officer.post(url)
    score = Score.objects.get()
    assert answer.url == reverse("score_detail", args=[score.pk])
    assert url not in officer.get(file_url(survey.household)).content.decode()


def test_what_cannot_be_computed_is_said(officer, survey):
    Survey.objects.filter(pk=survey.pk).update(status="RETURNED")
    answer = officer.post(reverse("score_compute", args=[survey.pk]), follow=True)
    assert answer.status_code == 200
    assert not Score.objects.exists()


def test_an_old_score_says_that_a_later_one_took_its_place(officer, survey, version, staff):
    first = scores.compute(survey, by=staff)
    survey.write_answers(well_off_answers(version))
    survey.save()
    scores.compute(survey, by=staff)
    page = officer.get(reverse("score_detail", args=[first.pk]))
    assert page.status_code == 200
    assert page.context["score"].current is False
    assert (
        reverse("score_detail", args=[first.pk])
        in officer.get(file_url(survey.household)).content.decode()
    )


# --- all of a year --------------------------------------------------------------------------------
@pytest.fixture
def many(rt, staff, version):
    """Three families with checked surveys, one without, one of another year."""
    made = [factories.make_family(rt, by=staff) for _ in range(5)]
    for family in made[:3]:
        checked(family, version, poor_answers(version), by=staff)
    checked(made[3], version, poor_answers(version), by=staff, status="SENT")
    checked(made[4], version, poor_answers(version), by=staff, year=2025)
    return made


def run(job):
    job.refresh_from_db()
    compute_year(job)
    job.refresh_from_db()


def test_all_checked_surveys_of_a_year_are_computed_as_a_job(many, version, staff):
    job = ask_to_compute(version, year=2026, by=staff)
    run(job)
    assert (job.done, job.total) == (3, 3)
    assert {row.household for row in Score.objects.all()} == set(many[:3])
    entry = TrailEntry.objects.get(process="score", move="compute_year")
    assert (entry.by, entry.reason, entry.subject_id) == (staff, "2026", version.pk)
    # A worker that was killed begins again: nothing is written twice.
    run(job)
    assert Score.objects.count() == 3


def test_while_a_job_runs_a_second_click_gives_the_same_one(many, version, staff):
    job = ask_to_compute(version, year=2026, by=staff)
    Job.objects.filter(pk=job.pk).update(status="RUNNING", heartbeat_at=timezone.now())
    assert ask_to_compute(version, year=2026, by=staff) == job
    Job.objects.filter(pk=job.pk).update(status="DONE")
    assert ask_to_compute(version, year=2026, by=staff) != job
    assert last_job(version, 2026) != job


def test_the_own_family_and_an_unknown_answer_are_left_out_of_the_job(many, version, kelurahan):
    head = many[0].members.get(relation=1)
    official = factories.make_user(role=Role.STAFF, territory=kelurahan, nik=head.nik)
    odd = Survey.objects.get(household=many[1])
    odd.write_answers({"dinding": "kaca"})
    odd.save()
    run(ask_to_compute(version, year=2026, by=official))
    assert {row.household for row in Score.objects.all()} == {many[2]}


def test_a_job_of_somebody_whose_mandate_ended_does_nothing(many, version, staff):
    job = ask_to_compute(version, year=2026, by=staff)
    staff.mandates.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(Exception, match="no_mandate"):
        run(job)
    assert not Score.objects.exists()


def test_a_draft_has_no_scores(kelurahan, staff):
    with pytest.raises(ValidationError):
        ask_to_compute(draft("bps14", kelurahan), year=2026, by=staff)


def test_the_page_of_the_version_starts_the_job_and_shows_it(officer, many, version):
    url = reverse("scores_compute", args=[version.pk])
    assert officer.get(url).status_code == 405
    answer = officer.post(url, {"year": "2026"})
    assert answer.url == reverse("instrument_version", args=[version.pk])
    assert last_job(version, 2026) is not None
    assert officer.get(answer.url).status_code == 200
    before = Job.objects.count()
    assert officer.post(url, {"year": "1999"}, follow=True).status_code == 200
    assert officer.post(url, {"year": "x"}, follow=True).status_code == 200
    assert Job.objects.count() == before


@pytest.mark.parametrize("role", [Role.KEMANTREN, Role.TKPK_SECRETARY])
def test_who_only_reads_instruments_computes_nothing(client, many, version, kelurahan, role):
    client.force_login(factories.make_user(role=role, territory=kelurahan))
    assert client.get(reverse("instrument_version", args=[version.pk])).status_code == 200
    answer = client.post(reverse("scores_compute", args=[version.pk]), {"year": "2026"})
    assert answer.status_code == 403
    assert not Job.objects.filter(kind="households.compute_scores").exists()
