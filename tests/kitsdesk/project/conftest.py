"""A small data set in KiTS's layout and geometry, and projects made from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kitsdesk.project.case_sources import discover
from kitsdesk.project.workspace import Workspace
from trainer.contract.jsonfile import write_json
from trainer.contract.scores import FoldUse, Scores
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import write_image, write_mask
from trainer.imaging.reader import read_image

SHAPE = (16, 40, 48)  # z, y, x of the inner grid
KITS = Geometry(
    size=(16, 40, 48),
    spacing=(5.0, 3.0, 3.0),
    origin=(10.0, -20.0, 300.0),
    direction=(-0.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0),
)


def ball(centre, radius, shape=SHAPE):
    """Return where a ball in voxels lies."""
    grid = np.ogrid[tuple(slice(0, n) for n in shape)]
    return sum(((g - c) / r) ** 2 for g, c, r in zip(grid, centre, radius, strict=True)) <= 1


def make_mask(seed: int) -> np.ndarray:
    """Two kidneys and a tumor in the left one (larger x), shifted by the seed."""
    shift = seed % 3
    mask = np.zeros(SHAPE, np.uint8)
    mask[ball((8, 22, 12 + shift), (5, 6, 5))] = 1
    mask[ball((8, 22, 36), (5, 6, 5))] = 1
    mask[ball((6, 20 + shift, 36), (2, 3, 3))] = 2
    return mask


def make_image(mask: np.ndarray, seed: int) -> np.ndarray:
    """A CT with body, kidneys and tumor, and the seed's own noise."""
    noise = np.random.default_rng(seed).normal(0, 10, mask.shape)
    body = np.where(ball((8, 20, 24), (40, 18, 23)), 40.0, -1000.0)
    body[mask == 1] = 170
    body[mask == 2] = 70
    return np.round(body + noise).astype(np.int16)


@pytest.fixture
def source(tmp_path) -> Path:
    """Six cases; case_00705 has no reference."""
    folder = tmp_path / "source"
    for number in range(6):
        case = folder / f"case_{700 + number:05d}"
        mask = make_mask(number)
        write_image(case / "imaging.nii.gz", make_image(mask, number), KITS)
        if number != 5:
            write_mask(case / "segmentation.nii.gz", mask, KITS)
    return folder


@pytest.fixture
def project(tmp_path, source):
    """A project of the six cases."""
    with Workspace.create(tmp_path / "renal.kitsdesk", discover(source), author="anna") as made:
        yield made


def put_prediction(
    project, case, ensemble, folds, saw=(), key="demo", heldout=None, trained_hash=None, fitted=None
) -> None:
    """Write a prediction as the trainer does; `folds` are five masks, `saw` their numbers."""
    folder = project.predictions_folder / key / case
    geometry = project.geometry(case)
    uses = tuple(
        FoldUse(
            model=key,
            fold=fold,
            saw=fold in saw,
            trained_mask_hash=trained_hash if fold in saw else None,
        )
        for fold in range(len(folds))
    )
    bits = np.zeros(ensemble.shape, np.uint16)
    for fold, mask in enumerate(folds):
        bits |= mask.astype(np.uint16) << np.uint16(2 * fold)
    unseen = tuple(use for use in uses if not use.saw)
    write_mask(folder / "ensemble.nii.gz", ensemble, geometry)
    write_mask(folder / f"folds-{key}.nii.gz", bits, geometry)
    write_mask(folder / "entropy.nii.gz", np.zeros(ensemble.shape, np.uint8), geometry)
    if unseen:
        write_mask(folder / "heldout.nii.gz", ensemble if heldout is None else heldout, geometry)
    if fitted is not None:
        write_mask(folder / "fitted.nii.gz", fitted, geometry)
    scores = Scores(
        case=case,
        image_hash=volume_hash(read_image(project.case(case).image)),
        models=(key,),
        made="2026-11-23T10:00:00+00:00",
        folds=uses,
        heldout_folds=unseen,
        fitted_folds=tuple(use for use in uses if use.saw) if fitted is not None else (),
        fitted_mask_hash=trained_hash if fitted is not None else None,
        members=None if not unseen else ("folds" if len(unseen) > 1 else "mirrors"),
        agreement={"kidney": 0.95, "tumor": 0.9} if unseen else None,
    )
    write_json(folder / "scores.json", scores)
    project.store.set_fact("predictions_key", key)
