"""Files from elsewhere: only inside their folder, only of a sane size, only as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trainer.models.nnunet_refusals import NoTrainedModel, OutsideTheFolder, UnreadablePlans

# nnU-Net's plans with every dataset fact in them stay below 1 MB.
_LARGEST_JSON = 64 * 1024**2


def inside(folder: Path, file: Path) -> Path:
    """Return `file` if it is a file that lies in `folder`, links followed.

    Raises
    ------
    NoTrainedModel : there is no such file. OutsideTheFolder : a link leads out of it.
    """
    if not file.is_file():
        raise NoTrainedModel(
            f"{folder.name} has no {file.relative_to(folder)}.",
            advice="Choose the folder TRAINER__PLANS__CONFIGURATION in nnUNet_results.",
        )
    if not file.resolve().is_relative_to(folder.resolve()):
        raise OutsideTheFolder(
            f"{file.relative_to(folder)} is a link that leads out of {folder.name}.",
            advice="Copy the file itself into the folder if you trust where it comes from.",
        )
    return file


def foreign_json(folder: Path, name: str) -> dict[str, Any]:
    """Return the JSON object in `folder`/`name`.

    Raises
    ------
    NoTrainedModel, OutsideTheFolder : see `inside`.
    UnreadablePlans : too large, not JSON, or not an object.
    """
    file = inside(folder, folder / name)
    try:
        if file.stat().st_size > _LARGEST_JSON:
            raise ValueError("it is larger than any that nnU-Net writes")
        content = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise TypeError("it is not a JSON object")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise UnreadablePlans(f"{name} cannot be read: {error}.") from error
    return content
