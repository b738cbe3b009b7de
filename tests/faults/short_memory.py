"""Predicts one case, or takes one training step, in a process that the system gives ever less
memory (RLIMIT_AS), and prints as JSON what came of each amount. Argument: predict or step.

The first line is what comes out with all memory there is.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch

from tests.trainer.tiny_models import TINY_NETWORK, tiny_ct, write_tiny_model
from trainer.contract.presets import Schedule
from trainer.imaging.hashing import array_hash
from trainer.inference.case_run import CaseRun
from trainer.inference.loaded_model import load_model
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.prediction_problem import in_words
from trainer.nets.build import build_network
from trainer.training.batch_step import BatchStep
from trainer.training.compute import Compute
from trainer.training.fold_state import FoldState

PATCH = (16, 48, 48)
TILE = (32, 64, 64)
MEGABYTE = 1 << 20
# Several samples or tiles need about as many times what one does: some amount lies between.
AMOUNTS_MB = {"step": (130, 90, 75, 60, 50, 8), "predict": (60, 20, 8, 4, 2)}
SAMPLES = 8


def size_now() -> int:
    """Return the bytes of address space this process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def with_ever_less(work: Callable[[], dict[str, object]], amounts: tuple[float, ...]) -> None:
    """Do the work with all memory, then with so many megabytes more than the process has."""
    print(json.dumps(work()), flush=True)
    for amount in amounts:
        limit = size_now() + int(amount * MEGABYTE)
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        try:
            came = work()
        except (RuntimeError, MemoryError) as error:
            came = {"refused": in_words(error).happened}
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
        print(json.dumps({"mb": amount, **came}), flush=True)


def predicting(folder: Path) -> Callable[[], dict[str, object]]:
    write_tiny_model(folder / "m", folds=1, patch=TILE)
    model, volume = load_model(folder / "m", wish="torch"), tiny_ct(3, (60, 100, 100))

    def work() -> dict[str, object]:
        run = CaseRun("c", volume, [model], PredictionSettings())
        run.compute()
        made = run.prediction()
        return {"steps": made.scores.memory_steps, "mask": array_hash(made.ensemble)}

    return work


def stepping() -> Callable[[], dict[str, object]]:
    generator = torch.Generator().manual_seed(2)
    image = torch.randn(SAMPLES, 1, *PATCH, generator=generator)
    mask = torch.randint(0, 3, (SAMPLES, *PATCH), generator=generator, dtype=torch.uint8)
    schedule = Schedule(epochs=1, steps=1, validation_steps=1, learning_rate=0.05)

    def work() -> dict[str, object]:
        state = FoldState(
            build_network(TINY_NETWORK, seed=3), schedule, Compute(torch.device("cpu"), None)
        )
        said: list[str] = []
        step = BatchStep(
            state, Compute(torch.device("cpu"), None), 12.0, lambda: said.append("by sample")
        )
        loss = float(step.take(image, mask).losses.mean())
        weights = torch.cat([tensor.flatten() for tensor in state.weights().values()])
        return {"steps": said, "loss": loss, "norm": float(weights.norm())}

    return work


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        work = predicting(Path(temporary)) if sys.argv[1] == "predict" else stepping()
        with_ever_less(work, AMOUNTS_MB[sys.argv[1]])
