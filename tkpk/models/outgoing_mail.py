"""Mail waiting to be sent: written in the transaction that causes it, sent by the worker."""

from django.db import models

from tkpk.encryption import EncryptedTextField


class OutgoingMail(models.Model):
    """One message. The body may carry a reset link, so it lies encrypted."""

    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = EncryptedTextField(context="mail.body")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.subject
