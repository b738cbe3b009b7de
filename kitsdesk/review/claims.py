"""A disagreement in words, so that a person can agree or not."""

from __future__ import annotations

from typing import Literal

from kitsdesk.review.disagreement import Disagreement
from trainer.contract.structures import STRUCTURE_NAMES

Against = Literal["reference", "working mask"]


def title(piece: Disagreement, against: Against = "reference") -> str:
    """Return e.g. "Tumor missing in the reference, left lower pole"."""
    name = STRUCTURE_NAMES[piece.structure].capitalize()
    what = "missing in" if piece.prediction_only else "only in"
    return f"{name} {what} the {against}, {place(piece)}"


def detail(piece: Disagreement) -> str:
    """Return e.g. "14.2 ml, 5 of 5 folds, 1 of which had not seen the case, 62 HU against
    kidney 168"."""
    parts = [f"{piece.ml:.1f} ml"]
    if piece.folds:
        parts.append(_votes(piece))
    if piece.mean_hu is not None:
        hu = f"{_whole(piece.mean_hu)} HU"
        if piece.kidney_hu is not None:
            hu += f" against kidney {_whole(piece.kidney_hu)}"
        parts.append(hu)
    return ", ".join(parts)


def sentence(piece: Disagreement, against: Against = "reference") -> str:
    """Return title and detail in one."""
    return f"{title(piece, against)}, {detail(piece)}"


def place(piece: Disagreement) -> str:
    """Return where it lies: side and part of the kidney."""
    if piece.away:
        return f"{piece.side}, away from the kidneys"
    if piece.part == "whole length":
        return f"{piece.side}, whole length of the kidney"
    return f"{piece.side} {piece.part}" if piece.part else piece.side


def _votes(piece: Disagreement) -> str:
    # The folds counted are those that say what the prediction says there.
    text = f"{piece.folds_agree} of {piece.folds} folds"
    if piece.folds_agree == 0:
        return text
    if piece.unseen_agree == piece.folds_agree:
        which = "which had not" if piece.folds_agree == 1 else "none of which had"
        return f"{text}, {which} seen the case"
    if piece.unseen_agree == 0:
        which = "which had" if piece.folds_agree == 1 else "all of which had"
        return f"{text}, {which} seen the case"
    return f"{text}, {piece.unseen_agree} of which had not seen the case"


def _whole(value: float) -> str:
    rounded = round(value)
    return f"−{-rounded}" if rounded < 0 else str(rounded)
