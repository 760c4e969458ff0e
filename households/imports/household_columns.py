"""Columns beyond OpenSID's: the dwelling, the national registry, aid, and two facts of a person."""

from typing import Any

from households import codes
from households.imports.layout import Column
from households.models.housing_facts import HOUSING_LISTS

# Header words by field; the code lists of the dwelling come from the model.
_HOUSING_HEADERS: dict[str, tuple[str, ...]] = {
    "tenure": (
        "status kepemilikan bangunan",
        "status bangunan",
        "status tempat tinggal",
        "status penguasaan bangunan",
        "status rumah",
        "kepemilikan rumah",
        "penguasaan bangunan",
    ),
    "land_title": ("bukti kepemilikan tanah", "status tanah", "sertifikat tanah", "bukti tanah"),
    "floor_material": ("jenis lantai", "lantai terluas", "lantai", "jenis lantai terluas"),
    "wall_material": ("jenis dinding", "dinding terluas", "dinding", "jenis dinding terluas"),
    "roof_material": ("jenis atap", "atap terluas", "atap", "jenis atap terluas"),
    "drinking_water": (
        "sumber air minum",
        "air minum",
        "sumber air minum utama",
        "sumber air",
    ),
    "toilet": (
        "fasilitas bab",
        "tempat bab",
        "fasilitas buang air besar",
        "fasilitas tempat buang air besar",
        "jamban",
        "kepemilikan jamban",
    ),
    "closet": ("jenis kloset", "kloset", "jenis closet"),
    "lighting": ("sumber penerangan", "penerangan", "sumber penerangan utama"),
    "power_va": ("daya listrik", "daya terpasang", "daya", "daya listrik va"),
    "cooking_fuel": ("bahan bakar memasak", "bahan bakar", "bahan bakar utama memasak"),
}
PERSON_MORE: tuple[Column, ...] = (
    Column(
        "main_activity",
        ("kegiatan utama", "aktivitas utama", "kegiatan seminggu terakhir"),
        "code",
        choices=codes.MainActivity,
    ),
    Column(
        "chronic_illness",
        ("penyakit kronis", "penyakit menahun", "keluhan kesehatan kronis", "sakit menahun"),
    ),
)


def _family(name: str, kind: str, *headers: str, **more: Any) -> Column:
    return Column(name, headers, kind, scope="family", **more)


DWELLING_COLUMNS: tuple[Column, ...] = (
    _family(
        "monthly_income_idr",
        "rupiah",
        "penghasilan sebulan",
        "penghasilan keluarga",
        "pendapatan sebulan",
        "pendapatan keluarga",
        "penghasilan",
        "pendapatan",
        "penghasilan per bulan",
        "pendapatan per bulan",
    ),
    _family("has_savings", "yes_no", "punya tabungan", "tabungan", "memiliki tabungan"),
    _family("has_valuable_goods", "yes_no", "punya barang berharga", "barang berharga"),
    _family("has_motorbike", "yes_no", "punya sepeda motor", "sepeda motor", "motor"),
    _family("has_gold", "yes_no", "punya emas", "emas", "perhiasan", "emas perhiasan"),
    _family("has_livestock", "yes_no", "punya ternak", "ternak", "hewan ternak"),
    _family(
        "floor_area_m2",
        "decimal",
        "luas lantai",
        "luas bangunan",
        "luas rumah",
        "luas lantai m2",
        "luas lantai bangunan",
        high=99_999,
    ),
    *(
        _family(name, "code", *_HOUSING_HEADERS[name], choices=choices)
        for name, choices in HOUSING_LISTS
    ),
    _family(
        "electric_bill_idr",
        "rupiah",
        "tagihan listrik",
        "rekening listrik",
        "tagihan listrik sebulan",
        "biaya listrik",
    ),
    _family(
        "meals_per_day", "integer", "makan sehari", "frekuensi makan", "makan per hari", high=9
    ),
    _family(
        "meat_per_week",
        "integer",
        "makan daging seminggu",
        "daging susu ayam seminggu",
        "lauk hewani seminggu",
        high=7,
    ),
    _family(
        "new_clothes_per_year", "integer", "baju baru setahun", "pakaian baru setahun", high=99
    ),
    _family(
        "can_pay_clinic",
        "yes_no",
        "mampu berobat",
        "sanggup bayar pengobatan",
        "mampu biaya pengobatan",
    ),
)
REGISTRY_COLUMNS: tuple[Column, ...] = (
    _family("registry_source", "registry", "sumber data", "basis data", "sumber desil"),
    _family(
        "decile",
        "decile",
        "desil",
        "desil nasional",
        "desil kesejahteraan",
        "peringkat kesejahteraan",
        "desil dtsen",
        "desil p3ke",
        "desil keluarga",
        "decile",
        "kode desil",
    ),
    _family(
        "decile_as_of",
        "past_date",
        "tanggal desil",
        "desil per tanggal",
        "periode desil",
        "per tanggal",
    ),
)


def _aid(name: str, kind: str, *headers: str, **more: Any) -> Column:
    return Column("aid_" + name, headers, kind, scope="aid", **more)


# In a mapping these fields are called aid_…; in an AidClaim without it.
AID_COLUMNS: tuple[Column, ...] = (
    _aid(
        "programme",
        "text",
        "nama program",
        "program",
        "program bantuan",
        "jenis bantuan",
        "nama bantuan",
        "bantuan",
        "bansos",
        "jenis bansos",
    ),
    _aid(
        "period_from",
        "date",
        "periode awal",
        "rentang waktu awal",
        "mulai",
        "tanggal mulai",
        "tanggal terima",
        "tgl terima",
        "tanggal penyaluran",
        "tgl penyaluran",
        "tanggal salur",
    ),
    _aid(
        "period_to",
        "date",
        "periode akhir",
        "rentang waktu akhir",
        "sampai",
        "tanggal selesai",
        "tanggal akhir",
    ),
    _aid("period", "period", "periode", "tahun", "bulan", "tahap salur", "masa bantuan"),
    _aid(
        "amount_idr",
        "rupiah",
        "nominal",
        "jumlah uang",
        "nilai bantuan",
        "jumlah bantuan",
        "besaran",
        "nominal bantuan",
        "nilai",
        "besar bantuan",
    ),
    _aid("goods", "text", "barang", "bentuk bantuan", "jenis barang", "jumlah barang"),
    _aid("recipient", "recipient", "sasaran", "sasaran program", "penerima berupa"),
)
ROW_COLUMNS: tuple[Column, ...] = (
    Column("row_code", ("kode orang",), "row_code", scope="row"),
    Column("expected_version", ("versi",), "integer", scope="row"),
)
