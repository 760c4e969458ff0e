"""A draft is written at once, and a row that cannot stand is still named."""

import copy
import datetime

import pytest
from django.core.exceptions import ValidationError

from households.instruments.building import Heading, instrument_of, write_draft
from households.instruments.shipping import shipped
from households.models import InstrumentVersion, Option

pytestmark = pytest.mark.django_db


@pytest.fixture
def content():
    return copy.deepcopy(shipped("bps14"))


@pytest.fixture
def write(kelurahan, staff):
    def written(content):
        instrument = instrument_of(kelurahan, code="uji", by=staff, names={"name": "Uji"})
        heading = Heading("1", datetime.date(2026, 1, 1), "COUNT")
        return write_draft(instrument, heading, content, by=staff, move="import")

    return written


def test_a_draft_takes_few_queries(write, content, django_assert_max_num_queries):
    # More rows than that are written; one by one they took some hundreds.
    with django_assert_max_num_queries(55):
        version = write(content)
    rows = [row for aspect in content["aspects"] for row in aspect["parameters"]]
    written = Option.objects.filter(parameter__aspect__version=version)
    assert written.count() == sum(len(row["options"]) for row in rows)


def twice(rows):
    rows.append(copy.deepcopy(rows[0]))


def test_a_row_that_the_database_refuses_is_said_as_a_fault_and_nothing_is_written(write, content):
    aspect = content["aspects"][0]
    parameter = aspect["parameters"][0]
    for rows in (content["aspects"], aspect["parameters"], parameter["options"]):
        twice(rows)
        with pytest.raises(ValidationError):
            write(content)
        rows.pop()
        assert not InstrumentVersion.objects.exists()
    parameter["options"][0] |= {"lower": "5", "upper": "4"}
    with pytest.raises(ValidationError) as caught:
        write(content)
    assert "option_band_in_order" in str(caught.value)
    assert not InstrumentVersion.objects.exists()
