"""docs/flags.md says what is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gatehouse.rollout.flag_values import CEILINGS, FLAGS
from gatehouse.rollout.kill_file import FEATURES, understood

PAGE = Path("docs/flags.md").read_text()


def test_the_kill_file_of_the_document_is_understood_whole() -> None:
    (told,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    kill = understood(json.loads(told))
    assert kill.troubles == ()
    assert kill.features_off == set(FEATURES)
    assert kill.flags and kill.flags.keys() <= set(CEILINGS)


def test_every_variable_that_is_set_in_it_is_a_flag() -> None:
    named = re.findall(r"gatehouse flags (?:un)?set ([A-Z_]+)", PAGE)
    assert named and {name.lower() for name in named} <= set(FLAGS)
