"""The printed card of twenty codes: shown once, stored as hashes, each used once, alone enough."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import SURYATMAJAN, make_installation, make_kelurahan, make_user
from tests.tkpk.signing_in import sign_in
from tkpk import cards, people, reset_codes
from tkpk.adapters import MfaAdapter
from tkpk.models import CardCode, SignInCard, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
SECOND = "/akun/masuk/langkah-kedua/"
MAKE = "/akun/langkah-kedua/kartu/baru/"


@pytest.fixture
def kelurahan():
    make_installation(demo=False)
    return make_kelurahan()


@pytest.fixture
def lurah(kelurahan):
    return make_user("lurah", Role.LURAH, kelurahan)


def last_act():
    entry = TrailEntry.objects.order_by("number").last()
    return (entry.process, entry.move, entry.by, entry.subject_id, entry.reason)


def opens(user, code):
    """Whether password and code together open the portal, in a browser of its own."""
    client = Client()
    sign_in(client, user)
    client.post(SECOND, {"code": code})
    return SESSION_KEY in client.session


def test_the_card_alone_is_a_second_step(client, lurah):
    sign_in(client, lurah)
    assert client.get("/kerja/").headers["Location"] == reverse("mfa_index")
    assert client.get(MAKE).status_code == 200
    page = client.post(MAKE)
    codes = page.context["codes"]
    assert len(set(codes)) == 20
    assert client.get("/kerja/gaya/").status_code == 200
    other = Client()
    assert sign_in(other, lurah).headers["Location"].startswith(SECOND)
    assert SESSION_KEY not in other.session
    assert opens(lurah, codes[6])


def test_codes_are_easy_to_read_and_to_type(lurah):
    codes = cards.make_own(lurah)
    for code in codes:
        assert re.fullmatch(r"[A-HJ-NP-Z2-9]{4} [A-HJ-NP-Z2-9]{4}", code)
    assert opens(lurah, codes[0].lower().replace(" ", "-"))


def test_each_code_works_once(lurah):
    codes = cards.make_own(lurah)
    assert opens(lurah, codes[0])
    assert not opens(lurah, codes[0])
    assert cards.left(lurah) == 19


def test_of_two_tries_with_one_code_at_the_same_moment_one_wins(lurah, monkeypatch):
    code = cards.make_own(lurah)[0]
    compare = cards.constant_time_compare

    def overtaken(stored, typed):
        same = compare(stored, typed)
        if same:
            CardCode.objects.filter(digest=stored).update(used_at="2026-01-01T00:00:00Z")
        return same

    monkeypatch.setattr(cards, "constant_time_compare", overtaken)
    assert not cards.use(lurah, code)


def test_every_code_is_compared_in_full(lurah, monkeypatch):
    """The time of the answer tells neither which code it was nor how much of it was right."""
    code = cards.make_own(lurah)[0]
    compared = []
    compare = cards.constant_time_compare
    monkeypatch.setattr(
        cards, "constant_time_compare", lambda *pair: compared.append(pair) or compare(*pair)
    )
    for typed in (code, "AAAA AAAA"):
        compared.clear()
        cards.use(lurah, typed)
        assert len(compared) == 20


def test_a_new_card_makes_the_old_one_worthless(lurah):
    old = cards.make_own(lurah)[0]
    label = SignInCard.objects.get().label
    new = cards.make_own(lurah)[0]
    assert SignInCard.objects.get().label != label
    assert not opens(lurah, old)
    assert opens(lurah, new)


def test_another_persons_code_opens_nothing(kelurahan, lurah):
    other = make_user("lain", Role.STAFF, kelurahan)
    cards.make_own(lurah)
    assert not opens(lurah, cards.make_own(other)[0])


def test_no_code_lies_in_clear(lurah):
    codes = cards.make_own(lurah)
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM tkpk_cardcode")
        stored = " ".join(row[0] for row in cursor.fetchall()).upper()
    assert not any(reset_codes.as_issued(code) in stored for code in codes)


def test_an_empty_card_still_guards_the_account(lurah):
    cards.make_own(lurah)
    CardCode.objects.update(used_at="2026-01-01T00:00:00Z")
    client = Client()
    assert sign_in(client, lurah).headers["Location"].startswith(SECOND)
    assert SESSION_KEY not in client.session


def test_tries_at_the_card_are_few(lurah):
    code = cards.make_own(lurah)[0]
    client = Client()
    sign_in(client, lurah)
    for _try in range(10):
        client.post(SECOND, {"code": "AAAA AAAA"})
    assert client.post(SECOND, {"code": code}).status_code == 200
    assert SESSION_KEY not in client.session
    assert cards.left(lurah) == 20


def test_who_uses_the_sixteenth_code_is_told_to_make_a_new_card(client, lurah):
    codes = cards.make_own(lurah)
    CardCode.objects.filter(number__gt=6).update(used_at="2026-01-01T00:00:00Z")
    sign_in(client, lurah)
    answer = client.post(SECOND, {"code": codes[0]}, follow=True)
    assert [str(message.level_tag) for message in answer.context["messages"]].count("warning") == 1
    page = client.get("/akun/langkah-kedua/")
    assert page.context["codes_left"] == 5


def test_the_card_is_never_shown_again(client, lurah):
    sign_in(client, lurah)
    codes = client.post(MAKE).context["codes"]
    for path in (MAKE, "/akun/langkah-kedua/", "/akun/"):
        page = client.get(path)
        assert page.status_code == 200
        assert not any(code in page.content.decode() for code in codes)
    assert client.get(MAKE).headers["Cache-Control"].count("no-store")


def test_the_paper_does_not_say_whose_it_is(client, kelurahan):
    person = make_user("siti_contoh", Role.STAFF, kelurahan, name="Siti Contoh Sekali")
    sign_in(client, person)
    page = client.post(MAKE).content.decode()
    paper = page.partition('<section class="code-card"')[2].partition("</section>")[0]
    assert "Portal TKPK" in paper
    assert "siti_contoh" not in paper
    assert "Siti Contoh" not in paper


def test_making_and_giving_up_are_trailed(client, lurah):
    sign_in(client, lurah)
    client.post(MAKE)
    assert last_act() == ("account", "card_made", lurah, lurah.pk, "")
    void = "/akun/langkah-kedua/kartu/hapus/"
    assert client.get(void).status_code == 200
    client.post(void)
    assert last_act() == ("account", "card_voided", lurah, lurah.pk, "")
    assert not SignInCard.objects.exists()
    assert client.get(void).status_code == 404


def test_a_card_replaces_the_recovery_codes_of_before(lurah):
    code = RecoveryCodes.activate(lurah).get_unused_codes()[0]
    cards.make_own(lurah)
    assert not opens(lurah, code)


def test_an_act_held_up_is_proven_by_a_code_of_the_card(client, lurah):
    sign_in(client, lurah)
    codes = client.post(MAKE).context["codes"]
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    assert client.post(MAKE).headers["Location"].startswith(reverse("account_reauthenticate"))
    answer = client.post("/akun/konfirmasi/kode/", {"code": codes[1], "next": MAKE})
    assert len(answer.context["codes"]) == 20


def test_lifting_the_second_step_takes_the_card_too(kelurahan, lurah):
    admin = make_user("admin", Role.ADMIN, kelurahan)
    cards.make_own(lurah)
    people.lift_second_step(lurah, by=admin, reason="Kartu hilang")
    assert not MfaAdapter().is_mfa_enabled(lurah)


# --- handed out by the administrator ---------------------------------------------------------


def hand_out_url(person):
    return reverse("card_hand_out", args=[person.pk])


@pytest.fixture
def admin(client, kelurahan):
    user = make_user("admin", Role.ADMIN, kelurahan)
    code = cards.make_own(user)[0]
    sign_in(client, user)
    client.post(SECOND, {"code": code})
    return user


def test_an_administrator_prints_a_card_for_who_has_no_device(client, admin, lurah):
    assert client.get(hand_out_url(lurah)).status_code == 200
    assert client.post(hand_out_url(lurah), {"reason": ""}).status_code == 200
    assert not SignInCard.objects.filter(user=lurah).exists()
    page = client.post(hand_out_url(lurah), {"reason": "Tanpa ponsel, KTP dilihat"})
    assert opens(lurah, page.context["codes"][0])
    assert last_act() == (
        "account", "card_handed_out", admin, lurah.pk, "Tanpa ponsel, KTP dilihat",
    )  # fmt: skip
    entry = TrailEntry.objects.order_by("number").last()
    assert entry.mandate == admin.mandates.get()


def test_nobody_hands_himself_a_card_or_one_to_a_person_of_a_wider_place(client, admin, kelurahan):
    wide = make_user("kota", Role.KEMANTREN, kelurahan.parent)
    other = make_user("lain", Role.STAFF, make_kelurahan(SURYATMAJAN, "Suryatmajan"))
    for person in (admin, wide, other):
        assert client.post(hand_out_url(person), {"reason": "Coba"}).status_code == 404
    with pytest.raises(PermissionDenied):
        cards.hand_out(wide, by=admin, reason="Coba")
    with pytest.raises(ValidationError):
        cards.hand_out(wide, by=admin, reason=" ")


@pytest.mark.parametrize("role", [Role.STAFF, Role.LURAH, Role.AUDITOR])
def test_no_other_role_hands_out_cards(kelurahan, role):
    user = make_user("bukan_admin", role, kelurahan)
    person = make_user("orang", Role.STAFF, kelurahan)
    with pytest.raises(PermissionDenied):
        cards.hand_out(person, by=user, reason="Coba")
