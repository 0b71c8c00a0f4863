"""OpenFeature providers over our assignment: the product's, and the least one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import FlagNotFoundError
from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType
from openfeature.provider import AbstractProvider, Metadata

from gatehouse.base.config import Settings, load
from gatehouse.rollout.assign import Ceiling, assign
from gatehouse.rollout.openfeature import GatehouseProvider
from gatehouse.rollout.types import Control


@dataclass(frozen=True, slots=True)
class Known:
    """What a process follows, as it stands for the length of a bench."""

    control: Control
    settings: Settings = field(default_factory=lambda: load({}))
    killed: frozenset[str] = frozenset()
    is_stale: bool = False
    revision: int = 1

    def on_change(self, listener: object) -> None:
        """Nothing changes."""


def product(control: Control) -> GatehouseProvider:
    """The product's own provider, with a follower and flags that are known."""
    known: Any = Known(control)
    return GatehouseProvider(known, known)


class Least(AbstractProvider):
    """One flag: its value is the version, its variant the arm; no metadata."""

    def __init__(self, control: Control, ceiling: Ceiling) -> None:
        super().__init__()
        self._control, self._ceiling = control, ceiling

    def get_metadata(self) -> Metadata:
        return Metadata(name="gatehouse-least")

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        unit = (evaluation_context.targeting_key if evaluation_context else None) or ""
        found = assign(unit, self._control, self._ceiling)
        return FlagResolutionDetails(found.version, reason=found.reason, variant=found.arm)

    def _none(self, flag_key: str) -> NoReturn:
        raise FlagNotFoundError(f"there is no such flag: {flag_key}")

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: Any = None
    ) -> FlagResolutionDetails[bool]:
        self._none(flag_key)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: Any = None
    ) -> FlagResolutionDetails[int]:
        self._none(flag_key)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: Any = None
    ) -> FlagResolutionDetails[float]:
        self._none(flag_key)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[FlagValueType] | Mapping[str, FlagValueType],
        evaluation_context: Any = None,
    ) -> FlagResolutionDetails[Sequence[FlagValueType] | Mapping[str, FlagValueType]]:
        self._none(flag_key)
