"""The forecast of time and memory against what was measured, on three sizes.

    python -m tests.bench.forecast [--model MODEL] [--folds 0-4] [--repeats 3] [--only 0,1,2]

With an empty cache the self-test measures this computer first; then the three sizes are told,
and each is predicted in processes of their own (medians). Time is the prediction's own, from
the proof of the model's files to the last written mask; memory the peak of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from tests.bench.whole_case import ROOT, measured

# KiTS19's smallest volume of slices, its median, and twice that; spacing in mm.
SIZES = (
    ((60, 256, 256), (3.0, 1.5, 1.5)),
    ((107, 512, 512), (3.0, 0.78, 0.78)),
    ((214, 512, 512), (1.5, 0.78, 0.78)),
)
TIME_BOUND, MEMORY_BOUND = 0.30, 0.20


def main() -> int:
    """Print a line per size; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=ROOT / "resources" / "demo" / "model")
    parser.add_argument("--folds", default="0-4")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="0,1,2", help="which of the three sizes")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kitsdesk-forecast-") as scratch:
        folder = Path(scratch)
        os.environ["KITSDESK_CACHE"] = str(folder / "cache")
        chosen = [int(number) for number in args.only.split(",")]
        cases = {f"size_{n}": write_ct(folder / "cts" / f"size_{n}.nii.gz", n) for n in chosen}
        told = told_of(args, cases, folder)
        good = [compare(args, case, image, told[case], folder) for case, image in cases.items()]
    return 0 if all(good) else 1


def write_ct(path: Path, number: int) -> Path:
    """Write a CT of that size: a phantom's own anatomy, resampled to the grid."""
    import SimpleITK as sitk

    from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set

    shape, spacing = SIZES[number]
    with tempfile.TemporaryDirectory() as made:
        make_phantom_set(PhantomRequest(out=Path(made), cases=1, seed=11))
        [image] = Path(made).rglob("imaging.nii.gz")
        source = sitk.DICOMOrient(sitk.ReadImage(str(image)), "LPS")
    size = shape[::-1]
    whole = np.array(source.GetSize()) * np.array(source.GetSpacing())
    # The phantom fills the grid, whatever its own size.
    source.SetSpacing(
        [
            float(s * n / w * t)
            for s, n, w, t in zip(source.GetSpacing(), size, whole, spacing[::-1], strict=True)
        ]
    )
    grid = sitk.Resample(
        source,
        size,
        sitk.Transform(),
        sitk.sitkLinear,
        source.GetOrigin(),
        spacing[::-1],
        source.GetDirection(),
        -1000,
        sitk.sitkInt16,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(grid, str(path), True)
    return path


def command(args: argparse.Namespace, image: Path, *more: object) -> list[object]:
    """Return a call of `predict` as a project makes it."""
    chosen = ["--model", args.model, "--folds", args.folds, "--input", image]
    where = ["--device", "cpu", "--layout", "project"]
    return [sys.executable, "-m", "trainer", "predict", *chosen, *where, *more]


def told_of(args: argparse.Namespace, cases: dict[str, Path], folder: Path) -> dict[str, dict]:
    """Return the forecasts, after the self-test that the first of them makes."""
    cts = folder / "cts.json"
    cts.write_text(json.dumps({case: str(path) for case, path in cases.items()}))
    printed, wall, _ = measured(command(args, cts, "--forecast"), args.threads)
    print(f"self-test and forecasts: {wall:.1f} s", flush=True)
    return json.loads(printed.splitlines()[-1])["cases"]


def compare(args: argparse.Namespace, case: str, image: Path, told: dict, folder: Path) -> bool:
    """Predict a case a few times, print told and measured; return whether the bounds hold."""
    times, peaks, phases = [], [], {}
    for repeat in range(args.repeats):
        out = folder / f"{case}-{repeat}"
        # What this run notes must not help the next forecast of the bench.
        printed, _, peak = measured(command(args, image, "--out", out), args.threads)
        timing = json.loads(printed.splitlines()[-1])
        times.append(timing["seconds"])
        peaks.append(peak)
        [phases] = timing["cases"].values()
    time_off = told["seconds"] / median(times) - 1
    memory_off = told["memory_gb"] / median(peaks) - 1
    print(
        f"{case}: {told['seconds']:.1f} s told, {median(times):.1f} s measured ({time_off:+.0%}); "
        f"{told['memory_gb']:.2f} GB told, {median(peaks):.2f} GB measured ({memory_off:+.0%})"
    )
    print(f"  told by phase     {told['by_phase']}")
    print(f"  measured by phase {phases}", flush=True)
    return abs(time_off) <= TIME_BOUND and abs(memory_off) <= MEMORY_BOUND


if __name__ == "__main__":
    sys.exit(main())
