"""How blocks per resolution are written on the command line: 1,2,3,4,5,6."""

from __future__ import annotations

import argparse


def block_numbers(text: str) -> tuple[int, ...]:
    """Return the blocks that `text` names, finest resolution first."""
    try:
        blocks = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} are no numbers of blocks; write 1,2,3,4,5,6"
        ) from None
    if min(blocks) < 1:
        raise argparse.ArgumentTypeError("each resolution has at least one block")
    return blocks
