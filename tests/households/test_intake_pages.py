"""The public forms: whoever it is about, the answer is a ticket; and what keeps machines away."""

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from households import intake
from households.models import Nomination, Objection, PoorList, RemovalWish
from tests import factories as make
from tests.households.listing import YEAR, brought_to, opened
from tests.households.pages import page_text
from tests.households.sending_in import PAGES, ROWS, TEXT, only, send, token, typed
from tkpk import form_guard
from tkpk.models import Holiday, OfficeRule, OutgoingMail, Submission
from tkpk.nik import find_identifiers

pytestmark = pytest.mark.django_db
ALWAYS_OPEN = ["NOMINATION", "SELF_REMOVAL"]


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "tkpk.outbox.OutboxBackend"
    cache.clear()


@pytest.mark.parametrize("kind", ALWAYS_OPEN)
def test_a_report_gets_a_ticket_and_the_page_of_the_ticket(client, kelurahan, kind):
    assert client.get(reverse(PAGES[kind])).status_code == 200
    answer = send(client, kind)
    row = only()
    assert answer.status_code == 302
    assert answer.url == f"{reverse('voice_ticket', args=[row.ticket])}?baru"
    assert (row.status, row.kind, row.channel, row.text) == ("RECEIVED", kind, "PORTAL", TEXT)
    assert row.created_by is None
    report = ROWS[kind].objects.get(submission=row)
    assert report.subject_name == "Karto Wirono"
    assert report.household is None
    shown = page_text(client.get(answer.url))
    assert row.ticket in shown


def test_what_was_written_lies_encrypted_and_stands_in_no_history(client, kelurahan):
    send(client, contact_name="Bu Tumi", contact_phone="0812 3456 7890", nik="3471041705800000")
    secrets = {"Bu Tumi", TEXT, "0812 3456 7890", "Karto Wirono", "3471041705800000"}
    with connection.cursor() as cursor:
        for sql in (
            "SELECT * FROM tkpk_submission",
            "SELECT * FROM tkpk_historicalsubmission",
            "SELECT * FROM households_nomination",
            "SELECT * FROM households_historicalnomination",
        ):
            cursor.execute(sql)
            assert not secrets & set(map(str, cursor.fetchone())), sql


def test_the_answer_is_the_same_whether_the_person_is_known_or_not(client, kelurahan, household):
    known = household.members.first()
    answers, costs = [], []
    for name, nik in ((known.name, known.nik), ("Orang Asing", make.make_nik())):
        with CaptureQueriesContext(connection) as queries:
            answer = send(client, subject_name=name, nik=nik)
        # Neither the number of queries nor the tables they ask depend on it.
        tables = [re.findall(r'(?:FROM|INTO|UPDATE) "?(\w+)', q["sql"]) for q in queries]
        assert not {"households_member", "households_household"} & {t for q in tables for t in q}
        page = client.get(answer.url).content.decode()
        page = page.replace(Submission.objects.latest("pk").ticket, "T")
        answers.append((answer.status_code, page.replace(str(answer.url), "T")))
        costs.append(tables)
    hidden = r'name="csrfmiddlewaretoken" value="[^"]*"'
    assert re.sub(hidden, "", answers[0][1]) == re.sub(hidden, "", answers[1][1])
    assert costs[0] == costs[1]


def test_the_ticket_page_shows_nothing_of_what_was_written(client, kelurahan):
    answer = send(
        client, contact_name="Bu Tumi", contact_email="tumi@contoh.id", nik="3471041705800000"
    )
    text = client.get(answer.url).content.decode()
    for secret in ("Karto", "Tumi", "Rumahnya bocor", "Melati", "3471041705800000"):
        assert secret not in text
    assert find_identifiers(page_text(client.get(answer.url))) == []


def test_the_ticket_page_is_kept_by_nobody(client, kelurahan):
    answer = client.get(send(client).url)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    form = client.get(reverse("nomination_send"))
    assert "no-store" in form["Cache-Control"]


@time_machine.travel("2026-12-18 09:00 +0700", tick=False)
def test_the_page_says_by_which_working_day_it_is_answered(client, kelurahan, staff):
    OfficeRule.objects.create(
        kelurahan=kelurahan, valid_from="2026-01-01", answer_days=5,
        created_by=staff, updated_by=staff,
    )  # fmt: skip
    for day in ("2026-12-24", "2026-12-25"):
        Holiday.objects.create(kelurahan=kelurahan, day=day, name="Libur")
    shown = page_text(client.get(send(client).url))
    assert "29 Desember 2026" in shown


# --- bad input keeps everything ----------------------------------------------------------------
BAD = [
    ("subject_name", "", None),
    ("subject_name", "3471 0417 0580 0000", "16"),
    ("text", "", None),
    ("text", "NIK beliau 3471041705800000", "16"),
    ("text", "NIK ３４７１０４１７０５８０００００ itu", "16"),
    ("text", "a" * 4001, "4"),
    ("subject_address", "KK 3471-0417-0580-0000", "16"),
    ("nik", "34710417058", None),
    ("nik", "abcdefghijklmnop", None),
    ("territory", "999999", None),
    ("contact_phone", "nanti saya telepon", None),
    ("contact_phone", "3471041705800000", "16"),
    ("contact_email", "tumi@", None),
    ("contact_email", "tumi@contoh.id\r\nBcc: semua@contoh.id", None),
    ("consent", "", None),
]


@pytest.mark.parametrize(("field", "value", "said"), BAD)
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(
    client, kelurahan, field, value, said
):
    answer = send(client, **{field: value, "contact_name": "Bu Tumi"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f'id="id_{field}_error"' in text
    assert "Bu Tumi" in text
    if field != "text":
        assert TEXT in text
    if said:
        assert said in " ".join(answer.context["form"].errors[field])
    assert not Submission.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_script_in_a_report_stays_text(client, kelurahan, staff):
    script = "<script>alert(1)</script> \" ' & {{ 7*7 }}"
    send(client, text=script, subject_name=script, contact_name=script)
    client.force_login(staff)
    page = client.get(reverse("voice_detail", args=[only().pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_a_body_far_too_large_is_refused_before_it_is_read(client, kelurahan):
    assert send(client, text="a" * 3_000_000).status_code == 400
    assert not Submission.objects.exists()


def test_a_foreign_kelurahan_s_rt_is_no_choice(client, kelurahan):
    there = make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan")
    assert send(client, territory=make.make_rt(there).pk).status_code == 422
    here = make.make_rt(kelurahan)
    assert send(client, territory=here.pk).status_code == 302
    assert Nomination.objects.get().territory == here


def test_a_form_without_its_csrf_token_is_refused(kelurahan):
    strict = Client(enforce_csrf_checks=True)
    assert send(strict).status_code == 403
    page = strict.get(reverse("nomination_send"))
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    assert send(strict, csrfmiddlewaretoken=csrf).status_code == 302


@pytest.mark.parametrize("verb", ["put", "delete", "patch"])
def test_other_verbs_do_nothing(client, kelurahan, verb):
    for name in PAGES.values():
        assert getattr(client, verb)(reverse(name)).status_code == 405
    assert client.post(reverse("voices_home")).status_code == 405


# --- machines ----------------------------------------------------------------------------------
def test_the_same_form_sent_twice_is_one_report(client, kelurahan):
    data = typed()
    first, second = (client.post(reverse("nomination_send"), data) for _ in range(2))
    assert first.url == second.url
    assert Submission.objects.count() == Nomination.objects.count() == 1


def test_who_goes_back_and_writes_about_another_family_sends_a_second_report(client, kelurahan):
    data = typed()
    client.post(reverse("nomination_send"), data)
    client.post(reverse("nomination_send"), {**data, "subject_name": "Wagiman"})
    assert Submission.objects.count() == 2


def test_a_form_that_lay_open_for_a_month_is_still_taken(client, kelurahan):
    assert send(client, lembar=token("NOMINATION", age=40 * 86_400)).status_code == 302


def test_a_form_sent_faster_than_anybody_reads_comes_back_with_everything_typed(client, kelurahan):
    answer = send(client, lembar=token("NOMINATION", age=0))
    assert answer.status_code == 422
    assert TEXT in answer.content.decode()
    assert not Submission.objects.exists()
    # Sent again a moment later, with the same hidden field, it is taken.
    again = answer.context["form"].data["lembar"]
    with time_machine.travel(form_guard.time.time() + 5):
        assert send(client, lembar=again).status_code == 302


@pytest.mark.parametrize("lembar", ["", "x", "x" * 5_000, "OBJECTION"])
def test_a_form_with_a_token_that_is_not_its_own_comes_back_with_a_new_one(
    client, kelurahan, lembar
):
    lembar = token("OBJECTION") if lembar == "OBJECTION" else lembar
    answer = send(client, lembar=lembar)
    assert answer.status_code == 422
    fresh = answer.context["form"].data["lembar"]
    assert form_guard.read_token(fresh, "NOMINATION")


def test_the_hidden_field_holds_a_report_back_and_says_so_to_nobody(client, kelurahan):
    answer = send(client, website="https://contoh.id")
    row = only()
    assert (row.status, row.held_for) == ("HELD", "TRAP")
    shown = page_text(client.get(answer.url))
    fair = page_text(client.get(send(client, text="Lain sekali").url))
    other = Submission.objects.latest("pk").ticket
    assert shown.replace(row.ticket, "") == fair.replace(other, "")


def test_the_same_text_for_the_fourth_time_is_held_back_wherever_it_comes_from(client, kelurahan):
    for number in range(5):
        client.post(
            reverse("nomination_send"),
            typed(text="  Tolong BANTU kami! " if number % 2 else "tolong bantu kami"),
            REMOTE_ADDR=f"10.0.0.{number}",
        )
    held = Submission.objects.order_by("pk").values_list("held_for", flat=True)
    assert list(held) == ["", "", "", "REPEATED", "REPEATED"]


def test_a_flood_is_held_back_and_neighbours_behind_its_address_still_get_a_ticket(
    client, kelurahan, monkeypatch
):
    monkeypatch.setattr(form_guard, "HELD_PER_HOUR", 3)
    for number in range(6):
        assert send(client, text=f"Iklan nomor {number}").status_code == 302
    neighbour = send(client, text="Ibu saya sakit dan tidak ada yang merawat")
    assert neighbour.status_code == 302
    assert [row.held_for for row in Submission.objects.order_by("pk")] == [
        "", "", "", "CROWDED", "CROWDED", "CROWDED", "CROWDED",
    ]  # fmt: skip
    other = client.post(reverse("nomination_send"), typed(text="Lain"), REMOTE_ADDR="10.9.9.9")
    assert other.status_code == 302
    assert Submission.objects.latest("pk").held_for == ""


def test_only_the_repeating_of_one_text_is_refused_and_its_neighbour_is_not(client, kelurahan):
    for _number in range(form_guard.SAME_TEXT_SAME_SENDER):
        assert send(client).status_code == 302
    refused = send(client)
    assert refused.status_code == 429
    assert refused["Retry-After"]
    assert TEXT in refused.content.decode(), "nothing typed is lost"
    assert send(client, text="Tetangga yang sama sekali lain").status_code == 302


def test_far_beyond_the_limit_nothing_more_is_stored(client, kelurahan, monkeypatch):
    monkeypatch.setattr(form_guard, "REFUSED_PER_HOUR", 4)
    codes = [send(client, text=f"Iklan {number}").status_code for number in range(6)]
    assert codes == [302] * 4 + [429] * 2
    assert Submission.objects.count() == 4


def test_one_house_of_ipv6_is_one_connection_and_what_is_no_address_does_no_harm(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    first, second, far = (
        form_guard.connection(rf.get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert first == second != far
    mapped = form_guard.connection(rf.get("/", REMOTE_ADDR="::ffff:10.1.2.3"))
    assert mapped == form_guard.connection(rf.get("/", REMOTE_ADDR="10.1.2.3"))
    assert form_guard.connection(rf.get("/", REMOTE_ADDR="bukan-alamat")) == "unknown"


def test_a_header_of_the_visitor_s_own_does_not_change_the_connection(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    plain = form_guard.connection(rf.get("/", REMOTE_ADDR="10.1.2.3"))
    lying = rf.get("/", REMOTE_ADDR="10.1.2.3", headers={"X-Forwarded-For": "8.8.8.8"})
    assert form_guard.connection(lying) == plain


# --- mail ----------------------------------------------------------------------------------------
def test_a_mail_says_the_code_and_the_page_and_nothing_else(client, kelurahan):
    send(client, contact_email="tumi@contoh.id", contact_name="Bu Tumi")
    row, mail_row = only(), OutgoingMail.objects.get()
    assert (mail_row.to, mail_row.subject) == ("tumi@contoh.id", row.ticket)
    assert reverse("voice_ticket", args=[row.ticket]) in mail_row.body
    for secret in ("Karto", "Tumi", "bocor", "usul"):
        assert secret not in mail_row.body
    assert mail.outbox == []


def test_nobody_is_flooded_with_mails_that_others_ask_for(client, kelurahan):
    for number in range(8):
        send(client, text=f"Laporan nomor {number}", contact_email="korban@contoh.id")
    assert OutgoingMail.objects.count() == 5
    assert Submission.objects.count() == 8


def test_what_is_held_back_sends_no_mail(client, kelurahan):
    send(client, contact_email="korban@contoh.id", website="x")
    assert not OutgoingMail.objects.exists()


# --- language, places, doors ---------------------------------------------------------------------
def test_the_english_page_gives_an_english_ticket(client, kelurahan):
    with override("en"):
        url = reverse("nomination_send")
        answer = client.post(url, typed(contact_email="tumi@contoh.id"))
    assert url.startswith("/en/suara/")
    assert answer.url.startswith("/en/suara/S-")
    assert "/en/suara/" in OutgoingMail.objects.get().body


def test_the_front_door_shows_the_three_kinds_and_sets_no_cookie(client, kelurahan):
    answer = client.get(reverse("voices_home"))
    text = answer.content.decode()
    assert not answer.cookies
    for name in ("nomination_send", "removal_send"):
        assert f'href="{reverse(name)}"' in text
    assert f'href="{reverse("objection_send")}"' not in text, "no list is open to objections"


def test_reports_of_one_kelurahan_are_not_found_under_the_host_of_another(client, settings):
    make.make_installation()
    settings.ALLOWED_HOSTS = ["tegal.example", "surya.example"]
    make.make_kelurahan(host="tegal.example")
    make.make_kelurahan(make.SURYATMAJAN, "Suryatmajan", host="surya.example")
    answer = client.post(reverse("nomination_send"), typed(), headers={"host": "surya.example"})
    assert only().kelurahan.code == make.SURYATMAJAN
    assert client.get(answer.url, headers={"host": "surya.example"}).status_code == 200
    assert client.get(answer.url, headers={"host": "tegal.example"}).status_code == 404


def test_a_newer_list_whose_days_are_over_does_not_close_an_older_one(kelurahan, staff):
    today = timezone.localdate()
    ends = {YEAR: today + datetime.timedelta(days=3), YEAR + 1: today - datetime.timedelta(days=1)}
    for year, day in ends.items():
        poor_list = opened(kelurahan, staff, year=year)
        days = {
            "objection_opened_on": day - datetime.timedelta(days=14),
            "objection_closes_on": day,
        }
        brought_to(poor_list, "OBJECTION_WINDOW", staff, **days)
    window = intake.objection_window(kelurahan)
    assert window.is_open
    assert window.closes_on == ends[YEAR]
    assert window.poor_list_id == PoorList.objects.get(year=YEAR).pk


def test_no_objection_is_taken_while_no_list_is_open_to_them(client, kelurahan):
    assert not intake.objection_window(kelurahan).is_open
    page = client.get(reverse("objection_send"))
    assert page.status_code == 200
    assert "<form method" not in page.content.decode()
    answer = send(client, "OBJECTION")
    assert answer.status_code == 422
    assert 'id="id_ground_error"' in answer.content.decode()
    assert TEXT in answer.content.decode()
    assert not Objection.objects.exists()
    assert not RemovalWish.objects.exists()
