"""Facts about this installation as a whole: one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tkpk.encryption import EncryptedTextField, WrongKey, blind_index

KNOWN = "portal-tkpk"


class Installation(models.Model):
    """The single row that says whether this is a demo, and which keys wrote its data."""

    demo = models.BooleanField(_("demo"), default=False, editable=False)
    set_up = models.BooleanField(default=False, editable=False)
    # Raised whenever something public changes: cached pages of an older version are not shown.
    data_version = models.PositiveIntegerField(default=1, editable=False)
    field_key_check = EncryptedTextField(context="installation.check", editable=False)
    index_key_check = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("installation")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="installation_single_row")
        ]

    def __str__(self) -> str:
        return "demo" if self.demo else "portal"

    @classmethod
    def current(cls) -> "Installation":
        """The stored row, or an unsaved one before the first set-up."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @classmethod
    def establish(cls, *, demo: bool, set_up: bool = True) -> "Installation":
        """Write the row with the key check; whether it is a demo is decided only once."""
        row = cls.current()
        if row._state.adding:
            row.demo = demo
        row.set_up = row.set_up or set_up
        row.field_key_check = KNOWN
        row.index_key_check = blind_index("installation", KNOWN)
        row.save()
        return row

    @classmethod
    def verify_keys(cls) -> None:
        """Raise WrongKey when the keys at hand are not those that wrote this database."""
        row = cls.objects.filter(pk=1).first()  # decrypting the check raises by itself
        if row and row.index_key_check != blind_index("installation", KNOWN):
            raise WrongKey("The index key is not the one that this database was written with.")
