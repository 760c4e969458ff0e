"""Writing a section of the profile in the admin screens."""

import pytest
from django.urls import reverse

from programs.models import ProfileSection
from tests import factories
from tkpk.models import Installation
from tkpk.roles import Role

pytestmark = pytest.mark.django_db
LIST = "/kelola/programs/profilesection/"


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


@pytest.fixture
def section(kelurahan, officer):
    return make_section(kelurahan, officer)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def make_section(kelurahan, by, slug="tentang"):
    return ProfileSection.objects.create(
        kelurahan=kelurahan,
        slug=slug,
        title="Tentang kami",
        body="Naskah lama.",
        created_by=by,
        updated_by=by,
    )


def change(section):
    return reverse("admin:programs_profilesection_change", args=[section.pk])


def typed(version=1, **fields):
    return {
        "title": "Tentang kami",
        "slug": "tentang",
        "position": "10",
        "is_published": "on",
        "body": "Naskah baru.",
        "title_en": "",
        "body_en": "",
        "read_version": str(version),
        **fields,
    }


def errors(response):
    return response.context["adminform"].form.errors


def test_an_officer_changes_a_section_and_the_public_pages_know(desk, section, officer):
    before = Installation.current().data_version
    assert desk.post(change(section), typed()).status_code == 302
    section.refresh_from_db()
    assert (section.body, section.version, section.updated_by) == ("Naskah baru.", 2, officer)
    assert [row.body for row in section.history.all()] == ["Naskah baru.", "Naskah lama."]
    assert Installation.current().data_version == before + 1


def test_an_officer_adds_a_section_to_the_own_kelurahan(desk, kelurahan, officer):
    assert desk.get(f"{LIST}add/").status_code == 200
    assert desk.post(f"{LIST}add/", typed()).status_code == 302
    section = ProfileSection.objects.get()
    assert (section.kelurahan, section.created_by, section.version) == (kelurahan, officer, 1)


def test_a_second_section_of_the_same_short_name_is_refused_in_words(desk, section):
    response = desk.post(f"{LIST}add/", typed())
    assert response.status_code == 200
    assert "slug" in errors(response)


def test_another_kelurahan_may_use_the_same_short_name(desk, officer):
    neighbour = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    make_section(neighbour, officer)
    assert desk.post(f"{LIST}add/", typed()).status_code == 302


def test_a_stale_save_shows_the_other_text_and_keeps_the_typed_one(desk, section, kelurahan):
    desk.get(change(section))
    other = factories.make_user("lain", Role.STAFF, kelurahan, name="Rekan Lain")
    ProfileSection.objects.filter(pk=section.pk).update(
        body="Naskah rekan.", version=2, updated_by=other
    )
    response = desk.post(change(section), typed(version=1))
    assert response.status_code == 200
    page = response.content.decode()
    assert "Naskah rekan." in page
    assert "Naskah baru." in page
    assert "Rekan Lain" in str(errors(response))
    section.refresh_from_db()
    assert section.body == "Naskah rekan."


def test_after_seeing_the_other_text_the_officer_may_save(desk, section):
    ProfileSection.objects.filter(pk=section.pk).update(body="Naskah rekan.", version=2)
    response = desk.post(change(section), typed(version=1))
    shown = response.context["adminform"].form["read_version"].value()
    assert desk.post(change(section), typed(version=shown)).status_code == 302
    section.refresh_from_db()
    assert (section.body, section.version) == ("Naskah baru.", 3)


def test_a_form_without_version_is_never_saved(desk, section):
    response = desk.post(change(section), typed(version=""))
    assert response.status_code == 200
    section.refresh_from_db()
    assert section.body == "Naskah lama."


@pytest.mark.parametrize("field", ["title", "body", "title_en", "body_en"])
def test_a_section_naming_a_registered_person_is_refused_at_the_field(
    desk, section, kelurahan, officer, field
):
    factories.make_family(factories.make_rt(kelurahan), by=officer, head="Wiryo Kartosuwignyo")
    response = desk.post(change(section), typed(**{field: "Untuk Wiryo Kartosuwignyo."}))
    assert response.status_code == 200
    assert list(errors(response)) == [field]
    section.refresh_from_db()
    assert section.version == 1


def test_a_section_with_a_number_of_16_digits_is_refused(desk, section):
    response = desk.post(change(section), typed(body="NIK 3471040101900000"))
    assert list(errors(response)) == ["body"]


def test_the_preview_shows_the_text_as_html_and_saves_nothing(desk, section):
    address = reverse("admin:programs_profilesection_preview")
    text = "## Judul\n\n**Tebal** <script>alert(1)</script>"
    response = desk.post(address, typed(body=text, title_en="About us", body_en="Hello."))
    page = response.content.decode()
    assert "<h3>Judul</h3>" in page
    assert "<strong>Tebal</strong>" in page
    assert "<script>alert" not in page
    assert "About us" in page
    section.refresh_from_db()
    assert section.body == "Naskah lama."


def test_the_preview_says_what_would_be_refused(desk, kelurahan, officer):
    factories.make_family(factories.make_rt(kelurahan), by=officer, head="Wiryo Kartosuwignyo")
    address = reverse("admin:programs_profilesection_preview")
    response = desk.post(address, typed(body="Untuk Wiryo Kartosuwignyo."))
    assert response.context["warnings"]


def test_the_preview_is_a_post_of_officers(desk, client, kelurahan):
    address = reverse("admin:programs_profilesection_preview")
    assert desk.get(address).status_code == 405
    client.force_login(factories.make_user("lurah", Role.LURAH, kelurahan))
    assert client.post(address, typed()).status_code == 403


def test_the_form_offers_preview_and_help(desk, section):
    page = desk.get(change(section)).content.decode()
    assert reverse("admin:programs_profilesection_preview") in page
    assert "Markdown" in page


def test_the_lurah_reads_and_does_not_write(client, section, kelurahan):
    client.force_login(factories.make_user("lurah", Role.LURAH, kelurahan))
    assert client.get(change(section)).status_code == 200
    assert client.post(change(section), typed()).status_code == 403


def test_an_officer_of_another_kelurahan_does_not_find_the_section(client, section):
    neighbour = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    client.force_login(factories.make_user("tetangga", Role.STAFF, neighbour))
    assert client.get(change(section)).status_code == 302  # the admin's own "does not exist"
    assert client.post(change(section), typed()).status_code == 302
    section.refresh_from_db()
    assert section.body == "Naskah lama."


def test_nothing_is_deleted_here(desk, section):
    address = reverse("admin:programs_profilesection_delete", args=[section.pk])
    assert desk.post(address, {"post": "yes"}).status_code == 403


def test_an_older_text_can_be_looked_at_in_the_history(desk, section):
    desk.post(change(section), typed())
    first = section.history.last()
    address = f"{change(section).removesuffix('change/')}history/"
    assert desk.get(address).status_code == 200
    page = desk.get(f"{address}{first.history_id}/")
    assert page.status_code == 200
    assert "Naskah lama." in page.content.decode()
