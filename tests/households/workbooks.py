"""Makes the files that the reading tests feed: workbooks, ODS and text tables, all fictional."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape

import xlsxwriter
import xlwt

HEADERS = [
    *("alamat", "dusun", "rw", "rt", "nama", "no_kk", "nik", "sex", "tempatlahir"),
    *("tanggallahir", "agama_id", "pendidikan_kk_id", "pendidikan_sedang_id", "pekerjaan_id"),
    *("status_kawin", "kk_level", "warganegara_id", "ayah_nik", "nama_ayah", "ibu_nik"),
    *("nama_ibu", "golongan_darah_id", "akta_lahir", "dokumen_pasport", "tanggal_akhir_paspor"),
    *("dokumen_kitas", "akta_perkawinan", "tanggalperkawinan", "akta_perceraian"),
    *("tanggalperceraian", "cacat_id", "cara_kb_id", "hamil", "ktp_el", "status_rekam"),
    *("alamat_sekarang", "status_dasar", "suku", "tag_id_card", "id_asuransi", "no_asuransi"),
    *("lat", "lng"),
]
KK = "3471040101150000"
HEAD_NIK = "3471042005700000"
WIFE_NIK = "3471044103720000"
CHILD_NIK = "3471041708990000"


def person(**changes: object) -> dict[str, object]:
    """A head of family without a fault, by the sheet's own headers."""
    return {
        "alamat": "Jl. Juminahan 12",
        "dusun": "JUMINAHAN",
        "rw": "003",
        "rt": "012",
        "nama": "PAK CONTOH",
        "no_kk": KK,
        "nik": HEAD_NIK,
        "sex": "1",
        "tempatlahir": "YOGYAKARTA",
        "tanggallahir": "1970-05-20",
        "agama_id": "1",
        "pendidikan_kk_id": "5",
        "pekerjaan_id": "88",
        "status_kawin": "2",
        "kk_level": "1",
        "warganegara_id": "1",
        "status_dasar": "1",
    } | changes


def wife(**changes: object) -> dict[str, object]:
    return person(
        nama="BU CONTOH", nik=WIFE_NIK, sex="2", tanggallahir="1972-03-01", kk_level="3"
    ) | dict(changes)


def child(**changes: object) -> dict[str, object]:
    return person(
        nama="MAS CONTOH", nik=CHILD_NIK, tanggallahir="1999-08-17", kk_level="4", status_kawin="1"
    ) | dict(changes)


def grid(
    people: Iterable[dict[str, object]], headers: Sequence[str] = tuple(HEADERS)
) -> list[list[object]]:
    """Header row and one row a person."""
    return [list(headers), *([one.get(header) for header in headers] for one in people)]


def xlsx(*sheets: list[list[object]], names: Sequence[str] = (), hidden: str = "") -> bytes:
    """A workbook; dates are written as dates, numbers as numbers, `=…` as a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    for number, rows in enumerate(sheets):
        sheet = book.add_worksheet(names[number] if names else None)
        if sheet.get_name() == hidden:
            sheet.hide()
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, place, cell)
    book.close()
    return target.getvalue()


def xls(*sheets: list[list[object]], names: Sequence[str] = ()) -> bytes:
    """An old workbook (BIFF8); dates are written as dates, numbers as numbers."""
    book = xlwt.Workbook()
    as_date = xlwt.easyxf(num_format_str="dd/mm/yyyy")
    for number, rows in enumerate(sheets):
        sheet = book.add_sheet(names[number] if names else f"Lembar{number + 1}")
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write(at, place, cell, as_date)
                elif cell is not None:
                    sheet.write(at, place, cell)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def renamed_stream(data: bytes, name: str) -> bytes:
    """The old workbook's container with its one stream under another name."""
    old, new = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    at = data.index(old)
    length = (len(new) + 2).to_bytes(2, "little")
    return data[:at] + new.ljust(64, b"\0") + length + data[at + 66 :]


def text(rows: list[list[object]], *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode(encoding)


def ods(rows: list[list[object]], *, extra: str = "", name: str = "Lembar1") -> bytes:
    """A LibreOffice sheet, with the million empty rows that LibreOffice ends it with."""
    body = "".join(f"<table:table-row>{_ods_cells(row)}</table:table-row>" for row in rows)
    filler = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="{escape(name)}">{body}{extra}{filler}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        }
    )


def _ods_cells(row: list[object]) -> str:
    cells = []
    for cell in row:
        if cell is None:
            cells.append("<table:table-cell/>")
        elif isinstance(cell, int | float):
            cells.append(
                f'<table:table-cell office:value-type="float" office:value="{cell}">'
                f"<text:p>{cell}</text:p></table:table-cell>"
            )
        elif isinstance(cell, date):
            cells.append(
                f'<table:table-cell office:value-type="date" office:date-value="{cell}">'
                f"<text:p>{cell:%d/%m/%Y}</text:p></table:table-cell>"
            )
        else:
            cells.append(
                '<table:table-cell office:value-type="string">'
                f"<text:p>{escape(str(cell))}</text:p></table:table-cell>"
            )
    return "".join(cells)


def archive(members: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return target.getvalue()


def with_sheet_xml(sheet: str) -> bytes:
    """A minimal workbook around hand-written sheet XML, for what no library would write."""
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{spreadsheet}" xmlns:r="{relations}"><sheets>'
            '<sheet name="Lembar1" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": sheet.replace(
                "<worksheet>", f'<worksheet xmlns="{spreadsheet}">'
            ),
        }
    )
