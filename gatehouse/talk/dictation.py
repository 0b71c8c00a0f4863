"""Hears a model's answer while it is written: first what it wants, then sentence by sentence."""

from __future__ import annotations

from typing import Any

from gatehouse.talk.contract import Answer, judge
from gatehouse.talk.plain_text import finished, is_plain
from gatehouse.talk.unwrapping import MOST_CHARACTERS, Unwrapped, beginning, unfenced

_HEAD = ("act", "slots_delta")


class Dictation:
    """One growing answer. What it says too early, too long or out of order waits for its end."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._told = 0  # characters of the speech that were handed out
        self._is_deaf = False
        self.head: Answer | None = None  # act and delta, once they are complete; speaks nothing

    @property
    def text(self) -> str:
        """All that came."""
        return "".join(self._pieces)

    @property
    def is_too_long(self) -> bool:
        """More than any good answer: the call may be ended."""
        return self._length > MOST_CHARACTERS

    def hear(self, piece: str) -> list[str]:
        """The sentences that became complete with this piece."""
        self._pieces.append(piece)
        self._length += len(piece)
        if self._is_deaf or self.is_too_long:
            return []
        parts = beginning(_opened(self.text))
        if parts is None or "speak" not in parts:
            return []
        if self.head is None and not self._hear_head(parts):
            return []
        return self._complete(parts["speak"])

    def _hear_head(self, parts: dict[str, Any]) -> bool:
        """Only what stands before the speech is complete when the speech begins."""
        names = list(parts)
        before = names[: names.index("speak")]
        if not all(name in before for name in _HEAD):
            self._is_deaf = True
            return False
        verdict = judge(Unwrapped({name: parts[name] for name in before} | {"speak": "…"}))
        if verdict.answer and verdict.reason in (None, "missing_field"):
            self.head = verdict.answer.model_copy(update={"speak": ""})
        self._is_deaf = self.head is None
        return not self._is_deaf

    def _complete(self, speech: object) -> list[str]:
        if not isinstance(speech, str) or not is_plain(_settled(speech)):
            self._is_deaf = True
            return []
        found = finished(speech[self._told :])
        self._told += sum(map(len, found))
        return [" ".join(sentence.split()) for sentence in found if sentence.strip()]


def _opened(text: str) -> str:
    """From the first brace, if nothing but a fence stands before it."""
    bare = unfenced(text) if text.lstrip().startswith(("```", "\ufeff")) else text
    return bare.lstrip()


def _settled(speech: str) -> str:
    """Without a place-holder that is still being written."""
    open_at = speech.rfind("{")
    return speech[:open_at] if open_at > speech.rfind("}") else speech
