"""Which structure each output of an nnU-Net model is, from its labels' names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainer.contract.structures import STRUCTURE_NAMES, Structure
from trainer.models.nnunet_refusals import TooManyStructures, UnknownLabels, UnreadablePlans

_KIDNEY, _TUMOR, _CYST = Structure.KIDNEY, Structure.TUMOR, Structure.CYST
_MOST = len(STRUCTURE_NAMES) - 1
# KiTS19 says kidney and tumor, KiTS21 and KiTS23 kidney, tumor, cyst and masses (both).
_WORDS: dict[str, frozenset[int]] = {
    **dict.fromkeys(("kidney", "kidneys", "renal", "parenchyma"), frozenset({_KIDNEY})),
    **dict.fromkeys(("tumor", "tumors", "tumour", "tumours", "carcinoma"), frozenset({_TUMOR})),
    **dict.fromkeys(("cyst", "cysts"), frozenset({_CYST})),
    **dict.fromkeys(("mass", "masses", "lesion", "lesions"), frozenset({_TUMOR, _CYST})),
}


@dataclass(frozen=True)
class GuestLabels:
    """`heads` is the structure of each output channel; with `regions` these are sigmoid
    outputs painted in order. `names` are nnU-Net's, with value or values, and `order` the
    value that each region paints."""

    heads: tuple[int, ...]
    regions: bool
    names: dict[str, int | tuple[int, ...]]
    order: tuple[int, ...] = ()

    @property
    def structures(self) -> tuple[str, ...]:
        """Return the names of all structures up to the highest one."""
        return tuple(STRUCTURE_NAMES[value] for value in range(max(self.heads) + 1))


def guest_labels(dataset: dict[str, Any], structures: Sequence[str] = ()) -> GuestLabels:
    """Read `labels` and `regions_class_order` of a dataset.json.

    Parameters
    ----------
    structures : a person's word on which structure each label value 1, 2, … is.

    Raises
    ------
    TooManyStructures, UnknownLabels : see there.
    UnreadablePlans : the labels are not what nnU-Net allows.
    """
    names = _names(dataset.get("labels"))
    groups = {name: _values(value) for name, value in names.items()}
    foreground = sorted({value for values in groups.values() for value in values} - {0})
    if len(foreground) > _MOST:
        raise TooManyStructures(
            f"This model has {len(foreground)} structures besides the background "
            f"({', '.join(name for name in names if name != 'background')}).",
            advice="KiTSDesk knows kidney, tumor and cyst.",
        )
    if not foreground or foreground != list(range(1, len(foreground) + 1)):
        raise UnreadablePlans(f"Its labels have the values {foreground}, not 1, 2, … in turn.")
    regions = any(len(values) > 1 for values in groups.values())
    known = _told(structures, foreground) if structures else _known(names, groups, foreground)
    if not regions:
        return GuestLabels((0, *(known[value] for value in foreground)), False, names)
    painted = _painted(dataset.get("regions_class_order"), groups)
    return GuestLabels(tuple(known[value] for value in painted), True, names, tuple(painted))


def _names(labels: Any) -> dict[str, int | tuple[int, ...]]:
    if not isinstance(labels, dict) or labels.get("background") != 0:
        raise UnreadablePlans("dataset.json does not list labels with background 0.")
    names: dict[str, int | tuple[int, ...]] = {}
    for name, value in labels.items():
        values = value if isinstance(value, list) else [value]
        if not values or any(not isinstance(v, int) or not 0 <= v < 256 for v in values):
            raise UnreadablePlans(f"dataset.json gives the label {name} the value {value}.")
        if name != "ignore":
            names[str(name)] = values[0] if len(values) == 1 else tuple(values)
    return names


def _values(value: int | tuple[int, ...]) -> frozenset[int]:
    return frozenset({value} if isinstance(value, int) else value)


def _known(
    names: dict[str, Any], groups: dict[str, frozenset[int]], foreground: list[int]
) -> dict[int, int]:
    """Return the structure of every value: a region's own value is what no smaller region
    holds, and is the one structure of its name that no smaller region is."""
    known: dict[int, int] = {}
    for name in sorted(groups, key=lambda each: len(groups[each])):
        own = groups[name] - known.keys() - {0}
        words = _structures_in(name)
        if len(groups[name]) == 1 and len(words) > 1:
            # "kidney tumor" is a tumor, and "masses" alone could be either.
            words -= {_KIDNEY}
        words -= {known[value] for value in groups[name] if value in known}
        if len(own) == 1 and len(words) == 1:
            known[min(own)] = min(words)
    unknown = [name for name in names if groups[name] - known.keys() - {0}]
    if unknown:
        raise UnknownLabels(
            f"It is not clear which structure {unknown[0]!r} is.",
            advice=f"Say it for the label values {', '.join(map(str, foreground))}: "
            "--structures kidney,tumor or so.",
        )
    return known


def _structures_in(name: str) -> set[int]:
    words = re.findall(r"[a-z]+", name.lower())
    return {int(each) for word in words for each in _WORDS.get(word, ())}


def _told(structures: Sequence[str], foreground: list[int]) -> dict[int, int]:
    numbers = {name: number for number, name in STRUCTURE_NAMES.items() if number}
    unknown = [name for name in structures if name not in numbers]
    if unknown or len(structures) != len(foreground):
        raise UnknownLabels(
            f"This model has {len(foreground)} labels, and {', '.join(structures)} was said.",
            advice="Name one of kidney, tumor and cyst for each label value, in order.",
        )
    return {
        value: numbers[structure] for value, structure in zip(foreground, structures, strict=True)
    }


def _painted(order: Any, groups: dict[str, frozenset[int]]) -> list[int]:
    """Return the label value that each region paints, in nnU-Net's order."""
    regions = [values for name, values in groups.items() if values != {0}]
    if not isinstance(order, list) or len(order) != len(regions):
        raise UnreadablePlans("dataset.json does not order its regions (regions_class_order).")
    everything = frozenset().union(*regions)
    if any(value not in everything for value in order):
        raise UnreadablePlans(f"regions_class_order {order} names a value that no label has.")
    return [int(value) for value in order]
