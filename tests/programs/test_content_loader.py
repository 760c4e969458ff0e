"""The texts that a kelurahan starts with."""

import re

import pytest
from django.contrib.auth import get_user_model

from programs.content_loader import load_profile, texts
from programs.models import ProfileSection
from tests import factories
from tkpk.registry import registry
from tkpk.roles import Role
from tkpk.text_checks import no_identifier

pytestmark = pytest.mark.django_db
GOALS = {"tentang", "latar-belakang", "tujuan-umum", "tujuan-khusus", "sasaran", "tahapan", "pilar"}


@pytest.fixture
def kelurahan():
    factories.make_installation()
    return factories.make_kelurahan()


@pytest.fixture
def officer(kelurahan):
    return factories.make_user("petugas", Role.STAFF, kelurahan)


def test_every_text_is_there_in_both_languages_and_fits_its_field(kelurahan):
    indonesian, english = texts("id", kelurahan), texts("en", kelurahan)
    assert set(indonesian) == set(english) >= GOALS
    for text in (*indonesian.values(), *english.values()):
        assert 0 < len(text.title) <= 120
        assert len(text.body) > 200
        assert not re.search(r"[{}]", text.title + text.body)
        no_identifier(text.title + text.body)


def test_loading_creates_the_sections_once(kelurahan, officer):
    created = load_profile(kelurahan, by=officer)
    assert created == ProfileSection.objects.count() == len(texts("id", kelurahan))
    assert load_profile(kelurahan, by=officer) == 0


def test_loading_never_touches_what_was_edited(kelurahan, officer):
    load_profile(kelurahan, by=officer)
    ProfileSection.objects.filter(slug="tentang").update(body="Tulisan petugas.")
    ProfileSection.objects.get(slug="pilar").delete()
    assert load_profile(kelurahan, by=officer) == 1
    assert ProfileSection.objects.get(slug="tentang").body == "Tulisan petugas."


def test_texts_name_the_kelurahan_they_are_for(kelurahan, officer):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    load_profile(kelurahan, by=officer)
    load_profile(other, by=officer)
    theirs = ProfileSection.objects.filter(kelurahan=other)
    assert "Suryatmajan" in theirs.get(slug="tentang").body
    assert not any("Tegalpanggung" in section.body for section in theirs)


def test_a_kelurahan_with_its_own_folder_gets_its_own_texts(kelurahan, officer):
    other = factories.make_kelurahan(factories.SURYATMAJAN, "Suryatmajan")
    assert "wilayah" in texts("id", kelurahan)
    assert "wilayah" not in texts("id", other)
    own, common = (texts("id", place)["latar-belakang"].body for place in (kelurahan, other))
    assert own != common


def test_a_new_kelurahan_gets_its_texts_by_the_registry(kelurahan, officer):
    assert get_user_model().objects.count() == 1
    for callback in registry.on_kelurahan_created:
        callback(kelurahan, officer)
    assert ProfileSection.objects.filter(kelurahan=kelurahan).exists()
