"""One process that draws a population through a ramp and prints a digest of all arms."""

from __future__ import annotations

import sys

from .laws import told_by_this_process

if __name__ == "__main__":
    steps = tuple(int(share) for share in sys.argv[2].split(","))
    print(told_by_this_process(int(sys.argv[1]), steps, sys.argv[3]))
