"""What kind of file is this, by its content? The name only helps to say what went wrong."""

import io
import re
import struct
import zipfile

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.imports.extent_biff import WORKBOOKS
from households.imports.ole import SIGNATURE, Container, DamagedContainer
from households.imports.unreadable import UnreadableFile, damaged, password

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"II*\x00", b"MM\x00*", b"RIFF")
_MARKUP = re.compile(
    rb"\s*(<\?xml|<!doctype|<html|<table|<meta|<head|mime-version:)", re.IGNORECASE
)

# Nothing tells which cells of such a file hold an error.
BINARY_WORKBOOK = gettext_lazy(
    "This is a binary Excel workbook (.xlsb), which is not read here. Open it in Excel, choose "
    "“Save as”, the type “Excel Workbook (.xlsx)”, and bring that file."
)


def kind_of(data: bytes, *, name: str) -> str:
    """`xlsx`, `xls`, `ods` or `csv`, by content and not by name; raises `UnreadableFile`."""
    if not data.strip(b"\x00 \r\n\t"):
        raise UnreadableFile("empty", _("The file is empty (0 bytes of data)."))
    if data.startswith(SIGNATURE):
        return _kind_of_container(data)
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    if data.startswith(_PICTURES):
        raise UnreadableFile(
            "not_a_table",
            _(
                "This is a picture or a PDF, not a table. Open the original table and save it "
                "as .xlsx."
            ),
        )
    workbook_name = name.lower().endswith((".xls", ".xlsx", ".xlsm", ".ods"))
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise UnreadableFile(
            "markup",
            _(
                "This is a web page saved as a table. Open it in Excel or LibreOffice and save it "
                "as Excel Workbook (.xlsx)."
            ),
        )
    if workbook_name:
        raise UnreadableFile(
            "text_as_workbook",
            _(
                "This is a text file or a damaged file with the name of a workbook. Open it in "
                "Excel or LibreOffice and save it as Excel Workbook (.xlsx)."
            ),
        )
    return "csv"


def _kind_of_container(data: bytes) -> str:
    """An old workbook, or a new one behind a password; a document of another program is neither."""
    try:
        names = Container(data).names()
    except (DamagedContainer, struct.error) as error:
        raise damaged() from error
    if "EncryptedPackage" in names:
        raise password()
    if not names.intersection(WORKBOOKS):
        raise _not_a_workbook()
    return "xls"


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = _start(archive, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise damaged() from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise UnreadableFile("binary_workbook", str(BINARY_WORKBOOK))
    if mimetype.strip().endswith(b"opendocument.spreadsheet") and "content.xml" in names:
        return "ods"
    raise _not_a_workbook()


def _start(archive: zipfile.ZipFile, member: str) -> bytes:
    """Never the whole part: how large it gets has not been looked at yet."""
    with archive.open(member) as part:
        return part.read(200)


def _not_a_workbook() -> UnreadableFile:
    return UnreadableFile(
        "not_a_workbook",
        _(
            "This file is not an Excel (.xlsx, .xls) or LibreOffice (.ods) workbook. Save the "
            "table as .xlsx."
        ),
    )
