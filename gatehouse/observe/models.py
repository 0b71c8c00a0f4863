"""The schema of the windows: the turn ledger."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class TurnLedger(models.Model):
    """One row a turn: who answered, what it did, how long each step took (ms)."""

    turn_id = models.UUIDField(primary_key=True)
    conversation_id = models.UUIDField()
    turn_no = models.IntegerField()
    received_at = models.DateTimeField()
    claimed_at = models.DateTimeField()
    act = models.TextField()
    move = models.TextField()
    language = models.TextField()
    arm = models.TextField()
    handler = models.TextField()
    version = models.TextField()
    accept_ms = models.FloatField(null=True)
    understand_ms = models.FloatField(null=True)
    decide_ms = models.FloatField(null=True)
    search_ms = models.FloatField(null=True)
    render_ms = models.FloatField(null=True)
    commit_ms = models.FloatField()
    total_ms = models.FloatField()
    results = models.IntegerField(null=True)
    cards = models.IntegerField()
    messages = models.IntegerField()
    tokens_in = models.IntegerField()
    tokens_out = models.IntegerField()
    degraded = ArrayField(models.TextField())
    errors = ArrayField(models.TextField())
    outcome = models.TextField()
    is_recomputed = models.BooleanField()
    extra = models.JSONField()

    class Meta:
        db_table = "turn_ledger"
        # Rows come in the order of time and are read by windows of time: a block range index
        # answers that and costs a turn next to nothing.
        indexes = (
            BrinIndex(fields=["received_at"], name="turn_ledger_received", autosummarize=True),
            # A message may wait for hours while nothing runs: what is new is known by its claim.
            BrinIndex(fields=["claimed_at"], name="turn_ledger_claimed", autosummarize=True),
            models.Index(fields=["conversation_id", "turn_no"], name="turn_ledger_talk"),
        )


class LlmSpending(models.Model):
    """Tokens and micro-dollars of one account: a conversation's hash, or "day:2026-01-05" (UTC)."""

    account = models.TextField(primary_key=True)
    since = models.DateTimeField()
    tokens = models.BigIntegerField()
    micro_usd = models.BigIntegerField()

    class Meta:
        db_table = "llm_spending"
        indexes = (models.Index(fields=["since"], name="llm_spending_since"),)
