"""What happened, one JSON object a line. `event()` is cheap, and its trouble is nobody else's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pydantic_core

from gatehouse import __version__
from gatehouse.base.clock import Clock, SystemClock
from gatehouse.base.config import Settings
from gatehouse.observe import companions, masking, meters
from gatehouse.observe.sinks import FileSink, Sink, StdoutSink

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
RANK: dict[str, int] = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}
LINE_BYTES = 4000  # with its companion below PIPE_BUF, so that a pipe takes it whole
PIPE_TAKES_WHOLE = 4096  # PIPE_BUF: what several processes write never mixes
LONGEST_FIELD = 150  # characters left of a field in a line that was too long
LONGEST_LIST = 8  # last elements left of a list there

request_id: ContextVar[str] = ContextVar("request_id", default="")
_encode_ascii = json.JSONEncoder(separators=(",", ":"), default=str, allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Journal:
    """Where lines go and what every line says."""

    sinks: Sequence[Sink] = ()
    least: int = 20
    service: str = "gatehouse"
    release: str = ""
    has_companions: bool = True
    has_raw_responses: bool = True
    clock: Clock = field(default_factory=SystemClock)


_journal = Journal()
_waiting: list[tuple[Journal, bytes]] = []


def configure(settings: Settings, *, service: str = "gatehouse", release: str = "") -> None:
    """Opens the sinks of this process; `stdlib_logging.capture` adds the libraries' warnings."""
    sinks: list[Sink] = [StdoutSink()]
    if settings.log_file != "-":
        sinks.insert(0, FileSink(Path(settings.log_file)))
    use(
        Journal(
            sinks=tuple(sinks),
            least=RANK[settings.log_level],
            service=service,
            release=release or settings.git_commit[:12] or __version__,
            has_companions=settings.log_compat_lines,
            has_raw_responses=settings.log_raw_response == "redacted",
        )
    )


def use(journal: Journal) -> Journal:
    """Makes `journal` this process's own and returns the one before."""
    global _journal
    flush()
    before, _journal = _journal, journal
    return before


def event(name: str, *, message: str | None = None, level: Level = "INFO", **fields: Any) -> None:
    """Writes one line. Common fields: version (the arm), thread (see `thread_hash`), turn.

    Never raises, never waits. Fields named in masking.WITHHELD lose their value; give no field a
    visitor's words under another name.
    """
    journal = _journal
    if RANK[level] < journal.least or not journal.sinks:
        return
    line = _line(journal, name, message, level=level, fields=fields)
    if journal.has_companions and (extra := companions.companion(name, fields)):
        line += extra.encode("ascii", "replace") + b"\n"
    _write(journal, line)
    if level == "ERROR":
        flush()  # whatever comes next, this has been said


def tells_raw_responses() -> bool:
    """May a line quote what a model said, redacted? LOG_RAW_RESPONSE."""
    return _journal.has_raw_responses


def failure(name: str, error: BaseException, *, message: str | None = None, **fields: Any) -> None:
    """An ERROR line with the exception's class, masked message and frames."""
    event(name, message=message, level="ERROR", **masking.describe(error), **fields)


def thread_hash(conversation: UUID | str) -> str:
    """Twelve hexadecimal digits that stand for a conversation in the log."""
    return blake2b(str(conversation).encode(), digest_size=6).hexdigest()


def _line(
    journal: Journal, name: str, message: str | None, *, level: str, fields: dict[str, Any]
) -> bytes:
    entry: dict[str, Any] = {
        "message": message or name,
        "event": name,
        "version": "stable",
        "level": level,
        "ts": _utc(journal.clock.now()).isoformat(timespec="milliseconds"),
        "service": journal.service,
        "release": journal.release,
    }
    if asked_by := request_id.get():
        entry["request_id"] = asked_by
    entry.update(masking.withhold(fields))
    return _encoded(entry).encode("ascii") + b"\n"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _encode(entry: dict[str, Any]) -> str:
    """The quick encoder, and the slow one for what is not ASCII, so that no byte can colour."""
    try:
        line = pydantic_core.to_json(entry, fallback=str, inf_nan_mode="null")
    except ValueError:  # half a character
        return _encode_ascii(entry)
    return line.decode() if line.isascii() else _encode_ascii(entry)


def _encoded(entry: dict[str, Any]) -> str:
    try:
        line = _encode(entry)
        if len(line) > LINE_BYTES:
            line = _encode({key: _shorten(value) for key, value in entry.items()})
        if len(line) <= LINE_BYTES:
            return line
    except (TypeError, ValueError, RecursionError):
        pass  # said by the line below
    return _encode({"message": "unwritable event", "event": "unwritable", "level": "ERROR"})


def _shorten(value: Any) -> Any:
    if isinstance(value, int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [str(each)[:LONGEST_FIELD] for each in value[-LONGEST_LIST:]]
    return str(value)[:LONGEST_FIELD]


def _write(journal: Journal, lines: bytes) -> None:
    """At once, or inside an event loop with the other lines of this step, in one write."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        _put(journal, lines)
        return
    if not _waiting:
        loop.call_soon(flush)
    _waiting.append((journal, lines))


def flush() -> None:
    """Writes what waits; called by the event loop, and by whoever is about to end it."""
    waiting, _waiting[:] = _waiting[:], []
    together, last = b"", None
    for journal, lines in waiting:
        if together and (journal is not last or len(together) + len(lines) > PIPE_TAKES_WHOLE):
            _put(last or journal, together)
            together = b""
        together, last = together + lines, journal
    if last is not None:
        _put(last, together)


def _put(journal: Journal, lines: bytes) -> None:
    monotonic = journal.clock.monotonic()
    for sink in journal.sinks:
        try:
            sink.write(lines, monotonic)
        except OSError:
            meters.journal_lost_total.labels(sink=sink.name).inc()
