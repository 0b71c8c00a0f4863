"""`gatehouse rollout …`: a version on its way to people, for the one who is called at night."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import forecast, plans, replaying, telling
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.desk import Desk
from gatehouse.rollout.types import TERMINAL, WHOLE, Standing
from gatehouse.web import checking, starting
from gatehouse.web.asking_reason import reason_of, shell_actor
from gatehouse.web.rollout_arguments import add_arguments

PLAIN: Final = ("pause", "advance", "promote", "abort", "kill")
CLEAR: Final = "\x1b[H\x1b[J"
Asked = dict[str, Any]


class Command(BaseCommand):
    help = "Moves people from one version of the agent to another, and back."
    requires_system_checks = ()
    settings: Settings
    connect: Connect
    desk: Desk

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_: Any, **asked: Any) -> None:
        self.settings = load()
        self.connect = connecting(url_of_instance(self.settings))
        self.desk = Desk(self.connect, self.settings)
        if asked["do"] in PLAIN:
            return self._lever(asked, getattr(self.desk, asked["do"]))
        run: Callable[[Asked], None] = getattr(self, f"_{asked['do']}")
        return run(asked)

    def _plan(self, asked: Asked) -> None:
        if asked["text"]:
            self.stdout.write(starting.plan_text(asked["plan"]))
            return
        plan = starting.begun_with(starting.plan_of(asked["plan"]), asked["step"])
        site = starting.site_of(self.connect, asked["per_hour"])
        told = forecast.forecast(plan, site)
        self._write(forecast.lines(plan, told))
        starting.check_plan(plan, self.connect, self.settings)
        if told.refusals:
            raise plans.PlanRefused("This plan cannot reach a verdict here")

    def _start(self, asked: Asked) -> None:
        reason = reason_of(asked["reason"])
        plan = starting.begun_with(starting.plan_of(asked["plan"]), asked["step"])
        if not asked["without_forecast"]:
            forecast.check(plan, starting.site_of(self.connect, asked["per_hour"]))
        version = starting.version_of(asked["version"], self.connect, self.settings)
        submission = starting.submission(version, plan, asked, self.settings)
        begun = self.desk.submit(submission, actor=shell_actor(), reason=reason)
        self.stdout.write(telling.rollout_line(begun))
        self.stdout.write("gatehouse rollout watch   follows it")

    def _status(self, asked: Asked) -> None:
        told = self.desk.status()
        if asked["json"]:
            self.stdout.write(json.dumps(told.as_json(), indent=2, default=str))
        else:
            self._write(telling.status_lines(told))

    def _watch(self, asked: Asked) -> None:
        """At a terminal one page that changes; elsewhere a page whenever something is new."""
        before: list[str] = []
        while True:
            told = self.desk.status()
            page = list(telling.status_lines(told))
            if sys.stdout.isatty():
                self.stdout.write(CLEAR + "\n".join(page))
            elif page != before:
                self._write([f"-- {telling.moment(told.now)}", *page])
            before = page
            if told.rollout is None or told.rollout.phase in TERMINAL:
                return
            self.stdout.flush()
            time.sleep(max(asked["every"], 0.1))

    def _history(self, asked: Asked) -> None:
        if asked["rollout"] is None:
            rollouts = self.desk.rollouts()
            self._write(map(telling.rollout_line, rollouts) if rollouts else ["no rollout yet"])
            return
        standing = self.desk.standing(asked["rollout"])
        self.stdout.write(telling.rollout_line(standing))
        self._write(telling.history_lines(self.desk.history(standing.id)))
        if asked["verdicts"]:
            self._write(map(telling.judgement_line, self.desk.judgements(standing.id)))

    def _replay(self, asked: Asked) -> None:
        standing = self.desk.standing(asked["rollout"])
        done = replaying.replay(self.desk.judgements(standing.id))
        for kept, now in done.different:
            self.stderr.write(f"different: {telling.judgement_line(kept)}\n  now {now}")
        self.stdout.write(f"{standing.id}: {done.same} verdicts the same, "
                          f"{len(done.different)} different")  # fmt: skip
        if done.different:
            raise CommandError("stored verdicts do not follow from their evidence", returncode=1)

    def _baseline(self, asked: Asked) -> None:
        self._write(checking.baseline(self.connect, self.settings, asked, shell_actor()))

    def _preflight(self, asked: Asked) -> None:
        self._judge(checking.preflight(self.connect, self.settings, asked))

    def _postcheck(self, asked: Asked) -> None:
        self._judge(checking.postcheck(self.connect, self.settings, asked))

    def _verify(self, asked: Asked) -> None:
        self._judge(checking.verify(self.connect, self.settings, asked))

    def _diff(self, asked: Asked) -> None:
        self._write(checking.diff(asked["before"], asked["after"]))

    def _judge(self, checked: checking.Checked) -> None:
        """The list, and exit code 1 unless every item is there."""
        self._write(checked.lines)
        if not checked.is_ok:
            raise CommandError(checked.summary, returncode=1)
        self.stdout.write(checked.summary)

    def _resume(self, asked: Asked) -> None:
        self._lever(asked, self.desk.resume, waive=asked["waive"])

    def _approve(self, asked: Asked) -> None:
        self._lever(asked, self.desk.approve, step=_index(asked["step"]))

    def _waive(self, asked: Asked) -> None:
        done = self.desk.waive(
            asked["gate"],
            rollout_id=asked["rollout"],
            actor=shell_actor(),
            reason=reason_of(asked["reason"]),
        )
        self._tell(done)

    def _rollback(self, asked: Asked) -> None:
        share = asked["to"]
        if share is not None and not 0 <= share <= 100:
            raise BadInput("--to: must be from 0 to 100 percent")
        to_share = None if share is None else round(share * WHOLE / 100)
        self._lever(
            asked,
            self.desk.rollback,
            to_share=to_share,
            is_staged=asked["staged"],
            policy=asked["policy"],
        )

    def _lever(self, asked: Asked, lever: Callable[..., Standing], **more: Any) -> None:
        reason = reason_of(asked["reason"])
        self._tell(lever(asked["rollout"], actor=shell_actor(), reason=reason, **more))

    def _tell(self, standing: Standing) -> None:
        self.stdout.write(telling.rollout_line(standing))

    def _write(self, lines: Any) -> None:
        for line in lines:
            self.stdout.write(line)


def _index(step: int | None) -> int | None:
    """People count from 1."""
    return None if step is None else step - 1
