"""A file with one JSON line per epoch, which no interruption repeats or cuts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.contract.jsonfile import append_line, read_lines


class EpochLines:
    """Appends the lines of epochs in their order; an epoch that is there already (written
    before an interruption, and computed again since) is left as it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines, whole = read_lines(path)
        self._last = max((int(line["epoch"]) for line in lines if "epoch" in line), default=-1)
        self._whole = whole

    def append(self, record: Mapping[str, Any]) -> None:
        """Append one epoch's record.

        Raises
        ------
        OSError : the disk is full; what could be written of the line is taken back.
        """
        if record["epoch"] <= self._last:
            return
        if self._path.exists() and self._path.stat().st_size > self._whole:
            with self._path.open("r+b") as file:
                file.truncate(self._whole)
        append_line(self._path, dict(record))
        self._last, self._whole = record["epoch"], self._path.stat().st_size
