"""A folder of phantoms in KiTS layout, in KiTS's odd file geometry, with optional faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.phantoms.abdomen import Phantom, make_phantom
from trainer.phantoms.mask_faults import FAULT_KINDS, MaskFault, Strength, make_fault
from trainer.phantoms.real_anatomy import RealMask, make_phantom_around

SIZES: dict[str, tuple[tuple[int, int, int], tuple[float, float, float]]] = {
    "small": ((56, 256, 256), (5.0, 1.6, 1.6)),
    "kits": ((107, 512, 512), (3.0, 0.78, 0.78)),
}
_KITS_DIRECTION = (0.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0)


class PhantomRefused(KitsDeskError):
    """The phantoms that were asked for cannot be made."""


@dataclass(frozen=True)
class PhantomRequest:
    """What to make. Shape and spacing (mm) are (z, y, x); `masks` are real mask files whose
    grids are used instead; the first case is number `first_id`."""

    out: Path
    cases: int
    seed: int
    shape: tuple[int, int, int] = SIZES["small"][0]
    spacing: tuple[float, float, float] = SIZES["small"][1]
    masks: tuple[Path, ...] = ()
    faults: int = 0
    fault_strength: Strength = "any"
    minimum_tumor_ml: float = 0.0
    first_id: int = 700


def kits_geometry(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> Geometry:
    """Return the grid of a KiTS file for a (z, y, x) array: slices first, running down."""
    return Geometry(shape, spacing, (0.0, 0.0, 0.0), _KITS_DIRECTION)


Patience = Callable[[Path, Callable[[], None]], None]


def at_once(target: Path, attempt: Callable[[], None]) -> None:
    """Write now, or raise."""
    attempt()


def make_phantom_set(
    request: PhantomRequest,
    report: Callable[[str, Phantom], None] | None = None,
    patiently: Patience = at_once,
) -> list[dict[str, Any]]:
    """Write the phantoms; return the faults as `faults.json` lists them.

    A case depends on (seed, its place in the set) alone: the same request without faults
    gives the truth of a mislabeled case, and a longer set begins with the shorter one.

    Parameters
    ----------
    patiently : writes (the second) into a folder (the first), perhaps when there is room.

    Raises
    ------
    PhantomRefused : more faults than cases, the folder holds cases already, no case number
        left, or no fault of the strength asked for can be made.
    """
    _check(request)
    kinds = _fault_kinds(request)
    faults: list[dict[str, Any]] = []
    for index in range(request.cases):
        case = f"case_{request.first_id + index:05d}"
        phantom, geometry = _make(request, index)
        mask = phantom.mask
        if index in kinds:
            fault = _fault(request, phantom, index, kinds[index])
            mask = fault.mask
            faults.append({"case": case, **_describe(fault)})
        write = partial(_write, request.out / case, phantom.image, mask, geometry)
        patiently(request.out, write)
        if report is not None:
            report(case, phantom)
    if request.faults:
        patiently(request.out, lambda: write_json(request.out / "faults.json", faults))
    return faults


def _write(
    folder: Path, image: NDArray[np.int16], mask: NDArray[np.uint8], geometry: Geometry
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_image(folder / "imaging.nii.gz", image, geometry)
    write_mask(folder / "segmentation.nii.gz", mask, geometry)


def _check(request: PhantomRequest) -> None:
    if request.faults > request.cases:
        raise PhantomRefused(
            f"{request.faults} faults do not fit into {request.cases} cases.",
            kept="Nothing was written.",
        )
    taken = sorted(request.out.glob("case_*")) if request.out.exists() else []
    if taken:
        raise PhantomRefused(
            f"{request.out} holds {len(taken)} cases already.",
            kept="They were not touched.",
            advice="Choose a new folder.",
        )


def _make(request: PhantomRequest, index: int) -> tuple[Phantom, Geometry]:
    seed = (request.seed, index)
    if not request.masks:
        phantom = make_phantom(request.shape, request.spacing, seed, request.minimum_tumor_ml)
        return phantom, kits_geometry(request.shape, request.spacing)
    path = request.masks[index % len(request.masks)]
    volume = read_mask(path)
    array = np.where(volume.array == 3, 1, volume.array).astype(np.uint8)
    real = RealMask(path.parent.name, array, volume.spacing)
    return make_phantom_around(real, seed), volume.geometry


def _fault_kinds(request: PhantomRequest) -> dict[int, int]:
    """Choose which cases are mislabeled, and with which kind each begins to try."""
    rng = np.random.default_rng((request.seed, 2**31))
    places = rng.permutation(request.cases)[: request.faults]
    first = int(rng.integers(len(FAULT_KINDS)))
    return {int(place): first + number for number, place in enumerate(places)}


def _fault(request: PhantomRequest, phantom: Phantom, index: int, first: int) -> MaskFault:
    rng = np.random.default_rng((request.seed, index, 2**31))
    for step in range(len(FAULT_KINDS)):
        kind = FAULT_KINDS[(first + step) % len(FAULT_KINDS)]
        fault = make_fault(phantom, kind, request.fault_strength, rng)
        if fault is not None:
            return fault
    raise PhantomRefused(f"No fault can be made in case {request.first_id + index}.")


def _describe(fault: MaskFault) -> dict[str, Any]:
    return {
        "kind": fault.kind,
        "kidney_dice": round(fault.kidney_dice, 4),
        "tumor_dice": round(fault.tumor_dice, 4),
        "strong": fault.strong,
    }


def real_masks(folder: Path) -> Sequence[Path]:
    """Return the masks of a KiTS folder, by case.

    Raises
    ------
    PhantomRefused : there is none.
    """
    found = sorted(folder.glob("case_*/segmentation.nii.gz"))
    if not found:
        raise PhantomRefused(
            f"{folder} has no case_XXXXX/segmentation.nii.gz.",
            advice="Give the folder that holds the cases.",
        )
    return found
