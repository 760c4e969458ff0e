"""The words of addresses of the ground floor: what a step is called in a URL."""

from typing import ClassVar

from django.urls import register_converter

VOICE_STEPS = {
    "release": "loloskan",
    "take_up": "tangani",
    "reopen": "tangani-lagi",
    "set_aside": "bukan-laporan",
    "bring_back": "kembalikan",
}
MEETING_STEPS = {
    "open": "buka",
    "close": "tutup",
    "cancel": "batalkan",
    "correct": "koreksi",
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


class VoiceStepConverter(WordConverter):
    words = VOICE_STEPS


class MeetingStepConverter(WordConverter):
    words = MEETING_STEPS


register_converter(VoiceStepConverter, "voice_step")
register_converter(MeetingStepConverter, "meeting_step")
