"""Every address is closed unless it stands in this list, and no GET changes anything."""

import re
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from households.imports.staging import start_batch
from households.models import Member
from tests import factories
from tkpk.models import AccessLog
from tkpk.roles import Role

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# The one place where it is written what a stranger may open.
OPEN = {
    # the public pages
    "home",
    "profile",
    "robots",
    "sitemap",
    "favicon",
    # figures in which small counts are withheld
    "statistics",
    "statistics_year",
    "statistics_csv",
    "statistics_json",
    # reports of residents, which say nothing of anybody
    "voices_home",
    "voice_lookup",
    "voice_ticket",
    "voice_settle",
    "voice_reopen",
    "nomination_send",
    "objection_send",
    "removal_send",
    # signing in, and what helps those who cannot
    "account_login",
    "account_logout",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "reset_code_use",
    "setup",
}
# Rows that a GET may write: who opened which file; and Django's own sessions.
# Whole: sessions are kept alive, the cache is filled.
MAY_CHANGE = {
    "django_session",
    "usersessions_usersession",
    settings.CACHES["default"]["LOCATION"],
}
MAY_GROW = {("INSERT", AccessLog._meta.db_table)}
WRITES = re.compile(
    r"\s*(INSERT|REPLACE|UPDATE|DELETE|TRUNCATE|CREATE|ALTER|DROP)\b"
    r"(?:\s+(?:OR|IGNORE|REPLACE|INTO|FROM|TABLE))*\s+\"?(\w+)",
    re.IGNORECASE,
)


def patterns(resolver=None, prefix="", names=""):
    """Every pattern: its name with namespaces, its route, its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            space = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from patterns(entry, route, space)
        elif isinstance(entry, URLPattern):
            yield f"{names}{entry.name}", route, entry


def addresses(rows):
    """An address for each pattern, naming rows that exist where it can."""
    for name, _route, entry in patterns():
        pattern = entry.pattern
        names = list(getattr(pattern, "converters", {})) or list(pattern.regex.groupindex)
        values = {part: rows.get(part, rows["pk"]) for part in names}
        if name == "document_download":
            values["pk"] = rows["document"]
        try:
            if names:
                yield name, reverse(name, kwargs=values)
            else:
                yield name, reverse(name, args=[rows["pk"]] * pattern.regex.groups)
        except NoReverseMatch:
            # The admin's catch-all and its shortcut for content types lead to no page of ours.
            assert name in {"admin:None", "None", "admin:view_on_site"}, name


@pytest.fixture
def rows(db):
    factories.make_installation()
    kelurahan = factories.make_kelurahan()
    maker = factories.make_user("pembuat", Role.STAFF, kelurahan)
    household = factories.make_family(factories.make_rt(kelurahan), by=maker)
    batch = start_batch(b"nama", name="daftar.csv", kelurahan=kelurahan, by=maker)
    document = batch.source
    return {
        "kelurahan": kelurahan, "pk": household.pk, "household_pk": household.pk,
        "move": "record_missing", "kind": "DEATH", "step": "decline", "instrument_move": "use",
        "list_step": "start_review_1", "listing_step": "verify", "list_paper": "review_sheet",
        "decree_step": "discard",
        "member_pk": household.members.first().pk, "place": 0,
        "voice_step": "take_up", "meeting_step": "open", "report_step": "decline",
        "ticket": "S-AAAA-BBBB-CCCC", "attendance_pk": 1,
        "version_pk": 1, "screen": 1, "act": "check",
        "token": "salah", "uidb36": "1", "key": "salah-sekali", "object_id": str(household.pk),
        "app_label": "tkpk", "content_type_id": 1, "url": "x", "document": document.pk,
    }  # fmt: skip


@contextmanager
def writing():
    """The statements that write anything but what a GET may: who looked, sessions, the cache."""
    found = []

    def note(execute, sql, params, many, context):
        if match := WRITES.match(sql):
            verb, table = match[1].upper(), match[2]
            if table not in MAY_CHANGE and (verb, table) not in MAY_GROW:
                found.append((verb, table))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


@pytest.mark.django_db
def test_a_statement_that_writes_is_noticed(rows):
    with writing() as found:
        Member.objects.filter(pk=0).update(name="X")
        Member.objects.filter(pk=0).delete()
        list(Member.objects.select_for_update())
        AccessLog.objects.filter(pk=0).delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tkpk_job WHERE id = 0")
    assert found == [
        ("UPDATE", "households_member"),
        ("DELETE", "tkpk_accesslog"),
        ("DELETE", "tkpk_job"),
    ]


def test_what_is_open_is_what_is_written_here():
    open_ = {
        name for name, _route, entry in patterns()
        if not getattr(entry.callback, "login_required", True)
    }  # fmt: skip
    assert open_ == OPEN


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sign_in_page_from_everywhere_else(client, rows):
    visited = 0
    for name, url in addresses(rows):
        if name in OPEN:
            continue
        for method in (client.get, client.post):
            response = method(url)
            assert response.status_code == 302, (name, url, response.status_code)
            assert response.url.startswith(("/akun/masuk/", "/kelola/login/")), (name, url)
        visited += 1
    assert visited > 40


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, *Role])
def test_no_get_changes_anything(client, rows, role):
    if role is not None:
        client.force_login(factories.make_user("pembaca", role, rows["kelurahan"]), BACKEND)
    for name, url in addresses(rows):
        with writing() as found:
            assert client.get(url).status_code < 500, (name, url)
        assert found == [], (name, url)
    if role is not None:
        assert "_auth_user_id" in client.session, "a GET signed the person out"
