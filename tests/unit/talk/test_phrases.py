"""The catalogues are whole, and no visitor hears a sentence from elsewhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gatehouse
from gatehouse.talk.phrases import NN_, book, catalogue, say, say_many
from gatehouse.talk.phrases.examples import TOPICS, examples, pool
from gatehouse.talk.phrases.gather import faults, gather
from gatehouse.talk.scene import LONGEST_LABEL
from gatehouse.understanding.types import LANGUAGES, Language

TALK = Path(gatehouse.__file__).parent / "talk"
MARKS = {"N_", "NN_", "say", "say_many", "many", "pick"}
SAYING = {"Reply", "plain", "message", "link", "table", "items", "markdown"}
LONGEST_LITERAL = 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_in_the_catalogue_with_its_placeholders(language: Language) -> None:
    assert faults(language) == []


def test_the_extraction_finds_the_sentences_of_the_code() -> None:
    found = gather()
    assert "Noted: {facts}." in found
    assert ("{n} bedroom", "{n} bedrooms") in found


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ("1 bedroom", "2 bedrooms", "5 bedrooms", "21 bedrooms")),
        ("tr", ("1 yatak odası", "2 yatak odası", "5 yatak odası", "21 yatak odası")),
        ("ru", ("1 спальня", "2 спальни", "5 спален", "21 спальня")),
        ("uk", ("1 спальня", "2 спальні", "5 спалень", "21 спальня")),
        ("de", ("1 Schlafzimmer", "2 Schlafzimmer", "5 Schlafzimmer", "21 Schlafzimmer")),
        ("pl", ("1 sypialnia", "2 sypialnie", "5 sypialni", "21 sypialni")),
        ("fr", ("1 chambre", "2 chambres", "5 chambres", "21 chambres")),
        ("ar", ("غرفة نوم واحدة", "غرفتا نوم", "5 غرف نوم", "21 غرفة نوم")),
    ],
)
def test_counts_take_the_right_plural(language: Language, forms: tuple[str, ...]) -> None:
    rooms = NN_("{n} bedroom", "{n} bedrooms")
    assert tuple(say_many(language, rooms, n) for n in (1, 2, 5, 21)) == forms


def test_an_unknown_sentence_is_said_as_it_is() -> None:
    assert say("ru", "Not in the catalogue, {name}.", name="Ada") == "Not in the catalogue, Ada."


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_sentences_are_translated_not_copied(language: Language) -> None:
    copied = [i for i, text in book(language).texts.items() if text == i and len(i) > 20]
    assert copied == []


@pytest.mark.parametrize("language", ("ru", "uk", "de", "pl", "fr"))
def test_visitors_are_addressed_politely(language: Language) -> None:
    familiar = {
        *("ты", "тебе", "тебя", "твой", "ти", "твій", "твоє"),
        *("dir", "dich", "dein", "deine", "ty", "ciebie", "twój", "toi", "tes", "tiens"),
    }
    said = " ".join(str(m.string) for m in catalogue(language)).casefold().split()
    assert familiar.isdisjoint(word.strip(".,!?:;»«'\"()") for word in said)


def test_sentences_reach_a_reply_only_through_the_catalogues() -> None:
    loose = [found for path in sorted(TALK.glob("*.py")) for found in _loose_sentences(path)]
    assert loose == []


def test_the_search_for_loose_sentences_finds_one(tmp_path: Path) -> None:
    path = tmp_path / "reply.py"
    path.write_text('plain(voice.say(N_("Fine")), "There is nothing to see here.")')
    assert len(_loose_sentences(path)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_two_dozen_examples_without_repeats(language: Language) -> None:
    texts = [text for _topic, text in pool(language)]
    assert len(texts) >= 24
    assert len(set(texts)) == len(texts)
    assert set(examples(language)) == set(TOPICS)


def test_examples_can_be_had_by_topic() -> None:
    assert {topic for topic, _text in pool("en", ("buy",))} == {"buy"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "label", ["Any price", "Compare the first two", "Talk to a person", "Up to £1,000 a month"]
)
def test_labels_fit_their_buttons(language: Language, label: str) -> None:
    assert len(say(language, label)) <= LONGEST_LABEL


def _loose_sentences(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    return [
        f"{path.name}:{literal.lineno}: {literal.value!r}"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call) in SAYING
        for argument in (*call.args, *(k.value for k in call.keywords))
        for literal in _literals(argument)
    ]


def _literals(node: ast.AST) -> list[ast.Constant]:
    """Long text literals below a node, except those inside a marking call."""
    if isinstance(node, ast.Call) and _name(node) in MARKS:
        return []
    if isinstance(node, ast.Constant):
        return [node] if isinstance(node.value, str) and len(node.value) > LONGEST_LITERAL else []
    return [found for child in ast.iter_child_nodes(node) for found in _literals(child)]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
