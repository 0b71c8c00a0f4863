"""One turn's voice: a language, and a choice among equal wordings that changes with the turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gatehouse.listings import wording
from gatehouse.listings.types import Listing
from gatehouse.talk import figures
from gatehouse.talk.phrases import N_, NN_, Plural, say, say_many
from gatehouse.talk.purse import Purse
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import Language


@dataclass(frozen=True, slots=True)
class Voice:
    """Says sentences of the catalogues in one language."""

    language: Language
    turn: int = 0
    purse: Purse | None = None

    def say(self, msgid: str, **values: object) -> str:
        return say(self.language, msgid, **values)

    def many(self, texts: Plural, count: int, /, **values: object) -> str:
        return say_many(self.language, texts, count, **values)

    def warm(self) -> None:
        """Reads the language's catalogue and figures, so that no visitor waits for it."""
        self.money(1, "GBP")
        self.decimal(1.5)
        self.weekday(date(2026, 1, 5))
        self.day(date(2026, 1, 5))
        self.many(NN_("{n} home for you", "{n} homes for you"), 1)
        Gazetteer.default()

    def pick(self, wordings: tuple[str, ...], *, step: int | None = None, **values: object) -> str:
        """One of several wordings, by `step` if given, else by the turn."""
        chosen = wordings[(self.turn if step is None else step) % len(wordings)]
        return self.say(chosen, **values)

    def money(self, amount: float, currency: str) -> str:
        return wording.money(amount, currency, self.language)

    def price_about(self, home: Listing) -> str | None:
        """ "about £540": the price in the visitor's currency, if the home has another one."""
        amount = self.purse.price_about(home) if self.purse else None
        if amount is None or self.purse is None:
            return None
        return self.say(N_("about {price}"), price=self.money(amount, self.purse.currency))

    def count(self, number: float) -> str:
        return figures.count(self.language, number)

    def decimal(self, number: float) -> str:
        return figures.decimal(self.language, number)

    def day(self, when: date) -> str:
        return wording.day(when, self.language)

    def weekday(self, when: date) -> str:
        return figures.weekday(self.language, when)

    def place(self, key: str) -> str:
        return Gazetteer.default().display(key, self.language)

    def title(self, home: Listing) -> str:
        """The home's title in this language, if the agency wrote one."""
        return wording.title(home, self.language)

    def quote(self, title: str) -> str:
        return self.say(N_("“{title}”"), title=title)

    def join(self, parts: tuple[str, ...] | list[str]) -> str:
        """a, b and c."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say(N_("{items} and {last}"), items=self.listed(parts[:-1]), last=parts[-1])

    def listed(self, parts: Iterable[str]) -> str:
        """a, b, c."""
        return wording.comma(self.language).join(parts)
