"""The page behind a ticket: wrong codes, many wrong codes, odd addresses."""

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from tests.households.sending_in import received
from tkpk import form_guard, tickets
from tkpk.models import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def page(client, ticket, **extra):
    return client.get(reverse("voice_ticket", args=[ticket]), **extra)


@pytest.mark.parametrize(
    "ticket", ["S-AAAA-BBBB-CCCC", "S-", "1", "../../kerja", "%00", "a" * 2_000, "<script>", "🎫"]
)
def test_a_wrong_ticket_gets_a_plain_page_that_says_what_to_do(client, kelurahan, ticket):
    answer = client.get(f"/suara/{ticket}/")
    assert answer.status_code == 404
    text = answer.content.decode()
    if ticket not in {"../../kerja", "%00"}:
        assert 'name="tiket"' in text
        assert reverse("voices_home") in text
    assert "<script>" not in text.replace("<script src", "")


def test_a_ticket_is_found_however_it_is_typed(client, kelurahan):
    row = received(kelurahan)
    answer = page(client, row.ticket.lower())
    assert (answer.status_code, answer.url) == (302, reverse("voice_ticket", args=[row.ticket]))
    found = client.get(reverse("voice_lookup"), {"tiket": f" {row.ticket.replace('-', '')} "})
    assert found.url == reverse("voice_ticket", args=[row.ticket])


@pytest.mark.parametrize("typed", ["", "S-123", "bukan", "S-AAAA-BBBB-CCC0", "x" * 10_000])
def test_what_can_be_no_ticket_is_told_at_the_field(client, kelurahan, typed):
    answer = client.get(reverse("voice_lookup"), {"tiket": typed})
    assert answer.status_code == 200
    assert 'id="id_tiket_error"' in answer.content.decode()


def test_who_tries_very_many_codes_has_to_wait_and_others_do_not(client, kelurahan):
    row = received(kelurahan)
    for _number in range(form_guard.WRONG_TICKETS):
        assert page(client, tickets.make()).status_code == 404
    assert page(client, tickets.make()).status_code == 429
    # Else one could go on trying and see which code is answered otherwise.
    assert page(client, row.ticket).status_code == 429
    assert page(client, row.ticket, REMOTE_ADDR="10.9.9.9").status_code == 200
    with time_machine.travel(form_guard.time.time() + form_guard.WRONG_TICKETS_SECONDS + 1):
        assert page(client, row.ticket).status_code == 200


def test_right_tickets_are_not_counted(client, kelurahan, monkeypatch):
    monkeypatch.setattr(form_guard, "WRONG_TICKETS", 2)
    row = received(kelurahan)
    for _number in range(5):
        assert page(client, row.ticket).status_code == 200


def test_a_wrong_ticket_changes_nothing_by_its_buttons(client, kelurahan):
    received(kelurahan)
    for name in ("voice_settle", "voice_reopen"):
        url = reverse(name, args=["S-AAAA-BBBB-CCCC"])
        assert client.post(url, {"text": "apa"}).status_code == 404
        assert client.get(url).status_code == 405
    assert Submission.objects.get().settled_at is None
