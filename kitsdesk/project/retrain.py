"""Gathers what Retrain folds… shows before anything is exported or started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.export_changes import changes_since_export
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.project_folds import Folds
from kitsdesk.project.retrain_facts import FoldSize, RetrainFacts
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.training_estimates import (
    disk_gb,
    free_disk_gb,
    free_memory_gb,
    memory_gb,
    network_choices,
    seconds_per_fold,
)
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision
from trainer.contract.model_manifest import ModelManifest
from trainer.contract.presets import PRESETS, Preset
from trainer.datasets.folds import FOLDS

_OPEN: tuple[Decision, ...] = ("unreviewed", "deferred")


def read_facts(workspace: Workspace, probe: Mapping[str, Any] | None = None) -> RetrainFacts:
    """Return the numbers of the sheet.

    `probe` is what `kitsdesk-trainer run probe` printed, for device and memory; without it
    this computer's processor and free memory are shown. Nothing is written or exported.
    """
    decisions, going_in = _decided(workspace)
    problem, folds = "", {}
    try:
        folds = Folds(workspace).preview(record.patient for record in going_in)
    except KitsDeskError as error:
        problem = error.happened
    changes = changes_since_export(workspace)
    models = Models(workspace)
    manifests = [models.manifest(name) for name in models.in_use()]
    preset = _first_preset(manifests)
    architecture = next(iter(preset.features))
    parameters = network_choices(preset)[0].parameters
    given = dict(probe or {})
    return RetrainFacts(
        cases=len(going_in),
        total_cases=len(workspace.cases()),
        excluded=sum(decision == "excluded" for decision in decisions.values()),
        last_export=f"export of {changes.last}" if changes.last else "",
        changed=changes.changed,
        folds=_fold_sizes(going_in, folds, decisions),
        unreviewed_note=_unreviewed_note(going_in, decisions),
        presets=(preset.name, *(name for name in PRESETS if name != preset.name)),
        architectures={name: network_choices(PRESETS[name]) for name in PRESETS},
        preset_notes={name: _preset_note(PRESETS[name]) for name in PRESETS},
        current_model=" + ".join(models.in_use()),
        warm_start_problem=warm_start_problem(manifests, going_in, folds),
        disk_gb=disk_gb(workspace, preset),
        disk_free_gb=free_disk_gb(workspace.folder),
        memory_gb=memory_gb(preset.network(architecture), preset, parameters),
        memory_free_gb=float(given.get("memory_free_gb", free_memory_gb())),
        seconds_per_fold=seconds_per_fold(workspace),
        device=str(given.get("device", f"CPU · {os.cpu_count() or 1} cores")),
        problem=problem,
    )


def _decided(workspace: Workspace) -> tuple[dict[str, Decision], list[CaseRecord]]:
    """Return the decision on every readable case, and the cases that go into an export."""
    records = [record for record in workspace.cases() if not record.problem]
    current = Decisions(workspace).all_current()
    decisions: dict[str, Decision] = {
        record.case: current.get(record.case, DecisionRecord(record.case)).decision
        for record in records
    }
    going_in = [
        record
        for record in records
        if decisions[record.case] != "excluded" and _has_mask(workspace, record)
    ]
    return decisions, going_in


def warm_start_problem(
    manifests: list[ModelManifest], going_in: list[CaseRecord], folds: Mapping[str, int]
) -> str:
    """Return why no warm start is possible, "" where every fold has an old one to start from.

    A new fold may start from an old one only if that saw none of the new fold's validation
    cases (method.md, warm start); a case whose image was never hashed counts as seen.
    """
    if not manifests:
        return "No model is in use to start from."
    for manifest in manifests:
        for fold in range(FOLDS):
            held_out = [record for record in going_in if folds.get(record.patient) == fold]
            seen = {entry.fold: _first_seen(entry, held_out) for entry in manifest.folds}
            if held_out and seen and all(case is not None for case in seen.values()):
                case = seen.get(fold) or next(iter(seen.values()))
                return f"{manifest.name} saw {case}, which new fold {fold} holds out."
    return ""


def _first_seen(entry: Any, cases: list[CaseRecord]) -> str | None:
    if entry.trained_on == "none":
        return None
    for record in cases:
        if record.image_hash is None or entry.saw(record.image_hash):
            return record.case
    return None


def _has_mask(workspace: Workspace, record: CaseRecord) -> bool:
    return record.reference is not None or bool(Revisions(workspace).all(record.case))


def _fold_sizes(
    cases: list[CaseRecord], folds: Mapping[str, int], decisions: Mapping[str, Decision]
) -> tuple[FoldSize, ...]:
    sizes = []
    for fold in range(FOLDS) if folds else ():
        held_out = [record for record in cases if folds[record.patient] == fold]
        unreviewed = sum(decisions[record.case] in _OPEN for record in held_out)
        sizes.append(FoldSize(fold, len(held_out) - unreviewed, unreviewed))
    return tuple(sizes)


def _unreviewed_note(cases: list[CaseRecord], decisions: Mapping[str, Decision]) -> str:
    counts = {name: sum(decisions[record.case] == name for record in cases) for name in _OPEN}
    parts = [f"{number} {name}" for name, number in counts.items() if number]
    if not parts:
        return ""
    plural = sum(counts.values()) > 1
    words = (
        "cases go in with their reference masks"
        if plural
        else ("case goes in with its reference mask")
    )
    return f"{' and '.join(parts)} {words}."


def _first_preset(manifests: list[ModelManifest]) -> Preset:
    for manifest in manifests:
        if manifest.preset in PRESETS:
            return PRESETS[manifest.preset]
    return PRESETS["kits2019"]


def _preset_note(preset: Preset) -> str:
    patch = "×".join(str(size) for size in preset.plan.patch)
    return f"{patch} patch, {preset.schedule.epochs} epochs"
