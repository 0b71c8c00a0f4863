"""The prompts: versioned files, and the digest that tells which of them a turn was thought with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from string import Template
from typing import Literal

CURRENT = "v1"
Part = Literal["system", "homes", "repair"]
PARTS: tuple[Part, ...] = ("system", "homes", "repair")


@dataclass(frozen=True, slots=True)
class Prompts:
    """One version of all prompts. `digest` changes with every letter of them."""

    name: str
    texts: Mapping[Part, str]

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits of the content."""
        told = "\0".join(self.texts[part] for part in PARTS)
        return sha256(told.encode()).hexdigest()[:12]

    @property
    def version(self) -> str:
        """What is stored with a conversation: "v1-0123456789ab"."""
        return f"{self.name}-{self.digest}"

    @property
    def rules(self) -> str:
        """What the model is told and must not tell."""
        return self.texts["system"].partition("STATE\n")[0]

    def fill(self, part: Part, **values: str) -> str:
        """The text with all its values. Raises KeyError for one that is missing."""
        return Template(self.texts[part]).substitute(values).strip()


@cache
def load(name: str = CURRENT) -> Prompts:
    """The prompts of one version. Raises FileNotFoundError."""
    folder = resources.files(__package__).joinpath(name)
    return Prompts(
        name, {part: folder.joinpath(f"{part}.txt").read_text("utf-8") for part in PARTS}
    )
