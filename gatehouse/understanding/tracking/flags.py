"""What is so or not so of a home: wished for, or asked about the one on the table."""

from __future__ import annotations

from collections.abc import Iterable

from gatehouse.understanding.tracking.phrases import clauses, parts, says


def flags_said(
    text: str, flags: Iterable[str], *, has_offer: bool, wants_more: bool
) -> tuple[set[str], list[str]]:
    """The flags wished for, and those asked about."""
    wished: set[str] = set()
    asked: list[str] = []
    for sentence in clauses(text):
        for flag in flags:
            if not says(sentence, f"flag_{flag}") or says(sentence, "needs_no"):
                continue
            if has_offer and _asks_of_home(sentence, flag, wants_more=wants_more):
                asked.append(flag)
            else:
                wished.add(flag)
    if wants_more:
        return wished, [flag for flag in asked if flag not in wished]
    return wished - set(asked), asked


def _asks_of_home(sentence: str, flag: str, *, wants_more: bool) -> bool:
    """Does the sentence ask how the home on the table is, rather than seek one that is so?"""
    own = next((p for p in parts(sentence) if says(p, f"flag_{flag}")), sentence)
    if says(sentence, "seeks_other"):
        return False
    for part in (own, sentence):
        if says(part, "looks_for") and (wants_more or not says(part, "asks_home")):
            return False
        if says(part, "asks_home", "asks"):
            return True
    return not wants_more
