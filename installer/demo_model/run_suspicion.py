"""Does suspicion put wrong masks first? Ten projects of 12 phantoms, two faults each.

    python installer/demo_model/run_suspicion.py WORK --model resources/demo/model

Every phantom has a tumor of at least 2 ml; every fault takes kidney or tumor Dice against
the truth to 0.5 or less. No fold of the demo model saw a phantom, so all five are members.
Prints every result as Markdown; exit code 0 where both faults are within the first 4 in at
least 8 of 10 projects. `--strength any` also takes milder faults, which are not bounded.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from kitsdesk.review.suspicion import Suspicion, rank, score_case
from trainer.contract.scores import read_scores
from trainer.imaging.mask_file import read_mask

CASES, FAULTS, FIRST, NEEDED = 12, 2, 4, 0.8


def trainer(*arguments: str | Path) -> None:
    """Run one command of the trainer, quietly.

    Raises
    ------
    subprocess.CalledProcessError : it failed; its message is on stderr.
    """
    line = [sys.executable, "-m", "trainer", *map(str, arguments)]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)


def show(line: str) -> None:
    """Write one line at once: the experiment takes minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def make_project(folder: Path, seed: int, strength: str, model: Path) -> Path:
    """Make phantoms and predictions of one seed where they are not there yet.

    Returns the folder with one prediction per case.
    """
    cases = folder / "phantoms"
    if not (cases / "faults.json").exists():
        faults = ["--faults", str(FAULTS), "--fault-strength", strength]
        size = ["--cases", str(CASES), "--seed", str(seed), "--minimum-tumor-ml", "2"]
        trainer("phantom", cases, *size, *faults)
    out = folder / "predictions"
    trainer("predict", "--model", model, "--input", cases, "--out", out, "--layout", "project")
    found = sorted(out.rglob("scores.json"))
    if len(found) != CASES:
        raise SystemExit(f"{out} has {len(found)} predictions, not {CASES}.")
    return found[0].parent.parent


def score_project(cases: Path, predictions: Path) -> list[tuple[str, Suspicion]]:
    """Return the suspicion of every case's mask as the case list shows it."""
    scored = []
    for path in sorted(cases.glob("case_*/segmentation.nii.gz")):
        case = path.parent.name
        scores = read_scores(predictions / case)
        if scores is None:
            raise SystemExit(f"{case} has no prediction.")
        mask = read_mask(path)
        heldout = read_mask(predictions / case / "heldout.nii.gz", mask.geometry)
        voxel_ml = float(mask.spacing[0] * mask.spacing[1] * mask.spacing[2]) / 1000
        found = score_case(
            mask.array, heldout.array, scores.agreement, scores.members, None, voxel_ml
        )
        scored.append((case, found))
    return scored


def report_project(folder: Path, seed: int, scored: list[tuple[str, Suspicion]]) -> bool:
    """Print one project's faults with their ranks and its first cases.

    Returns whether all faults are within the first `FIRST`.
    """
    order = rank(scored)
    found = dict(scored)
    ranks = []
    for fault in json.loads((folder / "phantoms/faults.json").read_text(encoding="utf-8")):
        case = fault["case"]
        place = order.index(case) + 1
        ranks.append(place)
        show(
            f"| {seed} | {case} | {fault['kind']} | {fault['kidney_dice']:.2f} | "
            f"{fault['tumor_dice']:.2f} | {found[case].value:.2f} | {place} |"
        )
    right = [case for case in order if order.index(case) + 1 not in ranks]
    highest = found[right[0]].value
    show(f"| {seed} | {right[0]} | *highest right mask* | 1.00 | 1.00 | {highest:.2f} | |")
    return max(ranks) <= FIRST


def main() -> int:
    """Run all projects and print the table and the count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="a folder for phantoms and predictions")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    parser.add_argument("--strength", choices=("any", "strong"), default="strong")
    args = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    show("| seed | case | fault | kidney Dice to truth | tumor Dice to truth | suspicion | rank |")
    show("|---|---|---|---|---|---|---|")
    hits = 0
    for seed in args.seeds:
        folder = args.work / f"{args.strength}_{seed:02d}"
        predictions = make_project(folder, seed, args.strength, args.model)
        hits += report_project(folder, seed, score_project(folder / "phantoms", predictions))
    show(f"\nBoth faults within the first {FIRST} of {CASES}: {hits} of {len(args.seeds)}.")
    return 0 if args.strength == "any" or hits >= NEEDED * len(args.seeds) else 1


if __name__ == "__main__":
    sys.exit(main())
