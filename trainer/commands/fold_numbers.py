"""The form in which folds are given on a command line: "0-4", "0,2", "3"."""

from __future__ import annotations

import argparse


def fold_numbers(text: str) -> tuple[int, ...]:
    """Return the folds that `text` names, sorted, each once; an argparse type.

    Raises
    ------
    argparse.ArgumentTypeError : it is not of that form, or a fold is not 0 to 4.
    """
    numbers: set[int] = set()
    try:
        for part in text.split(","):
            first, _, last = part.partition("-")
            numbers.update(range(int(first), int(last or first) + 1))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not like 0-4 or 0,2") from error
    if not numbers or min(numbers) < 0 or max(numbers) > 4:
        raise argparse.ArgumentTypeError(f"{text}: folds are 0 to 4")
    return tuple(sorted(numbers))
