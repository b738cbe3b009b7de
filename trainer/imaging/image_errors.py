"""Why a volume file is refused, in words a person can act on."""

from __future__ import annotations

from pathlib import Path

from trainer.contract.errors import KitsDeskError


class UnreadableImage(KitsDeskError):
    """A file is not an image the program can trust."""


class UnreadableSeries(KitsDeskError):
    """A DICOM series cannot be made into one trustworthy volume."""


def refused(
    path: Path, reason: str, advice: str = "Export or download it again."
) -> UnreadableImage:
    """Return the refusal of `path` because of `reason`, a clause after a colon."""
    return UnreadableImage(
        f"{path.name} is refused: {reason}.", kept="The file was not changed.", advice=advice
    )
