"""A house without REDIS_URL does not pay for the library."""

from __future__ import annotations

import subprocess
import sys


def test_the_house_is_put_together_without_loading_redis() -> None:
    code = "import sys, gatehouse.web.wiring; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
