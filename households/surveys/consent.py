"""What is read out before the first question, by date."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from households.models import ConsentText
from tkpk import rights, trail
from tkpk.models import Territory, User
from tkpk.roles import Role

# The wording of the office, in both languages; a kelurahan may write its own.
SHIPPED = (
    "Selamat datang. Kelurahan mendata keadaan keluarga untuk menentukan siapa yang perlu "
    "dibantu. Kami akan bertanya tentang rumah, penghasilan, pangan, kesehatan, dan pendidikan. "
    "Jawaban disimpan rahasia, hanya dibaca petugas kelurahan dan Lurah, dan tidak diumumkan. "
    "Anda boleh tidak menjawab, boleh berhenti kapan saja, dan boleh meminta data diperbaiki atau "
    "dihapus di kantor kelurahan. Apakah Anda bersedia?"
)
SHIPPED_EN = (
    "Good day. The kelurahan records how families live, to find out who needs help. We shall ask "
    "about dwelling, income, food, health and schooling. The answers are kept secret, read by the "
    "officers and the Lurah alone, and never published. You may leave questions out, stop at any "
    "time, and ask the office to correct or erase the data. Do you agree?"
)
SEALED = ("kelurahan_id", "number", "text", "text_en", "valid_from")
SHIPPED_FROM = datetime.date(2025, 1, 1)


def current(kelurahan: Territory, *, day: datetime.date | None = None) -> ConsentText:
    """The text that holds on a day (today); the shipped one, unsaved, where none was kept yet."""
    rows = ConsentText.objects.filter(
        kelurahan=kelurahan, valid_from__lte=day or timezone.localdate()
    )
    found = rows.order_by("-valid_from", "-number").first()
    return found or ConsentText(
        kelurahan=kelurahan, number=1, text=SHIPPED, text_en=SHIPPED_EN, valid_from=SHIPPED_FROM
    )


def on_paper(kelurahan: Territory) -> list[int]:
    """The numbers that a paper form may bear: every text that held until today."""
    rows = ConsentText.objects.filter(kelurahan=kelurahan, valid_from__lte=timezone.localdate())
    return list(rows.order_by("-number").values_list("number", flat=True)) or [1]


def add(text: ConsentText, *, by: User) -> ConsentText:
    """Keep a new text under the next number of its kelurahan; the older ones stay as they are.

    Raises PermissionDenied for who is no officer there.
    """
    rights.fresh_mandates(by)
    mandate = rights.mandate_at(by, {Role.STAFF}, code=text.kelurahan.code)
    if mandate is None:
        raise PermissionDenied(_("The consent text is written by the officers of the kelurahan."))
    add_shipped_consent(text.kelurahan, by)  # so that the words read out until now are number 1
    with transaction.atomic():
        # Two officers at once: the second waits here for its number.
        Territory.objects.select_for_update().get(pk=text.kelurahan_id)
        rows = ConsentText.objects.filter(kelurahan=text.kelurahan)
        text.number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
        text.created_by = text.updated_by = by
        text.save(force_insert=True)
        trail.record(
            chain=text.kelurahan,
            by=by,
            mandate=mandate,
            process="consent_text",
            move="add",
            row=text,
            digest=trail.seal_row(text, SEALED, schema=1),
        )
    return text


def kept(kelurahan: Territory, number: int, *, by: User) -> ConsentText | None:
    """The text with this number; the shipped one is written down when it is first agreed to."""
    found = ConsentText.objects.filter(kelurahan=kelurahan, number=number).first()
    if found is None and number == 1:
        found = add_shipped_consent(kelurahan, by)
    return found


def add_shipped_consent(kelurahan: Territory, by: User) -> ConsentText:
    """The first text of a kelurahan; called when it is set up, and safe to call again."""
    with transaction.atomic():
        return ConsentText.objects.get_or_create(
            kelurahan=kelurahan,
            number=1,
            defaults={
                "text": SHIPPED,
                "text_en": SHIPPED_EN,
                "valid_from": SHIPPED_FROM,
                "created_by": by,
                "updated_by": by,
            },
        )[0]
