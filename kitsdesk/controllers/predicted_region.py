"""What a prediction of a region left behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kitsdesk.controllers.views import Box


@dataclass(frozen=True)
class PredictedRegion:
    """A prediction of the voxels in `box` of a case, in the mask file `path`."""

    case: str
    box: Box
    path: Path

    @classmethod
    def newest(cls, folder: Path, box: Box) -> PredictedRegion:
        """Return the last one that was written into a case's folder of predictions."""
        path = max(folder.glob("region-*.nii.gz"), key=_number)
        return cls(folder.name, box, path)


def _number(path: Path) -> int:
    return int(path.name.removeprefix("region-").removesuffix(".nii.gz"))
