"""Disagreements in words: what is missing or extra, where, how large, who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer.contract.structures import STRUCTURE_NAMES

if TYPE_CHECKING:
    from kitsdesk.review.disagreement import Disagreement

MINUS = "−"


def claim_title(found: Disagreement, against: str = "reference") -> str:
    """Return for example "Tumor missing in the reference, left lower pole".

    `against` names the mask that the prediction is held against: "reference", or "working
    mask" once it was changed.
    """
    if found.parts:
        count = sum(part.crumbs or 1 for part in found.parts)
        places = "1 place" if count == 1 else f"{count} places"
        return f"Boundary differences, {places}"
    verb = "missing" if found.prediction_only else "only"
    return (
        f"{STRUCTURE_NAMES[found.structure].capitalize()} {verb} in the {against}, {place(found)}"
    )


def claim_detail(found: Disagreement) -> str:
    """Return for example "12.3 ml, 5 of 5 folds, 41 HU against kidney 33"; the folds are
    those that say what the prediction says, left out where they are not known."""
    if found.parts:
        return f"{_millilitres(found.ml)} in all"
    return ", ".join([_millilitres(found.ml), *_folds(found), _density(found)])


def claim_sentence(found: Disagreement, against: str = "reference") -> str:
    """Return title and detail in one, with how many of the folds had not seen the case."""
    if found.parts:
        return f"{claim_title(found)}, {claim_detail(found)}"
    parts = [claim_title(found, against), _millilitres(found.ml), *_folds(found)]
    if found.folds is not None and found.held_out is not None:
        parts.append(_unseen(found.held_out, found.folds))
    return ", ".join([*parts, _density(found)])


def place(found: Disagreement) -> str:
    """Return "left lower pole", "left kidney, middle" or, at no pole, "left kidney"."""
    if found.pole == "":
        return f"{found.side} kidney"
    if found.pole == "middle":
        return f"{found.side} kidney, middle"
    return f"{found.side} {found.pole}"


def number(value: float, decimals: int = 0) -> str:
    """Return the number with a real minus sign, and never "−0"."""
    text = f"{value:.{decimals}f}"
    if text.startswith("-"):
        return text[1:] if float(text) == 0 else MINUS + text[1:]
    return text


def _millilitres(ml: float) -> str:
    return f"{number(ml, 1)} ml"


def _folds(found: Disagreement) -> list[str]:
    if found.folds is None or found.folds_agree is None:
        return []
    return [f"{found.folds_agree} of {found.folds} folds"]


def _unseen(held_out: int, folds: int) -> str:
    if held_out >= folds:
        return "none of which had seen the case"
    if held_out == 0:
        return "all of which had seen the case"
    return f"{held_out} of which had not seen the case"


def _density(found: Disagreement) -> str:
    density = f"{number(found.mean_hu)} HU"
    if found.kidney_hu is None:
        return density
    return f"{density} against kidney {number(found.kidney_hu)}"
