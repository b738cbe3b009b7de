"""From a NIfTI header's two transforms to one grid, or the reason why there is none.

SimpleITK reads a NaN transform as a NaN direction, and a file without any as if it stood
upright; here left and right are never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.geometry import FARTHEST_MM, Geometry
from trainer.imaging.image_errors import refused
from trainer.imaging.nifti_header import NiftiHeader
from trainer.imaging.orientation import letters

_NOISE = 1e-4
# nifti1.h: scanner, aligned, Talairach, MNI, template.
_LAST_CODE = 5
_QUATERNION_ROUNDING = 1e-5
_SHEAR_MM = 0.1
_SPACING_SHARE = 0.01
# NIfTI's mm axes point Right, Anterior, Superior; ours Left, Posterior, Superior.
_TO_LPS = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True)
class _Transform:
    """One transform in LPS: cosines by column, origin in mm, and what was put right."""

    name: str
    cosines: NDArray[np.float64]
    origin: NDArray[np.float64]
    note: str = ""


def grid_of(header: NiftiHeader, path: Path) -> tuple[Geometry, tuple[str, ...]]:
    """Return the grid in SimpleITK's terms, and notes on what was odd.

    The sform is preferred; an unusable one gives way to a good qform. Shear that moves no
    voxel by 0.1 mm is taken for rounding and put right.

    Raises
    ------
    UnreadableImage : neither transform can be used, or they disagree about the axes.
    """
    notes: list[str] = []
    faults: list[str] = []
    found: list[_Transform] = []
    for code, build in ((header.sform_code, _sform), (header.qform_code, _qform)):
        if code != 0:
            known = 0 < code <= _LAST_CODE
            result = build(header, path) if known else f"a transform has the unknown code {code}"
            if isinstance(result, str):
                faults.append(result)
            else:
                found.append(result)
                notes += [result.note] if result.note else []
    if not found:
        reason = " and ".join(faults) or (
            "it does not say which way its axes run (qform and sform codes are 0)"
        )
        raise refused(path, reason, "Convert it from its source again.")
    chosen = found[0]
    notes += [f"{fault}; the {chosen.name} is used" for fault in faults]
    if len(found) == 2:
        notes += _disagreement(path, header, found[0], found[1])
    return _geometry(header, chosen), tuple(notes)


def _geometry(header: NiftiHeader, chosen: _Transform) -> Geometry:
    x, y, z = (float(value) for value in chosen.origin)
    i, j, k = header.pixdim[1:]
    direction = tuple(float(value) + 0.0 for value in chosen.cosines.ravel())
    return Geometry(header.size, (i, j, k), (x, y, z), direction)


def _sform(header: NiftiHeader, path: Path) -> _Transform | str:
    matrix = np.array(header.sform, np.float64).reshape(3, 4)
    if not np.all(np.isfinite(matrix)) or np.abs(matrix).max() > FARTHEST_MM:
        return "its sform is not made of numbers of mm"
    lengths = np.linalg.norm(matrix[:, :3], axis=0)
    spacing = np.array(header.pixdim[1:])
    if lengths.min() <= 0 or abs(np.linalg.det(matrix[:, :3] / lengths)) < 1e-3:
        return "its sform is singular"
    if np.any(np.abs(lengths / spacing - 1) > _SPACING_SHARE):
        shown = ["×".join(f"{value:.4g}" for value in each) for each in (lengths, spacing)]
        raise refused(
            path,
            f"its sform gives the spacing {shown[0]} mm, its pixdim {shown[1]} mm",
            "Convert it from its source again.",
        )
    cosines = matrix[:, :3] / lengths
    note = ""
    if np.abs(cosines.T @ cosines - np.eye(3)).max() > _NOISE:
        left, _, right = np.linalg.svd(cosines)
        moved = _farthest((left @ right - cosines), header)
        if moved > _SHEAR_MM:
            return f"its sform is sheared by {moved:.1f} mm"
        cosines, note = left @ right, f"its sform was sheared by {moved:.3f} mm and put right"
    return _Transform("sform", _TO_LPS @ cosines, _TO_LPS @ matrix[:, 3], note)


def _qform(header: NiftiHeader, _path: Path) -> _Transform | str:
    b, c, d, *offset = header.quaternion
    rest = 1.0 - (b * b + c * c + d * d)
    far = max(map(abs, header.quaternion)) > FARTHEST_MM
    if not np.all(np.isfinite(header.quaternion)) or far or rest < -_QUATERNION_ROUNDING:
        return "its qform is not a rotation"
    if header.pixdim[0] not in (-1, 0, 1):
        # Readers differ on what anything else means, and it decides left and right.
        return f"its qform has the handedness {header.pixdim[0]:g} (pixdim 0)"
    # Rounded to 32 bits, a half turn can leave a tiny rest that is really none.
    scale = 1.0 if rest > 1e-7 else 1.0 / np.sqrt(b * b + c * c + d * d)
    a, b, c, d = np.sqrt(max(rest, 0.0)) if rest > 1e-7 else 0.0, b * scale, c * scale, d * scale
    cosines = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    if header.pixdim[0] < 0:
        cosines[:, 2] *= -1
    return _Transform("qform", _TO_LPS @ cosines, _TO_LPS @ np.array(offset))


def _disagreement(
    path: Path, header: NiftiHeader, sform: _Transform, qform: _Transform
) -> list[str]:
    names = [letters(tuple(each.cosines.ravel().tolist())) for each in (sform, qform)]
    if names[0] != names[1]:
        raise refused(
            path,
            f"its sform says that its axes run to {names[0]}, its qform {names[1]}",
            "Convert it from its source again, so that left and right are sure.",
        )
    moved = _farthest(sform.cosines - qform.cosines, header)
    moved += float(np.linalg.norm(sform.origin - qform.origin))
    if moved <= _SHEAR_MM:
        return []
    return [f"its sform and qform disagree by up to {moved:.1f} mm; the sform is used"]


def _farthest(difference: NDArray[np.float64], header: NiftiHeader) -> float:
    """Return by how many mm a difference in cosines can move the farthest voxel."""
    extent = (np.array(header.size) - 1) * np.array(header.pixdim[1:])
    return float(np.linalg.norm(np.abs(difference) @ extent))
