"""One CT from the file to the mask: ours and nnU-Net v2's own predictor, in turn.

    python -m tests.bench.whole_case [--peers DIR] [--peer-python FILE] [--pairs N]
                                     [--device cuda] [--five] [--keep DIR]

The same full-size residual network with the same random weights runs in both, on the same
107x512x512 CT, one fold, no mirroring, each time in a process of its own (a cold start;
the network converted for OpenVINO is in the cache from the first, untimed run, whose time is
printed apart). DIR holds the scripts that make the case and the model and run the peer.
`--five` also runs ours with five folds as a project keeps them, to time five fold masks:
nnU-Net exports one mask however many folds it has.

Times are those that both programs measure themselves, imports not counted, and the wall time
of the process besides. Prints medians, ratios and targets; machines differ, so quote ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
PEER_MODEL = "nnUNetTrainer__kits2019__3d_fullres"
FULL_AVX512, FULL_OTHER, FULL_GPU = 0.40, 0.55, 0.40
Figures = dict[str, float]


def main() -> int:
    """Run the pairs and print the table."""
    args = parse()
    with tempfile.TemporaryDirectory(dir=args.keep) as scratch:
        folder = args.keep or Path(scratch)
        case, peer_model, model = prepared(args, folder)
        first = ours(args, model, case, Path(scratch) / "first", five=False)
        print(f"ours, first run, with conversion: {first}", flush=True)
        runs: dict[str, list[Figures]] = {"ours": [], "nnU-Net v2": []}
        for repeat in range(args.repeats):
            print(f"pair {repeat + 1} of {args.repeats}", flush=True)
            runs["nnU-Net v2"].append(theirs(args, peer_model, case, Path(scratch) / "peer"))
            print(runs["nnU-Net v2"][-1], flush=True)
            out = Path(scratch) / f"ours-{repeat}"
            runs["ours"].append(ours(args, model, case, out, five=False))
            print(runs["ours"][-1], flush=True)
        five = [ours(args, model, case, Path(scratch) / "five", five=True)] if args.five else []
    print_table(args, runs, five)
    print(json.dumps({**runs, "ours, five folds": five}))
    return 0


def parse() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, default=ROOT / "../shared/peers")
    parser.add_argument("--peer-python", type=Path, default=ROOT / ".venv-peers/bin/python")
    parser.add_argument(
        "--pairs", "--repeats", type=int, default=1, dest="repeats", help="medians over so many"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--runtime", default="auto")
    parser.add_argument("--five", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder for case and models, used again")
    return parser.parse_args()


def prepared(args: argparse.Namespace, folder: Path) -> tuple[Path, Path, Path]:
    """Make what is not in `folder` yet: the CT, nnU-Net's model, the same as ours."""
    folder.mkdir(parents=True, exist_ok=True)
    case, peer, model = folder / "case.nii.gz", folder / "peer", folder / "timing"
    python = str(args.peer_python)
    if not case.exists():
        subprocess.run([python, args.peers / "make_timing_case.py", case], check=True)
    if not peer.exists():
        options = ["--net", "resenc", "--folds", "5" if args.five else "1"]
        subprocess.run([python, args.peers / "make_nnunet_model.py", peer, *options], check=True)
    if not model.exists():
        command = ["model", "import-nnunet", peer / PEER_MODEL, "--out", model, "--saw", "none"]
        subprocess.run([sys.executable, "-m", "trainer", *command], check=True, cwd=ROOT)
    return case, peer / PEER_MODEL, model


def ours(args: argparse.Namespace, model: Path, case: Path, out: Path, *, five: bool) -> Figures:
    """Return our seconds by phase and the peak memory of the process."""
    layout = ["--layout", "project"] if five else ["--folds", "0"]
    command = [sys.executable, "-m", "trainer", "predict", "--model", model, "--input", case]
    command += ["--out", out, "--device", args.device, "--runtime", args.runtime, *layout]
    printed, wall, peak = measured(command, args.threads)
    timing = json.loads(printed.splitlines()[-1])
    [phases] = timing["cases"].values()
    figures = {
        "preprocess": phases.get("read", 0) + phases.get("resample", 0),
        "predict": phases["predict"],
        "restore and write": phases.get("restore", 0) + phases.get("write", 0),
        "whole": timing["seconds"],
    }
    used = figures["preprocess"] + figures["predict"] + figures["restore and write"]
    return _rounded({"load and rest": figures["whole"] - used, **figures, "wall": wall}, peak)


def theirs(args: argparse.Namespace, model: Path, case: Path, out: Path) -> Figures:
    """Return nnU-Net's seconds by phase and the peak memory of the process."""
    script = args.peers / "nnunet_predict.py" if args.device == "cpu" else gpu_script()
    command = [args.peer_python, script, model, case, out, "--threads", str(args.threads)]
    printed, wall, peak = measured(command, args.threads)
    found = json.loads(printed.splitlines()[-1])
    figures = {
        "load and rest": found["load"],
        "preprocess": found["preprocess"],
        "predict": found["predict"],
        "restore and write": found["export"],
        "whole": found["total"],
        "wall": wall,
    }
    return _rounded(figures, peak)


def gpu_script() -> Path:
    """Return the script that runs nnU-Net's predictor as it runs on a GPU by default."""
    return Path(__file__).with_name("nnunet_gpu_prediction.py")


def measured(command: list[object], threads: int) -> tuple[str, float, float]:
    """Return what a process printed, its wall time in s and its peak memory in GB."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile("w+") as printed:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdout=printed, env=environment, cwd=ROOT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        printed.seek(0)
        text = printed.read()
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{command} ended with {os.waitstatus_to_exitcode(status)}: {text}")
    return text, wall, usage.ru_maxrss * 1024 / 1e9


def _rounded(figures: Figures, peak: float) -> Figures:
    return {name: round(value, 2) for name, value in {**figures, "peak GB": peak}.items()}


def print_table(
    args: argparse.Namespace, runs: dict[str, list[Figures]], five: list[Figures]
) -> None:
    """Print medians, their ratio and the target of each figure."""
    targets = {
        "preprocess": 0.25,
        "restore and write": 0.1,
        "whole": FULL_GPU if args.device != "cpu" else FULL_AVX512 if avx512() else FULL_OTHER,
        "peak GB": 0.75,
    }
    print(f"{'figure':<34}{'ours':>9}{'nnU-Net':>9}{'ratio':>8}{'target':>8}")
    for figure in runs["ours"][0]:
        mine = median(run[figure] for run in runs["ours"])
        peer = median(run[figure] for run in runs["nnU-Net v2"])
        print_row(figure, mine, peer, targets.get(figure))
    peer = median(run["restore and write"] for run in runs["nnU-Net v2"])
    for run in five:
        print_row("restore and write, five folds", run["restore and write"], peer, 0.2)
        print(f"five folds: whole {run['whole']} s, peak {run['peak GB']} GB")
    peak = median(run["peak GB"] for run in runs["ours"])
    print(f"peak of ours {peak:.2f} GB, target 2.7: {'met' if peak <= 2.7 else 'MISSED'}")


def print_row(figure: str, mine: float, peer: float, target: float | None) -> None:
    """Print one line of the table."""
    ratio = mine / max(peer, 1e-9)
    verdict = "" if target is None else f"{target:>8.2f}" + ("" if ratio <= target else " MISSED")
    print(f"{figure:<34}{mine:>9.2f}{peer:>9.2f}{ratio:>8.3f}{verdict}")


def avx512() -> bool:
    """Return whether this CPU has AVX-512."""
    facts = Path("/proc/cpuinfo")
    return facts.exists() and "avx512f" in facts.read_text()


if __name__ == "__main__":
    sys.exit(main())
