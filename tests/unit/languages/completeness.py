"""What a language still lacks: every word that English has, in each of the data files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.core import Locale

from gatehouse.base.config import Settings
from gatehouse.base.values import allowed
from gatehouse.talk.phrases import examples, gather
from gatehouse.understanding import vocabulary
from gatehouse.understanding.types import LANGUAGES, Language

ROOT = Path(vocabulary.__file__).parents[1]
LEXICON = ROOT / "understanding" / "lexicon"
TESTS = Path(__file__).parents[2]
_BLANK = re.compile(r"\{(\w+)\}")
_BY_LANGUAGE = re.compile(r'^ {4,8}"([a-z]{2})": ', re.MULTILINE)  # in a table of a test
_COUNTS = range(200)  # the rules of plurals look at the last two digits


def lacks(language: Language) -> Iterator[str]:
    """One line for each thing to add, beginning with the file that it goes to."""
    yield from _catalogue(language)
    yield from _widget(language)
    yield from _places(language)
    yield from _listings(language)
    yield from _lexicon(language)
    yield from _talks(language)
    yield from _measures(language)
    if language not in allowed(Settings.model_fields["default_language"]):
        yield f"base/config.py: default_language does not allow {language!r}"


def _catalogue(language: Language) -> Iterator[str]:
    path = f"talk/phrases/{language}/LC_MESSAGES/gatehouse.po"
    if not (ROOT / path).exists():
        yield f"{path}: no such file; `gatehouse phrases --write` makes it"
        return
    yield from (f"{path}: {fault}" for fault in gather.faults(language))


def _widget(language: Language) -> Iterator[str]:
    known = (ROOT / "widget" / "texts" / "languages.js").read_text("utf-8")
    direction = "rtl" if Locale.parse(language).text_direction == "rtl" else "ltr"
    if not re.search(rf'^  {language}: {{.*direction: "{direction}" }},', known, re.MULTILINE):
        yield f"widget/texts/languages.js: no line for {language!r}, written {direction}"
    if f'lang="{language}"' not in (ROOT / "widget" / "index.html").read_text("utf-8"):
        yield f"widget/index.html: does not say in {language!r} that it needs JavaScript"
    path = f"widget/texts/{language}.json"
    english, told = _read("widget/texts/en.json"), _read(path)
    yield from _missing(path, english, told)
    for key in english.keys() & told.keys():
        yield from (
            f"{path}: {key}: {fault}" for fault in _faults(english[key], told[key], language)
        )


def _faults(english: Any, told: Any, language: Language) -> Iterator[str]:
    """Of one text of the page: its kind, its plural forms, and the blanks to fill in."""
    if type(english) is not type(told):
        yield f"is not a {type(english).__name__}"
    elif isinstance(english, list):
        if len(told) != len(english):
            yield f"has {len(told)} entries instead of {len(english)}"
    else:
        forms = told if isinstance(told, dict) else {"other": told}
        wanted = english["other"] if isinstance(english, dict) else english
        if isinstance(told, dict) and set(forms) != plurals(language):
            yield f"has the forms {sorted(forms)} instead of {sorted(plurals(language))}"
        for name, form in forms.items():
            needed = set(_BLANK.findall(wanted))
            has = set(_BLANK.findall(form))
            if not needed - ({"n"} if name in _single(language) else set()) <= has <= needed:
                yield f"the form {name!r} has the blanks {sorted(has)}, not {sorted(needed)}"


def plurals(language: Language) -> set[str]:
    """The names of the language's plural forms."""
    return {*Locale.parse(language).plural_form.tags, "other"}


def _single(language: Language) -> set[str]:
    """The forms for one count only, which may be told in words."""
    form = Locale.parse(language).plural_form
    found = [form(count) for count in _COUNTS]
    return {name for name in found if found.count(name) == 1}


def _places(language: Language) -> Iterator[str]:
    for place in json.loads((LEXICON / "places.json").read_text("utf-8")):
        if not place["names"].get(language):
            yield f"understanding/lexicon/places.json: {place['key']} has no name"


def _listings(language: Language) -> Iterator[str]:
    path = f"listings/seeding/words/{language}.json"
    english, told = _read("listings/seeding/words/en.json"), _read(path)
    yield from _missing(path, english, told)
    for part in ("nouns", "adjectives", "extras", "sentences"):
        yield from _missing(f"{path}: {part}", english[part], told.get(part, {}))
    for topic, sentences in english["sentences"].items():
        has = told.get("sentences", {}).get(topic, sentences)
        if len(has) != len(sentences):
            yield f"{path}: {topic} has {len(has)} sentences instead of {len(sentences)}"


def _lexicon(language: Language) -> Iterator[str]:
    absent = [name for name in lexicon_files() if not (LEXICON / language / name).exists()]
    yield from (f"understanding/lexicon/{language}/{name}: no such file" for name in absent)
    if absent:
        return
    for part in ("language", "names"):  # how it writes and bends words; the others hold phrases
        path = f"understanding/lexicon/{language}/{part}.json"
        yield from _missing(path, _read(f"understanding/lexicon/en/{part}.json"), _read(path))
    path = f"understanding/lexicon/{language}"
    wanted, unsaid = vocabulary.concepts("en"), unspoken(language)
    for label in sorted(wanted - vocabulary.concepts(language) - unsaid):
        yield f"{path}: nothing for {label!r}, nor a reason in unspoken.json"
    yield from (f"{path}/unspoken.json: {x!r} is no label" for x in sorted(unsaid - wanted))


def lexicon_files() -> list[str]:
    """The names of the files that each language has in its folder."""
    return sorted(path.name for path in (ROOT / "understanding/lexicon/en").glob("*.json"))


def unspoken(language: Language) -> frozenset[str]:
    """What the language has no phrase for, by what its own file says: {reason: [labels]}."""
    path = LEXICON / language / "unspoken.json"
    reasons: dict[str, list[str]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return frozenset(label for labels in reasons.values() for label in labels)


def _talks(language: Language) -> Iterator[str]:
    if language not in _read("ops/smoke_talks.json"):
        yield f"ops/smoke_talks.json: no talk in {language!r}"
    path = f"talk/phrases/{language}/examples.json"
    yield from _missing(path, dict.fromkeys(examples.TOPICS), _read(path))


def _measures(language: Language) -> Iterator[str]:
    """What the language is measured and tested by."""
    for path in ("gatehouse/ops/evaluation/parallel/", "tests/unit/understanding/tables/"):
        if not (TESTS.parent / path / f"{language}.txt").exists():
            yield f"{path.removeprefix('gatehouse/')}{language}.txt: no such file"
    if f"[{language}]" not in (TESTS / "unit/understanding/strangers.txt").read_text("utf-8"):
        yield f"tests/unit/understanding/strangers.txt: no words that mean nothing in {language!r}"
    for test in sorted(TESTS.rglob("*.py")):
        told = frozenset(_BY_LANGUAGE.findall(test.read_text("utf-8")))
        if told >= {*LANGUAGES} - {language} and language not in told:
            yield f"tests/{test.relative_to(TESTS)}: nothing in {language!r}"


def _read(path: str) -> dict[str, Any]:
    file = ROOT / path
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def _missing(path: str, wanted: Iterable[str], has: Iterable[str]) -> Iterator[str]:
    wanted, has = list(wanted), list(has)
    yield from (f"{path}: {key!r} is missing" for key in wanted if key not in has)
    if path.startswith("widget"):
        yield from (f"{path}: nobody says {key!r}" for key in has if key not in wanted)
