"""`kitsdesk audit`: verifies the chain and writes the data set's changes for a paper."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from kitsdesk.project.audit import AuditEntry
from kitsdesk.project.audit_anchors import verify_all
from kitsdesk.project.audit_chain import ChainCheck
from kitsdesk.project.dataset_changes import CaseChange, changes_paragraph, dataset_changes
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.imaging.safe_write import safe_write

_FORMATS = (".md", ".csv", ".json")


class UnknownReportFormat(KitsDeskError):
    """A report was asked for in a format that is not written."""


def run_audit(project: Path, out: Path | None = None) -> int:
    """Verify a project's log and print (or write to `out`) the report.

    Returns
    -------
    0 where the chain is whole, 1 where it is broken.

    Raises
    ------
    UnknownReportFormat : `out` does not end in .md, .csv or .json.
    ProjectFolderProblem : `project` is not a project.
    """
    if out is not None and out.suffix.lower() not in _FORMATS:
        raise UnknownReportFormat(
            f"{out.name} is no format for a report.", advice="Choose .md, .csv or .json."
        )
    with Workspace.open(project, read_only=True) as workspace:
        check = verify_all(workspace.folder, workspace.audit)
        text = report(workspace, check, out.suffix.lower() if out is not None else ".md")
    if out is None:
        sys.stdout.write(text)
    else:
        safe_write(out, lambda temporary: _write(temporary, text))
        sys.stdout.write("\n".join((_verdict(check), *check.faults)) + "\n")
    return 0 if check.whole else 1


def report(workspace: Workspace, check: ChainCheck, suffix: str) -> str:
    """Return the report as Markdown, CSV (one line per changed case) or JSON."""
    changes = dataset_changes(workspace)
    if suffix == ".csv":
        return _csv(changes)
    entries = workspace.audit.entries()
    if suffix == ".json":
        return _json(workspace, check, entries, changes)
    lines = [
        f"# Audit of {workspace.name}",
        "",
        _verdict(check),
        *(f"- {fault}" for fault in check.faults),
        "",
        "## Changes to the data set",
        "",
        changes_paragraph(workspace, changes),
        "",
        "## Log",
        "",
        "| no. | time | author | action | case | details |",
        "|---|---|---|---|---|---|",
        *(_table_row(entry) for entry in entries),
    ]
    return "\n".join(lines) + "\n"


def _verdict(check: ChainCheck) -> str:
    entries = "1 entry" if check.entries == 1 else f"{check.entries} entries"
    if check.whole:
        return f"The chain of {entries} is whole; its head is {check.head}."
    return (
        f"The chain is broken at entry {check.first_bad} of {check.entries}: "
        "from there on the log is not what was written. "
        f"{'1 fault' if len(check.faults) == 1 else f'{len(check.faults)} faults'}:"
    )


def _table_row(entry: AuditEntry) -> str:
    details = ", ".join(f"{key}: {value}" for key, value in entry.details.items() if value != "")
    cells = (entry.number, entry.created, entry.author, entry.action, entry.case, details)
    escaped = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _csv(changes: Sequence[CaseChange]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(field.name for field in fields(CaseChange))
    for change in changes:
        cells = ("" if value is None else str(value) for value in asdict(change).values())
        writer.writerow([_inert(cell) for cell in cells])
    return buffer.getvalue()


def _inert(cell: str) -> str:
    # A spreadsheet would run a cell that begins like a formula.
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _json(
    workspace: Workspace,
    check: ChainCheck,
    entries: Sequence[AuditEntry],
    changes: Sequence[CaseChange],
) -> str:
    content = {
        "project": workspace.name,
        "whole": check.whole,
        "first_bad": check.first_bad,
        "faults": check.faults,
        "head": check.head,
        "paragraph": changes_paragraph(workspace, changes),
        "changes": [asdict(change) for change in changes],
        "entries": [asdict(entry) for entry in entries],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
