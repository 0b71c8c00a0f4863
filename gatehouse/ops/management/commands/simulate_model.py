"""`gatehouse simulate_model --port N`: a model server that behaves as it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gatehouse.base.errors import BadInput
from gatehouse.ops.simulator import composing, directing, serving
from gatehouse.ops.simulator.app import Simulator
from gatehouse.ops.simulator.delivering import Pace
from gatehouse.ops.simulator.types import NAMES, Behaviour


class Command(BaseCommand):
    help = f"A model server in OpenAI's protocol that behaves as told: {', '.join(NAMES)}."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8100, help="0: any that is free")
        parser.add_argument("--behaviour", default="good", help='such as "throttled;retry_after=3"')
        parser.add_argument("--script", type=Path, help="file of rules, JSON")
        parser.add_argument("--mix", default="", help='shares, such as "good=8,hang=1"')
        parser.add_argument("--seed", type=int, default=0, help="of the mix")
        parser.add_argument("--think-ms", type=float, default=300, help="before the first token")
        parser.add_argument("--tokens-per-second", type=float, default=80, help="0: at once")
        parser.add_argument("--malformed", type=Path, help="file of malformed answers, JSON lines")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            simulator = _simulator(options)
        except (BadInput, OSError) as wrong:
            raise CommandError(str(wrong)) from wrong
        bound = serving.bind(options["host"], options["port"])
        address = f"http://{options['host']}:{bound.getsockname()[1]}"
        self.stdout.write(_greeting(address))
        self.stdout.flush()
        serving.run(simulator, bound)


def _simulator(options: dict[str, Any]) -> Simulator:
    director = directing.Director(
        default=Behaviour.of(options["behaviour"]),
        script=directing.script_of(options["script"]) if options["script"] else (),
        mix=directing.mix(options["mix"]),
        seed=options["seed"],
    )
    malformed = options["malformed"]
    corpus = composing.corpus_of(malformed) if malformed else ()
    pace = Pace(options["think_ms"], options["tokens_per_second"])
    return Simulator(director, composer=composing.Composer(corpus), pace=pace)


def _greeting(address: str) -> str:
    return (
        f"The simulated model is at {address}/v1\n"
        f"  LLM_BASE_URL={address}/v1 LLM_API_KEY=none LLM_MODEL=simulated\n"
        f"  {address}/stats, /requests, /behaviour (POST changes it)"
    )
