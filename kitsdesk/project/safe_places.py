"""Case ids that are fit for file names everywhere, and paths that stay inside the project."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

from trainer.contract.errors import KitsDeskError

LONGEST_ID = 64
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
# Names that Windows keeps for devices, with any ending.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


class OutsideProject(KitsDeskError):
    """A name or a link would lead out of the project's folder."""


def safe_case_id(name: str, taken: Collection[str] = ()) -> str:
    """Return an id like `name` that is a plain file name on every system.

    Letters with marks lose them, everything but A-Z a-z 0-9 . _ - becomes "_", a long name is
    cut and gets a mark of what was cut; one that is taken, in upper or lower case, a number.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    case = _UNSAFE.sub("_", plain).strip("._-") or "case"
    if _RESERVED.match(case):
        case = f"case_{case}"
    if len(case) > LONGEST_ID:
        mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        case = f"{case[: LONGEST_ID - 9]}_{mark}"
    known = {other.lower() for other in taken}
    free, number = case, 2
    while free.lower() in known:
        free, number = f"{case}_{number}", number + 1
    return free


def require_inside(project: Path, path: Path) -> Path:
    """Return `path` where it lies in the project, links followed.

    Raises
    ------
    OutsideProject : a case id from a strange database, or a link in a strange folder, leads out.
    """
    if path.resolve().is_relative_to(project.resolve()) and ".." not in path.parts:
        return path
    raise OutsideProject(
        f"{path.name!r} leads out of the project {project.name}.",
        kept="Nothing was read or written there.",
        advice="Do not trust this project: its database or its folders were changed by hand.",
    )
