"""The volumes in a DICOM folder, grouped by headers: what each is, and why it is none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from trainer.imaging.dicom_slice import Skipped, Slice, is_ct, read_slices
from trainer.imaging.phase_split import split_phases
from trainer.imaging.slice_stack import Stack, stack_of

_SAME_ORIENTATION = 1e-3
_FEWEST_SLICES = 3
_NEARLY_HU = {
    "US": "of no unit that the header names (RescaleType US)",
    "HU_MOD": "modified HU (RescaleType HU_MOD)",
}


@dataclass(frozen=True)
class SeriesRecord:
    """One volume that a folder offers.

    `key` is stable and says nothing about the patient; `description` is built from
    technical values only. `slices` counts, `mm` is the length, `phase` the contrast phase
    where the header gives it. `why_not` says why it cannot be read ("" where it can), and
    `gap` whether it could be shown with its missing slices flagged.
    """

    key: str
    description: str
    slices: int
    mm: float
    phase: str
    why_not: str
    gap: bool
    notes: tuple[str, ...]
    stack: Stack = field(repr=False, compare=False)

    @property
    def usable(self) -> bool:
        """Return whether it reads as one CT volume."""
        return not self.why_not


def has_magic(path: Path) -> bool:
    """Return whether a file carries DICOM's magic bytes; not where it cannot be read."""
    try:
        return _magic(path)
    except OSError:
        return False


def _magic(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def scan(path: Path) -> tuple[list[Slice], list[Skipped]]:
    """Return the slices of a DICOM file, or of those directly in a folder, by headers only."""
    paths = sorted(path.iterdir()) if path.is_dir() else [path]
    slices: list[Slice] = []
    skipped: list[Skipped] = []
    for place, each in enumerate(paths, 1):
        try:
            if not _magic(each):
                continue
            found = read_slices(each, place)
        except OSError as error:
            found = Skipped(place, f"it cannot be read: {error.strerror}")
        if isinstance(found, Skipped):
            skipped.append(found)
        else:
            slices += found
    return slices, skipped


def find_series(path: Path) -> list[SeriesRecord]:
    """Return every volume in a DICOM folder (or one DICOM file), usable ones first, then by
    their number of slices; scouts and other pictures stand apart with their reason."""
    slices, skipped = scan(Path(path))
    notes = _skipped_notes(skipped)
    records = []
    for group in _by_geometry(slices):
        phases = split_phases(group)
        for number, phase in enumerate(phases, 1):
            records.append(_record(phase.slices, phase.named, number, len(phases), notes))
    return sorted(records, key=lambda record: (not record.usable, -record.slices, record.key))


def _by_geometry(slices: list[Slice]) -> list[list[Slice]]:
    groups: dict[tuple[object, ...], list[list[Slice]]] = {}
    for item in slices:
        who = item.identity
        key = (
            (who.patient, who.study, who.series, who.frame_of_reference, item.modality),
            (item.shape, tuple(round(value, 4) for value in item.spacing)),
            (_is_scout(item), item.photometric, item.unit, item.path if item.frames > 1 else None),
        )
        same = groups.setdefault(key, [])
        for group in same:
            if np.allclose(group[0].orientation, item.orientation, atol=_SAME_ORIENTATION):
                group.append(item)
                break
        else:
            same.append([item])
    return [group for same in groups.values() for group in same]


def _record(
    slices: list[Slice], split_by: str, number: int, parts: int, notes: tuple[str, ...]
) -> SeriesRecord:
    stack, first = stack_of(slices), slices[0]
    mm = float(stack.along[-1] - stack.along[0]) + stack.step
    phase = first.marks.phase or (
        "contrast agent" if first.marks.contrast not in ("", "NONE") else ""
    )
    if parts > 1:
        phase = f"{phase + ', ' if phase else ''}part {number} of {parts} by {split_by}"
    return SeriesRecord(
        _key(stack),
        _description(stack, mm, phase),
        len(slices),
        mm,
        phase,
        _why_not(stack),
        bool(stack.missing) and not stack.fault,
        (*stack.notes, *_unit_notes(first), *notes),
        stack,
    )


def _key(stack: Stack) -> str:
    first, last = stack.slices[0], stack.slices[-1]
    places = (first.position, last.position, len(stack.slices))
    parts = (first.identity, first.marks, places)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _description(stack: Stack, mm: float, phase: str) -> str:
    first = stack.slices[0]
    rows, columns = first.shape
    parts = [
        f"{first.modality or 'CT'}, {len(stack.slices)} slices of {columns}×{rows}",
        f"{first.spacing[1]:.3g}×{first.spacing[0]:.3g}×{stack.step:.3g} mm, {mm:.0f} mm long",
    ]
    parts += [f"series {first.series_number}"] if first.series_number.isdigit() else []
    parts += [f"kernel {first.marks.kernel}"] if first.marks.kernel else []
    parts += [phase] if phase else []
    return ", ".join(parts)


def _why_not(stack: Stack) -> str:
    first = stack.slices[0]
    if _is_scout(first):
        return "it is a scout (localizer), not a volume"
    if not is_ct(first):
        return f"it is {first.modality}, not CT"
    if first.photometric not in ("MONOCHROME2", ""):
        return f"its pixels are {first.photometric}, not HU"
    if first.unit not in ("", *_NEARLY_HU):
        return f"its values are {first.unit} (RescaleType), not HU"
    if stack.fault or stack.missing:
        return stack.fault or stack.missing
    if len(stack.slices) < _FEWEST_SLICES:
        return f"it has {len(stack.slices)} slices"
    return ""


def _unit_notes(first: Slice) -> list[str]:
    return [f"its values are {_NEARLY_HU[first.unit]}"] if first.unit in _NEARLY_HU else []


def _is_scout(item: Slice) -> bool:
    return any(word in ("LOCALIZER", "SCOUT", "TOPOGRAM") for word in item.image_type)


def _skipped_notes(skipped: list[Skipped]) -> tuple[str, ...]:
    reasons: dict[str, list[int]] = {}
    for each in skipped:
        reasons.setdefault(each.why, []).append(each.place)
    return tuple(
        f"{len(places)} file{'s' if len(places) > 1 else ''} set apart ({why}): number "
        f"{', '.join(map(str, places[:6]))}{' …' if len(places) > 6 else ''} in name order"
        for why, places in reasons.items()
    )
