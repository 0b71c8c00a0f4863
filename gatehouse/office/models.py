"""The office's own tables: API tokens, and attempts to sign in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Token(models.Model):
    """A bearer token of a person; only its digest is kept. `role` can only narrow the person's."""

    digest = models.TextField(unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens"
    )
    label = models.TextField()
    role = models.TextField(default="", db_default="")  # "": as the person
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "office_token"


class Attempt(models.Model):
    """One attempt to sign in; `door`: the account, the network, or both together."""

    door = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "office_attempt"
        indexes = (models.Index(fields=("door", "at"), name="office_attempt_door"),)
