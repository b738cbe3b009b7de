"""Help ▸ System report: what a person may send to strangers, so nothing of a patient is in it.

Only what is named here goes in: no case id, no name or path of a project, no author, no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Settings without a word of a person's own in them.
TELLING = (
    "theme", "device", "mirror", "mode", "threads",
    "brush_mm", "fill", "opacity", "linked", "mouse",
)  # fmt: skip
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReportFacts:
    """What the report is made from; `settings` may hold more than is told."""

    program: Rows
    libraries: Rows
    machine: Rows
    self_test: str = "not run in this session"
    settings: Mapping[str, object] = field(default_factory=dict)
    edited_keys: int = 0
    project: Rows = ()
    folders: Rows = ()


def report_text(facts: ReportFacts) -> str:
    """Return the report, a block a subject."""
    settings = tuple(
        (name, str(facts.settings[name])) for name in TELLING if name in facts.settings
    )
    blocks = (
        ("Program", facts.program),
        ("Libraries", facts.libraries),
        ("Computer", (*facts.machine, ("self-test", facts.self_test))),
        ("Settings", (*settings, ("keys changed", str(facts.edited_keys)))),
        ("Project", facts.project or (("open", "none"),)),
        ("Folders", facts.folders),
    )
    return "\n\n".join(_block(title, rows) for title, rows in blocks)


def shortened(path: Path, home: Path) -> str:
    """Return a path of the program's own with the home folder as "~"; other places are not
    told, since folders are called after people."""
    try:
        return f"~/{path.relative_to(home).as_posix()}"
    except ValueError:
        return "outside the home folder"


def _block(title: str, rows: Rows) -> str:
    width = max((len(name) for name, _value in rows), default=0)
    return "\n".join([title, *(f"  {name:<{width}}  {value}" for name, value in rows)])
