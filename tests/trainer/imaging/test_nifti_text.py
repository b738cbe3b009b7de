from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_image
from trainer.imaging.nifti_text import carries_text

VOXELS = np.zeros((3, 4, 5), np.int16)


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
@pytest.mark.parametrize("field", ["", "descrip", "aux_file", "intent_name"])
def test_words_are_found_in_every_free_field(
    tmp_path: Path, kind: type[nibabel.Nifti1Image], name: str, field: str
) -> None:
    image = kind(VOXELS, np.eye(4))
    if field:
        image.header[field] = b"Doe"
    nibabel.save(image, tmp_path / name)
    assert carries_text(tmp_path / name) == bool(field)


def test_what_this_program_writes_carries_none(tmp_path: Path) -> None:
    grid = Geometry((5, 4, 3), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), tuple(np.eye(3).ravel()))
    write_image(tmp_path / "a.nii.gz", VOXELS, grid)
    assert not carries_text(tmp_path / "a.nii.gz")


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"\x1f\x8b\x08\0 no gzip", b"text" * 200])
def test_of_what_cannot_be_read_nobody_knows(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.nii.gz").write_bytes(content)
    assert carries_text(tmp_path / "a.nii.gz")
