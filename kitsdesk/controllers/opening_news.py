"""What there is to tell of a project that was just opened."""

from __future__ import annotations

from kitsdesk.controllers.views import ShellView
from kitsdesk.project.workspace import Workspace


def show_notices(workspace: Workspace, shell: ShellView) -> None:
    """Say why the project is read-only, where it is, and what was put right on opening it."""
    if workspace.barrier is not None:
        shell.show_problem(workspace.barrier)
    for notice in workspace.notices:
        shell.show_message(notice)
