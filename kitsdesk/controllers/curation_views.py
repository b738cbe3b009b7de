"""What the controllers of curation ask of their views."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kitsdesk.review.kappa import Agreement
from kitsdesk.review.list_preview import ListPreview
from kitsdesk.review.recall import FaultEstimate
from trainer.imaging.volume import Volume


class ListView(Protocol):
    """The sheet that shows a decision list before it is applied."""

    def show_list(self, shown: ListPreview, recognised: str, warning: bool) -> None:
        """Open with the changes; `recognised` says how sure it is that the list belongs to
        the project, `warning` whether that speaks against it."""

    def close_sheet(self) -> None:
        """Close: the list was applied."""


class EstimateView(Protocol):
    """The sheet that says how likely faults are and how many are left."""

    def show_estimate(
        self, told: FaultEstimate, advice: str, progress: str, planted: int, plantable: str
    ) -> None:
        """Fill the sheet; `planted` faults are shown now, `plantable` says why none can be
        planted ("" = one can)."""


class PaceView(Protocol):
    """Where progress is shown all the time."""

    def set_estimate(self, words: str) -> None:
        """Show the time left at the reader's pace, "" where it is not known."""

    def set_chances(self, chances: dict[str, float]) -> None:
        """Show each case's chance of a wrong mask."""


class SecondLookView(Protocol):
    """The sheet with two unnamed masks of one case side by side."""

    def show_look(
        self,
        place: tuple[int, int],
        volume: Volume,
        left: NDArray[np.uint8],
        right: NDArray[np.uint8],
        slice_index: int,
    ) -> None:
        """Show one case: A on the left, B on the right; `place` is (number, of how many)."""

    def show_start(self, fit: int, told: Agreement) -> None:
        """Offer a new round over `fit` cases, with the agreement so far."""

    def close_sheet(self) -> None:
        """Close it."""
