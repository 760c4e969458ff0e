"""People. A person's rights come from mandates alone (`tkpk.models.mandate`)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tkpk.encryption import EncryptedTextField, blind_index


class UserManager(BaseUserManager["User"]):
    """Makes people; there are no superusers."""

    def create_user(
        self, username: str, *, name: str, password: str | None = None, **fields: Any
    ) -> "User":
        """A person; without a password one who holds mandates but cannot sign in."""
        user = self.model(username=username.lower(), name=name, **fields)
        user.set_nik(fields.get("nik") or "")
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in or holds a mandate."""

    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
    )
    name = models.CharField(_("full name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    nik = EncryptedTextField(_("NIK"), context="nik", blank=True, default="")
    nik_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    language = models.CharField(
        _("language"),
        max_length=5,
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
        default="id",
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    is_superuser = False
    # No column: what was read about the person for one request; see `tkpk.rights.kept`.
    kept: dict[Any, Any] | None = None

    class Meta:
        ordering = ["name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_once"),
            models.UniqueConstraint(
                fields=["nik_index"], condition=~Q(nik_index=""), name="user_nik_once"
            ),
            models.CheckConstraint(
                condition=Q(nik="", nik_index="") | (~Q(nik_index="")),
                name="user_nik_has_index",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def set_nik(self, nik: str) -> None:
        """Set the NIK and its blind index together; "" clears both. The caller has checked it."""
        self.nik = nik
        self.nik_index = blind_index("nik", nik)

    @property
    def is_staff(self) -> bool:
        """Whether the admin screens are open to this person: a mandate that enters data."""
        from tkpk.rights import may_enter_admin  # noqa: PLC0415 - rights read mandates

        return may_enter_admin(self)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """No right comes from Django's permission tables; see `tkpk.admin`."""
        return False

    def has_perms(self, perm_list: object, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
