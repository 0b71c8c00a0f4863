"""The last look at a reply: what it must say is put in, what must not leave is taken out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gatehouse.llm.safety.replies import Guarded, Reason, guard_reply, guard_shown
from gatehouse.talk.asking import ABILITIES
from gatehouse.talk.disclosing import disclosure, named
from gatehouse.talk.phrases import say as phrase
from gatehouse.talk.refusing import LAWFUL_CHOICE
from gatehouse.talk.scene import LONGEST_SUMMARY, clipped, sentences
from gatehouse.talk.types import Outcome, Reply, Say
from gatehouse.understanding.types import Language

_TEXTS = frozenset(("content", "items", "headers", "rows", "caption", "alt", "label"))


class Lips:
    """Passes on what a handler says of one turn. A sentence is looked at before it is shown.

    `guess` tells the language where something is said before the handler has made its outcome.
    """

    def __init__(
        self,
        guess: Callable[[], Language],
        say: Say,
        *,
        agency: str,
        is_first: bool,
        is_steering: bool,
        is_asked_for_machine: bool,
        is_model: bool,
    ) -> None:
        self._guess, self._say, self._agency = guess, say, agency
        self._known: Language | None = None
        self._is_first, self._is_steering = is_first, is_steering
        self._must_disclose = is_first or is_asked_for_machine
        self._guard = guard_reply if is_model else guard_shown
        self.has_spoken = False

    def say(self, sentence: str) -> None:
        """One whole sentence of the handler, shown at once as far as it may be."""
        shown = self._rest(self._guard(sentence).text)
        if not self.has_spoken:
            shown = sentences(self._opening(), shown)
        if shown:
            self.has_spoken = True
            self._say(shown)

    def last_look(self, outcome: Outcome) -> tuple[Outcome, tuple[Reason, ...]]:
        """The outcome with the reply that may leave, and why parts of it were left out."""
        reply = outcome.reply
        if self._known is None:
            self._known = outcome.state.language or outcome.heard.language
        said, title = self._guard(reply.summary), self._guard(reply.title)
        summary = self._whole(said.text) or phrase(self._language, ABILITIES)
        looked = replace(
            reply,
            summary=clipped(summary, LONGEST_SUMMARY),
            title=title.text,
            blocks=tuple(_shown(block) for block in reply.blocks),
        )
        return replace(outcome, reply=looked), _reasons(said, title, reply)

    @property
    def _language(self) -> Language:
        if self._known is None:
            self._known = self._guess()
        return self._known

    def _whole(self, said: str) -> str:
        """The summary: as it was told sentence by sentence, or with its opening put in."""
        if self.has_spoken:
            return sentences(self._opening(), self._rest(said))
        said = named(said, self._language, self._agency)
        who = disclosure(self._language, self._agency)
        choice = phrase(self._language, LAWFUL_CHOICE) if self._is_steering else ""
        choice = "" if choice in said else choice
        if who in said:
            before, _, after = said.partition(who)
            return sentences(before.strip(), who, choice, after.replace(who, "").strip())
        return sentences(who if self._must_disclose else "", choice, said)

    def _opening(self) -> str:
        who = disclosure(self._language, self._agency) if self._must_disclose else ""
        return sentences(who, phrase(self._language, LAWFUL_CHOICE) if self._is_steering else "")

    def _rest(self, said: str) -> str:
        """Without what the opening says already."""
        if not self._must_disclose:
            return named(said, self._language, self._agency)
        for who in {disclosure(self._language), disclosure(self._language, self._agency)}:
            said = said.replace(f"{who} ", "").replace(who, "")
        return said


def _reasons(said: Guarded, title: Guarded, reply: Reply) -> tuple[Reason, ...]:
    blocks = [guard_shown(text) for block in reply.blocks for text in _texts(block)]
    return tuple(
        dict.fromkeys(reason for each in (said, title, *blocks) for reason in each.reasons)
    )


def _shown(value: Any, *, is_text: bool = False) -> Any:
    """A block whose texts may leave; addresses and kinds are ours and stay."""
    if isinstance(value, str):
        return guard_shown(value).text if is_text else value
    if isinstance(value, Mapping):
        return {key: _shown(each, is_text=key in _TEXTS) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each, is_text=is_text) for each in value]
    return value


def _texts(value: Any, *, is_text: bool = False) -> list[str]:
    if isinstance(value, str):
        return [value] if is_text else []
    if isinstance(value, Mapping):
        return [t for key, each in value.items() for t in _texts(each, is_text=key in _TEXTS)]
    if isinstance(value, list | tuple):
        return [t for each in value for t in _texts(each, is_text=is_text)]
    return []
