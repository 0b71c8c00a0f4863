"""How the ear hears the parallel messages, and in which of them it hears just what they mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from gatehouse.ops.evaluation.parallel.messages import TIMEZONE, TODAY, Message
from gatehouse.ops.evaluation.parallel.notation import written
from gatehouse.understanding import vocabulary
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import DialogueState, Heard, Language

FEWEST_WORDS = 3  # messages shorter than this may belong to several languages
_WORD = re.compile(r"\w*[^\W\d_]\w*")
_SLOT = re.compile("[a-z_]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A message and what was heard; `guessed` is its language when nobody gave a hint."""

    message: Message
    heard: Heard
    guessed: Language | None = None

    @property
    def changes(self) -> frozenset[str]:
        """The slot changes heard."""
        return written(self.heard.changes)

    @property
    def is_exact(self) -> bool:
        """Is every slot change that was meant heard, and no other?"""
        return self.changes == self.message.meaning.changes

    @property
    def asks_right(self) -> bool:
        """Are just the meant attributes asked about?"""
        return set(self.heard.asked) == set(self.message.meaning.asked)

    @property
    def intends_right(self) -> bool:
        """Are the meant intents among those heard?"""
        return set(self.message.meaning.intents) <= {i.value for i in self.heard.intents}

    def as_line(self) -> dict[str, Any]:
        """For a file of predictions; the wording of what only measures stays unread."""
        meaning = self.message.meaning
        line: dict[str, Any] = {
            "id": meaning.number,
            "language": self.message.language,
            "exact": self.is_exact,
        }
        if meaning.half == "odd":
            line |= {"text": self.message.text, "heard": sorted(self.changes)}
        return line


def complete_languages() -> tuple[Language, ...]:
    """The languages whose lexicon can be loaded."""
    return tuple(language for language in get_args(Language) if _is_complete(language))


def _is_complete(language: Language) -> bool:
    try:
        vocabulary.load(language)
    except FileNotFoundError:
        return False
    return True


def default_ear(languages: Sequence[Language]) -> RuleEar:
    """The ear on the fixed day of the messages, with the delivered places."""
    return RuleEar(
        Gazetteer.default(), today=lambda: TODAY, timezone=TIMEZONE, languages=tuple(languages)
    )


def listen(ear: RuleEar, message: Message, *, text: str | None = None) -> Outcome:
    """The message heard where it is said, without any hint of its language; `text` replaces it."""
    said = message.text if text is None else text
    heard = ear.hear(said, state=message.state, language=None)
    return Outcome(message, heard, _guess(ear, said, heard=heard, message=message))


def _guess(ear: RuleEar, text: str, *, heard: Heard, message: Message) -> Language | None:
    if len(_WORD.findall(text)) < FEWEST_WORDS:
        return None
    if message.state == DialogueState():
        return heard.language
    return ear.hear(text, state=DialogueState(), language=None).language


def error_kinds(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How often which slot was missing, extra or wrong."""
    return Counter(kind for outcome in outcomes for kind in _kinds(outcome))


def _kinds(outcome: Outcome) -> set[str]:
    meant, heard = outcome.message.meaning.changes, outcome.changes
    missing, extra = (
        {_SLOT.match(atom)[0] for atom in rest}  # type: ignore[index]
        for rest in (meant - heard, heard - meant)
    )
    return (
        {f"{slot} missing" for slot in missing - extra}
        | {f"{slot} extra" for slot in extra - missing}
        | {f"{slot} wrong" for slot in missing & extra}
    )
