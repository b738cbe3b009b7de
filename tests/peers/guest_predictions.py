"""One image through nnU-Net v2's own predictor and through ours, labels and probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from nnunetv2.inference import predict_from_raw_data as engine
from nnunetv2.inference.export_prediction import (
    convert_predicted_logits_to_segmentation_with_correct_shape as converted,
)
from nnunetv2.inference.sliding_window_prediction import compute_gaussian
from numpy.typing import NDArray

from trainer.imaging.mask_file import read_mask
from trainer.imaging.nifti import from_spl
from trainer.imaging.reader import read_image
from trainer.inference.loaded_model import LoadedModel, load_model
from trainer.inference.network_grid import grids_of
from trainer.inference.sliding_window import FLIPS, WindowSettings, slide


@dataclass(frozen=True)
class Answer:
    """`labels` (k, j, i) and `probabilities` (channels, k, j, i), in the file's order."""

    labels: NDArray[Any]
    probabilities: NDArray[np.float32]


class _SingleTorch:
    """torch, but where it says half it means float32: as `nnunet_predict.py --fp32`."""

    half = torch.float32

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)


def _single_gaussian(*arguments: Any, **options: Any) -> torch.Tensor:
    return compute_gaussian(*arguments, **options | {"dtype": torch.float32})


def theirs(
    model: Path, image: Path, folds: Sequence[int], *, mirror: bool = False, single: bool = True
) -> Answer:
    """Return what nnU-Net's predictor says; with `single` its sums are float32."""
    predictor = engine.nnUNetPredictor(
        use_mirroring=mirror,
        perform_everything_on_device=False,
        device=torch.device("cpu"),
        allow_tqdm=False,
    )
    predictor.initialize_from_trained_model_folder(str(model), list(folds), "checkpoint_final.pth")
    configuration, manager = predictor.configuration_manager, predictor.plans_manager
    prepare = configuration.preprocessor_class(verbose=False)
    data, _, properties = prepare.run_case(
        [str(image)], None, manager, configuration, predictor.dataset_json
    )
    as_single = {"torch": _SingleTorch(), "compute_gaussian": _single_gaussian} if single else {}
    with patch.multiple(engine, **as_single) if as_single else patch.dict({}):
        logits = predictor.predict_logits_from_preprocessed_data(torch.as_tensor(data))
    labels, probabilities = converted(
        logits, manager, configuration, predictor.label_manager, properties, True
    )
    if "nibabel_stuff" in properties and "reoriented_affine" in properties["nibabel_stuff"]:
        return _stored(Answer(labels, probabilities), image)
    return Answer(labels, probabilities)


def _stored(reoriented: Answer, image: Path) -> Answer:
    """Return an answer in (S, A, R) in the file's own order."""
    geometry = read_image(image).geometry

    def back(array: NDArray[Any]) -> NDArray[Any]:
        return from_spl(np.ascontiguousarray(array[:, ::-1, ::-1]), geometry)

    return Answer(
        back(reoriented.labels), np.stack([back(part) for part in reoriented.probabilities])
    )


def our_labels(path: Path) -> NDArray[Any]:
    """Return a mask of ours in the file's own order."""
    mask = read_mask(path)
    return from_spl(mask.array, mask.geometry)


def our_probabilities(
    model: Path, image: Path, folds: Sequence[int], *, mirror: bool = False, wish: str = "torch"
) -> NDArray[np.float32]:
    """Return softmax or sigmoid of the mean logits on the file's voxels."""
    volume = read_image(image)
    loaded = load_model(model, list(folds), torch.device("cpu"), wish=wish)
    manifest = loaded.manifest
    grid = grids_of(volume, [loaded])[manifest.name]
    settings = WindowSettings(manifest.plan.patch, manifest.fold_average)
    flips = FLIPS if mirror else FLIPS[:1]
    passes = [_pass(loaded, fold, grid.image, settings, flip) for fold in folds for flip in flips]
    restored = grid.class_map(torch.stack(passes).mean(0))
    whole = tuple(slice(0, size) for size in restored.target)
    logits = torch.stack(
        [restored.restore(channel, whole) for channel in range(restored.values.shape[0])]
    )
    soft = logits.sigmoid() if manifest.plan.regions else logits.softmax(0)
    parts = []
    for channel, part in enumerate(soft.numpy()):
        full = grid.to_source(part)
        if channel == 0 and not manifest.plan.regions:
            full[grid.to_source(np.ones(part.shape, np.uint8)) == 0] = 1
        parts.append(from_spl(full, volume.geometry))
    return np.stack(parts)


def _pass(
    model: LoadedModel,
    fold: int,
    image: torch.Tensor,
    settings: WindowSettings,
    flip: tuple[int, ...],
) -> torch.Tensor:
    return slide(model.runtime(fold), image, model.manifest.network.structures, settings, flip=flip)
