"""Files that people brought or that the portal sealed. The bytes lie under `settings.FILES_DIR`."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tkpk.models.territory import Territory
from tkpk.models.user import User


class Document(models.Model):
    """One stored file; its name on disk is its uuid and says nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kelurahan = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    is_encrypted = models.BooleanField(default=True)
    created_at = models.DateTimeField(_("stored at"), auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The hash stays when the bytes of a closed import are removed after 30 days.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=0), name="document_size_not_negative")
        ]

    def __str__(self) -> str:
        return self.name
