"""What is met in each row while a part is away, and how its dialogue ends once it is back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from .visits import GOLDEN, Reply, Visit

Part = Callable[[Visit], Awaitable[None]]
PATIENCE_SECONDS = 90.0  # for breakers to let calls through again
PAUSE_SECONDS = 0.3  # of a visitor between two tries


def is_unmarked(reply: Reply) -> bool:
    return not reply["meta"]["degraded"]


async def search_down(visit: Visit) -> None:
    """The promise, in the visitor's words; before it perhaps a search that was cut."""
    await visit.say(visit.budget())
    reply = await visit.say(visit.term())
    for _ in range(3):
        if reply["meta"].get("follow_up"):
            break
        visit.expect_told(reply, "slow", "search")
        reply = await visit.say(visit.yes())
    visit.expect_told(reply, "promised", "search")
    visit.expect(bool(reply["meta"].get("follow_up")), "nothing is owed")


async def promised(visit: Visit) -> None:
    """The matches come by themselves, once, and the talk goes on."""
    count = len(await visit.written())
    sent = await visit.await_more(count, seconds=PATIENCE_SECONDS)
    visit.expect(sent is not None, "the promised matches did not come")
    if sent is None:
        return
    back = GOLDEN["back"][visit.language]
    visit.expect(sent["content"].startswith(back), f"not told 'back': {sent['content'][:90]!r}")
    visit.expect(bool(sent["cards"]), "the promised message shows no homes")
    visit.expect(not sent["meta"]["degraded"], "the promised message is marked")
    await searched(visit)
    visit.expect(len(await visit.written()) == len(visit.replies) + 1, "sent more than once")


async def search_slow(visit: Visit) -> None:
    await visit.say(visit.budget())
    visit.expect_told(await visit.say(visit.term()), "slow", "search")


async def asked_again(visit: Visit) -> None:
    """A yes to "shall I try again" brings the homes, as soon as a breaker lets it."""
    await _until_homes(visit, visit.yes())


async def searched(visit: Visit) -> None:
    """Whatever is still open is said, and homes come."""
    known = visit.replies[-1]["meta"]["slots"]
    if "budget" not in known:
        await visit.say(visit.budget())
    text = visit.term() if "rental_type" not in known else visit.bedrooms()
    await _until_homes(visit, text)


async def _until_homes(visit: Visit, text: str) -> None:
    reply, until = await visit.say(text), time.monotonic() + PATIENCE_SECONDS
    while not reply["cards"] and "search" in reply["meta"]["degraded"]:
        if time.monotonic() > until:
            break
        await asyncio.sleep(PAUSE_SECONDS)
        reply = await visit.say(visit.yes())
    visit.expect(bool(reply["cards"]), f"no homes at the end: {reply['summary'][:90]!r}")
    visit.is_finished = bool(reply["cards"])


async def short_form(visit: Visit) -> None:
    """Told once at the beginning of the stretch, marked throughout."""
    visit.expect_told(await visit.say(visit.budget()), "short_form", "llm")
    again = await visit.say(visit.bedrooms())
    visit.expect("llm" in again["meta"]["degraded"], "the second reply is not marked")
    told = GOLDEN["short_form"][visit.language]
    visit.expect(told not in again["summary"], "told again within the stretch")


async def held(visit: Visit) -> None:
    """A holding text; then short form by the deadline."""
    holding, reply = await visit.stream(visit.budget())
    if "llm" in reply["meta"]["degraded"] and not holding:
        visit.expect_told(reply, "short_form", "llm")  # the breaker had opened: nothing to wait for
        return
    visit.expect(holding == [GOLDEN["interim"][visit.language]], f"holding text {holding!r}")
    visit.expect_told(reply, "short_form", "llm")


async def unnoticed(visit: Visit) -> None:
    """The visitor notices nothing: no word of trouble, the next question or homes."""
    reply = await visit.say(visit.budget())
    summary = reply["summary"]
    told = [name for name in GOLDEN if GOLDEN[name][visit.language] in summary]
    visit.expect(not told, f"trouble was told: {told}")
    visit.expect(bool(summary.strip()), "nothing was said")
    known = reply["meta"]["slots"].get("budget") or {}
    visit.expect(known.get("high") == visit.price, "the wish was not kept")
