"""The words of addresses: what a step or an event is called in a URL, written in one place.

Code and trail keep the English names; people read Indonesian ones.
"""

from django.urls import register_converter

from tkpk.slugs import WordConverter

MOVES = {
    "record_death": "catat-meninggal",
    "record_move": "catat-pindah",
    "record_missing": "catat-hilang",
    "record_absence": "catat-pergi-lama",
    "mark_duplicate": "tandai-ganda",
    "invalidate": "tandai-tidak-sah",
    "restore": "pulihkan",
    "close": "tutup",
    "reopen": "buka-kembali",
}
EVENTS = {
    "BIRTH": "kelahiran",
    "DEATH": "kematian",
    "MOVE_OUT": "pindah-keluar",
    "MOVE_IN": "pindah-datang",
    "SPLIT": "pecah-kk",
    "JOIN": "gabung-keluarga",
    "HEAD": "ganti-kepala",
    "CORRECTION": "perbaiki-identitas",
    "RETURN": "kembali",
}
TRANSFER_STEPS = {
    "refuse": "tolak-permintaan",
    "withdraw_offer": "tarik-penawaran",
    "decline": "tolak-penawaran",
    "withdraw_request": "tarik-permintaan",
}
REPORT_STEPS = {
    "uphold": "terima-sanggah",
    "reject": "tolak-sanggah",
    "accept": "terima-usulan",
    "decline": "tidak-terima",
    "confirm": "benar-keluarga",
    "refute": "bukan-keluarga",
    "withdraw": "tarik",
}


SURVEY_STEPS = {
    "check": "periksa",
    "return": "kembalikan",
    "cancel": "batalkan",
    "correct": "koreksi",
}
INSTRUMENT_STEPS = {"use": "pakai", "set_aside": "sisihkan", "retire": "hentikan"}
LIST_STEPS = {
    "start_review_1": "mulai-tahap-satu",
    "start_review_2": "mulai-tahap-dua",
    "open_window": "buka-masa-sanggah",
    "send": "tanda-tangani",
    "establish": "tetapkan",
    "correct_review_1": "koreksi-tahap-satu",
    "correct_review_2": "koreksi-tahap-dua",
    "correct_window": "koreksi-masa-sanggah",
}
LISTING_STEPS = {
    "verify": "verifikasi",
    "verify_exception": "verifikasi-pengecualian",
    "confirm_official": "konfirmasi",
    "send_back": "verifikasi-ulang",
    "record_refusal": "keluarga-menolak",
    "delist": "keluarkan",
    "strike": "keluarkan-dari-penetapan",
    "withdraw": "mundur",
    "record_move": "catat-pindah",
    "record_death": "catat-meninggal",
    "record_closed": "keluarga-ditutup",
    "correct_verification": "koreksi-verifikasi",
    "correct_nominated": "koreksi-ke-diusulkan",
    "correct_public_review_2": "koreksi-ke-tahap-dua",
    "correct_submitted": "koreksi-ke-dikirim",
    "return_nominated": "kembali-ke-diusulkan",
    "return_public_review_2": "kembali-ke-tahap-dua",
    "return_submitted": "kembali-ke-dikirim",
    "return_established": "kembali-ke-ditetapkan",
    "propose_graduation": "usulkan-graduasi",
    "drop_graduation": "batalkan-usulan-graduasi",
    "graduate": "graduasi",
    "visit": "catat-kunjungan",
    "end_visits": "akhiri-kunjungan",
}
LIST_PAPERS = {
    "review_sheet": "lembar-uji-publik",
    "minutes_1": "berita-acara-tahap-satu",
    "minutes_2": "berita-acara-tahap-dua",
    "minutes_established": "berita-acara-penetapan",
    "cover_letter": "surat-pengantar",
}
DECREE_STEPS = {"confirm": "simpan", "discard": "buang", "take_back": "tarik"}


class ListStepConverter(WordConverter):
    words = LIST_STEPS


class ListingStepConverter(WordConverter):
    words = LISTING_STEPS


class ListPaperConverter(WordConverter):
    words = LIST_PAPERS


class DecreeStepConverter(WordConverter):
    words = DECREE_STEPS


class MoveConverter(WordConverter):
    words = MOVES


class EventConverter(WordConverter):
    words = EVENTS


class TransferStepConverter(WordConverter):
    words = TRANSFER_STEPS


class ReportStepConverter(WordConverter):
    words = REPORT_STEPS


class InstrumentStepConverter(WordConverter):
    words = INSTRUMENT_STEPS


class SurveyStepConverter(WordConverter):
    words = SURVEY_STEPS


register_converter(MoveConverter, "move")
register_converter(ListStepConverter, "list_step")
register_converter(ListingStepConverter, "listing_step")
register_converter(ListPaperConverter, "list_paper")
register_converter(DecreeStepConverter, "decree_step")
register_converter(SurveyStepConverter, "survey_step")
register_converter(InstrumentStepConverter, "instrument_step")
register_converter(EventConverter, "event_kind")
register_converter(TransferStepConverter, "transfer_step")
register_converter(ReportStepConverter, "report_step")
