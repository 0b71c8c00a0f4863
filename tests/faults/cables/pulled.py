"""The cable of the model, of Redis, of the database: pulled in mid-talk and put back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from gatehouse.understanding.types import Language

from ..lab import conversation
from ..lab.checker import Verdict
from ..lab.stage import Outcome, Stage, violations
from ..lab.supervisor import supervised
from ..modes import rows
from ..modes.matrix import UNLIMITED
from ..modes.visits import GOLDEN, Visit, visits
from .sending import (
    LONGEST_ANSWER_SECONDS,
    MOST_SECONDS_BACK,
    PATIENCE_SECONDS,
    Sending,
    seconds_until,
    status,
)
from .wires import How, Wires
from .writers import until_acked, verdict, writers

LANGUAGES: tuple[Language, ...] = ("en", "ar")
WRITERS = 4
# A busy machine is no broken catalogue: a search is given time, and a few cut ones open no breaker.
PATIENT = UNLIMITED | {
    "RE_SEARCH_TIMEOUT_MS": "3000",
    "RE_SEARCH_CIRCUIT_BREAKER_OPEN_AFTER": "100",
}
MESSAGES_AROUND = 12  # messages promised before the cable is pulled, and after it is back
Figures = dict[str, int | float | str]


@dataclass(slots=True)
class Found:
    """What is told at the end."""

    figures: Figures = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def expect(self, told: bool, what: str) -> None:
        if not told:
            self.broken.append(what)


@dataclass(frozen=True, slots=True)
class Pull:
    """One experiment: which cable, how it is out, and in which languages people talk meanwhile."""

    cable: str
    how: How
    languages: tuple[Language, ...] = LANGUAGES
    mutant: str = ""
    seconds: float = 5.0  # without a database, at least; long enough for connections to be opened


async def pulled(stage: Stage, wires: Wires, pull: Pull) -> Outcome:
    """On a server of its own, which must still be the same one at the end."""
    stage.clear()
    found = Found()
    front = stage.supervisor(pull.mutant, **{**PATIENT, **wires.environment})
    async with supervised(front), conversation.client(seconds=60) as http:
        running = await visits(http, front.port, pull.languages)
        await _all(running, Visit.begin)
        played = _unstored if "database" in wires.proxies else _unharmed
        await played(stage, (wires, pull), running, found=found)
        restarts = front.starts - 1
    found.expect(restarts == 0, f"restarts: {restarts}")
    found.broken += [fault for visit in running for fault in visit.faults]
    finished = sum(visit.is_finished for visit in running)
    figures: Figures = {"talks finished": f"{finished}/{len(running)}", "restarts": restarts}
    found.expect(finished == len(running), "not every talk was finished")
    name = f"cable of the {pull.cable}, {pull.how}{f' ({pull.mutant})' if pull.mutant else ''}"
    return Outcome(name, figures | found.figures, tuple(found.broken))


async def _unharmed(
    stage: Stage, cut: tuple[Wires, Pull], running: list[Visit], *, found: Found
) -> None:
    """Without the model in short form, without Redis as ever; messages are lost in neither."""
    wires, pull = cut
    first = running[0]
    meet = rows.short_form if pull.cable == "model" else rows.unnoticed
    async with writers(stage, first.http, first.port, count=WRITERS) as here:
        await until_acked(here, MESSAGES_AROUND)
        async with wires.cut(pull.cable, pull.how):
            await _all(running, meet)
        await _all(running, rows.searched)
    _note(found, await verdict(stage, here))
    found.expect(all(each.is_well for each in here), "a conversation fell silent")


async def _unstored(
    stage: Stage, cut: tuple[Wires, Pull], running: list[Visit], *, found: Found
) -> None:
    """Without the database nothing is taken in, and what was kept by the page is taken after."""
    wires, pull = cut
    first = running[0]
    sendings = [Sending(visit, visit.budget()) for visit in running]
    async with writers(stage, first.http, first.port, count=WRITERS) as here:
        await until_acked(here, MESSAGES_AROUND)
        async with wires.cut("database", pull.how):
            until = time.monotonic() + pull.seconds
            await _together(sendings, Sending.refused)
            await _look(first.http, first.port, found)
            while time.monotonic() < until:
                await _together(sendings, Sending.refused)
        await _come_back(sendings, found)
        await until_acked(here, MESSAGES_AROUND)
    await _all(running, _finish)
    _note(found, await verdict(stage, here))
    odd = sorted({e.detail for e in here[0].history.events() if e.kind == "odd"})
    found.expect(not odd, f"statuses that should not have been: {odd}")
    found.expect(all(each.is_well for each in here), "a conversation fell silent")
    for visit in running:
        written = await visit.written()
        back = GOLDEN["back"][visit.language]
        count = sum(not each["content"].startswith(back) for each in written)
        visit.expect(count == len(visit.replies), f"{count} replies to {len(visit.replies)}")


async def _finish(visit: Visit) -> None:
    """Searches cut with the cable may have opened the breaker: then the matches were promised."""
    promised = visit.replies[-1]["meta"].get("follow_up")
    await (rows.promised if promised else rows.searched)(visit)


async def _look(http: httpx.AsyncClient, port: int, found: Found) -> None:
    """Alive all the time, and not ready as soon as the next look at the database has failed."""
    spent = await seconds_until(http, port, httpx.codes.SERVICE_UNAVAILABLE)
    found.figures["not ready after s"] = round(spent, 2)
    found.expect(spent < PATIENCE_SECONDS, "/readyz never said no without a database")
    alive = await status(http, port, "/healthz")
    found.expect(alive == httpx.codes.OK, f"/healthz {alive} without a database")


async def _come_back(sendings: list[Sending], found: Found) -> None:
    began = time.monotonic()
    spent = await asyncio.gather(
        seconds_until(sendings[0].visit.http, sendings[0].visit.port, httpx.codes.OK),
        *(_timed(each, began) for each in sendings),
    )
    worst = max(each.worst_seconds for each in sendings)
    found.figures |= {
        "refused": sum(each.refusals for each in sendings),
        "slowest refusal s": round(worst, 2),
        "ready again s": round(spent[0], 2),
        "taken again s": round(max(spent[1:]), 2),
    }
    found.expect(worst <= LONGEST_ANSWER_SECONDS, f"refused only after {worst:.1f} s")
    found.expect(max(spent) <= MOST_SECONDS_BACK, f"back only after {max(spent):.1f} s")


async def _timed(sending: Sending, began: float) -> float:
    await sending.taken()
    return time.monotonic() - began


def _note(found: Found, told: Verdict) -> None:
    found.figures |= {
        "acked": told.acked,
        "lost": told.lost + told.unanswered,
        "duplicates": told.duplicates,
    }
    found.broken += violations(
        acknowledged_and_lost=told.lost,
        acknowledged_and_never_answered=told.unanswered,
        duplicates=told.duplicates,
        left_waiting=told.waiting,
    )


async def _together(sendings: list[Sending], part: Callable[[Sending], Awaitable[None]]) -> None:
    await asyncio.gather(*(part(each) for each in sendings))


async def _all(running: list[Visit], part: rows.Part) -> None:
    """All visitors at once; what one of them could not do is a fault of theirs."""
    done = await asyncio.gather(*(part(each) for each in running), return_exceptions=True)
    for visit, trouble in zip(running, done, strict=True):
        if isinstance(trouble, BaseException):
            visit.faults.append(f"{visit.language}: {type(trouble).__name__}: {trouble}")
