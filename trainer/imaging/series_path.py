"""Names one of several volumes in a DICOM folder by a path, so that every list of images
can hold it.

`FOLDER/KEY.dicom-series` is no file: it stands for the volume whose `SeriesRecord.key` is KEY
in FOLDER. The key says nothing about the patient.
"""

from __future__ import annotations

import re
from pathlib import Path

_ENDING = ".dicom-series"
_NAME = re.compile(r"([0-9a-f]{12})" + re.escape(_ENDING))


def series_path(folder: Path, key: str) -> Path:
    """Return the path that stands for one volume of a DICOM folder."""
    return folder / f"{key}{_ENDING}"


def split_series(path: Path) -> tuple[Path, str | None]:
    """Return the folder and the key that a path stands for; any other path with None."""
    named = _NAME.fullmatch(path.name)
    return (path.parent, named[1]) if named else (path, None)
