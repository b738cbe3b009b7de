"""Measures how fast this computer is: one fold of each model predicts a phantom."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainer.contract.forecast import model_weights_gb
from trainer.contract.machine_speed import network_key, read_speed, speed_file, write_speed
from trainer.contract.scores import PredictionMode
from trainer.inference.case_batch import CaseBatch
from trainer.inference.case_notes import note_loading
from trainer.inference.fold_source import expected_shapes
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.warm_runtimes import WarmRuntimes
from trainer.models.model_store import fold_entry, prove_weights
from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set

_SEED = 4


def measure_speed(models: Sequence[LoadedModel], mode: PredictionMode = "exact") -> None:
    """Predict one phantom with one fold of each model, as a project does; what it took is
    noted as it is of any case."""
    with tempfile.TemporaryDirectory(prefix="kitsdesk-speed-") as scratch:
        folder = Path(scratch)
        make_phantom_set(PhantomRequest(out=folder / "phantom", cases=1, seed=_SEED))
        [image] = (folder / "phantom").rglob("imaging.nii.gz")
        for model in models:
            _note_proof(model)
            alone = replace(model, folds=model.folds[:1])
            batch = CaseBatch([alone], folder / model.manifest.name, "project", mode=mode)
            batch.run({"phantom": image}, lambda _progress: None)
            _note_opening(alone, half=mode == "fast")


def _note_proof(model: LoadedModel) -> None:
    begun = time.perf_counter()
    entry = fold_entry(model.manifest, model.folds[0])
    prove_weights(model.path, entry, expected_shapes(model.manifest.network))
    note_loading(model_weights_gb(model.manifest, 1), time.perf_counter() - begun)


def _note_opening(model: LoadedModel, *, half: bool) -> None:
    """Open the network once more: the first time it was converted, which is done once."""
    fresh = replace(model, warm=WarmRuntimes())
    begun = time.perf_counter()
    fresh.runtime(model.folds[0], half=half)
    file, took = speed_file(), time.perf_counter() - begun
    speed, key = read_speed(file), network_key(model.manifest, str(model.device), half=half)
    known = speed.networks.get(key)
    if known is not None:
        opening = known.model_copy(update={"batch_s": (), "open_s": (round(took, 3),)})
        write_speed(file, speed.with_network(key, opening))
