"""Slices in a row: which are missing, doubled or shifted, each named with its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.dicom_slice import Slice

# Jitter below 1 % of the step is rounding of the header.
_JITTER = 0.01
_JITTER_MM = 0.01
_TILT_MM = 0.1
_SAME_PLACE_MM = 0.01
# Gaps of whole steps are missing slices while they are few; else the protocol changed.
_FEW = 0.2
_WIDE, _RUN = 1.5, 3
_NAMED = 6


@dataclass(frozen=True)
class Stack:
    """Slices ordered along their normal.

    `along` are their positions in mm, `step` the usual distance, `drift` (n, 2) their shift
    in mm along the picture's columns and rows against the first. `fault` says why they are
    no volume, `missing` where slices are lacking, `notes` what has to be resampled.
    """

    slices: tuple[Slice, ...]
    along: NDArray[np.float64]
    step: float
    drift: NDArray[np.float64]
    fault: str = ""
    missing: str = ""
    uneven: bool = False
    tilted: bool = False
    notes: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Return whether the slices make a volume with nothing lacking."""
        return not self.fault and not self.missing


def stack_of(slices: list[Slice]) -> Stack:
    """Return the slices in order with everything that is wrong or has to be resampled."""
    normal = np.array(slices[0].normal)
    ordered = sorted(slices, key=lambda item: float(np.dot(item.position, normal)))
    positions = np.array([item.position for item in ordered])
    along = positions @ normal
    axes = np.array(slices[0].orientation).reshape(2, 3)
    drift = (positions - positions[0]) @ axes.T
    gaps = np.diff(along)
    step = float(np.median(gaps)) if len(gaps) else 0.0
    fault = _slice_faults(ordered, along) or _doubled(ordered, along) or _unscaled(ordered, along)
    if not fault and len(ordered) < 2:
        fault = "it is a single slice"
    if fault:
        return Stack(tuple(ordered), along, step, drift, fault=fault)
    tilt, tilt_fault = _tilt(along, drift)
    missing, uneven, step, notes = _gaps(along, gaps, step)
    if not ordered[0].scaled:
        notes.append("no slice says how its values become HU: they are taken as HU as they are")
    if tilt:
        notes.append(f"the gantry was tilted by {tilt:.1f}°: the slices are shifted into line")
    return Stack(
        tuple(ordered), along, step, drift, tilt_fault, missing, uneven, tilt > 0, tuple(notes)
    )


def _slice_faults(ordered: list[Slice], along: NDArray[np.float64]) -> str:
    named = [
        f"{item.name} at {place:.1f} mm {item.fault}"
        for item, place in zip(ordered, along, strict=True)
        if item.fault
    ]
    return _listed(named)


def _doubled(ordered: list[Slice], along: NDArray[np.float64]) -> str:
    close = np.flatnonzero(np.diff(along) < _SAME_PLACE_MM)
    named = [
        f"slices {ordered[n].number} and {ordered[n + 1].number} lie at one position, "
        f"{along[n]:.1f} mm"
        for n in close
    ]
    return _listed(named)


def _unscaled(ordered: list[Slice], along: NDArray[np.float64]) -> str:
    """Name the slices without slope or intercept among others that have both: they would be
    off by about 1024 HU."""
    if len({item.scaled for item in ordered}) < 2:
        return ""
    named = [
        f"{item.name} at {place:.1f} mm does not say how its values become HU"
        for item, place in zip(ordered, along, strict=True)
        if not item.scaled
    ]
    return _listed(named)


def _tilt(along: NDArray[np.float64], drift: NDArray[np.float64]) -> tuple[float, str]:
    """Return the gantry's angle in degrees, 0 where there is none, and a fault."""
    if float(np.abs(drift).max()) <= _TILT_MM:
        return 0.0, ""
    slope = drift[-1] / (along[-1] - along[0])
    bent = np.abs(drift - np.outer(along - along[0], slope)).max(axis=1)
    if float(bent.max()) > _TILT_MM:
        worst = int(bent.argmax())
        return 0.0, f"slices are shifted sideways, by {bent[worst]:.1f} mm at {along[worst]:.1f} mm"
    return float(np.degrees(np.arctan(np.linalg.norm(slope)))), ""


def _gaps(
    along: NDArray[np.float64], gaps: NDArray[np.float64], step: float
) -> tuple[str, bool, float, list[str]]:
    """Return what is missing, whether the steps are uneven, the step, and notes."""
    mean = float(gaps.mean())
    tolerance = max(_JITTER * mean, _JITTER_MM)
    if float(np.abs(gaps - mean).max()) <= tolerance:
        return "", False, mean, []
    tolerance = max(_JITTER * step, _JITTER_MM)
    odd = np.flatnonzero(np.abs(gaps - step) > tolerance)
    steps = gaps[odd] / step
    whole = np.abs(steps - np.round(steps)) < 0.05
    if len(holes := _holes(gaps, step)):
        return _listed([_gap_named(along, gaps, int(n), step) for n in holes]), True, step, []
    if bool(np.all(whole & (steps > 1.5))) and len(odd) <= max(1, _FEW * len(gaps)):
        regular = np.delete(gaps, odd)
        named = [_gap_named(along, gaps, int(n), step) for n in odd]
        return _listed(named), True, float(regular.mean()), []
    shown = f"{gaps.min():.2f} to {gaps.max():.2f} mm"
    return "", True, step, [f"the slices are {shown} apart: resampled to {step:.2f} mm"]


def _holes(gaps: NDArray[np.float64], step: float) -> NDArray[np.intp]:
    """Return the wide gaps that stand alone or in two: slices are missing there. Where the
    protocol changed its step, several like it follow each other."""
    wide = np.flatnonzero(gaps > _WIDE * step)
    like = [int(np.sum(gaps[max(0, n - 2) : n + 3] >= gaps[n] / _WIDE)) for n in wide]
    return wide[np.array(like, int) < _RUN]


def _gap_named(along: NDArray[np.float64], gaps: NDArray[np.float64], n: int, step: float) -> str:
    count = round(float(gaps[n]) / step) - 1
    first = along[n] + step
    places = f"at {first:.1f} mm" if count == 1 else f"from {first:.1f} mm on"
    return (
        f"{count} slice{'s are' if count > 1 else ' is'} missing {places} (after slice {n + 1} of "
        f"{len(along)}): the slices are {gaps[n]:.2f} mm apart instead of {step:.2f} "
        f"between {along[n]:.1f} and {along[n + 1]:.1f} mm"
    )


def _listed(named: list[str]) -> str:
    more = f"; and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return "; ".join(named[:_NAMED]) + more
