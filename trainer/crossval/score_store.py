"""Scores of pairs of mask files, kept so that an interrupted table goes on where it was."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainer.contract.jsonfile import append_line, read_lines
from trainer.evaluation.dice import EmptyPolicy
from trainer.evaluation.score_table import ScoreRow, row_from_json, score_case, without_nan
from trainer.imaging.hashing import file_hash


class ScoreStore:
    """A line per scored pair, found again by the hashes of both files.

    Two rulers with the same mask are scored once.
    """

    def __init__(self, path: Path, empty: EmptyPolicy, *, surface: bool) -> None:
        self._path = path
        self._empty: EmptyPolicy = empty
        self._surface = surface
        lines, end = read_lines(path)
        self._known = {self._name(line): line["row"] for line in lines if "row" in line}
        if path.exists() and path.stat().st_size > end:
            # A kill cut the last line: without this the next one would be lost with it.
            with path.open("r+b") as file:
                file.truncate(end)

    def score(self, case: str, reference: Path, prediction: Path) -> ScoreRow:
        """Return the scores of two mask files of `case`, from the store where they are there.

        Raises
        ------
        KitsDeskError : a file cannot be read, or their geometries differ.
        """
        pair = {
            "reference": file_hash(reference),
            "prediction": file_hash(prediction),
            "empty": self._empty,
            "surface": self._surface,
        }
        name = self._name(pair)
        if name in self._known:
            return row_from_json(self._known[name] | {"case": case})
        row = score_case(case, reference, prediction, self._empty, surface=self._surface)
        self._known[name] = without_nan(asdict(row))
        append_line(self._path, pair | {"row": self._known[name]})
        return row

    @staticmethod
    def _name(line: dict[str, Any]) -> tuple[str, str, str, bool]:
        return line["reference"], line["prediction"], line["empty"], line["surface"]
