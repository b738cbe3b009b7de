"""Why a mask deserves a look, in a word or three: the chips beside a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kitsdesk.review.foreground_box import foreground_box, slices_of
from kitsdesk.review.mask_parts import Spacing
from kitsdesk.review.mask_reasons import Mask, mask_chips
from kitsdesk.review.member_marks import MARKS
from kitsdesk.review.rows import Chip
from kitsdesk.review.suspicion import Suspicion

MISFIT_SHOWN = 0.3
# Amber is rationed: below this suspicion a reason is told, but not as a warning.
WARNED_FROM = 0.4
OTHER_GRID = "does not lie on its image's grid"
"""What `imaging.geometry.require_same` says of a mask on another grid."""
_NOTHING = np.zeros((1, 1, 1), np.uint8)


@dataclass(frozen=True)
class Memory:
    """Which of the `learnt` folds, trained on the very mask in question, never fitted it."""

    never_fitted: tuple[str, ...]
    learnt: int

    @property
    def sentence(self) -> str:
        """Return for example "Never fitted in training by folds 0, 1, 3 of 4"."""
        folds = "fold" if len(self.never_fitted) == 1 else "folds"
        return (
            f"Never fitted in training by {folds} {', '.join(self.never_fitted)} of {self.learnt}"
        )


def reasons(
    mask: Mask | None,
    prediction: Mask | None,
    volume_spacing: Spacing,
    suspicion: Suspicion,
    memory: Memory | None = None,
) -> tuple[Chip, ...]:
    """Return the chips of a case, warnings first.

    Parameters
    ----------
    mask, prediction : working mask and held-out prediction (z, y, x) of one shape, None
        where there is none. Without a prediction only what the mask shows alone is told.
    volume_spacing : (z, y, x) in mm.
    suspicion : the case's own; a misfit of at least 0.3 and the mark become chips;
        below a value of 0.4 nothing that mask and prediction show is a warning.
    memory : what training knows of this very mask; folds that never fitted it are a reason.
    """
    chips: list[Chip] = []
    box = foreground_box([one for one in (mask, prediction) if one is not None] or [_NOTHING])
    if mask is not None and box is not None:
        within = slices_of(box)
        guess = None if prediction is None else prediction[within]
        chips += mask_chips(mask[within], guess, volume_spacing)
    if suspicion.value is not None and suspicion.value < WARNED_FROM:
        chips = [Chip(chip.text, why=chip.why) for chip in chips]
    if memory is not None and memory.never_fitted:
        chips.append(Chip("never fitted", why=memory.sentence))
    chips += _misfit(suspicion)
    if suspicion.mark in MARKS:
        chips.append(Chip(suspicion.mark, why=MARKS[suspicion.mark]))
    return warnings_first(chips)


def warnings_first(chips: Sequence[Chip]) -> tuple[Chip, ...]:
    """Return the chips with warnings in front, otherwise as they stood."""
    return tuple(sorted(chips, key=lambda chip: chip.kind != "warning"))


def problem_chips(problem: str) -> tuple[Chip, ...]:
    """Return "geometry mismatch" where a case cannot be used because of it.

    `problem` is `KitsDeskError.happened`; the tolerances are those of `imaging.geometry`:
    1e-3 mm in spacing, 1e-2 mm in position, 5e-3 in the direction cosines, none in size.
    """
    if OTHER_GRID not in problem:
        return ()
    return (Chip("geometry mismatch", "warning", problem),)


def _misfit(suspicion: Suspicion) -> list[Chip]:
    """0.3 is the Dice between two good outlines of one kidney (0.97) ten times over."""
    if suspicion.misfit is None:
        return []
    contradicted = suspicion.misfit >= MISFIT_SHOWN
    verb = "contradict" if contradicted else "fit"
    why = f"Networks trained on it {verb} it: misfit {suspicion.misfit:.2f}"
    if suspicion.mark == "misfit only":
        return [Chip("misfit only", why=why)]
    return [Chip("misfit", why=why)] if contradicted else []
