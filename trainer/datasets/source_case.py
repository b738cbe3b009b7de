"""One case of a data set as it lies on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SourceCase:
    """A CT (a file or a DICOM folder), its patient, and its reference mask if it has one."""

    case: str
    patient: str
    image: Path
    mask: Path | None = None
