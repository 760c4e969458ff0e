"""The 43 columns of OpenSID's population sheet, and the other names that offices give them."""

from django.db.models import IntegerChoices

from households import codes
from households.imports.layout import Column


def _code(
    name: str, choices: type[IntegerChoices], *headers: str, required: bool = False
) -> Column:
    return Column(name, headers, "code", required=required, choices=choices)


def _text(name: str, max_length: int, *headers: str) -> Column:
    return Column(name, headers, max_length=max_length)


def _paper(name: str, max_length: int, *headers: str) -> Column:
    return Column(name, headers, "paper", max_length=max_length)


COLUMNS: tuple[Column, ...] = (
    _text("address", 200, "alamat", "alamat rumah", "alamat lengkap", "alamat kk", "alamat ktp"),
    _text("hamlet", 60, "dusun", "nama dusun", "kampung", "dukuh", "padukuhan", "lingkungan"),
    _text("rw", 20, "rw", "no rw", "nomor rw"),
    _text("rt", 20, "rt", "no rt", "nomor rt"),
    Column(
        "name",
        (
            "nama",
            "nama lengkap",
            "nama penduduk",
            "nama anggota",
            "nama anggota keluarga",
            "nama lgkp",
        ),
        "name",
        required=True,
    ),
    Column(
        "kk_number",
        (
            "no_kk",
            "kk",
            "nomor kk",
            "no kartu keluarga",
            "nomor kartu keluarga",
            "nkk",
            "no kk 16 digit",
        ),
        "kk",
        required=True,
    ),
    Column(
        "nik",
        (
            "nik",
            "no nik",
            "nomor nik",
            "nomor induk kependudukan",
            "no induk kependudukan",
            "no ktp",
            "nomor ktp",
            "nik ktp",
        ),
        "nik",
    ),
    _code(
        "sex",
        codes.Sex,
        "sex",
        "jenis kelamin",
        "jk",
        "kelamin",
        "l/p",
        "jenis kelamin l/p",
        "jns kelamin",
        "jenis klmin",
        required=True,
    ),
    _text(
        "birth_place", 100, "tempatlahir", "tempat lahir", "tmp lahir", "tmpt lahir", "tempat lhr"
    ),
    Column(
        "birth_date",
        ("tanggallahir", "tanggal lahir", "tgl lahir", "tgl lhr", "tgllahir", "tanggal lhr"),
        "past_date",
    ),
    _code("religion", codes.Religion, "agama_id", "agama"),
    _code(
        "education",
        codes.Education,
        "pendidikan_kk_id",
        "pendidikan",
        "pendidikan kk",
        "pendidikan dalam kk",
        "pendidikan terakhir",
        "pddk akh",
    ),
    _code(
        "education_current",
        codes.EducationCurrent,
        "pendidikan_sedang_id",
        "pendidikan sedang",
        "pendidikan sedang ditempuh",
    ),
    _code("work", codes.Work, "pekerjaan_id", "pekerjaan", "jenis pekerjaan", "jenis pkrjn"),
    _code(
        "marital_status",
        codes.MaritalStatus,
        "status_kawin",
        "status perkawinan",
        "status kawin",
        "status nikah",
        "stat kwn",
        "perkawinan",
    ),
    _code(
        "relation",
        codes.Relation,
        "kk_level",
        "hubungan",
        "hubungan keluarga",
        "shdk",
        "hubungan dalam keluarga",
        "status hubungan dalam keluarga",
        "status hubungan keluarga",
        "stat hbkel",
        "hubungan dengan kepala keluarga",
        "status keluarga",
        required=True,
    ),
    _code(
        "citizenship",
        codes.Citizenship,
        "warganegara_id",
        "kewarganegaraan",
        "warganegara",
        "warga negara",
    ),
    Column("father_nik", ("ayah_nik", "nik ayah"), "nik"),
    Column("father_name", ("nama_ayah", "ayah", "nama ayah kandung", "nama lgkp ayah"), "name"),
    Column("mother_nik", ("ibu_nik", "nik ibu"), "nik"),
    Column("mother_name", ("nama_ibu", "ibu", "nama ibu kandung", "nama lgkp ibu"), "name"),
    _code(
        "blood_type",
        codes.BloodType,
        "golongan_darah_id",
        "golongan darah",
        "gol darah",
        "goldar",
        "gol drh",
    ),
    _paper(
        "birth_certificate",
        60,
        "akta_lahir",
        "akta kelahiran",
        "no akta lahir",
        "nomor akta lahir",
        "no akta kelahiran",
    ),
    _paper(
        "passport_number",
        40,
        "dokumen_pasport",
        "paspor",
        "no paspor",
        "nomor paspor",
        "dokumen paspor",
    ),
    Column("passport_expires_on", ("tanggal_akhir_paspor", "tgl akhir paspor"), "date"),
    _paper("kitas_number", 40, "dokumen_kitas", "kitas", "no kitas", "nomor kitas", "kitap"),
    _paper(
        "marriage_certificate",
        60,
        "akta_perkawinan",
        "akta nikah",
        "no akta perkawinan",
        "no akta nikah",
        "buku nikah",
    ),
    Column(
        "married_on",
        ("tanggalperkawinan", "tanggal perkawinan", "tgl perkawinan", "tanggal nikah", "tgl kawin"),
        "past_date",
    ),
    _paper("divorce_certificate", 60, "akta_perceraian", "akta cerai", "no akta perceraian"),
    Column(
        "divorced_on",
        ("tanggalperceraian", "tanggal perceraian", "tgl perceraian", "tanggal cerai", "tgl cerai"),
        "past_date",
    ),
    _code("disability", codes.Disability, "cacat_id", "cacat", "disabilitas", "penyandang cacat"),
    _code("contraception", codes.Contraception, "cara_kb_id", "cara kb", "kb", "akseptor kb"),
    _code("pregnant", codes.YesNo, "hamil", "status kehamilan", "status hamil"),
    # OpenSID numbers this one the other way round: 1 not yet, 2 has the card.
    Column(
        "has_ektp",
        ("ktp_el", "ektp", "ktp elektronik", "identitas elektronik"),
        "code",
        choices=codes.YesNo,
        numbers={1: codes.YesNo.NO, 2: codes.YesNo.YES},
    ),
    _code("recording_status", codes.RecordingStatus, "status_rekam", "status perekaman"),
    _text("current_address", 200, "alamat_sekarang", "alamat domisili", "alamat tinggal"),
    _code("basic_status", codes.BasicStatus, "status_dasar", "status penduduk", "status dasar"),
    _text("ethnicity", 60, "suku", "etnis", "suku bangsa"),
    _paper("id_card_tag", 17, "tag_id_card", "tag id card"),
    _text("insurance_kind", 60, "id_asuransi", "asuransi", "jenis asuransi"),
    _paper("insurance_number", 50, "no_asuransi", "nomor asuransi", "no bpjs", "nomor bpjs"),
    Column("latitude", ("lat", "latitude", "lintang"), "latitude"),
    Column("longitude", ("lng", "longitude", "bujur", "long", "lon"), "longitude"),
)
