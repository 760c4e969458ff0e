"""The headers that offices use, by field: those of the known columns and more seen in practice."""

from functools import cache

from households.imports.headers import fold
from households.imports.mapped import TARGETS

# Ministries' and kelurahan's lists, beyond the headers of the OpenSID sheet.
MORE: dict[str, tuple[str, ...]] = {
    "name": (
        "nama penerima",
        "nama peserta",
        "nama pm",
        "nama kpm",
        "nama pengurus",
        "nama art",
        "nama ruta",
        "nama warga",
        "nama individu",
        "nama sesuai ktp",
        "nama penerima manfaat",
    ),
    "nik": (
        "nik penerima",
        "nik peserta",
        "nik pm",
        "nik kpm",
        "nik pengurus",
        "nomor induk",
        "nik art",
        "no nik ktp",
        "noktp",
        "nik penduduk",
        "nik dtsen",
    ),
    "kk_number": (
        "no kk penerima",
        "nomor kartu keluarga kk",
        "no kartu kk",
        "nokk dtks",
        "nomor kk dtsen",
        "kartu keluarga",
        "id keluarga kk",
    ),
    "sex": ("gender", "jenkel", "jns kel", "kel", "lp", "l p"),
    "birth_place": ("tempat kelahiran", "kota lahir", "tpt lahir"),
    "birth_date": (
        "tanggal kelahiran",
        "tgl kelahiran",
        "tg lahir",
        "lahir",
        "tanggal lahir ddmmyyyy",
        "tanggal lahir dd mm yyyy",
        "dob",
    ),
    "relation": (
        "hub keluarga",
        "hubungan kk",
        "hub dgn kk",
        "hub krt",
        "hubungan dengan krt",
        "hubungan dengan kk",
        "hub dengan kepala keluarga",
        "status dalam keluarga",
        "kedudukan dalam keluarga",
        "posisi dalam keluarga",
        "hubungan dgn kepala keluarga",
    ),
    "marital_status": ("kawin", "status pernikahan", "status menikah"),
    "education": ("pendidikan tertinggi", "ijazah tertinggi", "ijazah", "pend terakhir"),
    "work": ("kerja", "pekerjaan utama", "jenis kerja", "mata pencaharian"),
    "address": ("alamat penerima", "alamat lgkp", "jalan", "alamat jalan", "alamat domisili kk"),
    "hamlet": ("nama kampung", "kampung dusun", "dusun lingkungan", "dusun kampung"),
    "rt": ("no rt rw rt", "rukun tetangga", "kode rt", "rt domisili"),
    "rw": ("rukun warga", "kode rw", "rw domisili"),
    "disability": ("jenis disabilitas", "jenis cacat", "difabel", "ragam disabilitas"),
    "mother_name": ("nama ibu kandung", "ibu kandung", "nama gadis ibu kandung"),
    "basic_status": ("keterangan status", "status kependudukan", "status hidup"),
    "decile": ("desil 2026", "desil 2025", "kelas desil", "desil ke", "nilai desil"),
    "registry_source": ("sumber", "jenis data"),
    "aid_programme": ("nama bansos", "program bansos", "jenis program", "bantuan yang diterima"),
    "aid_amount_idr": ("jumlah rp", "nilai rp", "nominal rp", "uang", "jumlah diterima"),
    "aid_period_from": ("tgl mulai", "tanggal pencairan", "tgl pencairan", "tanggal cair"),
    "aid_period": ("tahap", "periode salur", "periode penyaluran", "bulan tahun", "tahun anggaran"),
    "insurance_number": ("no kartu bpjs", "no kis", "nomor kis", "no jkn", "no peserta bpjs"),
}


@cache
def by_header() -> dict[str, str]:
    """Folded header → field; where a word names two fields, the first field in our order."""
    found: dict[str, str] = {}
    for name, column in TARGETS.items():
        for header in column.headers:
            found.setdefault(fold(header), name)
    for name, headers in MORE.items():
        for header in headers:
            found.setdefault(fold(header), name)
    for name, column in TARGETS.items():
        for label in column.labels:
            found.setdefault(label, name)
    return found


def known_header(header: str) -> bool:
    return fold(header) in by_header()
