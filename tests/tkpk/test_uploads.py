"""Uploads stay in memory, and beyond the limit not even there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from tkpk.uploads import InMemoryUploadHandler


@pytest.fixture
def receive(settings):
    settings.UPLOAD_LIMIT_BYTES = 100_000

    def send(**sizes):
        data = {
            name: SimpleUploadedFile(f"{name}.csv", b"x" * size) for name, size in sizes.items()
        }
        return RequestFactory().post("/", data).FILES

    return send


def test_a_file_up_to_the_limit_arrives_whole(receive):
    file = receive(a=100_000)["a"]
    assert (file.size, len(file.read())) == (100_000, 100_000)


def test_a_file_over_the_limit_tells_its_size_and_keeps_no_bytes(receive):
    file = receive(a=300_000)["a"]
    assert (file.size, file.read()) == (300_000, b"")


def test_many_files_of_one_request_do_not_fill_the_memory(receive):
    kept = sum(len(file.read()) for file in receive(a=60_000, b=60_000, c=60_000).values())
    assert kept <= 100_000


def test_no_handler_writes_to_the_disk(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["tkpk.uploads.InMemoryUploadHandler"]
    assert not hasattr(InMemoryUploadHandler, "temporary_file_path")
