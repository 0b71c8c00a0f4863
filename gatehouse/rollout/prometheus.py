"""Readings from a Prometheus that scrapes the house: turns, not conversations, hence advisory.

Each figure is a ratio of two increases over the window of the step, both summed over everything
but the arm; never a rate per second taken for a share, and never a quantile of buckets.
"""

from __future__ import annotations

import json
import math
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from gatehouse.observe import meters
from gatehouse.rollout.minutes import MINUTE, MOST_MINUTES
from gatehouse.rollout.types import Count, GateSpec, Minute, Reading, Standing

SECONDS: Final = 5.0  # of one request
ARMS: Final = ("canary", "stable")
By = Mapping[str, float]  # by arm


class Untellable(Exception):
    """Prometheus cannot be asked, or has no such figure; the text says why."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """`bad` of `total`: selectors whose increases are added up, or taken away with a minus."""

    total: tuple[str, ...]
    bad: tuple[str, ...]


_TURNS: Final = ("re_turn_total_ms_count",)
_ANSWERED: Final = ('{__name__=~"contract_(ok|repaired|fallback)_total"}',)
RATIOS: Final[Mapping[str, Ratio]] = {
    "turn_error": Ratio(_TURNS, ("re_error_total",)),
    "contract": Ratio(("re_json_parse_attempts_total",), ("re_json_parse_fail_total",)),
    "validation": Ratio(_ANSWERED, ("contract_fallback_total",)),
    "repaired": Ratio(_ANSWERED, ("contract_repaired_total",)),
    "ungrounded": Ratio(_ANSWERED, ("llm_ungrounded_total",)),
    "model_error": Ratio(
        ("re_prompt_end_to_end_ms_count",), ('re_error_total{type="llm_call_failed"}',)
    ),
    "search_timeout": Ratio(
        ("re_backend_search_ms_count",), ('re_error_total{type="search_timeout"}',)
    ),
    "cache_miss": Ratio(
        ("re_search_cache_lookups_total",),
        ("re_search_cache_lookups_total", "-re_search_cache_hits_total"),
    ),
    "reask": Ratio(_TURNS, ("re_slot_reask_total",)),
    "state_loss": Ratio(_TURNS, ("conversation_state_loss_total",)),
    "not_converted": Ratio(
        ("re_sessions_slots_complete_total",),
        ("re_sessions_slots_complete_total", "-re_sessions_converted_total"),
    ),
    "no_recommendation": Ratio(
        ("re_agent_act_total",),
        ("re_agent_act_total", '-re_agent_act_total{act="SEARCH_AND_RECOMMEND"}'),
    ),
    "negative_feedback": Ratio(("chat_feedback_total",), ('chat_feedback_total{score="-1"}',)),
}
HISTOGRAMS: Final = {
    "turn_slow": "re_turn_total_ms",
    "search_slow": "re_backend_search_ms",
    "model_slow": "re_prompt_end_to_end_ms",
}


def ratio_of(spec: GateSpec) -> Ratio:
    """The two sums of a gate. Raises Untellable."""
    if spec.metric in RATIOS:
        return RATIOS[spec.metric]
    name = HISTOGRAMS.get(spec.metric)
    if name is None:
        raise Untellable(f"{spec.metric}: Prometheus has no such figure of each arm")
    ladder = next(each.ladder for each in meters.table() if each.name == name)
    if spec.edge_ms not in ladder:
        raise Untellable(f"{spec.metric}: {spec.edge_ms} ms is no edge of {name}")
    # The edge is written 1200 or 1200.0, as the scraped format has it.
    bucket = f'{name}_bucket{{le=~"{spec.edge_ms}([.]0)?"}}'
    return Ratio((f"{name}_count",), (f"{name}_count", f"-{bucket}"))


def query_of(selectors: Sequence[str], seconds: int) -> str:
    """PromQL of the sum of the increases over so many seconds, by arm.

    A selector that has no series at all counts as nothing instead of making the sum empty.
    """
    parts = [_increase(selector, seconds) for selector in selectors]
    (_, first), *others = parts
    more = (f" {sign} ({part} or {first} * 0)" for sign, part in others)
    return first + "".join(more)


def _increase(selector: str, seconds: int) -> tuple[str, str]:
    sign, name = ("-", selector[1:]) if selector.startswith("-") else ("+", selector)
    return sign, f"sum by (arm) (increase({name}[{seconds}s]))"


class PrometheusReadings:
    """See `Readings`. Turns since the step is observed; no conversations, no soak, no bake."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        self._url = url.rstrip("/")
        self._seconds = seconds

    def read(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float
    ) -> dict[str, Reading]:
        """See `Readings`."""
        return {spec.name: self._reading(standing, spec, now=now) for spec in specs}

    def _reading(self, standing: Standing, spec: GateSpec, *, now: float) -> Reading:
        try:
            ratio = ratio_of(spec)
            since = standing.observing_since or standing.step_since
            window = max(1, math.ceil(now - since))
            total, bad = (
                self._instant(query_of(each, window), now) for each in (ratio.total, ratio.bad)
            )
            minutes = self._minutes(spec, ratio, now=now)
        except Untellable as why:
            return Reading(spec.metric, trouble=str(why))
        return Reading(spec.metric, _counts(standing, total, bad), minutes)

    def _minutes(self, spec: GateSpec, ratio: Ratio, *, now: float) -> tuple[Minute, ...]:
        """Whole minutes; the newest, which is not over, is left empty."""
        newest = int(now // MINUTE)
        first = newest - min(2 * spec.minutes + 1, MOST_MINUTES)
        span = range(first, newest + 1)
        total, bad = (
            self._range(query_of(each, int(MINUTE)), first + 1, newest)
            for each in (ratio.total, ratio.bad)
        )
        return tuple(_minute(at, total.get(at, {}), bad.get(at, {})) for at in span)

    def _instant(self, query: str, at: float) -> By:
        found = self._ask("query", {"query": query, "time": f"{at:.3f}"})
        return {_arm(series): _value(series["value"]) for series in found}

    def _range(self, query: str, first: int, last: int) -> dict[int, dict[str, float]]:
        """By minute and arm: what came in the minute that ended at each point."""
        asked = {
            "query": query,
            "start": str(first * int(MINUTE)),
            "end": str(last * int(MINUTE)),
            "step": str(int(MINUTE)),
        }
        told: dict[int, dict[str, float]] = {}
        for series in self._ask("query_range", asked):
            for point in series["values"]:
                at = round(float(point[0]) / MINUTE) - 1
                told.setdefault(at, {})[_arm(series)] = _value(point)
        return told

    def _ask(self, path: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        """Raises Untellable. Sent as a form: brackets in an address are read by some clients."""
        request = urllib.request.Request(  # noqa: S310 - the address is a setting
            f"{self._url}/api/v1/{path}",
            data=urlencode(asked).encode(),
            headers={"accept": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self._seconds) as answer:  # noqa: S310
                told = json.load(answer)
            if told["status"] != "success":
                raise Untellable(f"Prometheus: {told.get('error', told['status'])}")
            result: list[dict[str, Any]] = told["data"]["result"]
        except (OSError, ValueError, KeyError, TypeError) as trouble:
            raise Untellable(f"Prometheus cannot be asked: {trouble}") from trouble
        return result


def _arm(series: Mapping[str, Any]) -> str:
    return str(series["metric"].get("arm", ""))


def _value(point: Sequence[Any]) -> float:
    """Raises Untellable: a value that is no number is no reading."""
    value = float(point[1])
    if not math.isfinite(value):
        raise Untellable(f"Prometheus: {value} is no count")
    return value


def _counts(standing: Standing, total: By, bad: By) -> tuple[Count, ...]:
    pairs = [_pair(total, bad, arm) for arm in ARMS]
    if not any(n for n, _ in pairs):
        return ()
    (canary_n, canary_bad), (stable_n, stable_bad) = pairs
    return (
        Count(standing.step, standing.share, canary_n, canary_bad, stable_n, stable_bad),
    )  # fmt: skip


def _pair(total: By, bad: By, arm: str) -> tuple[int, int]:
    """Whole events. Increases are extrapolated to the window's ends, so there may be more bad ones
    than all; and one turn can have several errors."""
    n = max(0, round(total.get(arm, 0.0)))
    return n, min(n, max(0, round(bad.get(arm, 0.0))))


def _minute(at: int, total: By, bad: By) -> Minute:
    (canary_n, canary_bad), (stable_n, stable_bad) = (_pair(total, bad, arm) for arm in ARMS)
    moment = datetime.fromtimestamp(at * MINUTE, UTC)
    return Minute(moment, canary_n, canary_bad, stable_n, stable_bad)
