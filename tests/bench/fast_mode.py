"""Fast mode against exact: Dice against the truth on phantoms, per shortcut, and speed.

    python -m tests.bench.fast_mode quality [--cases 20] [--seed 4242] [--model MODEL]
    python -m tests.bench.fast_mode speed --model MODEL --ct FILE [--mode fast/exact]

`quality` predicts each phantom exactly (f32), with tiles laid anew alone (f32) and with bf16
besides, by all folds, and prints Dice against the truth, the changes and the agreement.
`speed` times one case with all folds, read and written as `predict` does it. Random weights
find foreground everywhere, so the scout runs and is timed, and then the kidneys of the bench's
own anatomy stand in for what it found.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("exact", "new tiles", "new tiles, bf16")


def main() -> None:
    """Measure what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True)
    quality = kinds.add_parser("quality")
    quality.add_argument("--cases", type=int, default=20)
    quality.add_argument("--seed", type=int, default=4242)
    quality.add_argument("--model", type=Path, default=ROOT / "resources" / "demo" / "model")
    speed = kinds.add_parser("speed")
    speed.add_argument("--model", type=Path, required=True)
    speed.add_argument("--ct", type=Path, required=True)
    speed.add_argument("--mode", choices=("exact", "fast"), default="fast")
    args = parser.parse_args()
    if args.what == "quality":
        measure_quality(args.model, args.cases, args.seed)
    else:
        print(json.dumps(measure_speed(args.model, args.ct, args.mode), indent=1))


def measure_quality(model_folder: Path, cases: int, seed: int) -> None:
    """Print one line per phantom, then the means and the changes."""
    from trainer.evaluation.dice import kits_dice
    from trainer.imaging.reader import read_image
    from trainer.inference.loaded_model import load_model
    from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set

    dice: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    agreement: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS[1:]}
    tiles: list[tuple[int, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        make_phantom_set(PhantomRequest(out=Path(folder) / "set", cases=cases, seed=seed))
        for case in sorted((Path(folder) / "set").glob("case_*")):
            volume = read_image(case / "imaging.nii.gz")
            truth = read_image(case / "segmentation.nii.gz").array
            model = load_model(model_folder)
            masks, facts = three_ways(volume, model)
            tiles.append((facts.tiles, facts.exact_tiles))
            for kind in KINDS:
                scores = kits_dice(truth, masks[kind])
                dice[kind].append((scores.kidney, scores.tumor))
            for kind in KINDS[1:]:
                scores = kits_dice(masks["exact"], masks[kind])
                agreement[kind].append((scores.kidney, scores.tumor))
            line = "  ".join(f"{k} {dice[k][-1][0]:.4f}/{dice[k][-1][1]:.4f}" for k in KINDS)
            print(f"{case.name}  {line}  tiles {facts.tiles} of {facts.exact_tiles}", flush=True)
    print_quality(dice, agreement, tiles)


def three_ways(volume, model):
    """Return the ensemble's mask by kind, and what fast mode did."""
    from trainer.inference.predict_case import predict_case
    from trainer.inference.prediction_group import PredictionSettings

    exact = PredictionSettings(detailed=False)
    fast = PredictionSettings(mode="fast", detailed=False)
    masks = {"exact": predict_case("c", volume, [model], exact).ensemble}
    with full_precision():
        masks["new tiles"] = predict_case("c", volume, [model], fast).ensemble
    last = predict_case("c", volume, [model], fast)
    masks["new tiles, bf16"] = last.ensemble
    return masks, last.scores.fast


@contextmanager
def full_precision():
    """Let nothing run in 16 bits, to see what the tiles alone change."""
    from trainer.inference.loaded_model import LoadedModel

    runtime, expect = LoadedModel.runtime, LoadedModel.expect
    LoadedModel.runtime = lambda self, fold, half=False: runtime(self, fold)
    LoadedModel.expect = lambda self, fold, half=False: expect(self, fold)
    try:
        yield
    finally:
        LoadedModel.runtime, LoadedModel.expect = runtime, expect


def print_quality(dice, agreement, tiles) -> None:
    """Print the table of means."""
    print(f"\n{'':<18}{'kidney':>9}{'tumor':>9}{'change':>18}{'agreement':>20}")
    exact = np.array(dice["exact"])
    for kind in KINDS:
        values = np.array(dice[kind])
        line = f"{kind:<18}{values[:, 0].mean():>9.4f}{values[:, 1].mean():>9.4f}"
        if kind in agreement:
            kidney, tumor = (values - exact).mean(axis=0)
            same = np.array(agreement[kind]).mean(axis=0)
            line += f"{kidney:>+10.4f}{tumor:>+9.4f}{same[0]:>11.4f}{same[1]:>9.4f}"
        print(line)
    run, all_of_them = (mean(column) for column in zip(*tiles, strict=True))
    print(f"tiles run: {run:.1f} of the exact mode's {all_of_them:.1f} in the mean")


def measure_speed(model_folder: Path, ct: Path, mode: str) -> dict[str, object]:
    """Return the seconds of one case with all folds, from start to the written mask."""
    import resource

    begun = time.perf_counter()
    from tests.bench.preprocessing import kidneys
    from trainer.imaging.mask_file import write_mask
    from trainer.imaging.reader import read_image
    from trainer.inference.case_prediction import Seconds
    from trainer.inference.case_run import CaseRun
    from trainer.inference.loaded_model import load_model
    from trainer.inference.prediction_group import PredictionSettings

    seconds = Seconds()
    with seconds.timed("load"):
        model = load_model(model_folder)
    with seconds.timed("read"):
        volume = read_image(ct)
    found = None
    if mode == "fast":
        found = around(kidneys(volume.shape, volume.spacing), volume.spacing)
    settings = PredictionSettings(mode=mode, detailed=False)
    run = CaseRun("case", volume, [model], settings, seconds=seconds, found=found)
    run.compute()
    prediction = run.prediction()
    with seconds.timed("write"), tempfile.TemporaryDirectory() as folder:
        write_mask(Path(folder) / "mask.nii.gz", prediction.ensemble, volume.geometry)
    fast = prediction.scores.fast
    return {
        "mode": mode,
        "whole (s)": round(time.perf_counter() - begun, 2),
        **seconds.rounded(),
        "fast": None if fast is None else fast.model_dump(),
        "peak (GB)": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def around(mask: np.ndarray, spacing: tuple[float, float, float]):
    """Return the region that fast mode lays around a mask: its box and 20 mm."""
    from trainer.inference.scout import MARGIN_MM

    bounds: list[int] = []
    for axis, place in enumerate(np.nonzero(mask)):
        margin = int(np.ceil(MARGIN_MM / spacing[axis]))
        bounds += [
            max(int(place.min()) - margin, 0),
            min(int(place.max()) + 1 + margin, mask.shape[axis]),
        ]
    return tuple(bounds)


if __name__ == "__main__":
    main()
