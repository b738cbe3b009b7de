"""Models of nnU-Net v2's, imported, against nnU-Net's own predictor: the same answer.

nnU-Net's sums are made float32 here as ours are; the stock predictor, whose sums are fp16,
differs from its own float32 self by up to 0.05 %, and how far it is from us is printed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nnunetv2")

import torch
from numpy.typing import NDArray

from tests.peers.guest_models import GuestKind, write_guest
from tests.peers.guest_predictions import Answer, our_labels, our_probabilities, theirs
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import write_image
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume
from trainer.inference.case_batch import CaseBatch
from trainer.inference.loaded_model import load_model
from trainer.nets.nnunet_export import export_nnunet
from trainer.nets.nnunet_import import WhatItSaw, import_nnunet
from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set

pytestmark = [pytest.mark.peers, pytest.mark.timeout(1800)]

KINDS = {
    "plain": GuestKind(net="plain"),
    "transposed": GuestKind(transpose=(2, 0, 1)),
    "regions": GuestKind(regions=True, reader="NibabelIOWithReorient"),
}


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a CT in KiTS's geometry, whose first file axis is the slices'."""
    folder = tmp_path_factory.mktemp("phantom")
    request = PhantomRequest(
        out=folder, cases=1, seed=3, shape=(24, 96, 96), spacing=(6.0, 3.9, 3.9), first_id=0
    )
    make_phantom_set(request)
    return folder / "case_00000/imaging.nii.gz"


def imported(kind: GuestKind, folder: Path) -> tuple[Path, Path]:
    """Return nnU-Net's folder of a model of `kind`, and the model made of it."""
    guest = write_guest(folder / "guest", kind)
    import_nnunet(guest, folder / "ours", saw=WhatItSaw(none=True))
    return guest, folder / "ours"


def predicted(
    model: Path, image: Path, out: Path, *, mirror: bool = False, wish: str = "torch"
) -> NDArray[np.generic]:
    """Return the mask that the program writes, in the file's own order."""
    loaded = load_model(model, None, torch.device("cpu"), wish=wish)
    outcome = CaseBatch([loaded], out, mirror=mirror).run({"case": image}, lambda progress: None)
    assert not outcome.problems
    return our_labels(out / "case.nii.gz")


def assert_same(
    ours: NDArray[np.generic], probabilities: NDArray[np.float32], expected: Answer
) -> None:
    print(
        f"labels equal {100 * (ours == expected.labels).mean():.4f} %, "
        f"probabilities within {np.abs(probabilities - expected.probabilities).max():.1e}"
    )
    assert len(np.unique(expected.labels)) > 1
    assert (ours == expected.labels).mean() >= 0.9999
    assert np.abs(probabilities - expected.probabilities).max() <= 1e-3


@pytest.mark.parametrize("what", KINDS)
def test_a_guest_says_what_it_says_in_nnunet(what: str, phantom: Path, tmp_path: Path) -> None:
    guest, model = imported(KINDS[what], tmp_path)
    expected = theirs(guest, phantom, [0])
    ours = predicted(model, phantom, tmp_path / "out")
    assert_same(ours, our_probabilities(model, phantom, [0]), expected)
    stock = theirs(guest, phantom, [0], single=False)
    print(f"as the stock predictor {100 * (ours == stock.labels).mean():.3f} %")
    assert (ours == stock.labels).mean() >= 0.999


@pytest.mark.real_data
def test_on_a_real_ct(real_data: Path, tmp_path: Path) -> None:
    image = real_data / "ct/abdomen_3mm.nii.gz"
    guest, model = imported(GuestKind(), tmp_path)
    expected = theirs(guest, image, [0])
    ours = predicted(model, image, tmp_path / "out")
    assert_same(ours, our_probabilities(model, image, [0]), expected)


def test_the_compiled_runtime_says_the_same(phantom: Path, tmp_path: Path) -> None:
    guest, model = imported(KINDS["regions"], tmp_path)
    expected = theirs(guest, phantom, [0])
    ours = predicted(model, phantom, tmp_path / "out", wish="auto")
    probabilities = our_probabilities(model, phantom, [0], wish="auto")
    print(f"labels equal {100 * (ours == expected.labels).mean():.4f} %")
    assert np.abs(probabilities - expected.probabilities).max() <= 1e-3
    assert (ours == expected.labels).mean() >= 0.9999


def test_five_folds_mirrored(phantom: Path, tmp_path: Path) -> None:
    kind = GuestKind(net="plain", folds=5, spacing=(6.0, 4.1, 4.0))
    guest, model = imported(kind, tmp_path)
    whole = read_image(phantom)
    crop = whole.array[:24, 20:75, 22:72]
    grid = Geometry(crop.shape, whole.spacing, (0.0, 0.0, 0.0), whole.geometry.direction)
    write_image(tmp_path / "crop.nii.gz", crop, grid)
    image = tmp_path / "crop.nii.gz"
    expected = theirs(guest, image, range(5), mirror=True)
    ours = predicted(model, image, tmp_path / "out", mirror=True)
    assert_same(ours, our_probabilities(model, image, range(5), mirror=True), expected)


GRIDS: dict[str, tuple[tuple[int, int, int], tuple[float, ...]]] = {
    "LPS": ((2, 1, 0), (1, 0, 0, 0, 1, 0, 0, 0, 1)),
    "RAS": ((2, 1, 0), (-1, 0, 0, 0, -1, 0, 0, 0, 1)),
    "KiTS": ((0, 1, 2), (0, 0, 1, 0, 1, 0, -1, 0, 0)),
}


def test_one_volume_stored_in_three_ways_gives_nnunet_and_us_one_mask(
    phantom: Path, tmp_path: Path
) -> None:
    guest, model = imported(GuestKind(reader="NibabelIOWithReorient"), tmp_path)
    volume = read_image(phantom)
    masks = []
    for name, (order, direction) in GRIDS.items():
        size = [volume.shape[axis] for axis in order]
        spacing = [volume.spacing[axis] for axis in order]
        grid = Geometry(tuple(size), tuple(spacing), (0.0, 0.0, 0.0), direction)
        image = tmp_path / f"{name}.nii.gz"
        write_image(image, volume.array, grid)
        expected = theirs(guest, image, [0]).labels
        ours = predicted(model, image, tmp_path / name)
        assert (ours == expected).mean() >= 0.9999
        masks.append(our_inner(ours, grid))
    for mask in masks[1:]:
        assert (mask == masks[0]).mean() >= 0.9999


def our_inner(labels: NDArray[np.generic], grid: Geometry) -> NDArray[np.generic]:
    from trainer.imaging.orientation import to_spl

    return Volume(to_spl(labels, grid), grid).array


@pytest.mark.parametrize("net", ["plain", "residual"])
def test_nnunet_predicts_the_same_with_a_model_of_ours(
    net: str, phantom: Path, tmp_path: Path
) -> None:
    _guest, model = imported(GuestKind(net=net), tmp_path)
    exported = export_nnunet(model, tmp_path / "exported")
    expected = theirs(exported, phantom, [0])
    ours = predicted(model, phantom, tmp_path / "out")
    assert_same(ours, our_probabilities(model, phantom, [0]), expected)
