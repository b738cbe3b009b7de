"""One case of a project as its database row has it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from trainer.imaging.geometry import Geometry


@dataclass(frozen=True)
class CaseRecord:
    """`image` and `reference` lie in the source data set and are never written to.

    `image_hash` (`trainer.imaging.hashing.volume_hash`) and `geometry` are None until the
    image was read once; `problem` says why the case cannot be used ("" where it can).
    """

    case: str
    patient: str
    image: Path
    reference: Path | None
    image_hash: str | None
    problem: str
    geometry: Geometry | None


def record_from_row(row: sqlite3.Row) -> CaseRecord:
    """Return the record of a row of the table `cases`."""
    return CaseRecord(
        case=row["case_id"],
        patient=row["patient"],
        image=Path(row["image"]),
        reference=Path(row["reference"]) if row["reference"] else None,
        image_hash=row["image_hash"],
        problem=row["problem"],
        geometry=geometry_from_text(row["geometry"]) if row["geometry"] else None,
    )


def geometry_to_text(geometry: Geometry) -> str:
    """Return the grid as JSON; floats survive exactly."""
    return json.dumps(asdict(geometry))


def geometry_from_text(text: str) -> Geometry | None:
    """Return the grid that `geometry_to_text` stored; None where damage left nothing that is
    one, so that it is found again from the image."""
    try:
        stored = json.loads(text)
        return Geometry(
            size=tuple(stored["size"]),
            spacing=tuple(stored["spacing"]),
            origin=tuple(stored["origin"]),
            direction=tuple(stored["direction"]),
        )
    except (ValueError, TypeError, KeyError):
        return None
