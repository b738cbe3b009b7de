"""What applying a decision list would change, and what it changed: plain records."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.contract.export_manifest import Decision


@dataclass(frozen=True)
class ListRow:
    """One change: the decision now and after it. `refused` says why it cannot be made."""

    case: str
    now: Decision
    becomes: Decision
    reason: str
    source: str = ""
    since: str = ""
    refused: str = ""


@dataclass(frozen=True)
class ListPreview:
    """What applying a list would do. `missing` are its cases that the project lacks,
    `same` counts those that are decided so already."""

    title: str
    about: str
    rows: tuple[ListRow, ...]
    missing: tuple[str, ...] = ()
    same: int = 0
    folds: str = ""


@dataclass(frozen=True)
class ListApplied:
    """What was done; `refused` gives the reason per case left as it was."""

    changed: tuple[str, ...]
    refused: dict[str, str] = field(default_factory=dict)
