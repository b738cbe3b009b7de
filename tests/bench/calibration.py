"""Are the chances of a fault and the recall told to a reader true? A reliability table.

    python -m tests.bench.calibration WORK [WORK …] [--projects 200]

WORK is what `make suspicion` leaves (folders with phantoms/ and predictions/): phantoms with
known faults, predicted by the demo model. Their scores are real, those of the program.
**The readers are simulated**: each reviews a data set drawn with replacement from the scored
phantoms, the most suspicious cases first, finds a wrong mask with a chance of his own, and
never calls a right mask wrong. Half of them had ten faults planted. What the estimate then
says is held against the truth.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kitsdesk.review.fault_model import Evidence, Planted
from kitsdesk.review.recall import FaultEstimate, estimate
from kitsdesk.review.suspicion import score_case
from trainer.contract.scores import read_scores
from trainer.imaging.mask_file import read_mask

CASES, REVIEWED = 150, (10, 20, 40, 80)
SKILLS, PREVALENCES, PLANTED = (0.6, 0.8, 0.95), (0.03, 0.08, 0.15), 10
BINS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True)
class Scored:
    """One phantom: its suspicion, and whether its mask is faulty."""

    suspicion: float
    wrong: bool


@dataclass(frozen=True)
class Told:
    """What was told of one case or project, and what is true."""

    reviewed: int
    told: float
    true: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("work", type=Path, nargs="+")
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pool = [case for work in args.work for case in scored_phantoms(work)]
    wrong = sum(case.wrong for case in pool)
    if not wrong or wrong == len(pool):
        raise SystemExit("There are no phantoms with and without faults in these folders.")
    print(f"{len(pool)} scored phantoms, {wrong} with a fault; {args.projects} simulated readers.")
    chances: list[Told] = []
    missed: list[Told] = []
    recalls: list[tuple[Told, bool]] = []
    rng = np.random.default_rng(args.seed)
    for _project in range(args.projects):
        one_reader(pool, rng, chances, missed, recalls)
    print("\n".join(tables(chances, missed, recalls)))
    return 0


def scored_phantoms(work: Path) -> Iterable[Scored]:
    """Yield the phantoms of every project below `work`, scored as the case list does."""
    for path in sorted(work.rglob("faults.json")):
        faults = {fault["case"] for fault in json.loads(path.read_text(encoding="utf-8"))}
        predictions = {
            found.parent.name: found.parent
            for found in path.parent.parent.glob("predictions/**/scores.json")
        }
        for file in sorted(path.parent.glob("case_*/segmentation.nii.gz")):
            folder = predictions.get(file.parent.name)
            scores = read_scores(folder) if folder is not None else None
            if folder is None or scores is None:
                continue
            mask = read_mask(file)
            heldout = read_mask(folder / "heldout.nii.gz", mask.geometry)
            found = score_case(
                mask.array, heldout.array, scores.agreement, scores.members, None, mask.voxel_ml
            )
            if found.value is not None:
                yield Scored(found.value, file.parent.name in faults)


def one_reader(
    pool: Sequence[Scored],
    rng: np.random.Generator,
    chances: list[Told],
    missed: list[Told],
    recalls: list[tuple[Told, bool]],
) -> None:
    """Simulate one reader on one data set, stopping to look at each of REVIEWED."""
    cases = draw(pool, rng)
    skill = float(rng.choice(SKILLS))
    judged = PLANTED if rng.random() < 0.5 else 0
    planted = Planted(int(rng.binomial(judged, skill)), judged)
    order = sorted(range(len(cases)), key=lambda at: -cases[at].suspicion)
    finds = rng.random(len(cases)) < skill
    for reviewed in REVIEWED:
        seen = set(order[:reviewed])
        told = estimate(
            [
                Evidence(
                    f"{at:04d}",
                    case.suspicion,
                    None,
                    bool(case.wrong and finds[at]) if at in seen else None,
                )
                for at, case in enumerate(cases)
            ],
            planted,
        )
        note(told, cases, seen, finds, chances, missed, recalls)


def draw(pool: Sequence[Scored], rng: np.random.Generator) -> list[Scored]:
    """Return a data set of CASES phantoms with about one of the PREVALENCES wrong."""
    wrong = [case for case in pool if case.wrong]
    right = [case for case in pool if not case.wrong]
    faulty = rng.random(CASES) < rng.choice(PREVALENCES)
    return [
        (wrong[rng.integers(len(wrong))] if bad else right[rng.integers(len(right))])
        for bad in faulty
    ]


def note(
    told: FaultEstimate,
    cases: Sequence[Scored],
    seen: set[int],
    finds: np.ndarray,
    chances: list[Told],
    missed: list[Told],
    recalls: list[tuple[Told, bool]],
) -> None:
    reviewed = len(seen)
    for at, case in enumerate(cases):
        line = Told(reviewed, told.chances[f"{at:04d}"], float(case.wrong))
        if at not in seen:
            chances.append(line)
        elif not (case.wrong and finds[at]):
            missed.append(line)
    total = sum(case.wrong for case in cases)
    if total:
        found = sum(cases[at].wrong and bool(finds[at]) for at in seen)
        true = found / total
        inside = told.recall.low - 1e-9 <= true <= told.recall.high + 1e-9
        recalls.append((Told(reviewed, told.recall.value, true), inside))


def tables(
    chances: Sequence[Told], missed: Sequence[Told], recalls: Sequence[tuple[Told, bool]]
) -> list[str]:
    lines = [
        "",
        "| chance told | cases not reviewed | mean told | wrong in truth |",
        "|---" * 4 + "|",
    ]
    lines += reliability(chances)
    lines += ["", "| chance told | kept cases | mean told | wrong in truth |", "|---" * 4 + "|"]
    lines += reliability(missed)
    head = "| reviewed of 150 | recall told | true recall | mean error | in the 90 % interval | "
    lines += ["", f"{head}Brier | Brier of the base rate |", "|---" * 7 + "|"]
    for reviewed in REVIEWED:
        here = [(told, inside) for told, inside in recalls if told.reviewed == reviewed]
        cases = [told for told in chances if told.reviewed == reviewed]
        rate = float(np.mean([told.true for told in cases]))
        error = np.mean([abs(told.told - told.true) for told, _inside in here])
        lines.append(
            f"| {reviewed} | {np.mean([told.told for told, _inside in here]):.2f} "
            f"| {np.mean([told.true for told, _inside in here]):.2f} | {error:.2f} "
            f"| {np.mean([inside for _told, inside in here]):.0%} "
            f"| {np.mean([(told.told - told.true) ** 2 for told in cases]):.4f} "
            f"| {rate * (1 - rate):.4f} |"
        )
    return lines


def reliability(lines: Sequence[Told]) -> list[str]:
    rows = []
    for low, high in itertools.pairwise(BINS):
        inside = [one for one in lines if low <= one.told < high or one.told == high == 1.0]
        if inside:
            told = np.mean([one.told for one in inside])
            true = np.mean([one.true for one in inside])
            span = f"{low:.0%} to {high:.0%}"
            rows.append(f"| {span} | {len(inside):,} | {told:.1%} | {true:.1%} |")
    return rows


if __name__ == "__main__":
    sys.exit(main())
