"""Papers of the list: what stands on them, and above all what does not."""

import shutil
import subprocess

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from households.listing import keeping, lines, papers, rounds
from households.models import Listing, PoorList, PoorListStatus
from tests import factories
from tests.households.listing import brought_to, families, held, line_on, opened
from tkpk.models import Territory, TrailEntry
from tkpk.roles import Role

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(name, args=args)


def signed_in(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def reviewed(kelurahan, staff):
    """A list in round 1 with one family in each of two RW."""
    poor_list = opened(kelurahan, staff)
    for rw, rt, head in ((3, 12, "Wiryo Kartosuwignyo"), (5, 20, "Sastro #Ngadimin*")):
        place = factories.make_rt(kelurahan, rw, rt)
        family = factories.make_family(place, by=staff, head=head, others=0, decile=None)
        line_on(poor_list, family, staff, status="PUBLIC_REVIEW_1", exception="Tanpa skor")
    meeting = held(kelurahan, "UJI_PUBLIK_1", staff, women=3, men=1)
    return brought_to(poor_list, "REVIEW_1", staff, review_1=meeting)


def pages_of(content, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "lembar.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    text = done.stdout.decode().replace("\u200b", "")
    return [" ".join(page.split()) for page in text.split("\f") if page.strip()]


def test_the_sheet_has_names_and_rt_by_rw_and_nothing_else(reviewed, staff, tmp_path):
    data = papers.sheet_data(reviewed, by=staff)
    assert data["parts"] == [
        {"rw": "RW 03", "rows": [["1", "Wiryo Kartosuwignyo", "RT 12"]]},
        {"rw": "RW 05", "rows": [["1", "Sastro #Ngadimin*", "RT 20"]]},
    ]
    content = papers.printed(reviewed, "review_sheet", by=staff, reason="Uji publik besok")
    first, second = pages_of(content, tmp_path)
    assert "Wiryo Kartosuwignyo" in first
    assert "Sastro #Ngadimin*" in second
    assert "Sastro" not in first
    assert "Hanya untuk rapat" in first
    text = first + second
    for family in reviewed.listings.all():
        assert family.household.kk_number not in text
        assert "Tanpa skor" not in text
    for word in ("NIK", "skor", "desil", "kelas", "3471"):
        assert word.lower() not in text.lower().replace("34.71", "")
    entry = TrailEntry.objects.get(process="list_paper")
    assert entry.by == staff
    assert "Uji publik besok" in entry.reason


def test_round_2_says_that_it_only_removes(reviewed, staff, tmp_path):
    reviewed.listings.update(status="PUBLIC_REVIEW_2")
    reviewed = brought_to(reviewed, "REVIEW_2", staff)
    content = papers.printed(reviewed, "review_sheet", by=staff, reason="Tahap 2")
    assert "tidak ada usulan baru" in pages_of(content, tmp_path)[0]


def test_the_minutes_have_number_attendance_and_the_share_of_women(reviewed, staff, tmp_path):
    content = papers.printed(reviewed, "minutes_1", by=staff, reason="Arsip")
    text = " ".join(pages_of(content, tmp_path))
    assert reviewed.review_1.minutes in text
    assert "4 orang, 3 perempuan (75%)" in text
    assert "Keluarga yang tetap dalam daftar 2" in text
    assert "Wiryo" not in text


def test_the_minutes_of_a_round_keep_their_counts_when_the_list_goes_on(kelurahan, staff):
    poor_list = opened(kelurahan, staff)
    second = factories.make_user("kedua", Role.STAFF, kelurahan)
    place = factories.make_rt(kelurahan, 3, 12)
    early, first, then, stays = (
        lines.nominate(poor_list, family, by=staff, origin="STAFF")
        for family in families(place, staff, 4)
    )
    lines.delist(early, by=second, reason="Sudah mampu")
    for line in (first, then, stays):
        lines.verify(line, by=second, exception="Dilihat langsung")
    meeting = held(kelurahan, "UJI_PUBLIK_1", staff)
    PoorList.objects.filter(pk=poor_list.pk).update(review_1=meeting)
    poor_list.refresh_from_db()

    def counts(number):
        found = PoorList.objects.get(pk=poor_list.pk)
        stage = PoorListStatus(f"REVIEW_{number}")
        return rounds.outcome_of(found, stage)

    keeping.advance(poor_list, "start_review_1", by=staff)
    # Who left before the round was not taken off by its meeting.
    assert counts(1) == rounds.Outcome(standing=3, off=0, gone=0)
    lines.delist(Listing.objects.get(pk=first.pk), by=second, reason="Mampu")
    assert counts(1) == rounds.Outcome(standing=2, off=1, gone=0)
    keeping.advance(PoorList.objects.get(pk=poor_list.pk), "start_review_2", by=staff)
    lines.delist(Listing.objects.get(pk=then.pk), by=second, reason="Mampu")
    # The meeting is often chosen after the families were taken off.
    now = PoorList.objects.get(pk=poor_list.pk)
    round_2 = held(kelurahan, "UJI_PUBLIK_2", staff)
    keeping.change_list(now, {"review_2": round_2}, by=staff, expected_version=now.version)
    assert counts(1) == rounds.Outcome(standing=2, off=1, gone=0)
    assert counts(2) == rounds.Outcome(standing=1, off=1, gone=0)


def test_the_letter_and_the_last_minutes_count_and_name_nobody(reviewed, staff, tmp_path):
    reviewed.listings.update(status="ESTABLISHED")
    done = brought_to(reviewed, "ESTABLISHED", staff)
    letter = " ".join(
        pages_of(papers.printed(done, "cover_letter", by=staff, reason="Kirim"), tmp_path)
    )
    assert "Jumlah keluarga 2" in letter
    assert "Tanpa kelas (pengecualian) 2" in letter
    minutes = papers.printed(done, "minutes_established", by=staff, reason="Arsip")
    text = " ".join(pages_of(minutes, tmp_path))
    assert done.rembug.minutes in text
    assert "Ditetapkan 2" in text
    assert "Wiryo" not in letter + text


def test_a_paper_comes_at_its_stage_and_to_those_who_keep_the_list(reviewed, staff, kelurahan):
    offered = [name for name, _title in papers.available(reviewed, by=staff)]
    assert offered == ["review_sheet", "minutes_1"]
    with pytest.raises(ValidationError):
        papers.printed(reviewed, "cover_letter", by=staff, reason="Kirim")
    chair = factories.make_user("ketua", Role.TKPK_CHAIR, kelurahan)
    with pytest.raises(PermissionDenied):
        papers.printed(reviewed, "review_sheet", by=chair, reason="Ingin tahu")
    assert not TrailEntry.objects.filter(process="list_paper").exists()
    assert PoorList.objects.get().status == "REVIEW_1"


# --- the sheet of one place ------------------------------------------------------------------
def place_of(kelurahan, rw, rt=None):
    code = f"{kelurahan.code}.{rw:03d}" + (f".{rt:03d}" if rt else "")
    return Territory.objects.get(code=code)


def test_the_sheet_of_one_rw_or_rt_has_its_names_alone(reviewed, staff, kelurahan):
    for place in (place_of(kelurahan, 3), place_of(kelurahan, 3, 12)):
        data = papers.sheet_data(reviewed, by=staff, place=place)
        assert [part["rw"] for part in data["parts"]] == ["RW 03"]
        assert [row[1] for row in data["parts"][0]["rows"]] == ["Wiryo Kartosuwignyo"]


def test_a_head_of_rw_prints_the_own_rw_and_no_other_place(client, reviewed, kelurahan, tmp_path):
    own, other = place_of(kelurahan, 3), place_of(kelurahan, 5)
    head = factories.make_user("rw3", Role.RW_HEAD, own)
    signed_in(client, head)
    detail = client.get(at("poor_list_detail", reviewed.pk))
    assert at("list_paper", reviewed.pk, "review_sheet") in detail.content.decode()
    url = at("list_paper", reviewed.pk, "review_sheet")
    offered = [code for code, _name in client.get(url).context["form"].fields["place"].choices]
    assert offered == [own.code, place_of(kelurahan, 3, 12).code]
    printed = client.post(url, {"place": own.code, "reason": "Dibacakan di balai RW"})
    assert printed["Content-Type"] == "application/pdf"
    assert "rw-03" in printed["Content-Disposition"]
    text = " ".join(pages_of(printed.content, tmp_path))
    assert "Wiryo" in text
    assert "Sastro" not in text
    entry = TrailEntry.objects.get(process="list_paper")
    assert (entry.role, "RW 03" in entry.reason) == ("RW_HEAD", True)
    for place in (other.code, ""):
        refused = client.post(url, {"place": place, "reason": "Ingin tahu"})
        assert "place" in refused.context["form"].errors
    for place in (other, None):
        with pytest.raises(PermissionDenied):
            papers.printed(reviewed, "review_sheet", by=head, reason="Ingin tahu", place=place)


def test_a_head_of_another_kelurahan_or_without_a_place_here_prints_nothing(client, reviewed):
    elsewhere = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    signed_in(client, factories.make_user("jauh", Role.RW_HEAD, elsewhere))
    assert client.get(at("list_paper", reviewed.pk, "review_sheet")).status_code == 404
    kelurahan = reviewed.kelurahan
    signed_in(client, factories.make_user("ketua2", Role.TKPK_CHAIR, kelurahan))
    assert client.get(at("list_paper", reviewed.pk, "review_sheet")).status_code == 403


def test_the_office_prints_the_whole_or_one_place(client, reviewed, staff, kelurahan):
    signed_in(client, staff)
    url = at("list_paper", reviewed.pk, "review_sheet")
    for place in ("", place_of(kelurahan, 5).code, place_of(kelurahan, 5, 20).code):
        answer = client.post(url, {"place": place, "reason": "Uji publik besok"})
        assert answer["Content-Type"] == "application/pdf", place
