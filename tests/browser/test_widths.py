"""Every page that a link of the staff workspace leads to, on a phone: nothing wider than it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from households import assistance
from households.imports.checking import check_batch
from households.imports.staging import start_batch
from households.models import AidProgramme, AidTarget
from tests import factories as make
from tests.browser.conftest import PHONE
from tests.browser.test_account import sign_in
from tests.households import lists
from tests.households import workbooks as file
from tkpk.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
MOST_PAGES = 150
# Names as long as offices have them: what does not break makes a page wide.
PROGRAMMES = [
    "Program Keluarga Harapan",
    "Bantuan Pangan Non-Tunai (Program Sembako)",
    "Penerima Bantuan Iuran Jaminan Kesehatan",
    "Bantuan Langsung Tunai Daerah Istimewa Yogyakarta",
    "Bantuan Perbaikan Rumah Tidak Layak Huni",
]


@pytest.fixture
def office():
    make.make_installation()
    kelurahan = make.make_kelurahan()
    officer = make.make_user("petugas", Role.STAFF, kelurahan)
    family = make.make_family(
        make.make_rt(kelurahan), by=officer, head="Wiryo Kartosuwignyo Notodihardjo", others=2
    )
    for name in PROGRAMMES:
        programme = AidProgramme.objects.create(
            kelurahan=kelurahan, name=name, provider="Kementerian Sosial Republik Indonesia",
            target=AidTarget.FAMILY, created_by=officer, updated_by=officer,
        )  # fmt: skip
        day = timezone.localdate().replace(month=1, day=1)
        assistance.record(programme, family, by=officer, period_from=day, amount_idr=200_000)
    lost = {**file.person(), "dusun": "MANGGIS", "rw": "-", "rt": "004"}
    for data, name in (
        (file.xlsx(file.grid([file.person(), file.wife()])), "penduduk-tegalpanggung-2026.xlsx"),
        (file.xlsx(file.grid([file.person(sex="X")])), "daftar.xlsx"),
        (file.xlsx(file.grid([lost])), "kampung.xlsx"),
        (lists.decile_list(), "desil.xlsx"),
    ):
        batch = start_batch(data, name=name, kelurahan=kelurahan, by=officer)
        check_batch(batch, by=officer)
    return kelurahan


def links_of(page):
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    here = re.match(r"https?://[^/]+", page.url)[0]
    return [url.split("#")[0] for url in found if url.startswith(f"{here}/kerja/")]


def shape(url):
    """Pages that differ only in which row they show, or by which filter, are looked at once."""
    path, _mark, query = re.sub(r"\d+", "N", url).partition("?")
    return path, frozenset(part.partition("=")[0] for part in query.split("&"))


def test_no_page_of_the_staff_is_wider_than_a_phone(phone, office):
    sign_in(phone, "petugas", make.PASSWORD)
    phone.goto("/kerja/")
    waiting, seen, wide = links_of(phone), set(), []
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        if shape(url) in seen:
            continue
        seen.add(shape(url))
        assert phone.goto(url, wait_until="domcontentloaded").status == 200, url
        width = phone.evaluate("document.scrollingElement.scrollWidth")
        if width > PHONE["width"]:
            wide.append((url, width))
        waiting += links_of(phone)
    assert wide == []
    assert len(seen) > 50
    assert any(reverse("aid_matrix") in path for path, _query in seen)
