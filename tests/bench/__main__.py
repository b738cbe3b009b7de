"""Scrolling and painting a large phantom: our canvases and plain napari, in turn.

Prints medians, 95th percentiles and the ratio of the medians per figure. Run it with
`make bench`; machines differ, so quote ratios. The pairs alternate so that a machine that
drifts is fair to both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.bench.timing_case import SHAPE, SPACING, write_case

PAIRS = 3
HERE = Path(__file__).resolve().parent
Figures = dict[str, list[float]]


def run(script: str, folder: Path) -> Figures:
    """Run one script in a process of its own and return its figures."""
    command = [sys.executable, str(HERE / script), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def pooled(results: list[Figures], figure: str) -> tuple[float, float]:
    """Return median and 95th percentile of a figure over all runs."""
    values = [value for result in results for value in result[figure]]
    return float(np.median(values)), float(np.percentile(values, 95))


def main(folder: Path, pairs: int) -> None:
    """Run the pairs and print the table."""
    if not (folder / "mask.npy").exists():
        print(f"making a phantom of {SHAPE} at {SPACING} mm", flush=True)
        write_case(folder)
    ours: list[Figures] = []
    theirs: list[Figures] = []
    for pair in range(pairs):
        print(f"pair {pair + 1} of {pairs}", flush=True)
        ours.append(run("desk_canvases.py", folder))
        theirs.append(run("plain_napari.py", folder))
    print(f"{'figure':<28}{'ours':>8}{'p95':>8}{'napari':>8}{'p95':>8}{'ratio':>7}")
    for figure in ours[0]:
        mine = pooled(ours, figure)
        line = f"{figure:<28}{mine[0]:>8.1f}{mine[1]:>8.1f}"
        if figure in theirs[0]:
            peer = pooled(theirs, figure)
            line += f"{peer[0]:>8.1f}{peer[1]:>8.1f}{mine[0] / peer[0]:>7.2f}"
        print(line)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]), PAIRS)
    else:
        with tempfile.TemporaryDirectory(prefix="kitsdesk-bench-") as made:
            main(Path(made), PAIRS)
