"""What `gatehouse rollout` understands."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

POLICIES = ("migrate_next_turn", "drain", "immediate")
Doings = Any  # argparse does not name the type of its subparsers


def add_arguments(parser: CommandParser) -> None:
    """One subcommand for each thing that can be asked or done."""
    doings = parser.add_subparsers(dest="do", required=True, parser_class=CommandParser)
    for add in (_plan, _start, _looks, _levers, _rollback, _checks):
        add(doings)


def _plan(doings: Doings) -> None:
    made = doings.add_parser("plan", help="what a plan can show here, and when; or its text")
    made.add_argument("plan", nargs="?", default="default", help="R1, R2, R3, default, or a file")
    made.add_argument("--text", action="store_true", help="the plan itself, to begin one's own")
    _first_step(made)
    _per_hour(made)


def _start(doings: Doings) -> None:
    made = doings.add_parser("start", help="begins a rollout; one that is alive is superseded")
    made.add_argument("version", help="current, own, rules, an id or its beginning, or a label")
    made.add_argument("--plan", default="default", help="R1, R2, R3, default, or a file")
    made.add_argument("--runbook", default="", help="the runbook and its version, for the record")
    made.add_argument("--branch", default="", help="default: of the working copy, if there is one")
    made.add_argument("--commit", default="", help="default: of the working copy or the build")
    made.add_argument(
        "--waive",
        action="append",
        default=[],
        metavar="GATE",
        help="a gate that cannot fail this rollout; an admin's word",
    )
    made.add_argument(
        "--without-forecast",
        action="store_true",
        help="also where the plan cannot reach a verdict in time",
    )
    _first_step(made)
    _per_hour(made)
    _reason(made)


def _first_step(parser: CommandParser) -> None:
    parser.add_argument(
        "--step", type=float, metavar="PERCENT", help="of the first step, in place of the plan's"
    )


def _per_hour(parser: CommandParser) -> None:
    parser.add_argument(
        "--per-hour",
        type=float,
        metavar="N",
        help="conversations an hour; default: as seen in the last week",
    )


def _looks(doings: Doings) -> None:
    status = doings.add_parser("status", help="what is live, who gets it, why it is held")
    status.add_argument("--json", action="store_true")
    watch = doings.add_parser("watch", help="the same, again and again, until it ends")
    watch.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    history = doings.add_parser("history", help="all rollouts, or everything done with one")
    history.add_argument("rollout", nargs="?")
    history.add_argument("--verdicts", action="store_true", help="its stored verdicts too")
    replay = doings.add_parser("replay", help="computes its stored verdicts again")
    replay.add_argument("rollout", nargs="?")


def _levers(doings: Doings) -> None:
    about: dict[str, str] = {
        "pause": "holds it where it is; a bad canary is still rolled back",
        "resume": "takes a pause back",
        "approve": "lets it enter the next step, or be promoted, where the plan asks for it",
        "advance": "goes to the next step now, without waiting for verdicts",
        "promote": "everybody gets it now; the engine never undoes that",
        "abort": "ends it without a verdict",
        "kill": "everybody back at once, and nobody may get this version again",
    }
    made = {name: _lever(doings, name, text) for name, text in about.items()}
    made["resume"].add_argument(
        "--waive", action="append", default=[], metavar="GATE", help="needs no verdict at this step"
    )
    made["approve"].add_argument("--step", type=int, help="from 1; default: the next one")
    waive = _lever(doings, "waive", "a gate needs no verdict at this step")
    waive.add_argument("gate")


def _rollback(doings: Doings) -> None:
    made = _lever(doings, "rollback", "takes people back")
    made.add_argument(
        "--to",
        type=float,
        metavar="PERCENT",
        help="to so many, where it stays; default: as the plan says, else 0",
    )
    made.add_argument(
        "--staged",
        action="store_true",
        help="75 50 25 10 0 at five minutes each: for want of capacity alone",
    )
    made.add_argument(
        "--policy", choices=POLICIES, help="of those who have it; default: the plan's"
    )


def _lever(doings: Doings, name: str, about: str) -> CommandParser:
    made: CommandParser = doings.add_parser(name, help=about)
    made.add_argument("--rollout", metavar="ID", help="default: the one that is alive")
    _reason(made)
    return made


def _reason(parser: CommandParser) -> None:
    parser.add_argument("--reason", help="what others read afterwards; asked for at a terminal")


def _checks(doings: Doings) -> None:
    baseline = doings.add_parser("baseline", help="keeps how the site does now, to compare with")
    baseline.add_argument("--minutes", type=float, default=60)
    before = doings.add_parser("preflight", help="what has to be there before a rollout")
    before.add_argument("version", nargs="?", default="", help="as for start")
    before.add_argument("--plan", default="default", help="R1, R2, R3, default, or a file")
    before.add_argument("--last", action="store_true", help="before everybody gets it")
    after = doings.add_parser("postcheck", help="how the site did since")
    after.add_argument("--minutes", type=float, default=30)
    verify = doings.add_parser("verify", help="is everything again as it was in the baseline?")
    verify.add_argument("--after-rollback", action="store_true", help="since the last rollback")
    verify.add_argument("--minutes", type=float, default=30, help="otherwise: the last so many")
    diff = doings.add_parser("diff", help="compares two files of /api/metrics/observability")
    diff.add_argument("before")
    diff.add_argument("after")
