"""Who is refused at the connection: only who goes on asking, and never longer than was said."""

from __future__ import annotations

from gatehouse.base.clock import TurnableClock
from gatehouse.resilience.hammering import PATIENCE, Hammering, credential_of


def hammer(times: int, *, seconds: float = 5.0) -> tuple[Hammering, TurnableClock]:
    clock = TurnableClock()
    heard = Hammering(clock)
    for _ in range(times):
        heard.note(b"a", "session", seconds=seconds)
    return heard, clock


def test_a_few_refusals_are_no_hammering() -> None:
    heard, _ = hammer(PATIENCE - 1)
    assert heard.refusal(b"a") is None
    assert not heard.is_heard


def test_who_goes_on_is_refused_until_the_time_that_the_quota_said() -> None:
    heard, clock = hammer(PATIENCE)
    assert heard.refusal(b"a") == ("session", 5)
    assert heard.refusal(b"b") is None
    clock.turn(4.5)
    assert heard.refusal(b"a") == ("session", 1)
    clock.turn(0.5)
    assert heard.refusal(b"a") is None
    assert not heard.is_heard


def test_after_its_time_the_count_begins_again() -> None:
    heard, clock = hammer(PATIENCE)
    clock.turn(6)
    heard.note(b"a", "session", seconds=5)
    assert heard.refusal(b"a") is None


def test_the_oldest_key_is_forgotten_first_and_nobody_is_no_key() -> None:
    heard = Hammering(TurnableClock(), most=2)
    for key in (b"", b"a", b"b", b"c"):
        for _ in range(PATIENCE):
            heard.note(key, "user", seconds=5)
    assert [heard.refusal(key) is not None for key in (b"", b"a", b"b", b"c")] == [
        False, False, True, True,
    ]  # fmt: skip


def test_a_token_counts_before_a_cookie() -> None:
    assert credential_of({b"cookie": b"c"}) == b"c"
    assert credential_of({b"authorization": b"Bearer t", b"cookie": b"c"}) == b"Bearer t"
    assert credential_of({}) == b""
