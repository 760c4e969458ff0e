"""The words of addresses: what a step or an event is called in a URL, written in one place.

Code and trail keep the English names; people read Indonesian ones.
"""

from typing import ClassVar

from django.urls import register_converter

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


class WordConverter:
    """A name in code ↔ its word in an address; an unknown word is no address at all (404)."""

    regex = "[a-z-]+"
    words: ClassVar[dict[str, str]] = {}

    def to_python(self, value: str) -> str:
        for name, word in self.words.items():
            if word == value:
                return name
        raise ValueError(value)

    def to_url(self, value: str) -> str:
        if value not in self.words:
            raise ValueError(value)
        return self.words[value]


class MoveConverter(WordConverter):
    words = MOVES


class EventConverter(WordConverter):
    words = EVENTS


class TransferStepConverter(WordConverter):
    words = TRANSFER_STEPS


register_converter(MoveConverter, "move")
register_converter(EventConverter, "event_kind")
register_converter(TransferStepConverter, "transfer_step")
