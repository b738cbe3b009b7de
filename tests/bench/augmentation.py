"""Training samples per second: ours, read from the cache and augmented, and nnU-Net's own.

    python -m tests.bench.augmentation --peers-python PATH [--device cuda]

Both make 80x160x160 samples by nnU-Net v2's table with one thread, on the CPU pinned to one
core (a thread that reads ahead shares it), in turn, in processes of their own. Ours reads a
prepared phantom of KiTS size; nnU-Net's starts from tensors in memory. What counts is the
mean per sample, since each step is drawn with its own probability; printed are the medians
of the sittings' means and their ratio. nnU-Net times its blur both ways when it first meets
a kernel, so the ratio without its slowest sample is printed too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from trainer.contract.presets import PRESETS
from trainer.imaging.geometry import Geometry
from trainer.imaging.volume import Volume
from trainer.phantoms.abdomen import make_phantom
from trainer.phantoms.phantom_set import SIZES
from trainer.preprocessing.cached_case import CaseRecord, write_case
from trainer.preprocessing.prepare import prepare_image, prepare_mask

PEER_SCRIPT = Path(__file__).resolve().with_name("nnunet_augmentation.py")
# The preset whose table is used, and the one of the demo, where a step takes 0.1 to 0.2 s.
FULL, SMALL = "nnunet-v2", "demo"

Figures = dict[str, float]


def arguments() -> argparse.Namespace:
    """Return what to run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", type=Path, help="a Python that has nnunetv2")
    parser.add_argument("--device", default="cpu", help="where ours computes: cpu or cuda")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--samples", type=int, default=200, help="per sitting")
    return parser.parse_args()


def write_cases(folder: Path) -> None:
    """Write one phantom of KiTS size, prepared for both presets."""
    shape, spacing = SIZES["kits"]
    phantom = make_phantom(shape, spacing, (1, 0))
    grid = Geometry(shape[::-1], spacing[::-1], (0.0, 0.0, 0.0), (1.0, 0, 0, 0, 1, 0, 0, 0, 1))
    for name in (FULL, SMALL):
        plan = PRESETS[name].plan
        image = prepare_image(Volume(phantom.image, grid), plan)
        mask = prepare_mask(Volume(phantom.mask.astype(np.uint8), grid), image, plan)
        z, y, x = image.array.shape
        record = CaseRecord(
            image_hash="", mask_hash="", plan_hash="", shape=(z, y, x), structures=(1, 2)
        )
        write_case(folder / name, record, image.array, mask)


def run(command: list[str]) -> Figures:
    """Run one sitting in a process of its own and return the figures it prints."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout.strip().splitlines()[-1])


def pin_to_one_core() -> None:
    """Let this process and its children use one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def without_slowest(figures: Figures) -> float:
    """Return the mean seconds of all samples but the slowest one."""
    samples = figures["samples"]
    return (figures["mean_s"] * samples - figures["max_s"]) / (samples - 1)


def main() -> None:
    """Run the pairs and print the figures."""
    chosen = arguments()
    peers: list[str] = []
    python = chosen.peers_python
    if python is not None and python.exists():
        peers = [str(python), str(PEER_SCRIPT)]
    else:
        print("nnU-Net is not at hand (make test-peers installs it): ours alone.")
    with tempfile.TemporaryDirectory() as folder:
        write_cases(Path(folder))
        ours_command = [sys.executable, "-m", "tests.bench.augmentation_samples", folder]
        ours_command += ["--device", chosen.device, "--samples", str(chosen.samples)]
        if chosen.device == "cpu":
            pin_to_one_core()
        ours, small, theirs = [], [], []
        for pair in range(chosen.pairs):
            ours.append(run([*ours_command, "--preset", FULL]))
            small.append(run([*ours_command, "--preset", SMALL]))
            print(f"pair {pair + 1}: ours {1000 * ours[-1]['mean_s']:.1f} ms", end="", flush=True)
            if peers:
                theirs.append(run([*peers, "--samples", str(chosen.samples)]))
                print(f", nnU-Net {1000 * theirs[-1]['mean_s']:.1f} ms", end="")
            print(flush=True)
    report(ours, small, theirs, chosen.device)


def report(ours: list[Figures], small: list[Figures], theirs: list[Figures], device: str) -> None:
    """Print medians and ratios."""
    mine = median(sitting["mean_s"] for sitting in ours)
    print(f"ours, {device}: {1000 * mine:.1f} ms a sample (median of {len(ours)} means)")
    batch = 2 * median(sitting["mean_s"] for sitting in small)
    print(f"ours, {device}, preset demo: {1000 * batch:.1f} ms a batch of two 24x48x48 samples")
    if theirs:
        peer = median(sitting["mean_s"] for sitting in theirs)
        typical = median(without_slowest(sitting) for sitting in theirs)
        print(f"nnU-Net, one core: {1000 * peer:.1f} ms; ratio {peer / mine:.1f}")
        print(f"nnU-Net without its slowest: {1000 * typical:.1f} ms; ratio {typical / mine:.1f}")


if __name__ == "__main__":
    main()
