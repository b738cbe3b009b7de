"""Disagreements as they are kept: what the queue over all cases shows, sorts and compares."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from kitsdesk.review.claims import claim_detail, claim_sentence, claim_title
from kitsdesk.review.disagreement import Disagreement
from kitsdesk.review.fold_patterns import FoldPattern
from kitsdesk.review.foreground_box import foreground_box, slices_of
from kitsdesk.review.kidney_sides import Pole, Side
from trainer.imaging.volume import Volume

Mask = NDArray[np.uint8]
_MOST_POINTS = 200_000


@dataclass(frozen=True)
class Component:
    """One entry of a case's disagreement list, without its voxels.

    `key` names these very voxels seen in this very way: a part that another comparison finds
    again has the same key. `place` is its place in the case's list, `centre` a (z, y, x)
    index. `distance_mm` is from the centre to the nearest voxel that both call foreground, 0
    inside. `boundary` entries stand for all thin differences of the case. `fold_pattern` is
    empty where no folds are known, and in what was kept before it was noted.
    """

    case: str
    place: int
    key: str
    title: str
    detail: str
    sentence: str
    structure: int
    prediction_only: bool
    boundary: bool
    ml: float
    centre: tuple[int, int, int]
    mean_hu: float
    kidney_hu: float | None
    distance_mm: float | None
    folds_agree: int | None
    folds: int | None
    side: Side
    pole: Pole
    fold_pattern: FoldPattern = ()

    @property
    def agreeing(self) -> float | None:
        """Return the share of folds that say what the prediction says, None where unknown."""
        if self.folds_agree is None or not self.folds:
            return None
        return self.folds_agree / self.folds


def component_key(found: Disagreement) -> str:
    """Return the name of these voxels and what is said of them, 32 hex digits."""
    digest = hashlib.sha256(repr((found.structure, found.prediction_only, found.box)).encode())
    digest.update(b"boundary" if found.parts else b"part")
    digest.update(np.packbits(found.crop).tobytes())
    return digest.hexdigest()[:32]


def components_of(
    case: str,
    found: Sequence[Disagreement],
    mask: Mask,
    prediction: Mask,
    volume: Volume,
    against: str = "reference",
) -> list[Component]:
    """Return the entries of a case's list (`boundaries.listed`) as they are kept.

    Masks are (z, y, x) on the grid of `volume`; `against` names `mask` in the sentences.
    """
    distances = _distances(found, mask, prediction, volume)
    return [
        Component(
            case=case,
            place=place,
            key=component_key(item),
            title=claim_title(item, against),
            detail=claim_detail(item),
            sentence=claim_sentence(item, against),
            structure=item.structure,
            prediction_only=item.prediction_only,
            boundary=bool(item.parts),
            ml=item.ml,
            centre=item.centre,
            mean_hu=item.mean_hu,
            kidney_hu=item.kidney_hu,
            distance_mm=away,
            folds_agree=item.folds_agree,
            folds=item.folds,
            side=item.side,
            pole=item.pole,
            fold_pattern=item.fold_pattern,
        )
        for place, (item, away) in enumerate(zip(found, distances, strict=True))
    ]


def _distances(
    found: Sequence[Disagreement], mask: Mask, prediction: Mask, volume: Volume
) -> list[float | None]:
    """Return each centre's distance to what both masks call foreground, in mm."""
    box = foreground_box([mask, prediction])
    if box is None or not found:
        return [None] * len(found)
    within = slices_of(box)
    both = (mask[within] > 0) & (prediction[within] > 0)
    places = np.argwhere(both)
    if not len(places):
        return [None] * len(found)
    # Every n-th voxel is near enough: kidneys have many, and distances are told in mm.
    places = places[:: max(1, len(places) // _MOST_POINTS)]
    step = np.array(volume.spacing)
    tree = cKDTree((places + np.array(box[::2])) * step)
    away, _ = tree.query(np.array([item.centre for item in found]) * step)
    inside = [bool(mask[item.centre] and prediction[item.centre]) for item in found]
    return [
        0.0 if here else float(mm)
        for here, mm in zip(inside, np.atleast_1d(away).tolist(), strict=True)
    ]
