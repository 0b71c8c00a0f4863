"""`gatehouse version`: what an agent is made of, kept under the name of its content."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandParser

from gatehouse.base.config import Settings, load
from gatehouse.base.errors import BadInput
from gatehouse.base.shell import user_name
from gatehouse.ops.asking import url_of_instance
from gatehouse.rollout import versions
from gatehouse.rollout.bundles import Feature, Parameter
from gatehouse.rollout.connecting import Connect, connecting
from gatehouse.rollout.differences import differences
from gatehouse.rollout.types import RULES, Actor
from gatehouse.rollout.versions import Version
from gatehouse.web import drafting
from gatehouse.web.drafting import Wishes
from gatehouse.web.own_version import own_version

_LIVE = """
SELECT stable_version AS version, 'stable' AS role FROM rollout_control WHERE id = 1
UNION ALL
SELECT canary_version, 'canary' FROM rollout
WHERE phase NOT IN ('completed', 'rolled_back', 'aborted', 'superseded')
"""
_FROM = "current, own, rules, an id or its beginning, or a label"


class Command(BaseCommand):
    help = "Versions of the agent: create one from another, list them, show one, compare two."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", parser_class=CommandParser)
        _add_create(actions.add_parser("create", help="another one's content, changed"))
        listing = actions.add_parser("list", help="newest first")
        listing.add_argument("--most", type=int, default=20)
        show = actions.add_parser("show", help="what is in one")
        show.add_argument("version", help=_FROM)
        show.add_argument("--part", help="the text of this part of the prompts, and nothing else")
        show.add_argument("--json", action="store_true", help="as `create --file` reads it")
        diff = actions.add_parser("diff", help="what differs between two")
        diff.add_argument("before", help=_FROM)
        diff.add_argument("after", help=_FROM)

    def handle(self, *_: Any, **asked: Any) -> None:
        settings = load()
        connect = connecting(url_of_instance(settings))
        run = {"create": self._create, "show": self._show, "diff": self._diff}
        run.get(asked["action"] or "", self._list)(connect, settings, asked)

    def _create(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        base = drafting.based_on(asked["from"], connect, settings)
        if asked["file"]:
            bundle = drafting.bundle_in(asked["file"])
        else:
            bundle = drafting.drafted(base.bundle, _wishes(asked))
        drafting.refuse_unreachable(bundle, settings)
        if bundle == base.bundle:
            raise BadInput(f"nothing differs from {base.id}: change a --prompt, --model, --set …")
        versions.keep(connect, base)  # so that the two can be compared for ever
        name = user_name()
        wanted = Version(bundle, asked["label"], asked["note"], name)
        reason = asked["note"] or asked["label"]
        kept, is_new = versions.keep(connect, wanted, actor=Actor("person", name), reason=reason)
        self.stdout.write(f"{kept.id} {'is created' if is_new else 'is there already'}")
        self._tell(differences(base, kept))
        self.stdout.write(
            f"Next: gatehouse prompts test {kept.id}, then "
            f"gatehouse rollout start {kept.id} --reason WHY"
        )

    def _list(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        roles = _roles(connect, settings)
        found = versions.newest(connect, most=asked.get("most") or 20)
        own = own_version(settings)
        unborn = [own] if own and own.id not in {version.id for version in found} else []
        for version in (*found, *unborn, versions.RULES_VERSION):
            self.stdout.write(_line(version, ", ".join(roles.get(version.id, ()))))

    def _show(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        version = drafting.based_on(asked["version"], connect, settings)
        if asked["part"]:
            self.stdout.write(_part(version, asked["part"]), ending="")
        elif asked["json"]:
            told = {"id": version.id, "bundle": version.bundle.as_json()}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self._tell(_shown(version))

    def _diff(self, connect: Connect, settings: Settings, asked: dict[str, Any]) -> None:
        before, after = (
            drafting.based_on(asked[name], connect, settings) for name in ("before", "after")
        )
        self._tell(differences(before, after) or [f"{before.id} and {after.id} are the same"])

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _add_create(parser: CommandParser) -> None:
    parser.add_argument("--from", default=drafting.CURRENT, metavar="VERSION", help=_FROM)
    parser.add_argument("--prompt", action="append", default=[], metavar="PART=FILE")
    parser.add_argument("--model", help="as LLM_MODEL writes it")
    parameters, features = ", ".join(get_args(Parameter)), ", ".join(get_args(Feature))
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=parameters)
    parser.add_argument("--feature", action="append", default=[], metavar="NAME=on", help=features)
    parser.add_argument("--file", type=Path, help="a whole bundle, as `version show --json` tells")
    parser.add_argument("--label", default="", help="for people")
    parser.add_argument("--note", default="", help="why")


def _wishes(asked: dict[str, Any]) -> Wishes:
    files = drafting.pairs(asked["prompt"], what="prompt")
    return Wishes(
        {part: Path(name) for part, name in files.items()},
        asked["model"],
        drafting.pairs(asked["set"], what="parameter"),
        drafting.pairs(asked["feature"], what="feature"),
    )


def _roles(connect: Connect, settings: Settings) -> dict[str, list[str]]:
    with connect() as visit:
        rows = visit.execute(_LIVE).fetchall()
    roles: dict[str, list[str]] = {}
    for row in rows:
        roles.setdefault(row["version"] or RULES, []).append(row["role"])
    if own := own_version(settings):
        roles.setdefault(own.id, []).append("own")
    return roles


def _line(version: Version, role: str) -> str:
    bundle = version.bundle
    is_stored = version.created_at.timestamp() > 0
    made = f"{version.created_at:%Y-%m-%d %H:%M}" if is_stored else "always there"
    cells = (f"{version.id:14}", f"{made:16}", f"{role:14}", f"{bundle.model or bundle.handler:20}")
    return "  ".join((*cells, version.label, f"by {version.created_by}")).rstrip()


def _part(version: Version, part: str) -> str:
    texts = version.bundle.prompts
    if part not in texts:
        raise BadInput(f"{version.id} has no part {part}: it has {', '.join(texts) or 'none'}")
    return texts[part]


def _shown(version: Version) -> list[str]:
    return list(_facts(version))


def _facts(version: Version) -> Iterator[str]:
    bundle = version.bundle
    yield f"version     {version.id}"
    if version.label or version.note:
        yield f"label       {version.label} {version.note}".rstrip()
    if version.id != RULES:
        yield f"created     {version.created_at:%Y-%m-%d %H:%M} UTC by {version.created_by}"
    yield f"handler     {bundle.handler}"
    if bundle.model:
        yield f"model       {bundle.model}"
    for name, value in sorted({**bundle.parameters, **bundle.features}.items()):
        told = {True: "on", False: "off"}.get(value) if isinstance(value, bool) else value
        yield f"{name:11} {told}"
    for part, text in bundle.prompts.items():
        yield f"--- {part} ({len(text)} characters)"
        yield text.rstrip()
