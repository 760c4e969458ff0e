"""A file that cannot be read at all, in words that an officer can act on."""

from django.utils.translation import gettext as _


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; `message` tells an officer why and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def password() -> UnreadableFile:
    return UnreadableFile(
        "password", _("The file is protected by a password. Remove the password and save it again.")
    )


def damaged() -> UnreadableFile:
    return UnreadableFile(
        "damaged",
        _(
            "The file is damaged or was not fully copied. Open it in Excel or LibreOffice, save it "
            "again and upload that file."
        ),
    )
