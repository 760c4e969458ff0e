"""Lists of other offices for tests: a decile list, recipients of aid, and families to meet them."""

import datetime

from households.codes import Relation, Sex
from households.models import AidProgramme
from tests import factories as make
from tests.households import workbooks as file

DECILE_HEADERS = ["NIK", "Nama Lengkap", "Desil"]
DECILE_COLUMNS = {"NIK": "nik", "Nama Lengkap": "name", "Desil": "decile"}
DECILE_CONSTANTS = {"registry_source": "DTSEN", "decile_as_of": "2026-10-01"}
AID_HEADERS = ["NIK Penerima", "Nama", "Nominal"]
AID_COLUMNS = {"NIK Penerima": "nik", "Nama": "name", "Nominal": "aid_amount_idr"}
AID_CONSTANTS = {
    "aid_programme": "PKH",
    "aid_period_from": "2026-07-01",
    "aid_period_to": "2026-09-30",
}


def known_family(place, by, **fields):
    """A head and a wife whose NIKs are those of the workbooks."""
    rt = make.make_rt(place)
    household = make.make_family(rt, by=by, head="Pak Contoh", others=0, **fields)
    head = household.members.get()
    head.set_nik(file.HEAD_NIK)
    head.birth_date = datetime.date(1970, 5, 20)
    head.save()
    make.make_member(
        household,
        "Bu Contoh",
        by=by,
        relation=Relation.WIFE,
        sex=Sex.FEMALE,
        birth_date=datetime.date(1972, 3, 1),
        nik=file.WIFE_NIK,
    )
    return household


def table(headers, *rows):
    return file.xlsx([list(headers), *[list(row) for row in rows]])


def decile_list(*rows):
    return table(DECILE_HEADERS, *(rows or [(file.HEAD_NIK, "PAK CONTOH", 2)]))


def aid_list(*rows):
    return table(AID_HEADERS, *(rows or [(file.HEAD_NIK, "PAK CONTOH", 750000)]))


def programme(place, by, name="PKH", target="FAMILY"):
    return AidProgramme.objects.create(
        kelurahan=place, name=name, target=target, created_by=by, updated_by=by
    )
