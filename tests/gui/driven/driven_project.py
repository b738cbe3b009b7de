"""A small project for a hand to work on: anisotropic grids, one of them oblique, with
imported predictions of five folds; and what lies on disk, read by nibabel alone."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import nibabel
import numpy as np

from kitsdesk.project.case_sources import discover
from kitsdesk.project.workspace import Workspace
from trainer.contract.jsonfile import write_json
from trainer.contract.scores import FoldUse, Scores
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import write_image, write_mask
from trainer.imaging.reader import read_image

STRAIGHT, OBLIQUE, THIRD = "case_00710", "case_00711", "case_00712"
CASES = (STRAIGHT, OBLIQUE, THIRD, "case_00713", "case_00714", "case_00715")  # 5 make folds
SHAPE = (26, 60, 60)  # z, y, x
SPACING = (4.0, 1.5, 2.0)
TUMOR_AT, KIDNEY_AT, FAT_AT = (13, 30, 44), (13, 30, 15), (13, 8, 30)


def grid(turned: float) -> Geometry:
    """A grid turned by so many degrees about two axes; its index axes stay nearest L, P, S."""
    angle = math.radians(turned)
    c, s = math.cos(angle), math.sin(angle)
    about_x = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    about_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    z, y, x = SPACING
    return Geometry(
        size=SHAPE[::-1],
        spacing=(x, y, z),
        origin=(-40.0, -30.0, 100.0),
        direction=tuple(float(v) for v in (about_z @ about_x).ravel()),
    )


def ball(centre, radius_mm):
    axes = np.ogrid[tuple(slice(n) for n in SHAPE)]
    square = sum(((a - c) * s) ** 2 for a, c, s in zip(axes, centre, SPACING, strict=True))
    return square <= radius_mm**2


def truth() -> np.ndarray:
    mask = np.zeros(SHAPE, np.uint8)
    mask[ball(KIDNEY_AT, 22) | ball((13, 30, 42), 22)] = 1
    mask[ball(TUMOR_AT, 10)] = 2
    return mask


def make_driven_project(folder: Path) -> Path:
    """Write sources and project; the references miss the tumor, the predictions have it."""
    mask, source = truth(), folder / "source"
    for number, case in enumerate(CASES):
        geometry = grid(17.0 if case == OBLIQUE else 0.0)
        noise = np.random.default_rng(number).normal(0, 6, SHAPE)
        image = np.choose(mask, (-60.0, 170.0, 70.0)) + noise
        write_image(source / case / "imaging.nii.gz", np.round(image).astype(np.int16), geometry)
        missing = np.where(mask == 2, 1, mask).astype(np.uint8)
        write_mask(source / case / "segmentation.nii.gz", missing, geometry)
    project = folder / "driven.kitsdesk"
    with Workspace.create(project, discover(source), author="tester") as workspace:
        for case in CASES:
            _predict(workspace, case, mask)
        workspace.store.set_fact("predictions_key", "foreign")
    return project


def _predict(workspace: Workspace, case: str, mask: np.ndarray) -> None:
    out = workspace.predictions_folder / "foreign" / case
    image = read_image(workspace.case(case).image)
    geometry = image.geometry
    bits = np.zeros(SHAPE, np.uint16)
    for fold in range(5):
        says = mask if fold < 3 else np.where(mask == 2, 1, mask)
        bits |= says.astype(np.uint16) << np.uint16(2 * fold)
    uses = tuple(FoldUse(model="foreign", fold=fold, saw=False) for fold in range(5))
    write_mask(out / "heldout.nii.gz", mask, geometry)
    write_mask(out / "ensemble.nii.gz", mask, geometry)
    write_mask(out / "folds-foreign.nii.gz", bits, geometry)
    write_mask(out / "entropy.nii.gz", np.zeros(SHAPE, np.uint8), geometry)
    scores = Scores(
        case=case,
        image_hash=volume_hash(image),
        models=("foreign",),
        made="2026-11-23T10:00:00+00:00",
        folds=uses,
        heldout_folds=uses,
        members="folds",
        agreement={"kidney": 0.98, "tumor": 0.7},
    )
    write_json(out / "scores.json", scores)


class OnDisk:
    """A mask file as nibabel reads it: voxels in the file's own order, their places in mm."""

    def __init__(self, path: Path) -> None:
        image = nibabel.load(path)
        self.affine = image.affine
        self.voxels = np.asarray(image.dataobj)

    def places(self) -> np.ndarray:
        """Return the LPS mm of every voxel, (…, 3); NIfTI itself counts right to left."""
        index = np.stack(np.indices(self.voxels.shape), axis=-1)
        ras = index @ self.affine[:3, :3].T + self.affine[:3, 3]
        return ras * (-1.0, -1.0, 1.0)


def distance_to_way(places: np.ndarray, way: list[tuple[float, float, float]]) -> np.ndarray:
    """Return the distance in mm of each place to a way of straight pieces."""
    points = np.asarray(way, float)
    nearest = np.full(places.shape[:-1], np.inf)
    pieces = pairwise(points) if len(points) > 1 else [(points[0], points[0])]
    for start, end in pieces:
        piece = end - start
        square = float(piece @ piece)
        share = np.clip((places - start) @ piece / square, 0, 1) if square else 0.0
        off = places - start - np.multiply.outer(share, piece) if square else places - start
        nearest = np.minimum(nearest, np.linalg.norm(off, axis=-1))
    return nearest
