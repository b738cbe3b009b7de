"""`--shard 2/5`: which part of the cases a task is for."""

from __future__ import annotations

import argparse
import re


def shard_numbers(text: str) -> tuple[int, int]:
    """Return (2, 5) for "2/5", the second of five parts; an argparse type.

    Raises
    ------
    argparse.ArgumentTypeError : there is no such part.
    """
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 2/5")
    number, count = int(match.group(1)), int(match.group(2))
    if not 1 <= number <= count:
        raise argparse.ArgumentTypeError(f"there is no part {number} of {count}")
    return number, count
