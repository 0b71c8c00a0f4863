"""Good answers with bytes changed at random: whatever they become, the turn ends well."""

from __future__ import annotations

import random
from collections.abc import Iterator

from gatehouse.ops.evaluation.contract.families import all_made

MOST_CHANGES = 4


def mutated(count: int, *, seed: int) -> Iterator[str]:
    """So many mutants of the valid answers; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    valid = [made.output for made in all_made() if made.family == "valid"]
    for _ in range(count):
        yield _mutant(chance.choice(valid), chance)


def _mutant(text: str, chance: random.Random) -> str:
    body = bytearray(text.encode())
    for _ in range(chance.randint(1, MOST_CHANGES)):
        at = chance.randrange(len(body)) if body else 0
        match chance.randrange(5):
            case 0 if body:
                body[at] = chance.randrange(256)
            case 1:
                body.insert(at, chance.randrange(256))
            case 2 if body:
                del body[at]
            case 3 if body:
                body[at] ^= 1 << chance.randrange(8)
            case _:
                end = min(len(body), at + chance.randrange(20))
                body[at:at] = body[at:end]
    return body.decode("utf-8", "replace")
