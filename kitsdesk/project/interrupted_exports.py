"""Exports that a crash left half-made: completed where all is there, else removed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pydantic import ValidationError

from kitsdesk.project.journal_file import sync_folder
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import DamagedFile
from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json
from trainer.datasets.training_set import EXPORT_MANIFEST

UNFINISHED = ".unfinished"


def settle_exports(workspace: Workspace) -> list[str]:
    """Complete or remove what an interrupted export left; return a sentence for each.

    manifest.json is written when every other file is there and synced, so a folder that has it
    only lacks its name, or its line in the log. Called once when a project is opened to write.
    """
    said = []
    folder = workspace.exports_folder
    for left in sorted(folder.glob(f".*{UNFINISHED}")):
        stamp = left.name.removeprefix(".").removesuffix(UNFINISHED)
        if _is_complete(left) and not (folder / stamp).exists():
            os.replace(left, folder / stamp)
            sync_folder(folder)
            said.append(f"The export {stamp} was interrupted at its end and has been completed.")
        else:
            shutil.rmtree(left, ignore_errors=True)
            said.append(
                f"The export {stamp} was interrupted and has been removed; masks and decisions "
                "are as they were. Export again."
            )
    _write_into_log(workspace)
    return said


def _is_complete(export: Path) -> bool:
    manifest = _manifest(export)
    if manifest is None:
        return False
    files = [name for case in manifest.cases for name in (case.image, case.mask)]
    return all((export / name).is_file() for name in files)


def _write_into_log(workspace: Workspace) -> None:
    entries = workspace.audit.entries()
    known = {entry.details.get("export") for entry in entries if entry.action == "exported"}
    heads = {entry.hash for entry in entries}
    for path in sorted(workspace.exports_folder.glob(f"*/{EXPORT_MANIFEST}")):
        if path.parent.name in known:
            continue
        manifest = _manifest(path.parent)
        # An export that was put here from another project is not one of this log.
        if manifest is not None and manifest.audit_head in heads:
            workspace.audit.append(
                "exported",
                workspace.author,
                export=path.parent.name,
                cases=len(manifest.cases),
                left_out=len(manifest.left_out),
                completed_after="an interruption",
            )


def _manifest(export: Path) -> ExportManifest | None:
    try:
        return ExportManifest.model_validate(read_json(export / EXPORT_MANIFEST))
    except (DamagedFile, ValidationError):
        return None
