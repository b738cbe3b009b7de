"""What lies outside the audit table and knows its head: the end of the log cannot be cut
unseen where an export, a backup or the last closing of the project names a later entry."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kitsdesk.project.audit import Audit
from kitsdesk.project.audit_chain import GENESIS, ChainCheck
from kitsdesk.project.backups import backups
from trainer.contract.errors import DamagedFile
from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json, write_json

ANCHOR_NAME = "audit.anchor.json"
_MANIFEST = "manifest.json"


class AnchorFile(BaseModel):
    """audit.anchor.json: the log as it was when the project was closed last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: int
    head: str


@dataclass(frozen=True)
class Anchor:
    """Something that saw the log's head. `name` is what a person knows it by."""

    name: str
    head: str


def verify_all(project: Path, audit: Audit) -> ChainCheck:
    """Verify the chain and that every anchor's entry is still in it."""
    check = audit.verify()
    known = {GENESIS, "", *audit.hashes()}
    lost = tuple(
        f"{anchor.name} was made when the log ended with {anchor.head[:12]}…, an entry that is "
        "not there any more"
        for anchor in anchors(project)
        if anchor.head not in known
    )
    if not lost:
        return check
    first = check.entries + 1 if check.first_bad is None else check.first_bad
    return replace(check, first_bad=first, faults=(*check.faults, *lost))


def anchors(project: Path) -> list[Anchor]:
    """Return what in a project folder knows a head of its log; unreadable ones are left out."""
    found = []
    for path in sorted((project / "exports").glob(f"*/{_MANIFEST}")):
        with contextlib.suppress(DamagedFile, ValidationError):
            manifest = ExportManifest.model_validate(read_json(path))
            found.append(Anchor(f"export {path.parent.name}", manifest.audit_head))
    for backup in backups(project):
        with contextlib.suppress(sqlite3.Error):
            found.append(Anchor(f"backup {backup.path.name}", _head_in(backup.path)))
    with contextlib.suppress(DamagedFile, ValidationError):
        closed = AnchorFile.model_validate(read_json(project / ANCHOR_NAME))
        found.append(Anchor("the last closing of the project", closed.head))
    return found


def drop_anchor(project: Path, audit: Audit) -> None:
    """Write down the log's head beside the database; a full disk keeps the old anchor."""
    hashes = audit.hashes()
    closed = AnchorFile(entries=len(hashes), head=hashes[-1] if hashes else GENESIS)
    with contextlib.suppress(OSError):
        write_json(project / ANCHOR_NAME, closed)


def _head_in(path: Path) -> str:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        row = copy.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return str(row[0]) if row else GENESIS
