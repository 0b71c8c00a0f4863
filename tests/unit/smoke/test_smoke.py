"""The smoke test must pass a right instance and name what a wrong one does differently."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from gatehouse.ops import smoke
from gatehouse.understanding.types import LANGUAGES, Language

HOMES = [f"home-{n}" for n in range(6)]


class Instance:
    """A scripted instance; `faults` names what it does wrongly."""

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        self.turn = 0
        self.cards = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/metrics":
            return self._metrics()
        if request.url.path == "/api/v1/real_estate/search":
            return httpx.Response(200, json={"results": [{"id": home} for home in HOMES]})
        self.turn = self.turn + 1 if "session_id" in json.loads(request.content) else 1
        return httpx.Response(200, json=getattr(self, f"_turn_{self.turn}")())

    def _metrics(self) -> httpx.Response:
        if "no metrics" in self.faults:
            return httpx.Response(404)
        line = f're_card_emitted_total{{variant="long_term",arm="stable"}} {self.cards}.0'
        return httpx.Response(200, text=f"# TYPE re_card_emitted_total counter\n{line}\n")

    def _reply(self, act: str, needed: list[str], **more: Any) -> dict[str, Any]:
        meta = {"session_id": "s", "act": act, "next_needed": needed, "slots": {}}
        return {"cards": [], "meta": meta | more}

    def _turn_1(self) -> dict[str, Any]:
        first = "budget" if "asks budget first" in self.faults else "location"
        return self._reply("ASK_SLOT", [first])

    def _turn_2(self) -> dict[str, Any]:
        needed = ["budget", "rental_type"] if "asks again" in self.faults else ["rental_type"]
        currency = "EUR" if "mishears money" in self.faults else "GBP"
        place = "iskele" if "mishears place" in self.faults else "girne"
        budget = {"amount": 500, "currency": currency, "period": "month"}
        return self._reply("ASK_SLOT", needed, slots={"location": [place], "budget": budget})

    def _turn_3(self) -> dict[str, Any]:
        shown = HOMES[:5] if "five cards" in self.faults else HOMES
        shown = [*shown[:-1], "dear"] if "too dear" in self.faults else shown
        variant = "short_term" if "wrong variant" in self.faults else "long_term"
        card = {"variant": variant, "price": 450, "currency": "GBP"}
        self.cards += 0 if "forgets to count" in self.faults else len(shown)
        cards = [{"id": home} | card for home in shown]
        return self._reply("SEARCH_AND_RECOMMEND", []) | {"cards": cards}


def smoked(
    *faults: str, sessions: int = 1, languages: tuple[Language, ...] = ("en",)
) -> list[smoke.SessionResult]:
    transport = httpx.MockTransport(Instance(*faults))
    with httpx.Client(transport=transport, base_url="http://instance") as client:
        return list(smoke.run(client, sessions=sessions, languages=languages))


def test_a_right_instance_passes_every_session_in_every_language() -> None:
    results = smoked(sessions=2 * len(LANGUAGES), languages=LANGUAGES)
    assert [r.differences for r in results] == [()] * len(LANGUAGES) * 2
    assert [r.language for r in results] == [*LANGUAGES, *LANGUAGES]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("asks budget first", "turn 1: next_needed is ['budget']"),
        ("asks again", "turn 2: next_needed is ['budget', 'rental_type']"),
        ("mishears money", "turn 2: budget is"),
        ("mishears place", "turn 2: location is ['iskele']"),
        ("five cards", "turn 3: 5 cards"),
        ("too dear", "turn 3: card dear at 450 GBP"),
        ("wrong variant", "turn 3: card home-0 is short_term"),
        ("forgets to count", "grew by 0, not by 6"),
    ],
)
def test_a_wrong_instance_fails_and_the_difference_is_named(fault: str, said: str) -> None:
    (result,) = smoked(fault)
    assert not result.is_right
    assert any(said in difference for difference in result.differences), result.differences


def test_unreadable_metrics_are_no_failure() -> None:
    (result,) = smoked("no metrics")
    assert result.is_right


def test_an_instance_that_cannot_be_reached_is_a_difference_not_a_crash() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with httpx.Client(transport=httpx.MockTransport(refuse), base_url="http://gone") as client:
        (result,) = smoke.run(client, sessions=1, languages=("en",))
    assert result.differences == ("ConnectError: refused",)


def test_counters_of_all_arms_are_summed_and_others_left_out() -> None:
    text = "\n".join(
        [
            're_card_emitted_total{arm="stable",variant="long_term"} 7.0',
            're_card_emitted_total{arm="canary",variant="long_term"} 2.0',
            're_card_emitted_total{arm="stable",variant="sale"} 40.0',
        ]
    )
    assert smoke.sum_of_cards(text) == 9.0
