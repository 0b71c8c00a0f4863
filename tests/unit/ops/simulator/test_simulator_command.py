"""The command says what is wrong before it serves."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gatehouse.base.errors import Misconfigured
from gatehouse.ops.management.commands.simulate_model import Command


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("behaviour", "joyful", "no behaviour"),
        ("mix", "good=much", "no share"),
        ("script", Path("/nowhere/script.json"), "No such file"),
        ("malformed", Path("/nowhere/corpus.jsonl"), "No such file"),
    ],
)
def test_a_wrong_option_is_told_in_words(option: str, value: object, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command(Command(), **{option: value})


def test_a_port_that_is_taken_is_told_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Misconfigured, match="cannot be bound"):
            call_command(Command(), port=taken.getsockname()[1])
