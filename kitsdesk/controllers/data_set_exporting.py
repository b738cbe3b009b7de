"""File, Export data set…: which layout is asked for, then the project exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from kitsdesk.controllers.views import ShellView
from kitsdesk.project.exports import Layout

QUESTION = "Export the curated data set in which layout?"
LAYOUTS: tuple[tuple[Layout, str], ...] = (
    ("kits", "KiTS: a folder for each case"),
    ("nnunet", "nnU-Net raw"),
)
"""The last one is the default."""


def ask_layout(shell: ShellView, export: Callable[[Layout], object]) -> None:
    """Ask in a strip for the layout and export; nothing where the question is put away."""

    def answered(key: str) -> None:
        if key:
            export(cast("Layout", key))

    shell.choose(QUESTION, LAYOUTS, answered)
