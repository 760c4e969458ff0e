"""Every address is closed unless it stands in this list, and no GET changes anything."""

from collections import Counter

import pytest
from django.apps import apps
from django.db import connection
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from households.imports.staging import start_batch
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
MAY_GROW = {AccessLog._meta.db_table, "django_session", "usersessions_usersession"}


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
        "move": "record_missing", "kind": "DEATH", "step": "decline",
        "member_pk": household.members.first().pk, "place": 0,
        "token": "salah", "uidb36": "1", "key": "salah-sekali", "object_id": str(household.pk),
        "app_label": "tkpk", "content_type_id": 1, "url": "x", "document": document.pk,
    }  # fmt: skip


def counts():
    found = Counter()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.managed and table not in MAY_GROW:
                cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - own names
                found[table] = cursor.fetchone()[0]
    return found


def versions():
    """What every row says of its own changes."""
    found = {}
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        kept = sorted(names & {"version", "status", "updated_at", "data_version", "removed_at"})
        if kept and model._meta.managed:
            found[model._meta.label] = list(
                model._base_manager.order_by("pk").values_list("pk", *kept)
            )
    return found


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
        before, old = counts(), versions()
        assert client.get(url).status_code < 500, (name, url)
        assert counts() == before, (name, url)
        assert versions() == old, (name, url)
    if role is not None:
        assert "_auth_user_id" in client.session, "a GET signed the person out"
