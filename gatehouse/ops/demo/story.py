"""The show itself: visitors come, versions are submitted by the commands anybody would type."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Final

from gatehouse.ops import postgres
from gatehouse.ops.demo.account import Account, account
from gatehouse.ops.demo.acts import Act
from gatehouse.ops.demo.installation import DemoFailed, Installation
from gatehouse.ops.visitors.crowd import Crowd, gather
from gatehouse.rollout import book
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.types import TERMINAL, WHOLE, Phase, Standing

LOOK_SECONDS: Final = 0.5
LONGEST_SECONDS: Final = 1500.0  # of one rollout
AFTER_SECONDS: Final = 3.0  # for turns that were under way at its end
FIRST: Final = "first.yaml"  # the plan by which the house's own version comes into force
PLAN: Final = "plan.yaml"
_WHOLE: Final = (Phase.PROMOTING, Phase.BAKING, Phase.COMPLETED)
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Show:
    """An installation with visitors in it."""

    here: Installation
    connect: Connect
    tell: Tell

    def settle(self) -> None:
        """The house's own version becomes the stable one, so that each act is compared with a
        version of its own kind and not with rules that answer in no time. Raises DemoFailed."""
        self.tell("\n== before the show: the house's own version comes into force")
        self._start("own", "the version of the release", plan=FIRST)
        ended = self._watch()
        if ended.phase is not Phase.COMPLETED:
            raise DemoFailed(f"the house's own version was {ended.phase}")

    def play(self, act: Act) -> Account:
        """One version from its making to the end of its rollout. Raises DemoFailed."""
        self.tell(f"\n== {act.label}: {act.about}")
        version = self._version(act)
        self._start(version, act.label, plan=PLAN)
        ended = self._watch()
        time.sleep(AFTER_SECONDS)
        told = account(self.connect, ended, fault=act.name)
        for line in told.lines():
            self.tell(line)
        return told

    def _version(self, act: Act) -> str:
        """As an engineer makes one: the prompt of the newest with a sentence more."""
        text = self.here.manage("version", "show", "own", "--part=system")
        prompt = self.here.folder / "system.txt"
        prompt.write_text(f"{act.sentence}\n{text}", "utf-8")
        told = self._type(
            "version", "create", "--from=own", f"--prompt=system={prompt}",
            f"--model={act.model}", f"--label={act.label}",
        )  # fmt: skip
        found = re.search(r"v-[0-9a-f]{12}", told)
        if found is None:
            raise DemoFailed(f"no version was made: {told.strip()}")
        return found[0]

    def _start(self, version: str, reason: str, *, plan: str) -> None:
        with resources.as_file(resources.files(__package__).joinpath(plan)) as file:
            self._type(
                "rollout", "start", version, f"--plan={file}", f"--reason={reason}",
                "--without-forecast",
            )  # fmt: skip

    def _type(self, *words: str) -> str:
        self.tell(f"$ gatehouse {' '.join(_quoted(words))}")
        return self.here.manage(*words)

    def _watch(self) -> Standing:
        """Tells each change until the rollout has ended. Raises DemoFailed."""
        until, before = time.monotonic() + LONGEST_SECONDS, ""
        while time.monotonic() < until:
            with self.connect() as visit:
                standing = book.last(visit)
            if standing is None:
                raise DemoFailed("the rollout is not in the book")
            if (line := line_of(standing)) != before:
                self.tell(f"  {time.strftime('%H:%M:%S')}  {line}")
                before = line
            if standing.phase in TERMINAL:
                return standing
            time.sleep(LOOK_SECONDS)
        raise DemoFailed(f"no end after {LONGEST_SECONDS:.0f} s; the last word: {before}")


def line_of(standing: Standing) -> str:
    """Where it stands, in words."""
    held = f", held: {standing.held}" if standing.held else ""
    failed = f", failed: {standing.failure['gate']}" if standing.failure else ""
    share = f"{standing.share * 100 / WHOLE:g} % of new visitors"
    phase = standing.phase.replace("_", " ")
    if standing.phase is Phase.DRAFT:
        return phase
    return f"{phase}{held}{failed}, {'everybody' if standing.phase in _WHOLE else share}"


def play(
    here: Installation, acts: Sequence[Act], *, per_minute: float, tell: Tell
) -> list[Account]:
    """All acts, one after the other, while visitors come. Raises DemoFailed."""
    show = Show(here, connecting(postgres.ensure(here.data)), tell)
    with visited(here.url, per_minute):
        tell(f"{per_minute:g} simulated visitors a minute come in, in eight languages")
        show.settle()
        return [show.play(act) for act in acts]


@contextmanager
def visited(url: str, per_minute: float) -> Iterator[None]:
    """Visitors come while the block lasts; those who are inside then finish."""
    crowd = Crowd(url, per_minute=per_minute, seconds=24 * 3600, pause_seconds=0.05)
    loop = asyncio.new_event_loop()
    over = asyncio.Event()
    coming = threading.Thread(
        target=loop.run_until_complete, args=(gather(crowd, stop=over),), daemon=True
    )
    coming.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(over.set)
        coming.join(60)


def _quoted(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        name, sign, value = word.partition("=")
        shown = re.sub(r"/\S*/", "", value)
        yield f'{name}{sign}"{shown}"' if " " in value else f"{name}{sign}{shown}"
