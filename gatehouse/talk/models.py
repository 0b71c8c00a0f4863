"""The conversation's tables. Django owns the schema; the lane writes its SQL by hand."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class Conversation(models.Model):
    """One visitor's talk, and the lease and epoch that let only one process think about it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner_hash = models.BinaryField(max_length=32)  # SHA-256 of the visitor's token
    name = models.TextField(null=True)  # chosen by the caller; "": the visitor's first talk
    language = models.TextField(null=True)
    state = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    turn_no = models.IntegerField(default=0, db_default=0)  # of the last committed turn
    next_seq = models.BigIntegerField(default=0, db_default=0)  # of the last inbox row
    done_seq = models.BigIntegerField(
        default=0, db_default=0
    )  # of the last inbox row that was answered
    lease_owner = models.TextField(null=True)
    lease_until = models.DateTimeField(null=True)
    epoch = models.BigIntegerField(default=0, db_default=0)  # of the last claim
    done_epoch = models.BigIntegerField(default=0, db_default=0)  # of the last claim that ended
    arm = models.TextField(default="stable", db_default="stable")
    version = models.TextField(default="rules", db_default="rules")
    # What the first turn was assigned, and why; null before it.
    rollout_id = models.TextField(null=True)
    bucket = models.IntegerField(null=True)
    share = models.IntegerField(null=True)  # of the canary then, in 1/100,000
    step = models.IntegerField(null=True)
    hash_version = models.SmallIntegerField(null=True)
    assign_reason = models.TextField(null=True)
    assigned_at = models.DateTimeField(null=True)
    forced_arm = models.TextField(null=True)  # by a signed header or cookie
    traffic = models.TextField(default="visitor", db_default="visitor")  # bot, staff, soak
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "talk_conversation"
        constraints = (
            models.UniqueConstraint(fields=("owner_hash", "name"), name="talk_conversation_named"),
        )
        indexes = (
            models.Index(
                fields=("rollout_id", "assigned_at"),
                name="talk_conversation_rollout",
                condition=models.Q(rollout_id__isnull=False),
            ),
        )


class Inbox(models.Model):
    """A message as received; `turn` is null until it is answered."""

    channel = models.TextField()
    account = models.TextField()  # web: the owner's hash in hex
    ext_id = models.TextField()  # web: the idempotency key
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_index=False)
    seq = models.BigIntegerField()
    fingerprint = models.BinaryField(max_length=32)  # SHA-256 of the canonical body
    text = models.TextField()
    language = models.TextField(null=True)
    about = models.UUIDField(null=True)  # the home from whose page it comes; it may be gone
    received_at = models.DateTimeField(db_default=Now())
    turn_id = models.UUIDField(null=True)

    class Meta:
        db_table = "talk_inbox"
        constraints = (
            models.UniqueConstraint(fields=("channel", "account", "ext_id"), name="talk_inbox_key"),
            models.UniqueConstraint(fields=("conversation", "seq"), name="talk_inbox_order"),
        )
        indexes = (
            models.Index(
                fields=("conversation", "seq"),
                name="talk_inbox_waiting",
                condition=models.Q(turn_id__isnull=True),
            ),
        )


class Turn(models.Model):
    """One committed turn: the messages `first_seq` to `last_seq` and the reply to all of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    conversation = models.ForeignKey(Conversation, models.CASCADE, db_index=False)
    turn_no = models.IntegerField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    act = models.TextField()
    move = models.TextField()
    language = models.TextField()
    arm = models.TextField()
    reply = models.TextField()  # JSON, byte for byte as it was sent: a replay repeats it
    slots = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "talk_turn"
        constraints = (
            models.UniqueConstraint(fields=("conversation", "turn_no"), name="talk_turn_order"),
        )


class Outbox(models.Model):
    """One part of a reply on its way out; 'pull': the visitor's own connection fetches it."""

    turn = models.ForeignKey(Turn, models.CASCADE, db_index=False)
    part_no = models.IntegerField()
    channel = models.TextField()
    status = models.TextField()
    payload = models.JSONField(null=True)  # null: the turn's reply as it is
    attempts = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "talk_outbox"
        constraints = (
            models.UniqueConstraint(fields=("turn", "part_no"), name="talk_outbox_part"),
        )


class Effect(models.Model):
    """A consequence of a turn outside the conversation."""

    turn = models.ForeignKey(Turn, models.CASCADE, db_index=False)
    effect_no = models.IntegerField()
    kind = models.TextField()
    payload = models.JSONField()

    class Meta:
        db_table = "talk_effect"
        constraints = (
            models.UniqueConstraint(fields=("turn", "effect_no"), name="talk_effect_once"),
        )


class FollowUp(models.Model):
    """Matches promised to a visitor while the listings were away; gone when they are sent."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True)
    turn_id = models.UUIDField()  # whose reply promised them
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)  # until then one process alone tries
    attempts = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "talk_follow_up"
        indexes = (models.Index(fields=("due_at",), name="talk_follow_up_due"),)


class CardClick(models.Model):
    """That somebody opened cards of homes in a conversation, and how often."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True)
    clicks = models.IntegerField(default=1, db_default=1)
    clicked_at = models.DateTimeField(db_default=Now())  # the latest one

    class Meta:
        db_table = "talk_card_click"
        indexes = (models.Index(fields=("clicked_at",), name="talk_card_click_news"),)


class Feedback(models.Model):
    """A visitor's thumb on one reply; a second one overwrites the first."""

    turn = models.OneToOneField(Turn, models.CASCADE, primary_key=True)
    score = models.SmallIntegerField()
    comment = models.TextField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "talk_feedback"
