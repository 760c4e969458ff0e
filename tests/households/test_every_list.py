"""Every list of the staff workspace asks as often for twelve thousand people as for a few."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from households import dashboard_rows, health, statistics
from households.models import ImportBatch, Member
from tests import factories
from tests.households.elsewhere import addresses, one_of_everything
from tests.households.grown import grow
from tests.tkpk.test_urls_closed import patterns

pytestmark = pytest.mark.django_db
MOST = 12
PEOPLE = 12_000
LAST_YEAR = timezone.localdate().year - 1
# The lists: by the name of the address, with what each is asked besides as it opens.
LISTS = {
    "roles_page": (),
    "voice_list": ("tampil=semua",),
    "meeting_list": (),
    "meeting_detail": (),
    "health_overview": (),
    "health_list": (),
    "aid_overview": (),
    "aid_proposed": (),
    "aid_matrix": (),
    "aid_both": (),
    "aid_gaps": (f"tahun={LAST_YEAR}",),
    "aid_unserved": (f"tahun={LAST_YEAR}",),
    "aid_never": (f"tahun={LAST_YEAR}",),
    "aid_unlisted": (),
    "aid_programme": (),
    "report_cards": (),
    "access_report": (),
    "import_list": (),
    "import_detail": ("lihat=semua", "lihat=ditolak"),
    "household_list": ("desil=2", "rw=34.71.04.1001.007", "tanpa_rt=on"),
    "export_list": (),
    "submission_detail": (),
    "answer_detail": (),
    "event_list": (),
    "transfer_list": (),
    "duplicate_list": (),
    "same_kk_list": (),
    "instrument_list": (),
    "instrument_sensitivity": (),
    "survey_list": ("keadaan=semua", "keadaan=periksa", "jumlah=1"),
    "poor_list_list": (),
    "listing_list": ("status=berdiri", "desil=2"),
    "decree_detail": (),
    "household_history": (),
}
LISTS |= dict.fromkeys(map(dashboard_rows.address_name, dashboard_rows.KINDS), ())
# Rows of several lists stand on these pages, and what the rows lack: each list asks once.
SEVERAL = {"work_home": 24, "dashboard": 16, "poor_list_detail": 14}
# What residents read; asked past the cache.
PUBLIC = {"statistics": 10}
# Pages of one thing, forms, and what is fetched: no rows that pile up stand on them.
OTHERS = {
    "style_page", "voice_detail", "voice_answer", "voice_move", "meeting_plan",
    "meeting_edit", "meeting_notes", "meeting_move", "counter", "statement_page", "aid_add",
    "aid_edit", "aid_withdraw", "aid_record_many", "aid_export", "aid_stop", "aid_resume",
    "report_card", "commitment_settle", "import_new", "import_columns", "statistics_publish",
    "household_download", "layout_new", "layout_edit", "column_edit", "layout_export",
    "submission_export", "family_arrival", "event_choose", "event_add", "event_detail",
    "event_cancel", "transfer_request", "transfer_offer", "transfer_detail",
    "transfer_release", "transfer_accept", "transfer_step", "duplicate_pair",
    "instrument_import", "instrument_version", "instrument_what_if", "score_detail",
    "nomination_record", "objection_record", "removal_record", "voice_match", "voice_decide",
    "area_report", "survey_begin", "survey_type", "survey_form_pdf", "survey_field",
    "survey_worker", "survey_session", "survey_detail", "survey_step", "survey_end",
    "survey_move", "survey_apply", "poor_list_new", "poor_list_settings", "poor_list_step",
    "poor_list_carry_over", "list_paper", "poor_list_export", "decree_new", "listing_detail",
    "listing_meeting", "listing_step", "household_add", "household_file", "household_edit",
    "household_move", "member_add", "member_file", "member_edit", "member_move",
    "document_download",
}  # fmt: skip


@pytest.fixture
def rows(settings):
    factories.make_installation()
    found = one_of_everything()
    settings.DEFAULT_KELURAHAN = found["place"].code
    return found


def list_addresses(rows):
    """Name and address of every list, with every filter."""
    known = {}
    for name, url in addresses(rows):
        known.setdefault(name, url)
    waiting = ImportBatch.objects.filter(status="CHECKED").latest("pk")
    known["import_detail"] = reverse("import_detail", args=[waiting.pk])
    for name in SEVERAL:
        yield name, known.get(name) or reverse(name), ""
    for name in PUBLIC:
        yield name, reverse(name), "?baru=1"
    for name, queries in LISTS.items():
        if name == "health_list":
            urls = [reverse(name, args=[code]) for code in health.CHECKS]
        else:
            urls = [known[name] if name in known else reverse(name)]
        for url in urls:
            yield from ((name, url, f"?{query}" if query else "") for query in ("", *queries))


def asked(client, rows):
    """How many queries each list takes."""
    statistics.publish(rows["place"], by=rows["by"])
    found = {}
    for name, url, query in list_addresses(rows):
        # What is kept a while, and what a session asks first, is read by the first of two.
        costs = []
        for _twice in range(2 if name in SEVERAL else 1):
            with CaptureQueriesContext(connection) as queries:
                response = client.get(url + query)
            costs.append(len(queries))
        assert response.status_code == 200, url
        # The number of the import is another one in each of the two kelurahan.
        found[name, query, "" if name == "import_detail" else url] = costs[-1]
    return found


def test_every_list_asks_as_often_whatever_its_length(client, rows):
    client.force_login(rows["by"])
    client.get(reverse("work_home"))
    with transaction.atomic():
        grow(rows, number=40, few=4)
        few = asked(client, rows)
        transaction.set_rollback(True)
    grow(rows, number=PEOPLE // 4, few=60)
    assert Member.objects.count() >= PEOPLE
    many = asked(client, rows)
    limits = SEVERAL | PUBLIC
    dear = {key: cost for key, cost in many.items() if cost > limits.get(key[0], MOST)}
    assert dear == {}
    # Fewer is no fault: of rows that all are of one kind, the others need not be asked for.
    assert {key: (few[key], cost) for key, cost in many.items() if cost > few[key]} == {}


def test_every_page_of_the_workspace_is_a_list_or_known_to_be_none(client, rows):
    """A new page is written into one of the two; what answers to a button only needs not be."""
    client.force_login(rows["by"])
    known = {}
    for name, url in addresses(rows):
        known.setdefault(name, url)
    named = {*LISTS, *SEVERAL, *OTHERS}
    for name, route, entry in patterns():
        if route.startswith("kerja/") and name not in named:
            url = known.get(name) or reverse(name, args=["" for _ in entry.pattern.converters])
            assert client.get(url).status_code == 405, name
            named.add(name)
    work = {name for name, route, _entry in patterns() if route.startswith("kerja/")}
    assert named == work
