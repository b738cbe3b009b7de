"""Two real annotations of the same scans: a project of them, and numbers by numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from kitsdesk.project.case_sources import discover
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.workspace import Workspace
from trainer.imaging.mask_file import read_mask, write_image
from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set


def make_phantoms(folder: Path, real_data: Path, cases: Sequence[str]) -> Path:
    """KiTS19 masks in phantom CTs made around them, under the cases' own ids."""
    masks = tuple(real_data / "kits19" / case / "segmentation.nii.gz" for case in cases)
    made = folder / "phantoms"
    make_phantom_set(PhantomRequest(out=made, cases=len(cases), seed=7, masks=masks))
    for number, case in enumerate(cases):
        (made / f"case_{700 + number:05d}").rename(made / f"real_{case}")
    for case in cases:
        (made / f"real_{case}").rename(made / case)
    return made


def make_plain_cts(folder: Path, real_data: Path, cases: Sequence[str]) -> Path:
    """KiTS19 masks in CTs of one HU per structure and noise: made in a moment."""
    made = folder / "plain"
    for number, case in enumerate(cases):
        mask = read_mask(real_data / "kits19" / case / "segmentation.nii.gz")
        noise = np.random.default_rng(number).normal(0, 12, mask.shape)
        hu = np.array([-60.0, 150.0, 70.0, 10.0])[mask.array] + noise
        write_image(made / case / "imaging.nii.gz", hu.astype(np.int16), mask.geometry)
        source = real_data / "kits19" / case / "segmentation.nii.gz"
        (made / case / "segmentation.nii.gz").symlink_to(source)
    return made


def make_pairs(folder: Path, made: Path, real_data: Path, cases: Sequence[str]) -> Workspace:
    """A project of the cases in `made`, with KiTS23's masks as imported predictions."""
    chosen = folder / "kits23"
    for case in cases:
        (chosen / case).mkdir(parents=True)
        (chosen / case / "segmentation.nii.gz").symlink_to(
            real_data / "kits23" / case / "segmentation.nii.gz"
        )
    workspace = Workspace.create(folder / "real.kitsdesk", discover(made), author="anna")
    assert Predictions(workspace).import_folder(chosen, "kits23", "none") == {}
    return workspace


def both(real_data: Path, case: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Both masks as their files have them, and the ml of a voxel."""
    images = [
        sitk.ReadImage(str(real_data / year / case / "segmentation.nii.gz"))
        for year in ("kits19", "kits23")
    ]
    first, second = (sitk.GetArrayFromImage(image) for image in images)
    return first, second, float(np.prod(images[0].GetSpacing())) / 1000.0


def dice(first: np.ndarray, second: np.ndarray) -> float:
    """2|A∩B| / (|A|+|B|), 1 where both are empty."""
    whole = int(first.sum()) + int(second.sum())
    return 1.0 if whole == 0 else 2.0 * int((first & second).sum()) / whole


def independent(real_data: Path, case: str) -> dict[str, float]:
    """Kidney and tumor Dice, suspicion of one member, and what differs in ml."""
    first, second, voxel_ml = both(real_data, case)
    kidney = dice(first > 0, second > 0)
    tumor = dice(first == 2, second == 2)
    differ = ((first > 0) != (second > 0)) | ((first == 2) != (second == 2))
    return {
        "kidney": kidney,
        "tumor": tumor,
        "suspicion": max(1 - kidney, 1 - tumor),
        "differing_ml": float(differ.sum()) * voxel_ml,
    }
