"""Ceilings from an outside OpenFeature provider, asked in the background; they only restrict."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from gatehouse.base.config import Settings
from gatehouse.base.errors import Misconfigured
from gatehouse.observe import journal
from gatehouse.rollout.flag_values import CEILINGS, Value
from gatehouse.rollout.own_thread import in_thread

DOMAIN: Final = "gatehouse-outside"
ASK_SECONDS: Final = 2.0


class OutsideFlags:
    """The last values that the provider gave; what it does not know is not restricted.

    A provider that fails or hangs changes nothing: the last values stay.
    """

    def __init__(self, provider: Any, settings: Settings) -> None:
        self._provider = provider
        self._settings = settings
        self._client: Any = None
        self._is_well: bool | None = None
        self.values: Mapping[str, Value] = {}

    async def run(self) -> None:
        """Asks every two seconds, in a thread that nobody waits for. Until cancelled."""
        while True:
            try:
                self.values = await in_thread(self.ask)
                self._note(is_well=True)
            except Exception as trouble:  # noqa: BLE001 - somebody else's code; told once
                self._note(is_well=False, error=type(trouble).__name__)
            await asyncio.sleep(ASK_SECONDS)

    def ask(self) -> dict[str, Value]:
        """The ceilings that the provider knows. Raises whatever the provider raises."""
        from openfeature.evaluation_context import EvaluationContext

        context = EvaluationContext("gatehouse", {"environment": self._settings.environment})
        told = {}
        for name in CEILINGS:
            if (value := self._one(name, context)) is not None:
                told[name] = value
        return told

    def _one(self, name: str, context: Any) -> Value | None:
        from openfeature.exception import ErrorCode

        ceiling, client = getattr(self._settings, name), self._attached()
        is_flag = isinstance(ceiling, bool)
        ask = client.get_boolean_details if is_flag else client.get_integer_details
        details = ask(name.upper(), ceiling, context)
        if details.error_code == ErrorCode.FLAG_NOT_FOUND:
            return None
        if details.error_code is not None:
            raise LookupError(f"{name.upper()}: {details.error_message or details.error_code}")
        value: Value = details.value
        return value

    def _attached(self) -> Any:
        """Registered once, in the thread that asks: some providers connect while they start."""
        if self._client is None:
            from openfeature import api

            api.set_provider_and_wait(self._provider, domain=DOMAIN)
            self._client = api.get_client(domain=DOMAIN)
        return self._client

    def _note(self, *, is_well: bool, error: str = "") -> None:
        if is_well != self._is_well:
            name = "outside_flags_read" if is_well else "outside_flags_lost"
            journal.event(name, level="INFO" if is_well else "WARNING", error=error)
        self._is_well = is_well


def outside_flags(settings: Settings) -> OutsideFlags | None:
    """As OPENFEATURE_PROVIDER names it, made without arguments; None if it is empty.

    Raises Misconfigured where there is no such class, or it cannot be made.
    """
    path = settings.openfeature_provider
    if not path:
        return None
    module, _, name = path.partition(":")
    try:
        import_module("openfeature")
        return OutsideFlags(getattr(import_module(module), name)(), settings)
    except Exception as wrong:  # whatever the outside module does while it is imported
        raise Misconfigured(
            f"OPENFEATURE_PROVIDER is {path!r}: allowed is empty or module:Class, importable and "
            f"made without arguments ({type(wrong).__name__}: {wrong})"
        ) from wrong
