"""Which character parts a text table: told by rows of equal width, not by how often it stands."""

import csv
import io
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.imports.child import DELIMITERS, best_delimiter, decoded, text_table

ADDRESS = "Jl. Mataram No. 3, RT 12, RW 03, Tegalpanggung, Danurejan, Yogyakarta"
GOLDEN = {
    "commas in every address, without quotes": (
        f"NIK;Nama;Alamat\n1;Siti;{ADDRESS}\n2;Budi;{ADDRESS}\n3;Karto;{ADDRESS}\n",
        ";",
    ),
    "commas without a space behind": (
        "nama;alamat;rt\nSiti;a,b,c,d,e,f;1\nBudi;a,b,c,d,e,f;2\nKarto;a,b,c,d,e,f;3\n",
        ";",
    ),
    "a title with a comma above": (
        f"Daftar penerima, Tegalpanggung\n\nNIK;Alamat\n1;{ADDRESS}\n2;{ADDRESS}\n",
        ";",
    ),
    "decimal commas": ("kode;luas\nA;36,5\nB;21,0\nC;45,25\n", ";"),
    "names and titles": ("nik;nama\n1;Budi, S.Pd\n2;Siti, S.Ag\n3;Karto, S.H\n", ";"),
    "a tab": (f"NIK\tAlamat\n1\t{ADDRESS}\n2\t{ADDRESS}\n", "\t"),
    "a pipe": (f"NIK|Nama|Alamat\n1|Siti|{ADDRESS}\n2|Budi|{ADDRESS}\n", "|"),
    "commas with semicolons in values": ("nik,nama,kerja\n1,Siti,a; b\n2,Budi,c; d\n", ","),
    "commas with a space behind": ("nik, nama, desil\n1, Siti, 2\n2, Budi, 3\n", ","),
    "quoted commas": ('nik;alamat\n1;"Jl. A, RT 1"\n2;"Jl. B, RT 2"\n', ";"),
    "quoted semicolons": ('nik,alamat\n1,"A; B; C"\n2,"D; E; F"\n', ","),
    "empty cells cut off at the end": (
        f"nik;nama;alamat;rt;desil\n1;Siti;{ADDRESS}\n2;Budi;{ADDRESS};12;3\n3;Karto\n",
        ";",
    ),
    "no header": ("3471;Siti;2\n3472;Budi;3\n", ";"),
    "a quoted line end": ('nik;alamat\n1;"Jl. A,\nRT 1, RW 2"\n2;"Jl. B,\nRT 2, RW 2"\n', ";"),
}


def cells_of(data):
    [(_name, rows, _merged)] = text_table(data)
    return [row for row in rows if row]


@pytest.mark.parametrize("name", GOLDEN)
def test_the_delimiter_is_the_one_that_parts_rows_alike(name):
    text, expected = GOLDEN[name]
    assert best_delimiter(text) == expected


@pytest.mark.parametrize(
    "text", ["nama\nBudi, S.Pd\nSiti, S.Ag\nKarto\n", "nik\n3471\n3472\n", "nama\n", ""]
)
def test_one_column_stays_one_column(text):
    assert all(len(row) == 1 for row in cells_of(text.encode()))


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_in_every_encoding(delimiter, encoding):
    rows = [["nik", "nama", "alamat"], ["1", "Siti – Café", ADDRESS], ["2", "Budi", ADDRESS]]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    data = target.getvalue().encode(encoding)
    assert decoded(data)[0] == "n"
    assert cells_of(data) == rows


WORD = st.text(st.sampled_from("abcABC 019.,;|\t"), min_size=1, max_size=12)
WIDTHS = st.integers(2, 6)


@given(data=st.data(), delimiter=st.sampled_from(DELIMITERS), width=WIDTHS)
def test_a_table_that_is_quoted_as_it_should_be_comes_back_whole(data, delimiter, width):
    """Whatever stands in its cells: quotes protect it, and headers are words."""
    rows = [[f"kolom{place}" for place in range(width)]]
    rows += data.draw(st.lists(st.lists(WORD, min_size=width, max_size=width), max_size=12))
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    assert cells_of(target.getvalue().encode()) == rows


@given(
    delimiter=st.sampled_from(";\t|"),
    width=st.integers(2, 8),
    commas=st.lists(st.integers(0, 9), min_size=3, max_size=20),
)
def test_commas_in_values_never_win_over_the_delimiter_of_the_header(delimiter, width, commas):
    header = delimiter.join(f"kolom{place}" for place in range(width))
    lines = [
        delimiter.join(["a" + ", b" * number, *("x" for _place in range(width - 1))])
        for number in commas
    ]
    assert best_delimiter("\n".join([header, *lines])) == delimiter


def test_the_choice_does_not_depend_on_the_order_of_the_rows():
    lines = [f"{number};Siti;{ADDRESS}" for number in range(4)]
    for order in product(lines, repeat=2):
        assert best_delimiter("\n".join(["nik;nama;alamat", *order])) == ";"
