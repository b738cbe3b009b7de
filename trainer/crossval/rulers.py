"""What held-out masks are measured against: the reference masks, and the curated ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json
from trainer.datasets.training_set import EXPORT_MANIFEST, TrainingCase
from trainer.evaluation.mask_files import find_masks

RulerName = Literal["reference", "curated", "excluded"]


@dataclass(frozen=True)
class Ruler:
    """Masks by case; `notes` are sentences for whoever reads the table."""

    name: RulerName
    masks: dict[str, Path]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rulers:
    """All rulers in the order of the table, and what was decided about the cases (empty for
    a plain data set)."""

    all: tuple[Ruler, ...]
    decisions: dict[str, str] = field(default_factory=dict)

    def mark(self, case: str) -> str:
        """Return "replaced" where the curated mask came from a model, else the decision."""
        return self.decisions.get(case, "")


def find_rulers(
    export: Path,
    cases: list[TrainingCase],
    reference: Path | None,
    excluded: list[TrainingCase] | None = None,
) -> Rulers:
    """Return the masks to measure `cases` against, and those of the `excluded` ones apart.

    The curated masks are the export's. The reference masks are those of `reference` (a KiTS
    or flat folder) where it is given, else the export's own of revision 0; a case with
    neither is left out of that ruler, which says so. A data set that is no export has its
    reference masks only, which then are both rulers.

    Raises
    ------
    NoMasksFound : `reference` holds no masks. DamagedFile : the manifest cannot be read.
    """
    curated = {case.id: case.mask for case in cases}
    given = {} if reference is None else find_masks(reference)
    if not (export / EXPORT_MANIFEST).exists():
        own = {case: given.get(case, mask) for case, mask in curated.items()}
        note = "" if reference else "The data set is no export: both rulers are its own masks."
        return Rulers((_ruler("reference", own, note), _ruler("curated", curated, note)))
    manifest = ExportManifest.model_validate(read_json(export / EXPORT_MANIFEST))
    exported = {case.case: case for case in manifest.cases if case.case in curated}
    original = {case: curated[case] for case in exported if exported[case].revision == 0}
    masks = {case: mask for case in curated if (mask := given.get(case, original.get(case)))}
    decisions = {case: str(exported[case].decision) for case in exported}
    rulers = [
        Ruler("reference", masks, _reference_notes(manifest, curated, masks)),
        Ruler("curated", curated, _curated_notes(decisions)),
    ]
    if excluded:
        apart = {case.id: case.mask for case in excluded}
        rulers.append(Ruler("excluded", apart, (_EXCLUDED_NOTE,)))
        decisions |= dict.fromkeys(apart, "excluded")
    return Rulers(tuple(rulers), decisions)


_EXCLUDED_NOTE = "No fold was trained on these: each is predicted by all folds together."


def _ruler(name: RulerName, masks: dict[str, Path], note: str) -> Ruler:
    return Ruler(name, masks, (note,) if note else ())


def _reference_notes(
    manifest: ExportManifest, curated: dict[str, Path], masks: dict[str, Path]
) -> tuple[str, ...]:
    notes = []
    missing = [case for case in curated if case not in masks]
    if missing:
        notes.append(
            f"{len(missing)} with a curated mask and no reference mask at hand, left out here: "
            f"{', '.join(missing)}. Give --reference."
        )
    excluded = [case.case for case in manifest.left_out if case.decision == "excluded"]
    if excluded:
        notes.append(f"{len(excluded)} excluded from the export: {', '.join(excluded)}.")
    return tuple(notes)


def _curated_notes(decisions: dict[str, str]) -> tuple[str, ...]:
    replaced = [case for case, decision in decisions.items() if decision == "replaced"]
    if not replaced:
        return ()
    # A mask taken from a model favours models: the reader must know.
    return (
        f"{len(replaced)} replaced by a prediction, their ruler came from a model: "
        f"{', '.join(replaced)}.",
    )
