"""What a provider may do to us, and the stages that play it: in the process, or over a wire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from gatehouse.llm.bounds import Bounds
from gatehouse.llm.scripted import Line, ScriptedModel
from gatehouse.llm.types import ChatModel, Finish, ModelError, Trouble

PATIENT = Bounds(first_token=30, gap=30, total=60, characters=4_000)
FOREVER = 300.0
End = Literal["stop", "length", "filter", "silence", "cut", "endless"]


@dataclass(frozen=True, slots=True)
class Act:
    """Says `text`, then ends so; with a status other than 200 it says nothing."""

    text: str = ""
    end: End = "stop"
    status: int = 200
    retry_after: int | None = None


class Stage(Protocol):
    """Makes a model that meets these acts in turn; `calls` were made so far."""

    def model(self, *acts: Act, bounds: Bounds = PATIENT) -> ChatModel: ...

    @property
    def calls(self) -> int: ...


KINDS: dict[int, Trouble] = {
    400: "bad_request", 401: "unauthorised", 403: "unauthorised", 404: "bad_request",
    429: "throttled", 500: "http_5xx", 503: "http_5xx", 529: "http_5xx",
}  # fmt: skip


class ScriptedStage:
    """The twin."""

    def __init__(self) -> None:
        self._model = ScriptedModel(())

    def model(self, *acts: Act, bounds: Bounds = PATIENT) -> ChatModel:
        self._model = ScriptedModel(_lines(acts, bounds), bounds=bounds)
        return self._model

    @property
    def calls(self) -> int:
        return len(self._model.asked)


def _lines(acts: Iterable[Act], bounds: Bounds) -> Iterable[Line]:
    for act in acts:
        yield _line(act, bounds)


def _line(act: Act, bounds: Bounds) -> Line:
    if act.status != 200:
        failure = ModelError(KINDS[act.status], retry_after=act.retry_after)
        return Line(failure=failure)
    if act.end == "silence":
        return Line(act.text + " " * 40, gap=FOREVER) if act.text else Line(" ", delay=FOREVER)
    if act.end == "cut":
        return Line(act.text, failure=ModelError("protocol", "cut"))
    if act.end == "endless":
        return Line("x" * (bounds.characters * 2))
    finish: dict[str, Finish] = {"length": "length", "filter": "filter"}
    return Line(act.text, finish=finish.get(act.end, "stop"))
