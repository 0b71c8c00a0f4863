"""Visitors' processes do not load Django before somebody comes to the office."""

from __future__ import annotations

import subprocess
import sys


def test_the_page_of_visitors_loads_no_django_and_the_office_does() -> None:
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "True"], told.stderr


CODE = """
import sys
from gatehouse.office import mount
import gatehouse.web.edge
print("django" in sys.modules)
mount.load()
print("django" in sys.modules)
"""
