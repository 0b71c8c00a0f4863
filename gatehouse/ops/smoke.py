"""The rollout runbook's smoke test: talks of three turns against a running instance, over HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import httpx

from gatehouse.understanding.types import Language

WANTED_CARDS = 6
BUDGET = 500.0
BUDGET_CURRENCY = "GBP"
CARDS_METRIC = 're_card_emitted_total{variant="long_term"}'

Lines = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SessionResult:
    """One talk: its number from 1, its language, and everything that differed."""

    number: int
    language: Language
    cards: int
    differences: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not self.differences


@cache
def talks(language: Language) -> tuple[Lines, ...]:
    """The three turns of the runbook, in several natural ways to say them."""
    book = resources.files(__package__).joinpath("smoke_talks.json").read_text("utf-8")
    return tuple((first, second, third) for first, second, third in json.loads(book)[language])


def run(
    client: httpx.Client, *, sessions: int, languages: tuple[Language, ...]
) -> Iterator[SessionResult]:
    """Holds `sessions` talks, the languages in rotation; yields each as it ends."""
    for number in range(1, sessions + 1):
        language = languages[(number - 1) % len(languages)]
        ways = talks(language)
        lines = ways[((number - 1) // len(languages)) % len(ways)]
        yield _hold(client, number=number, language=language, lines=lines)


def _hold(client: httpx.Client, *, number: int, language: Language, lines: Lines) -> SessionResult:
    client.cookies.clear()
    before = cards_counted(client)
    try:
        first = _ask(client, lines[0], session_id=None)
        session_id = first["meta"]["session_id"]
        second = _ask(client, lines[1], session_id=session_id)
        third = _ask(client, lines[2], session_id=session_id)
        affordable = _affordable_ids(client)
    except (httpx.HTTPError, KeyError, ValueError) as trouble:
        return SessionResult(number, language, 0, (f"{type(trouble).__name__}: {trouble}",))
    after = cards_counted(client)
    differences = [
        *judge_first(first),
        *judge_second(second),
        *judge_third(third, affordable=affordable),
        *judge_count(before, after, cards=len(third["cards"])),
    ]
    return SessionResult(number, language, len(third["cards"]), tuple(differences))


def judge_first(reply: Mapping[str, Any]) -> list[str]:
    """Turn 1 asks for one open slot, the place first."""
    return _judge_ask(reply, turn=1, slot="location")


def judge_second(reply: Mapping[str, Any]) -> list[str]:
    """Turn 2 has heard place and budget, and asks only how long."""
    slots = reply["meta"]["slots"]
    wrong = _judge_ask(reply, turn=2, slot="rental_type")
    if "girne" not in str(slots.get("location")).casefold():
        wrong.append(f"turn 2: location is {slots.get('location')!r}, not Girne")
    budget = slots.get("budget") or {}
    if budget.get("amount") != BUDGET or budget.get("currency") != BUDGET_CURRENCY:
        wrong.append(f"turn 2: budget is {budget!r}, not {BUDGET:.0f} {BUDGET_CURRENCY}")
    return wrong


def judge_third(reply: Mapping[str, Any], *, affordable: frozenset[str]) -> list[str]:
    """Turn 3 shows six homes or more, each of them long-term, in Girne, within the budget."""
    wrong = _judge_act(reply, turn=3, act="SEARCH_AND_RECOMMEND")
    cards = reply["cards"]
    if len(cards) < WANTED_CARDS:
        wrong.append(f"turn 3: {len(cards)} cards, not {WANTED_CARDS} or more")
    for card in cards:
        if card["variant"] != "long_term":
            wrong.append(f"turn 3: card {card['id']} is {card['variant']}, not long_term")
        if str(card["id"]) not in affordable:
            wrong.append(
                f"turn 3: card {card['id']} at {card['price']} {card['currency']} is not among "
                f"the homes in Girne up to {BUDGET:.0f} {BUDGET_CURRENCY}"
            )
    return wrong


def judge_count(before: float | None, after: float | None, *, cards: int) -> list[str]:
    """The card counter grew by what was shown; None: /metrics may not be read from here."""
    if before is None or after is None or after - before >= cards:
        return []
    return [f"{CARDS_METRIC} grew by {after - before:.0f}, not by {cards}"]


def cards_counted(client: httpx.Client) -> float | None:
    """The sum of the long-term card counter over all arms; None where it cannot be read."""
    try:
        answer = client.get("/metrics")
    except httpx.HTTPError:
        return None
    if answer.status_code != httpx.codes.OK:
        return None
    return sum_of_cards(answer.text)


def sum_of_cards(exposition: str) -> float:
    """Sums `re_card_emitted_total` with variant long_term in a Prometheus text."""
    return sum(
        float(line.rsplit(" ", 1)[1])
        for line in exposition.splitlines()
        if line.startswith("re_card_emitted_total{") and 'variant="long_term"' in line
    )


def _judge_ask(reply: Mapping[str, Any], *, turn: int, slot: str) -> list[str]:
    wrong = _judge_act(reply, turn=turn, act="ASK_SLOT")
    needed = reply["meta"]["next_needed"]
    if needed != [slot]:
        wrong.append(f"turn {turn}: next_needed is {needed!r}, not [{slot!r}]")
    return wrong


def _judge_act(reply: Mapping[str, Any], *, turn: int, act: str) -> list[str]:
    said = reply["meta"]["act"]
    return [] if said == act else [f"turn {turn}: act is {said}, not {act}"]


def _ask(client: httpx.Client, question: str, *, session_id: str | None) -> dict[str, Any]:
    body = {"question": question} | ({"session_id": session_id} if session_id else {})
    answer = client.post("/api/chat/ask", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    answer.raise_for_status()
    reply: dict[str, Any] = answer.json()
    return reply


def _affordable_ids(client: httpx.Client) -> frozenset[str]:
    query = {
        "city": "Girne",
        "rent_type": "long_term",
        "price_max": f"{BUDGET:.0f}",
        "currency": BUDGET_CURRENCY,
        "limit": "50",
    }
    answer = client.get("/api/v1/real_estate/search", params=query)
    answer.raise_for_status()
    return frozenset(str(home["id"]) for home in answer.json()["results"])
