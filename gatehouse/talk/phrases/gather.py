"""Which sentences the code and the templates hold, and what a catalogue lacks of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from gatehouse.talk.phrases import book, catalogue
from gatehouse.understanding.types import LANGUAGES, Language

KEYWORDS = {"N_": None, "NN_": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}
ROOT = Path(__file__).parents[2]
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}|%\([a-z_]+\)[sd]")
_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
_COUNTS_TRIED = 200  # the rules of plurals look at the last two digits
MsgId = str | tuple[str, str]


def gather(root: Path = ROOT) -> dict[MsgId, list[str]]:
    """Every sentence marked for translation, with the files that say it."""
    found: dict[MsgId, list[str]] = {}
    for path in _sources(root):
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        for _line, message, *_ in extract_from_file(method, path, keywords=KEYWORDS):
            msgid = message if isinstance(message, str) else (message[0], message[1])
            found.setdefault(msgid, []).append(str(path.relative_to(root.parent)))
    found.pop("", None)
    return found


def faults(language: Language) -> list[str]:
    """One line per sentence that is missing, unused, or whose placeholders differ."""
    wanted = gather()
    known = {_key(message): message for message in catalogue(language) if message.id}
    lines = [f"{language}: missing {i!r}" for i in wanted if _plain(i) not in known]
    said = {_plain(i) for i in wanted}
    for key, message in known.items():
        if key not in said:
            lines.append(f"{language}: nobody says {key!r}")
        lines += [f"{language}: {key!r}: {fault}" for fault in _faults_of(message, language)]
    return lines


def update(language: Language) -> int:
    """Writes the catalogue with every sentence in it; new ones are empty. Returns how many."""
    path = Path(__file__).parent / language / "LC_MESSAGES" / "gatehouse.po"
    old = catalogue(language) if path.exists() else Catalog(locale=language)
    known = {_key(message): message for message in old if message.id}
    fresh = _blank(language)
    for msgid in sorted(gather(), key=_plain):
        message = known.get(_plain(msgid))
        fresh.add(msgid, string=_string(msgid, message, language))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=96, omit_header=False, sort_output=False)
    return sum(1 for message in fresh if message.id and not _is_said(message))


def _blank(language: Language) -> Catalog:
    """An empty catalogue whose head does not change from one writing to the next."""
    return Catalog(
        locale=language,
        header_comment=f"# What Gatehouse says to visitors, in language {language!r}.",
        project="gatehouse",
        version="1",
        creation_date=_WRITTEN,
        revision_date=_WRITTEN,
        last_translator="Gatehouse",
        msgid_bugs_address="none",
        language_team=language,
        fuzzy=False,
    )


def _string(msgid: MsgId, message: Message | None, language: Language) -> MsgId | None:
    if message is not None:
        return message.string  # type: ignore[return-value]
    return msgid if language == "en" else None


def _sources(root: Path) -> Iterator[Path]:
    yield from sorted(root.rglob("*.py"))
    yield from sorted(p for p in root.rglob("*.html") if "templates" in p.parts)


def _plain(msgid: MsgId) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _key(message: Message) -> str:
    return _plain(message.id)  # type: ignore[arg-type]


def _is_said(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(forms) and bool(forms)


def _faults_of(message: Message, language: Language) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    if not _is_said(message):
        yield "not translated"
        return
    ids = message.id if isinstance(message.id, tuple | list) else [message.id]
    wanted = set(_PLACEHOLDER.findall(ids[-1]))
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    for number, form in enumerate(forms):
        has = set(_PLACEHOLDER.findall(str(form)))
        needed = wanted - {"{n}"} if number in _telling(language) else wanted
        if not needed <= has <= wanted:
            yield f"placeholders {sorted(has)} instead of {sorted(wanted)}"


@cache
def _telling(language: Language) -> frozenset[int]:
    """The plural forms for one count only, which may be told in words ("two" in Arabic)."""
    counts = Counter(map(book(language).form, range(_COUNTS_TRIED)))
    return frozenset(form for form, times in counts.items() if times == 1)


def all_faults() -> list[str]:
    """The faults of every language."""
    return [line for language in LANGUAGES for line in faults(language)]
