"""How long many tasks take on many GPUs: a small model on paper, fed with measured times.

    python -m tests.bench.scaling                      the tables of docs/scaling.md
    python -m tests.bench.scaling measure RUN          the times of a finished run, to be put in
    python -m tests.bench.scaling model --tasks 15 --gpus 4 --start 30 --compute 86400 --read 4

Tasks are taken from the queue in order, one on each GPU. A task first starts (interpreter, torch,
model), then computes while it reads. What all running tasks read together cannot be faster than
the shared disk: where it would be, all of them slow down by the same factor.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from trainer.contract.jsonfile import read_json
from trainer.contract.run_folder import read_run, read_status
from trainer.engines.task_process import read_proof

_TINY = 1e-9


@dataclass(frozen=True)
class TaskTimes:
    """One task alone on its GPU: seconds to start, seconds of work, GB read during the work."""

    start_s: float
    compute_s: float
    read_gb: float = 0.0


@dataclass
class _Running:
    start_left: float
    work_left: float
    rate_gb: float


def hours(tasks: list[TaskTimes], gpus: int, disk_gb_s: float = math.inf) -> float:
    """Return the hours until the last task is done."""
    waiting, running, now = list(tasks), [], 0.0
    while waiting or running:
        while waiting and len(running) < gpus:
            task = waiting.pop(0)
            rate = task.read_gb / task.compute_s if task.compute_s else 0.0
            running.append(_Running(task.start_s, task.compute_s, rate))
        working = [one for one in running if one.start_left <= _TINY]
        wanted = sum(one.rate_gb for one in working)
        speed = min(1.0, disk_gb_s / wanted) if wanted else 1.0
        step = min(
            [one.start_left for one in running if one.start_left > _TINY]
            + [one.work_left / speed for one in working]
        )
        now += step
        for one in running:
            if one in working:
                one.work_left -= step * speed
            else:
                one.start_left -= step
        running = [one for one in running if one.start_left > _TINY or one.work_left > _TINY]
    return now / 3600


def shards(
    cases: int, count: int, start_s: float, case_s: float, case_gb: float
) -> list[TaskTimes]:
    """Return the tasks of `count` shards of `cases` (every count-th case goes to one)."""
    sizes = [len(range(number, cases, count)) for number in range(min(count, cases))]
    return [TaskTimes(start_s, size * case_s, size * case_gb) for size in sizes]


def measure(run: Path) -> list[dict[str, object]]:
    """Return what the finished tasks of a run took, from their own files."""
    found = []
    for task in read_run(run).tasks:
        done, status = read_proof(run / task.key), read_status(run, task.key)
        if done is None:
            continue
        facts: dict[str, object] = {"task": task.key, "seconds": done.seconds}
        metrics = run / task.key / "metrics.jsonl"
        if status.seconds_per_epoch is not None and metrics.exists():
            epochs = len(metrics.read_text(encoding="utf-8").splitlines())
            facts |= {"epochs": epochs, "seconds_per_epoch": status.seconds_per_epoch}
            facts["start_s"] = round(done.seconds - epochs * status.seconds_per_epoch, 1)
        predicted = run / task.key / "predicted.json"
        if predicted.exists():
            cases = read_json(predicted)["cases"]
            spent = [sum(phases.values()) for phases in cases.values()]
            facts |= {"cases": len(spent), "case_s": round(sum(spent) / max(1, len(spent)), 2)}
        found.append(facts)
    return found


def folds_table(epoch_s: float, epochs: int, start_s: float, read_gb: float, disk: float) -> str:
    """Return hours and efficiency of 15 folds on 1, 4, 8, 15 and 30 GPUs, as Markdown."""
    tasks = [TaskTimes(start_s, epoch_s * epochs, read_gb)] * 15
    return _table(lambda gpus: hours(tasks, gpus, disk), (1, 4, 8, 15, 30))


def cases_table(cases: int, start_s: float, case_s: float, case_gb: float, disk: float) -> str:
    """Return the same for predicting `cases`, one shard on each GPU."""
    counts = (1, 4, 15, 60, 210, 1000)
    return _table(
        lambda gpus: hours(shards(cases, gpus, start_s, case_s, case_gb), gpus, disk), counts
    )


def _table(hours_on, counts: tuple[int, ...]) -> str:
    alone = hours_on(1)
    lines = ["| GPUs | hours | times faster | of the GPUs' time used |", "|---:|---:|---:|---:|"]
    for gpus in counts:
        took = hours_on(gpus)
        faster = alone / took
        lines.append(f"| {gpus} | {took:,.2f} | {faster:,.1f} | {100 * faster / gpus:.0f} % |")
    return "\n".join(lines)


def tables() -> str:
    """Return the tables of docs/scaling.md. The numbers put in stand there with their origin."""
    parts = [
        "15 tiny folds: 21.6 s to start, 34.3 s of work (both measured)",
        _table(lambda gpus: hours([TaskTimes(21.6, 34.3)] * 15, gpus), (1, 4, 15)),
        "15 full folds: 1,000 epochs of 120 s (assumed), 60 s to start, 4 GB read, disk 1 GB/s",
        folds_table(120, 1000, 60, 4, 1.0),
        "210 cases: 58.6 s each (measured), 8 s to start, 0.056 GB each, disk 1 GB/s",
        cases_table(210, 8, 58.6, 0.056, 1.0),
        "10,000 cases: the same",
        cases_table(10_000, 8, 58.6, 0.056, 1.0),
        "10,000 cases: 2 s each (assumed), disk 0.2 GB/s",
        cases_table(10_000, 15, 2.0, 0.056, 0.2),
    ]
    return "\n\n".join(parts)


def main(argv: list[str] | None = None) -> int:
    """Print tables, the times of a run, or one answer of the model."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.bench.scaling")
    actions = parser.add_subparsers(dest="action")
    actions.add_parser("measure").add_argument("run", type=Path)
    model = actions.add_parser("model")
    model.add_argument("--tasks", type=int, required=True)
    model.add_argument("--gpus", type=int, required=True)
    model.add_argument("--start", type=float, default=0.0, help="seconds")
    model.add_argument("--compute", type=float, required=True, help="seconds of one task")
    model.add_argument("--read", type=float, default=0.0, help="GB of one task")
    model.add_argument("--disk", type=float, default=math.inf, help="GB per second, shared")
    args = parser.parse_args(argv)
    if args.action == "measure":
        for facts in measure(args.run):
            print(json.dumps(facts))
    elif args.action == "model":
        task = TaskTimes(args.start, args.compute, args.read)
        print(json.dumps({"hours": round(hours([task] * args.tasks, args.gpus, args.disk), 3)}))
    else:
        print(tables())
    return 0


if __name__ == "__main__":
    sys.exit(main())
