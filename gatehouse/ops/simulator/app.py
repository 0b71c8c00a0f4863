"""The ASGI application: OpenAI's endpoints under /v1, and a control path beside them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator import characters, directing, moderating, question, vectors
from gatehouse.ops.simulator.composing import Composer
from gatehouse.ops.simulator.delivering import Delivery, Pace, deliver, refusal
from gatehouse.ops.simulator.directing import Asked, Director
from gatehouse.ops.simulator.exchange import ClientGone, Exchange, Receive, Send
from gatehouse.ops.simulator.shapes import Refused, model, models
from gatehouse.ops.simulator.types import NAMES, Behaviour, Endpoint, Question

MODELS = ("simulated", "simulated-small", "simulated-embeddings", "simulated-moderation")
REMEMBERED = 500
# What never ends by itself; a short answer has no drops and no end to wait for.
_SILENT = frozenset({"hang", "headers_then_silence", "drip", "endless"})


@dataclass(slots=True)
class Stats:
    """What was asked since the start, or since POST /reset."""

    requests: Counter[str] = field(default_factory=Counter)  # by endpoint
    behaviours: Counter[str] = field(default_factory=Counter)
    tokens_in: int = 0
    tokens_out: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    abandoned: int = 0  # the client went before the end, or was cut

    def view(self) -> dict[str, Any]:
        return {
            "requests": sum(self.requests.values()),
            "by_endpoint": dict(self.requests),
            "by_behaviour": dict(self.behaviours),
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "abandoned": self.abandoned,
        }


class Simulator:
    """One simulated model server; an ASGI application."""

    def __init__(
        self,
        director: Director | None = None,
        *,
        composer: Composer | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.director = director or Director()
        self.composer = composer or Composer()
        self.pace = pace or Pace()
        self.stats = Stats()
        self.received: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)  # bodies, oldest first

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send)
        self.stats.in_flight += 1
        self.stats.most_in_flight = max(self.stats.most_in_flight, self.stats.in_flight)
        try:
            await self._answer(exchange)
        except ClientGone:
            self.stats.abandoned += 1
        except Refused as refused:
            await exchange.whole(refused.body, status=refused.status, headers=refused.headers)
        except BadInput as wrong:
            await exchange.whole(Refused(400, wrong.detail).body, status=400)
        finally:
            self.stats.in_flight -= 1

    async def _answer(self, exchange: Exchange) -> None:
        match exchange.method, exchange.path.rstrip("/"):
            case "POST", "/v1/chat/completions":
                await self._chat(exchange)
            case "POST", "/v1/embeddings":
                body = await self._asked(exchange, "embeddings")
                await exchange.whole(vectors.embeddings(body))
            case "POST", "/v1/moderations":
                body = await self._asked(exchange, "moderations")
                await exchange.whole(moderating.moderations(body))
            case "GET", path if path.startswith("/v1/models"):
                await self._models(exchange, path.removeprefix("/v1/models").strip("/"))
            case _, path if path.startswith("/v1/"):
                raise Refused(404, f"Invalid URL ({exchange.method} {path})")
            case method, path:
                await self._control(exchange, f"{method} {path}")

    async def _chat(self, exchange: Exchange) -> None:
        body = await exchange.json_body()
        asked = question.read(body)
        number = self._noted("chat", body)
        told = Asked(number, "chat", asked.model, asked.last, exchange.header("x-simulate"))
        behaviour = self._chosen(told)
        self.stats.tokens_in += question.prompt_tokens(asked)
        if (error := refusal(behaviour)) is not None:
            raise error
        if behaviour.name == "dead":
            exchange.abort()
        text = "" if behaviour.name in _SILENT - {"drip"} else self._text(asked, behaviour)
        delivery = Delivery(exchange, asked, behaviour, number=number, pace=self.pace, text=text)
        try:
            await deliver(delivery)
        finally:
            self.stats.tokens_out += delivery.written

    def _text(self, asked: Question, behaviour: Behaviour) -> str:
        return self.composer.compose(asked, behaviour)

    async def _asked(self, exchange: Exchange, endpoint: Endpoint) -> dict[str, Any]:
        """The body of a request that has one short answer, unless it shall have none."""
        body = await exchange.json_body()
        number = self._noted(endpoint, body)
        name = str(body.get("model", ""))
        told = Asked(number, endpoint, name, str(body.get("input")), exchange.header("x-simulate"))
        behaviour = self._chosen(told)
        if (error := refusal(behaviour)) is not None:
            raise error
        if behaviour.name in ("dead", "cut"):
            exchange.abort()
        if behaviour.name in _SILENT:
            await exchange.silence()
        late = behaviour.number("ms", 8000) if behaviour.name == "slow_first_token" else 0
        await exchange.pause(late / 1000)
        return body

    async def _models(self, exchange: Exchange, name: str) -> None:
        told = Asked(0, "models", header=exchange.header("x-simulate"))
        if (error := refusal(self.director.choose(told))) is not None:
            raise error
        if not name:
            return await exchange.whole(models(MODELS))
        if name not in MODELS and not name.startswith(characters.PREFIX):
            message = f"The model '{name}' does not exist"
            raise Refused(404, message, code="model_not_found", param="model")
        return await exchange.whole(model(name))

    def _chosen(self, asked: Asked) -> Behaviour:
        behaviour = self.director.choose(asked)
        self.stats.behaviours[behaviour.name] += 1
        return behaviour

    def _noted(self, endpoint: Endpoint, body: dict[str, Any]) -> int:
        """The number of this request among those of its endpoint, from 1."""
        self.received.append({"endpoint": endpoint, "body": body})
        self.stats.requests[endpoint] += 1
        return self.stats.requests[endpoint]

    async def _control(self, exchange: Exchange, asked: str) -> None:
        match asked:
            case "GET /health":
                await exchange.whole({"status": "ok"})
            case "GET /stats":
                await exchange.whole(self.stats.view())
            case "GET /requests":
                last = int(exchange.query("last") or REMEMBERED)
                await exchange.whole(list(self.received)[-last:])
            case "GET /behaviour":
                await exchange.whole(self._standing())
            case "POST /behaviour":
                self._switch(await exchange.json_body())
                await exchange.whole(self._standing())
            case "DELETE /behaviour":
                self.director.switched = None
                await exchange.whole(self._standing())
            case "POST /reset":
                self.reset()
                await exchange.whole(self.stats.view())
            case _:
                raise Refused(404, f"There is no {asked}")

    def _switch(self, told: dict[str, Any]) -> None:
        """From now on this behaviour, or this script. Raises BadInput."""
        if "script" in told:
            self.director.script = directing.script(told["script"])
            self.director.switched = None
            self.stats.requests.clear()
        else:
            self.director.switched = Behaviour.told(told)

    def _standing(self) -> dict[str, Any]:
        switched = self.director.switched
        return {
            "name": switched.name if switched else None,
            "params": dict(switched.params) if switched else {},
            "default": self.director.default.name,
            "rules": len(self.director.script),
            "known": list(NAMES),
        }

    def reset(self) -> None:
        """Forgets what was counted and received; what is under way stays counted."""
        self.stats = Stats(in_flight=self.stats.in_flight)
        self.received.clear()
        self.director.switched = None
