"""The option that takes masks without any structure as meant."""

from __future__ import annotations

import argparse


def add_empty_masks(parser: argparse.ArgumentParser) -> None:
    """Add `--empty-masks`."""
    parser.add_argument(
        "--empty-masks", action="store_true", help="masks without any structure are meant so"
    )
