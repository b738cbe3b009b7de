"""Two contrast phases under one series: taken apart by what tells them apart."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer.imaging.dicom_slice import Slice
from trainer.imaging.slice_stack import stack_of

_ATTRIBUTES: tuple[tuple[str, Callable[[Slice], str]], ...] = (
    ("AcquisitionNumber", lambda item: item.marks.acquisition),
    ("TemporalPosition", lambda item: item.marks.temporal),
    ("ContrastBolusAgent", lambda item: item.marks.contrast),
    ("ConvolutionKernel", lambda item: item.marks.kernel),
    ("ImageType", lambda item: "/".join(item.image_type)),
    ("TriggerTime", lambda item: item.marks.trigger),
)


# Of fewer slices no gap can be told.
_FEWEST = 4


@dataclass(frozen=True)
class Phase:
    """The slices of one phase, and the attribute that set them apart ("" for none)."""

    slices: list[Slice]
    named: str = ""


def split_phases(slices: list[Slice]) -> list[Phase]:
    """Return one phase, or the parts of a series that only apart have regular positions.

    An attribute splits only where the whole has doubled or uneven positions and every part
    it gives has none; failing all attributes, the order in time does (a new phase begins
    where the table runs back). Failing that too, slices that lie at one position are taken
    apart where only some of the parts lack slices.
    """
    if len(slices) < 4 or _regular(slices):
        return [Phase(slices)]
    by_mark = [(name, _grouped(slices, attribute)) for name, attribute in _ATTRIBUTES]
    by_order = [
        (name, _sweeps(sorted(slices, key=order)))
        for name, order in (("time", _by_time), ("InstanceNumber", _by_number))
    ]
    for name, parts in by_mark:
        if len(parts) > 1 and all(map(_regular, parts)):
            return [Phase(part, name) for part in parts]
    for name, parts in by_order:
        if len(parts) > 1 and all(map(_regular, parts)) and _side_by_side(parts):
            return [Phase(part, name) for part in parts]
    for name, parts in (*by_mark, *by_order):
        if len(parts) > 1 and _some_with_gaps(parts) and _side_by_side(parts):
            return [Phase(part, name) for part in parts]
    return [Phase(slices)]


def _some_with_gaps(parts: list[list[Slice]]) -> bool:
    """Return whether one part at least is whole and the others only lack slices."""
    if min(map(len, parts)) < _FEWEST:
        return False
    stacks = [stack_of([item for item in part if not item.fault] or part) for part in parts]
    whole = [stack.usable and not stack.uneven for stack in stacks]
    gapped = [bool(stack.missing) and not stack.fault for stack in stacks]
    return any(whole) and all(map(operator.or_, whole, gapped))


def _regular(slices: list[Slice]) -> bool:
    if len(slices) < 2:
        return False
    # A cut slice is a fault of its own and tells nothing about phases.
    stack = stack_of([item for item in slices if not item.fault] or slices)
    return stack.usable and not stack.uneven


def _grouped(slices: list[Slice], attribute: Callable[[Slice], str]) -> list[list[Slice]]:
    groups: dict[str, list[Slice]] = {}
    for item in slices:
        groups.setdefault(attribute(item), []).append(item)
    return [groups[value] for value in sorted(groups)]


def _by_time(item: Slice) -> tuple[str, int]:
    return (item.marks.time, item.number)


def _by_number(item: Slice) -> tuple[int, str]:
    return (item.number, item.marks.time)


def _side_by_side(parts: list[list[Slice]]) -> bool:
    """Return whether every part covers the first by at least half of the shorter one: a
    volume cut in two at a doubled slice does not."""
    ranges = [(stack.along[0], stack.along[-1]) for stack in map(stack_of, parts)]
    low, high = ranges[0]
    return all(
        min(high, other[1]) - max(low, other[0]) >= 0.5 * min(high - low, other[1] - other[0])
        for other in ranges[1:]
    )


def _sweeps(ordered: list[Slice]) -> list[list[Slice]]:
    """Cut a sequence in time where the position turns round."""
    normal = np.array(ordered[0].normal)
    along = [float(np.dot(item.position, normal)) for item in ordered]
    sweeps, way = [[ordered[0]]], 0.0
    for item, step in zip(ordered[1:], np.diff(along), strict=True):
        if way and step * way <= 0:
            sweeps.append([item])
            way = 0.0
            continue
        sweeps[-1].append(item)
        way = way or float(step)
    return sweeps
