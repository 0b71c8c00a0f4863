"""A Prometheus of one page: exact increases of events, and only the queries that this house asks.

Anything else is answered as a bad query is by the real one, so a test cannot pass by asking what
this twin does not understand.
"""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from gatehouse.observe import meters
from tests.store.rollout.talks import NOW, Talk, Turn

SELECTOR = r"(?P<name>\w*)(?:\{(?P<labels>[^}]*)\})?"
INCREASE = re.compile(rf"sum by \(arm\) \(increase\({SELECTOR}\[(?P<seconds>\d+)s\]\)\)")
LESS = re.compile(r"(?P<one>sum by .*?\)\)) - \((?P<other>sum by .*?\)\)) or (?P=one) \* 0\)")
QUANTILE = re.compile(
    rf"histogram_quantile\((?P<q>[\d.]+),sum\(rate\({SELECTOR}\[(?P<minutes>\d+)m\]\)\)by\(le\)\)"
)
RATE = re.compile(rf"rate\({SELECTOR}\[(?P<minutes>\d+)m\]\)")
GAUGE = re.compile(SELECTOR)
LADDERS = {each.name: each.ladder for each in meters.table()}
Labels = tuple[tuple[str, str], ...]
By = dict[Labels, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """One count of one series at one moment."""

    name: str
    labels: Mapping[str, str]
    at: float
    value: float = 1.0


def samples(talks: Sequence[Talk]) -> Iterator[Sample]:
    """What the meters count for these conversations."""
    for talk in talks:
        for turn in talk.turns:
            yield from _of_turn(turn, talk.arm, NOW - talk.ago + turn.at)


def _of_turn(turn: Turn, arm: str, at: float) -> Iterator[Sample]:
    own = {"arm": arm}
    yield from _histogram("re_turn_total_ms", turn.ms, own, at)
    if turn.search_ms is not None:
        yield from _histogram("re_backend_search_ms", turn.search_ms, own, at)
    if "model_ms" in turn.extra:
        yield from _histogram("re_prompt_end_to_end_ms", turn.extra["model_ms"], own, at)
    for error in turn.errors:
        yield Sample("re_error_total", {**own, "type": error}, at)
    yield Sample("re_agent_act_total", {**own, "act": turn.act}, at)
    if turn.extra.get("reask"):
        yield Sample("re_slot_reask_total", own, at)
    if contract := turn.extra.get("contract"):
        yield Sample("re_json_parse_attempts_total", own, at)
        counted = {"failed": "fallback"}.get(contract, contract)
        yield Sample(f"contract_{counted}_total", own, at)
        if contract != "ok":
            yield Sample("re_json_parse_fail_total", {**own, "reason": "not_json"}, at)


def _histogram(name: str, ms: float, own: Mapping[str, str], at: float) -> Iterator[Sample]:
    yield Sample(f"{name}_count", own, at)
    for edge in LADDERS[name]:
        yield Sample(f"{name}_bucket", {**own, "le": f"{edge}"}, at, float(ms <= edge))
    yield Sample(f"{name}_bucket", {**own, "le": "+Inf"}, at)


class FakePrometheus:
    """Holds samples; answers queries at one moment."""

    def __init__(self, kept: Sequence[Sample] = ()) -> None:
        self.kept = list(kept)

    def query(self, text: str, at: float) -> By:
        """Raises ValueError for a query that it does not know."""
        if found := LESS.fullmatch(text):
            one, other = self.query(found["one"], at), self.query(found["other"], at)
            return {labels: value - other.get(labels, 0.0) for labels, value in one.items()}
        if found := INCREASE.fullmatch(text):
            return self._grouped(found, at, seconds=float(found["seconds"]), by=("arm",))
        if found := QUANTILE.fullmatch(text):
            buckets = self._grouped(found, at, seconds=60 * float(found["minutes"]), by=("le",))
            return {(): quantile(buckets, float(found["q"]))} if buckets else {}
        if found := RATE.fullmatch(text):
            seconds = 60 * float(found["minutes"])
            rows = self._grouped(found, at, seconds=seconds, by=("arm",))
            return {labels: value / seconds for labels, value in rows.items()}
        if found := GAUGE.fullmatch(text):
            return self._grouped(found, at, seconds=at + 1, by=("service",))
        raise ValueError(f"parse error: {text}")

    def _grouped(
        self, asked: re.Match[str], at: float, *, seconds: float, by: tuple[str, ...]
    ) -> By:
        told: By = defaultdict(float)
        for each in self.kept:
            is_within = at - seconds < each.at <= at
            labels = {**each.labels, "__name__": each.name}
            is_named = asked["name"] in ("", each.name)
            if is_named and is_within and _fits(labels, asked["labels"]):
                told[tuple((name, each.labels.get(name, "")) for name in by)] += each.value
        return dict(told)


def _fits(labels: Mapping[str, str], wanted: str | None) -> bool:
    for name, sign, value in re.findall(r'(\w+)(=~|=)"([^"]*)"', wanted or ""):
        have = labels.get(name, "")
        if not (re.fullmatch(value, have) if sign == "=~" else have == value):
            return False
    return True


def quantile(buckets: By, share: float) -> float:
    """As Prometheus interpolates it."""
    rows = sorted((float(dict(labels)["le"]), count) for labels, count in buckets.items())
    rank, low, below = share * rows[-1][1], 0.0, 0.0
    for upper, count in rows:
        if count >= rank:
            return (
                low
                if upper == float("inf")
                else low + (upper - low) * (rank - below) / (count - below)
            )
        low, below = upper, count
    return low


@contextmanager
def serving(fake: FakePrometheus) -> Iterator[str]:
    """Its address, while the block runs."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(parse_qs(urlsplit(self.path).query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self._answer(parse_qs(body.decode()))

        def _answer(self, asked: Mapping[str, list[str]]) -> None:
            try:
                status, told = 200, _told(fake, urlsplit(self.path).path, asked)
            except ValueError as wrong:
                status, told = 400, {"status": "error", "error": str(wrong)}
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _told(fake: FakePrometheus, path: str, asked: Mapping[str, list[str]]) -> dict[str, object]:
    query = asked["query"][0]
    if path.endswith("query_range"):
        start, end, step = (float(asked[name][0]) for name in ("start", "end", "step"))
        series: dict[Labels, list[list[object]]] = defaultdict(list)
        for no in range(int((end - start) // step) + 1):
            at = start + no * step
            for labels, value in fake.query(query, at).items():
                series[labels].append([at, str(value)])
        rows = [{"metric": dict(labels), "values": points} for labels, points in series.items()]
        return {"status": "success", "data": {"resultType": "matrix", "result": rows}}
    at = float(asked.get("time", [str(NOW)])[0])
    found = fake.query(query, at)
    result = [{"metric": dict(labels), "value": [at, str(v)]} for labels, v in found.items()]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}
