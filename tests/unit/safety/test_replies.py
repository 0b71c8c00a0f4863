"""What may leave in a reply, and what may not."""

from __future__ import annotations

import pytest

from gatehouse.llm.safety.canary import CANARY
from gatehouse.llm.safety.replies import guard_reply, guard_shown
from gatehouse.talk.phrases import book
from gatehouse.understanding.types import LANGUAGES, Language

FINE = "The flat has two bedrooms."


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("See https://evil.example/x.", "link"),
        ("See www.evil.example.", "link"),
        ("Read evil.com/offer now.", "link"),
        ("Read evil[.]example now.", "link"),
        ("Read e\u200bvil.c\u200bom now.", "link"),
        ("Read еvil.com now.", "link"),
        ("Call javascript:alert(1) now.", "link"),
        ("![map](/x.png) is here.", "markup"),
        ("<img src=x onerror=alert(1)> here.", "markup"),
        ("&lt;b&gt; here.", "markup"),
        ("A {background: url(x)} here.", "markup"),
        (f"My mark is {CANARY}.", "prompt"),
        (f"My mark is {' '.join(CANARY)}.", "prompt"),
        (f"Backwards it is {CANARY[::-1]}.", "prompt"),
        ("Your number is [phone 1].", "token"),
        ("I have booked it for you.", "promise"),
        ("Das Angebot ist rechtsverbindlich.", "promise"),
        ("Я гарантирую доход.", "promise"),
        ("Size özel fiyat veriyorum.", "promise"),
        ("Mostly Christians live there.", "steering"),
        ("Там живут русские.", "steering"),
        ("Tam mieszkają Polacy.", "steering"),
        ("Where\U000e0041\U000e0042 is it.", "hidden"),
    ],
)
def test_a_sentence_that_must_not_leave_is_left_out(bad: str, reason: str) -> None:
    guarded = guard_reply(f"{FINE} {bad}")
    assert guarded.text == FINE
    assert guarded.reasons == (reason,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_house_is_ever_left_out(language: Language) -> None:
    pages = book(language)
    texts = [*pages.texts.values(), *(form for forms in pages.plurals.values() for form in forms)]
    said = [text.replace("{contact}", "+44 20 7946 0958") for text in texts]
    assert [text for text in said if not guard_reply(text).is_whole] == []


@pytest.mark.parametrize(
    "text",
    [
        "It costs £1,250.50 a month, e.g. with bills.",
        "The viewing is asked for; a colleague will call you.",
        "There is a mosque and a church nearby.",
        "They will reach you at anna@mail.example.",
        "هناك ٣ غرف، والسعر \u2068£500\u2069 في الشهر.",
        "Wheelchair access and a lift; children are welcome.",
    ],
)
def test_plain_words_leave_as_they_are(text: str) -> None:
    assert guard_reply(text).text == text


def test_what_owners_wrote_may_praise_but_not_link() -> None:
    text = "A special price for you! Pictures at www.evil.example."
    assert guard_shown(text).text == "A special price for you!"


def test_another_canary_is_another_secret() -> None:
    assert guard_reply(f"It is {CANARY}.", canary="gh-0000000000000000").is_whole
