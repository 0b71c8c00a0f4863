"""Who asked for what: rows that a turn's own commit fills, once per (turn, effect)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Asked(models.Model):
    """What all of them share. `payload` is the effect as the conversation stored it."""

    turn_id = models.UUIDField()
    effect_no = models.IntegerField()
    conversation_id = models.UUIDField(db_index=True)
    name = models.TextField(null=True)
    phone = models.TextField(null=True)
    email = models.TextField(null=True)
    payload = models.JSONField()
    status = models.TextField(default="new", db_default="new")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True
        constraints = (
            models.UniqueConstraint(fields=("turn_id", "effect_no"), name="%(class)s_once"),
        )


class Lead(Asked):
    """A visitor who left a way to be reached."""

    class Meta(Asked.Meta):
        db_table = "people_lead"


class ViewingRequest(Asked):
    """A wish to see a home; day and time as far as they were said."""

    listing_id = models.UUIDField(null=True)
    day = models.DateField(null=True)
    time = models.TextField(null=True)

    class Meta(Asked.Meta):
        db_table = "people_viewing_request"


class Handover(Asked):
    """A wish to talk to a person."""

    to_domain = models.TextField(null=True)

    class Meta(Asked.Meta):
        db_table = "people_handover"
