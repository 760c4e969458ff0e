"""What somebody had typed when the session ended: encrypted, given back after signing in."""

from django.db import models

from tkpk.models.user import User


class Draft(models.Model):
    """One unsaved form of one person, by the path it was sent to."""

    user = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    path = models.CharField(max_length=200)
    blob = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "path"], name="draft_one_per_form")]

    def __str__(self) -> str:
        return self.path
