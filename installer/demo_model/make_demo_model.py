"""Make the demo model: phantoms, five folds, a check on phantoms it never saw.

    python installer/demo_model/make_demo_model.py WORK --publish resources/demo/model

Only public commands of the trainer are called. Two folds are trained at a time with one
thread each: that is fastest on two cores, and the number of threads is part of what makes
the weights reproducible. Every step that is done already is skipped or continued.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CASES, SEED = 60, 2019
UNSEEN_CASES, UNSEEN_SEED = 24, 777
ABOUT = (
    "Demo model of KiTSDesk, trained on 60 phantoms (synthetic CTs) alone: none of your cases. "
    "It shows the program's mechanics and must not be used on patients. "
    "Made by: python installer/demo_model/make_demo_model.py"
)
TRAINING = ["--arch", "residual", "--preset", "demo", "--device", "cpu", "--seed", "2019"]
TRAINING += ["--name", "demo", "--about", ABOUT]


def trainer(*arguments: str | Path, threads: int = 1) -> None:
    """Run one command of the trainer.

    Raises
    ------
    subprocess.CalledProcessError : it failed; its message is on stderr.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    line = [sys.executable, "-m", "trainer", *map(str, arguments)]
    subprocess.run(line, check=True, env=environment)


def make_phantoms(folder: Path, cases: int, seed: int) -> None:
    """Write phantoms into `folder`; a folder that is complete is kept, a part is redone."""
    if len(list(folder.glob("case_*/segmentation.nii.gz"))) == cases:
        return
    shutil.rmtree(folder, ignore_errors=True)
    trainer("phantom", folder, "--cases", str(cases), "--seed", str(seed))


def train(work: Path, folds: str) -> None:
    """Train some folds one after the other."""
    places = ["--run", work / "run", "--cache", work / "prepared", "--publish", work / "model"]
    trainer("train", work / "phantoms", "--folds", folds, *places, *TRAINING, "--resume")


def check(work: Path) -> None:
    """Print the scores on unseen phantoms: kidney at least 0.90, tumor at least 0.60."""
    make_phantoms(work / "unseen", UNSEEN_CASES, UNSEEN_SEED)
    places = ["--input", work / "unseen", "--out", work / "predicted"]
    trainer("predict", "--model", work / "model", *places, threads=os.cpu_count() or 1)
    table = ["--prediction", work / "predicted", "--out", work / "scores.csv"]
    trainer("evaluate", "--reference", work / "unseen", *table)


def publish(model: Path, target: Path) -> None:
    """Copy the finished model to where the program looks for it."""
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(model.glob("fold_*.safetensors")):
        shutil.copy2(file, target / file.name)
    shutil.copy2(model / "model.json", target / "model.json")


def main() -> None:
    """Make, check and publish the demo model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="a folder for phantoms, run and scores")
    parser.add_argument("--publish", type=Path, help="copy the model here at the end")
    args = parser.parse_args()
    make_phantoms(args.work / "phantoms", CASES, SEED)
    with ThreadPoolExecutor(2) as lanes:
        list(lanes.map(lambda folds: train(args.work, folds), ("0,2,4", "1,3")))
    check(args.work)
    if args.publish is not None:
        publish(args.work / "model", args.publish)


if __name__ == "__main__":
    main()
