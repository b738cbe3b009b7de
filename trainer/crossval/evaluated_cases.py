"""The cases of a cross-validation: those its folds hold out, and excluded ones if given."""

from __future__ import annotations

from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json
from trainer.crossval.crossval_request import CrossvalRequest
from trainer.datasets.source import NoCases, find_cases
from trainer.datasets.training_set import EXPORT_MANIFEST, TrainingCase, read_training_set

# No fold was trained on an excluded case, so every fold holds it out.
EVERY_FOLD = -1


def heldout_cases(request: CrossvalRequest) -> list[TrainingCase]:
    """Return the cases that the asked folds validate, by id."""
    cases = read_training_set(request.export).cases
    return [case for case in cases if case.fold in request.folds]


def excluded_cases(request: CrossvalRequest) -> list[TrainingCase]:
    """Return the cases that the export excludes and `request.reference` holds, CT and mask.

    Their fold is EVERY_FOLD. They are measured against their reference mask only, apart
    from the others.
    """
    manifest = request.export / EXPORT_MANIFEST
    if request.reference is None or not manifest.exists():
        return []
    left_out = ExportManifest.model_validate(read_json(manifest)).left_out
    excluded = {case.case for case in left_out if case.decision == "excluded"}
    try:
        found = find_cases(request.reference).cases
    except NoCases:
        # A folder of masks alone.
        return []
    return [
        TrainingCase(case.case, case.image, case.mask, EVERY_FOLD)
        for case in found
        if case.case in excluded and case.mask is not None
    ]
