"""The commands of `kitsdesk-trainer`: one file each, imported only when asked for."""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "inspect": "say what a file or a DICOM series is",
    "phantom": "make abdominal CT phantoms in KiTS layout",
    "describe": "describe a network: parameters and cost per patch",
    "plan": "plan grid, patch and strides from an export",
    "preprocess": "resample and cache the cases of an export",
    "train": "train folds from an export",
    "crossval": "train all folds, predict what each did not see, write Table 1",
    "predict": "write masks for CTs with all folds of one or more models",
    "evaluate": "score predictions against reference masks as KiTS19 does",
    "compare": "compare two sets of predictions case by case",
    "run": "start, follow and stop the tasks of a run folder",
    "serve": "predict for the window, keeping models warm",
    "model": "verify a model, or exchange it with nnU-Net v2",
}
