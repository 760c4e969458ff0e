"""The layouts that every kelurahan starts with. Their headers are data: the receiver's words."""

from typing import Any

from django.db import transaction

from households.models import CodeFormat, ExportLayout, RowUnit
from tkpk.models import Territory, User

DTSEN, ATTENDANCE = "dtsen", "daftar-hadir"


def _column(source: str, header: str) -> dict[str, Any]:
    return {"source": source, "header": header, "codes": CodeFormat.WORDS.value, "map": {}}


LAYOUTS: dict[str, dict[str, Any]] = {
    DTSEN: {
        "name": "Usulan/sanggah DTSEN",
        "row_unit": RowUnit.PERSON,
        "header_rows": [],
        "columns": [
            _column("number", "No"),
            _column("nik", "NIK"),
            _column("family.kk_number", "No. KK"),
            _column("name", "Nama"),
            _column("sex", "Jenis kelamin"),
            _column("birth_place", "Tempat lahir"),
            _column("birth_date", "Tanggal lahir"),
            _column("mother_name", "Nama ibu kandung"),
            _column("relation", "Hubungan dalam keluarga"),
            _column("work", "Pekerjaan"),
            _column("family.address", "Alamat"),
            _column("rt", "RT"),
            _column("rw", "RW"),
            _column("family.decile", "Desil"),
            _column("blank", "Alasan"),
        ],
    },
    ATTENDANCE: {
        "name": "Daftar hadir musyawarah",
        "row_unit": RowUnit.FAMILY,
        "printed": True,
        "header_rows": ["Daftar hadir musyawarah", "Kelurahan [kelurahan], tanggal …"],
        "columns": [
            _column("number", "No"),
            _column("head_name", "Nama"),
            _column("address_and_place", "Alamat"),
            _column("blank", "Tanda tangan"),
        ],
    },
}


def missing_layouts(kelurahan: Territory) -> list[str]:
    known = set(ExportLayout.objects.filter(kelurahan=kelurahan).values_list("shipped", flat=True))
    return [key for key in LAYOUTS if key not in known]


def add_shipped_layouts(kelurahan: Territory, by: User) -> list[ExportLayout]:
    """Add those that the kelurahan has not; what was changed or put aside stays as it is."""
    added = []
    with transaction.atomic():
        # Pressed twice: the second waits here and finds nothing missing.
        Territory.objects.select_for_update().get(pk=kelurahan.pk)
        for key in missing_layouts(kelurahan):
            said = LAYOUTS[key]
            taken = ExportLayout.objects.filter(
                kelurahan=kelurahan, name=said["name"], active=True
            ).exists()
            name = f"{said['name']} (bawaan)" if taken else said["name"]
            layout = ExportLayout.objects.create(
                kelurahan=kelurahan,
                shipped=key,
                created_by=by,
                updated_by=by,
                **{**said, "name": name},
            )
            added.append(layout)
    return added
