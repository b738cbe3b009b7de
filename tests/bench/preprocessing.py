"""Preparing a KiTS-size CT and mask: ours and nnU-Net's way, in turn.

    python -m tests.bench.preprocessing --ct FILE
    python -m tests.bench.preprocessing --make-case SCRIPT     (SCRIPT OUT.nii.gz writes it)

The peer is nnU-Net v2's own preprocessor where it is installed (.venv-peers, which
`make test-peers` builds), else the same calls of scikit-image without nnU-Net's filling of
holes and its grid of coordinates.
Each run is a process of its own, so that its peak memory is its own. Prints medians and the
ratio ours / peer; machines differ, so quote ratios, and on a busy one that of core seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WAYS = ("ours", "peer")


def main() -> None:
    """Run the pairs and print the table, or one way alone for the process that asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--ct", type=Path)
    source.add_argument("--make-case", type=Path, metavar="SCRIPT")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    # As the trainer's own processes: threads that spin while they wait count as work.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if args.way:
        print(json.dumps(measure(args.ct, args.way)))
        return
    with tempfile.TemporaryDirectory() as folder:
        ct = args.ct or Path(folder) / "case.nii.gz"
        if args.make_case:
            subprocess.run([sys.executable, str(args.make_case), str(ct)], check=True)
        print_table(compare(ct, args.pairs))


def compare(ct: Path, pairs: int) -> dict[str, list[dict[str, float]]]:
    """Return each way's figures per pair; the pairs alternate."""
    results: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for pair in range(pairs):
        print(f"pair {pair + 1} of {pairs}", flush=True)
        for way in WAYS:
            command = [sys.executable, "-m", "tests.bench.preprocessing"]
            done = subprocess.run(
                [*command, "--ct", str(ct), "--way", way],
                check=True,
                capture_output=True,
                text=True,
                cwd=ROOT,
            )
            results[way].append(json.loads(done.stdout.splitlines()[-1]))
    return results


def print_table(results: dict[str, list[dict[str, float]]]) -> None:
    """Print the medians and their ratio."""
    ours, theirs = (results[way] for way in WAYS)
    print(f"{'figure':<28}{'ours':>10}{'peer':>10}{'ratio':>8}")
    for figure in ours[0]:
        mine = median(result[figure] for result in ours)
        peer = median(result[figure] for result in theirs)
        print(f"{figure:<28}{mine:>10.2f}{peer:>10.2f}{mine / max(peer, 1e-9):>8.3f}")


def measure(path: Path, way: str) -> dict[str, float]:
    """Return seconds and memory of one way, files and imports not counted."""
    import resource

    from trainer.contract.presets import preset
    from trainer.imaging.reader import read_image

    plan = preset("kits2019").plan
    ct = read_image(path)
    mask = ct.with_array(kidneys(ct.shape, ct.spacing))
    prepare = our_way if way == "ours" else peer_way
    step = prepare(ct, mask, plan)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    busy, began = time.process_time(), time.perf_counter()
    step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "image and mask (s)": time.perf_counter() - began,
        "the same (s of one core)": time.process_time() - busy,
        "memory above the input (MB)": max(0, peak - before) / 1024,
    }


def kidneys(shape: tuple[int, ...], spacing: tuple[float, ...]) -> np.ndarray:
    """Return two ellipsoids and a ball in one: 0.8 % of a median KiTS volume."""
    middle = [(n - 1) / 2 * s for n, s in zip(shape, spacing, strict=True)]
    z, y, x = (
        (np.arange(n, dtype=np.float32) * s - m)
        for n, s, m in zip(shape, spacing, middle, strict=True)
    )
    z, y = z[:, None, None], y[None, :, None]
    mask = np.zeros(shape, np.uint8)
    for side in (-70, 70):
        mask[(z / 62) ** 2 + (y / 34) ** 2 + ((x - side) / 32) ** 2 < 1] = 1
    mask[z**2 + (y + 10) ** 2 + (x - 70) ** 2 < 20**2] = 2
    return mask


def our_way(ct, mask, plan) -> Callable[[], object]:
    """Return preparing the image and the mask as the program does it."""
    from trainer.preprocessing.prepare import prepare_image, prepare_mask

    return lambda: prepare_mask(mask, prepare_image(ct, plan), plan)


def peer_way(ct, mask, plan) -> Callable[[], object]:
    """Return the same by nnU-Net v2, or by scikit-image alone."""
    if find_spec("nnunetv2"):
        from tests.peers.nnunet_preprocessing import prepare_theirs

        return lambda: prepare_theirs(ct, mask, plan)
    from tests.trainer.preprocessing.skimage_resampling import (
        peer_image,
        peer_mask,
        peer_normalised,
    )
    from trainer.contract.tiling import resampled_shape
    from trainer.preprocessing.resample import separate_axis

    shape = resampled_shape(ct.shape, ct.spacing, plan.spacing)
    separate = separate_axis(ct.spacing, plan.spacing)

    def prepare() -> object:
        image = peer_normalised(peer_image(ct.array, shape, separate)).astype(np.float32)
        return image, peer_mask(mask.array, shape, separate)

    return prepare


if __name__ == "__main__":
    main()
