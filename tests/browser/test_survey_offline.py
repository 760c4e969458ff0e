"""A survey with the network really cut: it goes on, is sent later once, and leaves nothing."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from households.models import Survey
from tests.browser.test_account import sign_in
from tests.factories import (
    PASSWORD,
    make_family,
    make_installation,
    make_kelurahan,
    make_rt,
    make_user,
)
from tests.households.surveying import answers, bps
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
FIELD = "/kerja/survei/lapangan/"
READY = "async () => Boolean(await navigator.serviceWorker.ready)"
# Everything that the phone holds, as text: nothing of it may be a name or an answer.
EVERYTHING = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    for (const store of base.objectStoreNames) {
      const rows = await new Promise((resolve) => {
        const request = base.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
      });
      for (const row of rows) {
        const text = row.data ? new TextDecoder("latin1").decode(row.data) : "";
        found.push(`${store} ${row.kind || ""} ${row.id} ${row.state || ""} ${text}`);
        if (row.key) found.push(`extractable:${row.key.extractable}`);
      }
    }
    base.close();
  }
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      const response = await (await caches.open(name)).match(request);
      const kind = response.headers.get("Content-Type") || "";
      const text = kind.includes("html") ? await response.text() : "";
      found.push(`cache ${new URL(request.url).pathname} ${text}`);
    }
  }
  return found.join("\\n");
}"""


@pytest.fixture
def expected_console():
    # The browser itself says of each request that the cut network refused it.
    return ["ERR_INTERNET_DISCONNECTED", "Failed to load resource", "ERR_FAILED", "status of 422"]


@pytest.fixture
def place():
    make_installation()
    kelurahan = make_kelurahan()
    staff = make_user("petugas", Role.STAFF, kelurahan)
    make_user("kedua", Role.STAFF, kelurahan)
    rt = make_rt(kelurahan)
    make_family(rt, by=staff, head="Sri Rahayu", others=0)
    make_family(rt, by=staff, head="Wiryo Sentono", others=0)
    return rt, bps(kelurahan)


def take_along(page, place):
    rt, version = place
    page.goto(f"{FIELD}?rt={rt.code}&versi={version.pk}")
    page.get_by_role("button", name="Bawa ke lapangan").click()
    expect(page.get_by_text("Sri Rahayu")).to_be_visible()
    page.evaluate(READY)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def begin(page, name="Sri Rahayu"):
    card = page.locator(".survey-card").filter(has_text=name)
    card.get_by_role("button", name="Mulai").click()
    page.get_by_label("Bersedia").check()
    page.get_by_role("button", name="Catat jawaban").click()
    expect(page.get_by_text("1 dari 4")).to_be_visible()


def answer_screen(page):
    given = answers()
    for field in page.locator(".survey-form input[type=text]").all():
        field.fill(given[field.get_attribute("name")[2:]])
    for group in page.locator(".survey-form fieldset").all():
        name = group.locator("input").first.get_attribute("name")
        group.locator(f"input[value='{given[name[2:]]}']").check()


def fill(page, *, first=1):
    for number in range(first, 5):
        expect(page.get_by_text(f"{number} dari 4")).to_be_visible()
        answer_screen(page)
        page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_label("Siapa yang menjawab").fill("Sri")
    page.get_by_role("button", name="Selesai dan kirim").click()


def test_a_survey_goes_on_without_a_network_and_is_sent_once(page_at, place, assert_accessible):
    page = page_at
    sign_in(page, "petugas", PASSWORD)
    take_along(page, place)
    assert_accessible(page)
    page.context.set_offline(True)
    begin(page)
    answer_screen(page)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_text("2 dari 4")).to_be_visible()
    # The page is closed in the middle and opened again without a network.
    page.goto(FIELD)
    expect(page.get_by_text("Tidak ada jaringan", exact=False).first).to_be_visible()
    page.locator(".survey-card").filter(has_text="Sri Rahayu").get_by_role("button").click()
    assert_accessible(page)
    fill(page, first=2)
    expect(page.get_by_text("selesai, belum terkirim")).to_be_visible()
    assert not Survey.objects.filter(status="SENT").exists()
    kept = page.evaluate(EVERYTHING)
    assert "extractable:false" in kept
    for secret in ("Sri Rahayu", "Wiryo", "jenis-lantai", "petugas", "csrf"):
        assert secret not in kept
    page.context.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Terkirim dan dihapus", exact=False).first).to_be_visible()
    survey = Survey.objects.get()
    assert (survey.status, survey.source, survey.read_answers()) == ("SENT", "DEVICE", answers())
    assert "rows survey" not in page.evaluate(EVERYTHING)


def test_a_lost_reply_makes_no_double(phone, place):
    page = phone
    sign_in(page, "petugas", PASSWORD)
    take_along(page, place)
    begin(page)
    lost = []

    def lose(route):
        if "draft" in (route.request.post_data or ""):
            route.continue_()
        elif not lost:
            lost.append(route.fetch().status)  # it arrived there, and the answer never here
            route.abort()
        else:
            route.continue_()

    page.route("**/kerja/survei/kirim/", lose)
    fill(page)
    expect(page.get_by_text("belum terkirim", exact=False).first).to_be_visible()
    assert Survey.objects.get().status == "SENT"
    page.get_by_role("button", name="Kirim sekarang").click()
    expect(page.get_by_text("Terkirim dan dihapus", exact=False).first).to_be_visible()
    assert Survey.objects.count() == 1
    assert "rows survey" not in page.evaluate(EVERYTHING)


def test_what_was_refused_keeps_its_answers_to_look_at(phone, place):
    page = phone
    sign_in(page, "petugas", PASSWORD)
    take_along(page, place)
    page.context.set_offline(True)
    begin(page)
    fill(page)
    family = place[0].households.get(members__name="Sri Rahayu")
    family.status = "CLOSED"
    family.save()
    page.context.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.get_by_text("tidak diterima")).to_be_visible()
    page.get_by_role("button", name="Lihat").click()
    expect(page.get_by_role("alert")).to_contain_text("pindah atau ditutup")
    expect(page.get_by_text("Tidak punya jamban sendiri", exact=False).first).to_be_visible()


def test_a_page_whose_network_breaks_off_goes_on_in_the_field(phone, place):
    page, (rt, version) = phone, place
    family = rt.households.get(members__name="Sri Rahayu")
    sign_in(page, "petugas", PASSWORD)
    page.goto(reverse("survey_begin", args=[family.pk, version.pk]))
    page.get_by_label("Bersedia").check()
    page.get_by_role("button", name="Catat jawaban").click()
    expect(page.get_by_text("Bila jaringan putus", exact=False)).to_be_visible()
    for name, value in answers().items():
        if page.locator(f"input[type=text][name='q-{name}']").count():
            page.locator(f"input[name='q-{name}']").fill(value)
        elif page.locator(f"input[name='q-{name}'][value='{value}']").count():
            page.locator(f"input[name='q-{name}'][value='{value}']").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_text("2 dari 4")).to_be_visible()
    fill(page, first=2)
    page.context.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Terkirim dan dihapus", exact=False).first).to_be_visible()
    survey = Survey.objects.get()
    assert (survey.status, survey.read_answers()) == ("SENT", answers())


def test_signing_out_asks_about_unsent_surveys_and_clears_the_phone(phone, place):
    page = phone
    sign_in(page, "petugas", PASSWORD)
    take_along(page, place)
    page.context.set_offline(True)
    begin(page)
    answer_screen(page)
    page.context.set_offline(False)
    page.goto("/kerja/")
    page.locator("details.user-menu summary").click()
    page.get_by_role("button", name="Keluar", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("belum terkirim")
    page.get_by_role("button", name="Tetap masuk").click()
    assert "rows survey" in page.evaluate(EVERYTHING)
    page.locator("details.user-menu summary").click()
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.get_by_role("button", name="Buang dan keluar").click()
    page.wait_for_url(lambda url: "/kerja/" not in url)
    assert page.evaluate(EVERYTHING) == ""
    registrations = "async () => (await navigator.serviceWorker.getRegistrations()).length"
    assert page.evaluate(registrations) == 0


def test_another_person_on_the_same_phone_sees_nothing_and_nothing_is_lost(phone, place):
    page = phone
    sign_in(page, "petugas", PASSWORD)
    take_along(page, place)
    page.context.set_offline(True)
    begin(page)
    answer_screen(page)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.context.set_offline(False)
    # The session ends by itself, so nothing was cleared; somebody else signs in.
    page.context.clear_cookies()
    page.goto(FIELD)
    assert "/akun/" in page.url
    sign_in(page, "kedua", PASSWORD)
    page.goto(FIELD)
    expect(page.get_by_role("button", name="Bawa ke lapangan")).to_be_visible()
    assert "Sri Rahayu" not in page.content()
    page.context.clear_cookies()
    sign_in(page, "petugas", PASSWORD)
    page.goto(FIELD)
    page.locator(".survey-card").filter(has_text="Sri Rahayu").get_by_role("button").click()
    fill(page, first=2)
    expect(page.get_by_text("Terkirim dan dihapus", exact=False).first).to_be_visible()
    assert Survey.objects.get().read_answers() == answers()


def test_a_paper_form_is_typed_by_keyboard_alone(desktop, place, assert_accessible):
    page, (rt, version) = desktop, place
    family = rt.households.get(members__name="Sri Rahayu")
    sign_in(page, "petugas", PASSWORD)
    page.goto(reverse("survey_type", args=[family.pk, version.pk]))
    assert_accessible(page)
    for _ in range(60):
        name = page.evaluate("() => document.activeElement.name")
        if name == "surveyed_on":
            # Day first, as the paper has it, whatever order the browser's own fields have.
            page.keyboard.type(timezone.localdate().strftime("%d%m%Y"))
        elif name == "q-jamban":
            page.keyboard.type("9")
            page.keyboard.press("Enter")
            expect(page.get_by_role("alert")).to_contain_text("1, 2")
            assert page.evaluate("() => document.activeElement.name") == "q-jamban"
            page.keyboard.type("1")
        else:
            page.keyboard.type("Sri" if name == "respondent" else "1")
        page.keyboard.press("Enter")
        if name == "result":
            break
    page.wait_for_url("**/kerja/survei/*/")
    assert Survey.objects.get().source == "PAPER"


def test_a_last_screen_sent_at_once_leaves_nothing_on_the_phone(phone, place):
    page, (rt, version) = phone, place
    family = rt.households.get(members__name="Sri Rahayu")
    sign_in(page, "petugas", PASSWORD)
    page.goto(reverse("survey_begin", args=[family.pk, version.pk]))
    page.get_by_label("Bersedia").check()
    page.get_by_role("button", name="Catat jawaban").click()
    for number in range(1, 5):
        expect(page.get_by_text(f"{number} dari 4")).to_be_visible()
        expect(page.get_by_text("Bila jaringan putus", exact=False)).to_be_visible()
        answer_screen(page)
        page.get_by_role("button", name="Simpan dan lanjut").click()
    expect(page.get_by_label("Siapa yang menjawab")).to_be_visible()
    assert "rows survey" in page.evaluate(EVERYTHING)

    # The portal has not yet told who is signed in when the button is pressed.
    held = []
    page.route("**/kerja/survei/sesi/", lambda route: held.append(route))
    page.reload()
    page.get_by_label("Siapa yang menjawab").fill("Sri")
    page.get_by_role("button", name="Kirim untuk diperiksa").click(no_wait_after=True)
    page.wait_for_timeout(500)
    for route in held:
        route.continue_()
    expect(page.get_by_text("Menunggu pemeriksaan").first).to_be_visible()
    assert Survey.objects.get().status == "SENT"
    assert "rows survey" not in page.evaluate(EVERYTHING)
