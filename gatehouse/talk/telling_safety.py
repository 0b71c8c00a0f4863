"""What safety leaves in metrics and journal: categories and reasons, never words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gatehouse.llm.safety.replies import Reason
from gatehouse.llm.safety.types import Screening
from gatehouse.observe import journal, meters
from gatehouse.talk.disclosing import DISCLOSED, is_first_contact
from gatehouse.talk.telling import fields_of
from gatehouse.talk.types import Outcome, Thread

# Which category a sentence was of that was left out of a reply.
_CATEGORY: dict[Reason, str] = {"steering": "fair_housing", "abuse": "abuse"}


def tell_message(thread: Thread, screening: Screening, *, is_refused: bool) -> None:
    """A visitor's message was screened."""
    meters.moderation_checks_total.inc()
    if not screening.categories:
        return
    blocked = screening.refused or ("self_harm" if screening.is_blocked else None)
    if is_refused and blocked:
        meters.moderation_blocks_total.labels(category=blocked).inc()
    _tell(
        thread,
        stage="message",
        action="refused" if is_refused else "served",
        categories=sorted(screening.categories),
        disguises=list(screening.disguises),
    )


def tell_reply(thread: Thread, reasons: Iterable[Reason]) -> None:
    """A reply was looked at; sentences were left out for these reasons."""
    meters.moderation_checks_total.inc()
    found = list(reasons)
    for category in {_CATEGORY.get(reason, "other") for reason in found}:
        meters.moderation_blocks_total.labels(category=category).inc()
    if found:
        _tell(thread, stage="reply", action="cut", categories=found)


def tell_disclosed(thread: Thread, outcome: Outcome) -> None:
    """A committed turn told the visitor for the first time that a machine answers."""
    channel = outcome.extra.get(DISCLOSED)
    if channel is None or not is_first_contact(thread):
        return
    meters.ai_disclosure_total.inc()
    language = outcome.state.language or outcome.heard.language
    journal.event(
        "ai_disclosed",
        message=f"ai_disclosed channel={channel} language={language}",
        channel=channel,
        language=language,
        **fields_of(thread),
    )


def _tell(thread: Thread, **fields: Any) -> None:
    journal.event(
        "moderation",
        message=f"moderation stage={fields['stage']} action={fields['action']}",
        **fields_of(thread),
        **fields,
    )
