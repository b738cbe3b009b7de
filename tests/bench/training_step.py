"""Seconds per training step and GPU memory, ours and nnU-Net v2's own trainer's.

    python -m tests.bench.training_step [--preset nnunet-v2] [--device cuda] [--steps 20]

Both train the same network (the preset's residual one, which nnU-Net builds from plans of
its own) on the same patch and batch, each in a process of its own, one after the other.
"step" is a training step on a batch that lies on the device; "iteration" is, for ours alone,
with reading and augmenting the batch, which our trainer does on the device. nnU-Net computes
as it does by default: autocast with float16, torch.compile on a GPU (off with
nnUNet_compile=f). Ours is measured as it trains, and in the variants that a GPU might prefer.
Needs nnunetv2 for its half and leaves it out otherwise. Prints a table and, as its last line,
JSON.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

from trainer.contract.presets import Preset, preset
from trainer.nets.build import build_network
from trainer.preprocessing.cached_case import STEPS_PER_UNIT, CachedCase, CaseRecord
from trainer.preprocessing.mask_bits import pack_mask
from trainer.training.augment import AUGMENTATIONS
from trainer.training.batch_step import BatchStep
from trainer.training.batches import BatchSettings, BatchSource
from trainer.training.case_losses import CaseLosses
from trainer.training.compute import Compute, choose_compute
from trainer.training.fold_state import FoldState

VARIANTS = ("as it trains", "channels last", "compiled", "compiled, channels last")


def main() -> int:
    """Measure each in its own process and print the table."""
    args = parse()
    if args.one:
        print(json.dumps(measure(args)))
        return 0
    names = ["as it trains", *(VARIANTS[1:] if args.variants else ())]
    peers = importlib.util.find_spec("nnunetv2") is not None
    results = {f"ours, {name}": in_own_process(name) for name in names}
    if peers:
        results["nnU-Net v2"] = in_own_process("nnU-Net")
    print(f"{'trainer':<34}{'step s':>9}{'iteration s':>13}{'memory GB':>11}{'speed':>8}")
    theirs = results.get("nnU-Net v2")
    for name, found in results.items():
        iteration = f"{found['iteration_s']:.4f}" if "iteration_s" in found else ""
        speed = f"{theirs['step_s'] / found['step_s']:.2f}x" if theirs else ""
        print(
            f"{name:<34}{found['step_s']:>9.4f}{iteration:>13}{found['memory_gb']:>11.2f}{speed:>8}"
        )
    if not peers:
        print("nnU-Net is not installed here: its half was left out.")
    print(json.dumps(results))
    return 0


def parse() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="nnunet-v2")
    parser.add_argument("--patch", type=int, nargs=3, metavar=("Z", "Y", "X"))
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", choices=("fp32", "amp"))
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--variants", action="store_true", help="ours in other layouts too")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def in_own_process(name: str) -> dict[str, float]:
    """Measure `name` in a process whose memory is its own."""
    command = [sys.executable, "-m", "tests.bench.training_step", *sys.argv[1:], "--one", name]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(args: argparse.Namespace) -> dict[str, float]:
    """Return seconds per step (and iteration) and the peak memory of one trainer."""
    chosen = preset(args.preset)
    if args.patch:
        chosen = chosen.model_copy(
            update={"plan": chosen.plan.model_copy(update={"patch": tuple(args.patch)})}
        )
    compute = choose_compute(args.device, args.precision)
    torch.manual_seed(0)
    shape = (chosen.schedule.batch, *chosen.plan.patch)
    image = torch.randn(shape, device=compute.device)[:, None]
    mask = torch.randint(0, 3, shape, device=compute.device, dtype=torch.uint8)
    if args.one == "nnU-Net":
        with tempfile.TemporaryDirectory() as folder:
            step = their_step(chosen, compute, Path(folder), image, mask)
            found = {"step_s": seconds(step, args.steps, compute)}
    else:
        found = ours(args.one, chosen, compute, image, mask, args.steps)
    return found | {"memory_gb": compute.memory_gb()}


def ours(
    variant: str,
    chosen: Preset,
    compute: Compute,
    image: torch.Tensor,
    mask: torch.Tensor,
    steps: int,
) -> dict[str, float]:
    """Return our seconds per step and per iteration."""
    state = FoldState(build_network(chosen.network("residual"), seed=0), chosen.schedule, compute)
    if "channels last" in variant:
        state.network.to(memory_format=torch.channels_last_3d)
    if "compiled" in variant:
        state.network.compile()
    step = BatchStep(state, compute, chosen.schedule.clip_norm, lambda: None)
    losses = CaseLosses()
    plain = seconds(lambda: step.take(image, mask), steps, compute)
    batches = source(chosen, compute).batches(0, 0, 10**9)

    def iteration() -> None:
        images, masks = next(batches)
        losses.add(["a"] * len(images), step.take(images, masks), masks)

    return {"step_s": plain, "iteration_s": seconds(iteration, steps, compute)}


def source(chosen: Preset, compute: Compute) -> BatchSource:
    """Return batches from four cases half as large again as the patch."""
    rng = np.random.default_rng(0)
    shape = tuple(3 * size // 2 for size in chosen.plan.patch)
    cases = []
    for name in "abcd":
        mask = np.zeros(shape, np.uint8)
        mask[tuple(slice(n // 3, 2 * n // 3) for n in shape)] = 1
        mask[tuple(slice(n // 2, 2 * n // 3) for n in shape)] = 2
        image = np.rint(rng.normal(mask, 0.3, shape) * STEPS_PER_UNIT).astype(np.int16)
        record = CaseRecord(
            image_hash=name, mask_hash=name, plan_hash="", shape=shape, structures=(1, 2)
        )
        places = {k: np.flatnonzero(mask == k).astype(np.int32) for k in (1, 2)}
        cases.append(CachedCase(name, record, image, pack_mask(mask), places))
    schedule = chosen.schedule
    settings = BatchSettings(
        chosen.plan.patch, schedule.batch, schedule.foreground_fraction, 3, 0, 0, 0
    )
    return BatchSource(cases, settings, AUGMENTATIONS[schedule.augmentation], compute.device)


def their_step(
    chosen: Preset, compute: Compute, folder: Path, image: torch.Tensor, mask: torch.Tensor
) -> Callable[[], Any]:
    """Return nnU-Net's training step; its trainer is initialised by itself."""
    from tests.peers.nnunet_plans import CONFIGURATION, DATASET, plans

    described = plans(chosen.network("residual"), chosen.plan, chosen.schedule.batch)
    data = folder / "preprocessed" / described["dataset_name"] / "recorded"
    data.mkdir(parents=True)
    (data / "none.b2nd").touch()
    for what in ("preprocessed", "results", "raw"):
        os.environ[f"nnUNet_{what}"] = str(folder / what)
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

    plan = {**described, "continue_training": False}
    trainer = nnUNetTrainer(plan, CONFIGURATION, 0, DATASET, device=compute.device)
    trainer.initialize()
    trainer.on_train_epoch_start()
    targets = [
        torch.nn.functional.interpolate(
            mask[:, None].float(),
            [round(n * s) for n, s in zip(mask.shape[1:], scales, strict=True)],
            mode="nearest-exact",
        )
        for scales in trainer._get_deep_supervision_scales()
    ]
    return lambda: trainer.train_step({"data": image, "target": targets})


def seconds(work: Callable[[], Any], steps: int, compute: Compute) -> float:
    """Return the median seconds of `steps` calls, after three that warm up."""
    times = []
    for number in range(steps + 3):
        began = time.perf_counter()
        work()
        if compute.device.type == "cuda":
            torch.cuda.synchronize(compute.device)
        if number >= 3:
            times.append(time.perf_counter() - began)
    return median(times)


if __name__ == "__main__":
    sys.exit(main())
