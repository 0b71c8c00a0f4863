""" "Try again" takes up the offer to search once more, in every language; elsewhere it does not."""

from __future__ import annotations

import pytest

from gatehouse.understanding.types import DialogueState, Intent, Language

from .notation import EAR

OFFERED = DialogueState(offered="retry")
SAID: dict[Language, tuple[str, ...]] = {
    "en": ("Try again", "try again please", "please retry", "once more", "search again"),
    "tr": ("Yeniden dene", "tekrar dene", "lütfen tekrar deneyin", "bir daha dene", "yeniden ara"),
    "ru": ("Попробовать ещё раз", "попробуйте еще раз", "ещё раз", "повтори поиск"),
    "uk": ("Спробувати ще раз", "спробуйте ще раз", "ще раз", "повтори пошук"),
    "de": ("Noch einmal versuchen", "versuch es noch einmal", "nochmal bitte", "erneut versuchen"),
    "pl": ("Spróbuj ponownie", "spróbuj jeszcze raz", "jeszcze raz", "ponów wyszukiwanie"),
    "fr": ("Réessayer", "réessayez", "encore une fois", "essayez à nouveau"),
    "ar": ("حاول مرة أخرى", "مرة أخرى", "جرب مرة ثانية", "أعد المحاولة"),
}
ROWS = [(language, text) for language, texts in SAID.items() for text in texts]
OTHERWISE: list[tuple[Language, str]] = [
    ("en", "no, don't try again"),
    ("en", "I want to talk to a person again"),
    ("tr", "hayır, tekrar deneme"),
    ("ru", "нет, не надо ещё раз"),
    ("de", "nein, nicht noch einmal"),
    ("en", "try again with up to 900 pounds"),
]


@pytest.mark.parametrize(("language", "text"), ROWS)
def test_the_offer_to_search_again_is_taken_up(language: Language, text: str) -> None:
    assert EAR.hear(text, state=OFFERED, language=language).wants(Intent.YES)


@pytest.mark.parametrize(("language", "text"), ROWS)
def test_without_the_offer_it_is_no_yes(language: Language, text: str) -> None:
    assert not EAR.hear(text, state=DialogueState(), language=language).wants(Intent.YES)


@pytest.mark.parametrize(("language", "text"), OTHERWISE)
def test_who_wants_something_else_says_no_yes(language: Language, text: str) -> None:
    assert not EAR.hear(text, state=OFFERED, language=language).wants(Intent.YES)
