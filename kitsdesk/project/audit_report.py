"""`kitsdesk audit`: verifies the chain and writes the data set's changes for a paper."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import asdict
from pathlib import Path

from kitsdesk.project.audit import AuditEntry, ChainCheck
from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision
from trainer.imaging.safe_write import safe_write

_CHANGES: tuple[tuple[Decision, str], ...] = (
    ("excluded", "excluded"),
    ("replaced", "replaced by a model's prediction"),
    ("corrected", "corrected by hand"),
)
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
        check = workspace.audit.verify()
        text = report(workspace, check, out.suffix.lower() if out is not None else ".md")
    if out is None:
        sys.stdout.write(text)
    else:
        safe_write(out, lambda temporary: _write(temporary, text))
        sys.stdout.write(f"{_verdict(check)}\n")
    return 0 if check.whole else 1


def report(workspace: Workspace, check: ChainCheck, suffix: str) -> str:
    """Return the report as Markdown, CSV (one line per entry) or JSON."""
    entries = workspace.audit.entries()
    if suffix == ".csv":
        return _csv(entries)
    if suffix == ".json":
        return _json(workspace, check, entries)
    lines = [
        f"# Audit of {workspace.name}",
        "",
        _verdict(check),
        "",
        "## Changes to the data set",
        "",
        changes_paragraph(workspace),
        "",
        "## Log",
        "",
        "| no. | time | author | action | case | details |",
        "|---|---|---|---|---|---|",
        *(_table_row(entry) for entry in entries),
    ]
    return "\n".join(lines) + "\n"


def changes_paragraph(workspace: Workspace) -> str:
    """Return the paragraph for a methods section: which cases changed, how and why."""
    current = Decisions(workspace).all_current()
    records = [
        current.get(record.case, DecisionRecord(record.case)) for record in workspace.cases()
    ]
    total = len(records)
    sentences = [f"The data set holds {total} {'case' if total == 1 else 'cases'}."]
    for decision, words in _CHANGES:
        chosen = [record for record in records if record.decision == decision]
        if chosen:
            verb = "case was" if len(chosen) == 1 else "cases were"
            names = "; ".join(_with_reason(record) for record in chosen)
            sentences.append(f"{len(chosen)} {verb} {words}: {names}.")
    for decision, words in (("kept", "reviewed and kept"), ("deferred", "deferred")):
        number = sum(record.decision == decision for record in records)
        if number:
            sentences.append(f"{number} {'was' if number == 1 else 'were'} {words}.")
    unreviewed = sum(record.decision == "unreviewed" for record in records)
    if unreviewed:
        sentences.append(f"{unreviewed} {'was' if unreviewed == 1 else 'were'} not reviewed.")
    return " ".join(sentences)


def _with_reason(record: DecisionRecord) -> str:
    reason = record.reason.rstrip(".")
    return f"{record.case} ({reason})" if reason else record.case


def _verdict(check: ChainCheck) -> str:
    entries = "1 entry" if check.entries == 1 else f"{check.entries} entries"
    if check.whole:
        return f"The chain of {entries} is whole; its head is {check.head}."
    return (
        f"The chain is broken at entry {check.first_bad} of {check.entries}: "
        "from there on the log was changed after it was written."
    )


def _table_row(entry: AuditEntry) -> str:
    details = ", ".join(f"{key}: {value}" for key, value in entry.details.items() if value != "")
    cells = (entry.number, entry.created, entry.author, entry.action, entry.case, details)
    escaped = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _csv(entries: list[AuditEntry]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    fields = ("number", "created", "author", "action", "case", "details", "previous", "hash")
    writer.writerow(fields)
    for entry in entries:
        values = asdict(entry)
        values["details"] = json.dumps(entry.details, ensure_ascii=False, sort_keys=True)
        writer.writerow([_inert(str(values[field])) for field in fields])
    return buffer.getvalue()


def _inert(cell: str) -> str:
    # A spreadsheet would run a cell that begins like a formula.
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _json(workspace: Workspace, check: ChainCheck, entries: list[AuditEntry]) -> str:
    content = {
        "project": workspace.name,
        "whole": check.whole,
        "first_bad": check.first_bad,
        "head": check.head,
        "changes": changes_paragraph(workspace),
        "entries": [asdict(entry) for entry in entries],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
