"""One case as it lies on disk, before a project knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The widgets know this record; reading DICOM would double the time until they are there.
    from trainer.imaging.dicom import SeriesRecord


@dataclass(frozen=True)
class CaseSource:
    """`patient` is "" where only `patient_id` (from DICOM, never stored as it is) can tell;
    `image` is a volume file, a DICOM folder, or one volume of it
    (`trainer.imaging.series_path`). `volume` describes one of several volumes of a folder:
    a person chooses among them."""

    case: str
    patient: str
    image: Path
    reference: Path | None = None
    patient_id: str = field(default="", repr=False)
    volume: SeriesRecord | None = None
