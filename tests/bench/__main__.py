"""Scrolling and painting a KiTS-size phantom: our canvases and plain napari, in turn.

Prints medians and the ratio ours / napari per figure. Run it with `make bench`; machines
differ, so quote ratios. The pairs alternate so that a machine that drifts is fair to both.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

PAIRS = 3
HERE = Path(__file__).resolve().parent


def run(script: str) -> dict[str, float]:
    """Run one script in a process of its own and return its figures (ms, s)."""
    command = [sys.executable, str(HERE / script)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Run the pairs and print the table."""
    ours: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    for pair in range(PAIRS):
        print(f"pair {pair + 1} of {PAIRS}", flush=True)
        ours.append(run("desk_canvases.py"))
        theirs.append(run("plain_napari.py"))
    print(f"{'figure':<28}{'ours':>10}{'napari':>10}{'ratio':>8}")
    for figure in ours[0]:
        mine = median(result[figure] for result in ours)
        peer = median(result[figure] for result in theirs)
        print(f"{figure:<28}{mine:>10.1f}{peer:>10.1f}{mine / peer:>8.2f}")


main()
