"""The page of rights and duties: every role, from the tables themselves, for who is signed in."""

import pytest

from households import visibility
from households.workflows.registering import HOUSEHOLD_FLOW
from tests import factories
from tests.tkpk.signing_in import text_of
from tkpk import role_book
from tkpk.registry import workflows
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = "/kerja/peran/"


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


def chapter(user, role):
    return next(one for one in role_book.chapters(user) if one.role == role)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_reads_all_roles_with_its_own_first(client, kelurahan, role):
    client.force_login(factories.make_user("orang", role, kelurahan), BACKEND)
    page = client.get(PAGE)
    assert page.status_code == 200
    shown = page.context["chapters"]
    assert [one.role for one in shown if one.is_mine] == [role]
    assert shown[0].role == role
    assert {one.role for one in shown} == set(Role)
    assert client.post(PAGE).status_code == 405


def test_a_stranger_is_led_to_the_sign_in_page(client, kelurahan):
    assert client.get(PAGE).headers["Location"].startswith("/akun/masuk/")


def test_every_move_of_every_table_stands_with_exactly_its_roles(kelurahan):
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    for one in role_book.chapters(user):
        shown = {str(deeds.title): {str(move) for move in deeds.moves} for deeds in one.does}
        for flow in workflows():
            expected = {str(m.label) for m in flow.moves.values() if one.role in m.roles}
            assert shown.get(str(flow.title), set()) == expected


def test_a_changed_table_changes_the_page(kelurahan, monkeypatch):
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    move = next(iter(HOUSEHOLD_FLOW.moves.values()))
    assert move.label not in [label for d in chapter(user, Role.AUDITOR).does for label in d.moves]
    monkeypatch.setitem(vars(move), "roles", move.roles | {Role.AUDITOR})
    moves = [label for d in chapter(user, Role.AUDITOR).does for label in d.moves]
    assert move.label in moves


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_sees_is_the_table_of_visibility(kelurahan, role):
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    sees = [str(words) for words in chapter(user, role).sees]
    told = [str(words) for words in visibility.sights(role)]
    assert len(told) == len(visibility.COLUMNS.get(role, ()))
    # Other parts of the portal add what the role sees of theirs.
    assert set(told) <= set(sees)


def test_clashes_stand_with_both_roles(kelurahan):
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    for role, other in ((Role.STAFF, Role.LURAH), (Role.LURAH, Role.STAFF)):
        named = [label for labels, _words in chapter(user, role).excludes for label in labels]
        assert other.label in named


def test_holders_are_named_of_the_own_kelurahan_alone(client, kelurahan):
    factories.make_user("lurah", Role.LURAH, kelurahan, name="Sri Lurah")
    factories.make_user("camat", Role.KEMANTREN, kelurahan.parent, name="Edi Kemantren")
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    factories.make_user("lurah2", Role.LURAH, other, name="Lurah Sebelah")
    client.force_login(factories.make_user("petugas", Role.STAFF, kelurahan), BACKEND)
    page = text_of(client.get(PAGE))
    assert "Sri Lurah" in page
    assert "Edi Kemantren" in page
    assert "Lurah Sebelah" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(kelurahan, django_assert_num_queries, number):
    user = factories.make_user("petugas", Role.STAFF, kelurahan)
    for _one in range(number):
        factories.make_user(role=Role.RT_HEAD, territory=factories.make_rt(kelurahan))
    with django_assert_num_queries(2):
        words = [
            f"{row.user.name} {row.title} {row.territory}"
            for one in role_book.chapters(user)
            for row in one.holders
        ]
    assert len(words) == number + 1
