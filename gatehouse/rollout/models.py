"""The tables of the control room. Django owns the schema; SQL is written by hand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

ENDED = ("completed", "rolled_back", "aborted", "superseded")


class AgentVersion(models.Model):
    """One version of the agent, named by its content: never changed, never deleted."""

    id = models.TextField(primary_key=True)  # "v-" and 12 digits of the bundle's digest
    bundle = models.JSONField()  # handler, prompts (whole texts), model, parameters, features
    label = models.TextField(default="", db_default="")
    note = models.TextField(default="", db_default="")
    created_by = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "rollout_version"


class Flag(models.Model):
    """A stored value of one setting: restricts a ceiling, or replaces a live tuning value."""

    name = models.TextField(primary_key=True)  # of the environment variable
    value = models.JSONField()
    owner = models.TextField()
    reason = models.TextField()
    set_by = models.TextField()
    set_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "rollout_flag"


class Control(models.Model):
    """One row: what everybody follows. `revision` grows with every change of any of it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    revision = models.BigIntegerField(default=0, db_default=0)
    stable_version = models.TextField(null=True)
    denied = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        db_table = "rollout_control"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="rollout_control_one"),)


class Rollout(models.Model):
    """One change on its way to people; every write raises `revision` (compare-and-set)."""

    id = models.TextField(primary_key=True)
    phase = models.TextField()
    step = models.IntegerField(default=0, db_default=0)
    share = models.IntegerField(default=0, db_default=0)
    revision = models.BigIntegerField(default=1, db_default=1)
    stable_version = models.TextField()
    canary_version = models.TextField()
    plan = models.JSONField()
    plan_name = models.TextField(default="", db_default="")
    policy = models.TextField(default="migrate_next_turn", db_default="migrate_next_turn")
    held = models.TextField(null=True)
    held_since = models.DateTimeField(null=True)
    failure = models.JSONField(null=True)  # latched
    approvals = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    promoted_by = models.TextField(null=True)
    is_paused = models.BooleanField(default=False, db_default=False)
    phase_since = models.DateTimeField(db_default=Now())
    step_since = models.DateTimeField(db_default=Now())
    observing_since = models.DateTimeField(null=True)
    created_by = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        db_table = "rollout"
        constraints = (
            models.UniqueConstraint(
                models.Value(1), condition=~Q(phase__in=ENDED), name="rollout_one_alive"
            ),
        )


class Unit(models.Model):
    """One observed conversation of a rollout, folded from the ledger; safe to fold again."""

    conversation_id = models.UUIDField(primary_key=True)
    rollout_id = models.TextField()
    arm = models.TextField()
    is_slice = models.BooleanField()
    step = models.IntegerField()
    share = models.IntegerField()
    assigned_at = models.DateTimeField()
    last_turn_at = models.DateTimeField()
    turns = models.IntegerField()
    seen = models.BigIntegerField(default=0, db_default=0)  # a bit a metric: it can be told
    bad = models.BigIntegerField(default=0, db_default=0)  # … and it came out badly
    facts = models.JSONField()  # of the designated turn: milliseconds; of the whole talk: tokens

    class Meta:
        db_table = "rollout_unit"
        indexes = (models.Index(fields=("rollout_id", "last_turn_at"), name="rollout_unit_by"),)


class Judgement(models.Model):
    """One verdict of one gate at one tick, with all that went in; written when it changed."""

    rollout_id = models.TextField()
    step = models.IntegerField()
    phase = models.TextField()
    gate = models.TextField()
    verdict = models.TextField()
    evidence = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "rollout_judgement"
        indexes = (models.Index(fields=("rollout_id", "gate", "at"), name="rollout_judgement_by"),)


class Worker(models.Model):
    """A server process and the revision that it acts on; a row older than a minute is dead."""

    name = models.TextField(primary_key=True)  # host:pid:start
    revision = models.BigIntegerField()
    seen_at = models.DateTimeField(db_default=Now())
    facts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        db_table = "rollout_worker"


class BreakerTurn(models.Model):
    """A breaker of one process changed its state. `version`: of the agent; "": shared by all."""

    worker = models.TextField()
    service = models.TextField()
    version = models.TextField(default="", db_default="")
    state = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "rollout_breaker_turn"
        indexes = (models.Index(fields=("at",), name="rollout_breaker_turn_at"),)


class Incident(models.Model):
    """The register of incidents: an open one of severity 1 or 2 holds every step."""

    severity = models.SmallIntegerField()  # 1 is the worst, 4 the mildest
    title = models.TextField()
    opened_by = models.TextField()
    opened_at = models.DateTimeField(db_default=Now())
    closed_by = models.TextField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rollout_incident"


class Audit(models.Model):
    """What was done, by whom and why; each row carries the hash of the one before it."""

    seq = models.BigIntegerField(primary_key=True)
    prev_hash = models.TextField()
    hash = models.TextField()
    at = models.TextField()  # as it was hashed
    actor_kind = models.TextField()
    actor = models.TextField()
    action = models.TextField()
    subject = models.TextField()  # rollout id, flag name, version id …
    revision_before = models.BigIntegerField(null=True)
    revision_after = models.BigIntegerField(null=True)
    reason = models.TextField()
    evidence = models.TextField()  # canonical JSON, as it was hashed

    class Meta:
        db_table = "rollout_audit"
        indexes = (models.Index(fields=("subject", "seq"), name="rollout_audit_subject"),)


class Notice(models.Model):
    """A message to people outside, until it was delivered or given up."""

    kind = models.TextField()  # rolled_back, held, completed …
    outlet = models.TextField()  # webhook, slack, email, grafana
    payload = models.JSONField()
    attempts = models.IntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    trouble = models.TextField(default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "rollout_notice"
        indexes = (
            models.Index(
                fields=("due_at",), name="rollout_notice_due", condition=Q(sent_at__isnull=True)
            ),
        )
