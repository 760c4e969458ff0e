"""Paper that the portal seals: one Typst file a form, its data handed over as JSON.

Text from the registry reaches a form as values of its data, so it is never read as markup. The
work is done by a child process with a time limit: a form that never ends costs one answer, not a
worker. No network and no package is used, and of fonts only those inside the pinned Typst package
(Libertinus Serif, and DejaVu Sans Mono for what it lacks): Typst does not read the web font of the
pages, and the fonts of one office's machine would make another office's papers look different.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

TIME_LIMIT = 20  # seconds; a form takes a fifth of one
SIZE_LIMIT = 500_000  # characters of data
FORMS = Path(settings.BASE_DIR) / "templates" / "pdf"
UNPRINTABLE = "□"  # the mark for a character that no font of ours has


class PdfFailed(Exception):
    """The form could not be set; `reason` names no data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def render(template: str, data: dict[str, Any]) -> bytes:
    """The form `templates/pdf/<template>.typ` filled with `data`, as a tagged PDF (PDF/UA-1).

    `data["title"]` is the document's title, `data["lang"]` its language ("id" unless given). A
    character that no font of ours has is printed as "□", never left out.
    Raises PdfFailed when the data are too long or the form takes too long.
    """
    text = json.dumps({"lang": "id", **data}, ensure_ascii=False)
    if len(text) > SIZE_LIMIT:
        raise PdfFailed("too_long")
    order = {
        "root": str(FORMS),
        "form": str(FORMS / f"{template}.typ"),
        "data": text,
        "moment": int(timezone.now().timestamp()),
        "mark": UNPRINTABLE,
    }
    try:
        done = subprocess.run(  # our own module; the data come through its input
            [sys.executable, "-m", "tkpk.pdf_child"],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
            cwd=settings.BASE_DIR,
            # Nothing of the server's environment: no secret is any business of a typesetter.
            env={"PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise PdfFailed("too_slow") from error
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        # What Typst says may quote the data, so it goes nowhere.
        raise PdfFailed("not_set")
    return done.stdout
