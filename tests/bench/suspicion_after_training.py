"""Does suspicion find wrong masks after training on one's own data, and nothing else?

    python -m tests.bench.suspicion_after_training [WORK] [--seeds 1 2 3]

Per seed: phantoms of which some have a faulty reference mask, a project made from them, its
export, a five-fold cross-validation of the export from scratch with the demo preset, and the
suspicion of every case as the window computes it. `faults.json` is read last, to print where
the faults stand: by suspicion, by misfit, and in the memorisation table. Writes result.json
and result.md; started again, it goes on where it was. Every seed leaves a project that
`kitsdesk` opens.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kitsdesk.project.case_sources import discover
from kitsdesk.project.exports import export
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.workspace import Workspace
from tests.bench.suspicion_ranks import SeedResult, as_markdown, seed_result

ARCHITECTURE = "residual"
FOLDS = range(5)
RUN, EXPORT = "crossval", "first"
MODEL = f"{RUN}-{ARCHITECTURE}"


def main() -> int:
    """Run the seeds, print and write the tables."""
    args = parse()
    results: list[SeedResult] = []
    for seed in args.seeds:
        began = time.monotonic()
        folder = args.work / f"seed_{seed:02d}"
        phantoms = make_phantoms(folder, seed, args)
        project = make_project(folder / "project.kitsdesk", phantoms)
        cross_validate(project, folder, args)
        with Workspace.open(project) as workspace:
            Predictions(workspace).use_set(MODEL)
            results.append(seed_result(workspace, seed, phantoms, project / "runs" / RUN))
        print(results[-1].table(), f"{time.monotonic() - began:.0f} s\n", sep="\n", flush=True)
        write(args, results)
    print(as_markdown(results), flush=True)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    work = Path("build/suspicion-after-training")
    parser.add_argument("work", type=Path, nargs="?", default=work)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--faults", type=int, default=3)
    parser.add_argument(
        "--strength",
        choices=("any", "strong"),
        default="strong",
        help="strong: a fault takes kidney or tumor Dice against the truth to 0.5 or less",
    )
    parser.add_argument("--epochs", type=int, help="instead of the demo preset's")
    parser.add_argument("--steps", type=int, help="per epoch, instead of the demo preset's")
    parser.add_argument("--learning-rate", type=float, help="instead of the demo preset's")
    parser.add_argument("--jobs", type=int, default=2, help="folds at a time, one thread each")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or auto")
    return parser.parse_args()


def make_phantoms(folder: Path, seed: int, args: argparse.Namespace) -> Path:
    phantoms = folder / "phantoms"
    if not (phantoms / "faults.json").exists():
        faults = ["--faults", str(args.faults), "--fault-strength", args.strength]
        size = ["--cases", str(args.cases), "--minimum-tumor-ml", "2"]
        trainer(folder, 0, "phantom", str(phantoms), "--seed", str(seed), *size, *faults)
    return phantoms


def make_project(project: Path, phantoms: Path) -> Path:
    """Make the project and its export as the desk does, every case unreviewed."""
    exists = (project / "project.sqlite").exists()
    opened = Workspace.open(project) if exists else Workspace.create(project, discover(phantoms))
    with opened as workspace:
        if not (workspace.exports_folder / EXPORT / "manifest.json").exists():
            for _ in export(workspace, stamp=EXPORT):
                pass
    return project


def cross_validate(project: Path, folder: Path, args: argparse.Namespace) -> None:
    """Train `args.jobs` folds at a time, then predict and score with all threads."""
    command = ["crossval", str(project / "exports" / EXPORT), "--run", str(project / "runs" / RUN)]
    command += ["--arch", ARCHITECTURE, "--preset", "demo", "--resume", "--no-surface"]
    command += ["--device", args.device]
    command += ["--models", str(project / "models")]
    command += ["--predictions", str(project / "predictions")]
    for name in ("epochs", "steps", "learning_rate"):
        if getattr(args, name) is not None:
            command += [f"--{name.replace('_', '-')}", str(getattr(args, name))]

    def fold(number: int) -> None:
        trainer(folder, 1, *command, "--task", f"{ARCHITECTURE}/fold_{number}")

    if args.jobs > 1:
        with ThreadPoolExecutor(args.jobs) as pool:
            list(pool.map(fold, FOLDS))
    trainer(folder, args.jobs, *command)


def trainer(folder: Path, threads: int, *arguments: str) -> None:
    """Run one command of the trainer; what it prints goes to log.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ)
    if threads:
        environment["OMP_NUM_THREADS"] = str(threads)
    with (folder / "log.txt").open("a", encoding="utf-8") as log:
        log.write(f"# {' '.join(arguments)}\n")
        log.flush()
        line = [sys.executable, "-m", "trainer", *arguments]
        subprocess.run(line, check=True, stdout=log, stderr=log, env=environment)


def write(args: argparse.Namespace, results: list[SeedResult]) -> None:
    options = {name: value for name, value in vars(args).items() if name not in ("work", "seeds")}
    content = {"options": options, "seeds": [result.as_json() for result in results]}
    (args.work / "result.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    (args.work / "result.md").write_text(as_markdown(results), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
