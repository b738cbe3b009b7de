"""An argparse type: the file that a table is written to."""

from __future__ import annotations

import argparse
from pathlib import Path

_KINDS = (".csv", ".json")


def table_file(text: str) -> Path:
    """Return the path of a table.

    Raises
    ------
    argparse.ArgumentTypeError : it ends neither in .csv nor in .json.
    """
    path = Path(text)
    if path.suffix not in _KINDS:
        raise argparse.ArgumentTypeError(f"{path.name} is neither a .csv nor a .json file")
    return path
