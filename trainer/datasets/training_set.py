"""What folds are trained on: an export of the desk, or a plain data set with masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from trainer.contract.errors import DamagedFile
from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json
from trainer.datasets.broken_cases import NAMED
from trainer.datasets.folds import FOLDS, assign_folds
from trainer.datasets.nnunet_raw import SPLITS_NAME, UnfinishedDataSet, mask_path, read_splits
from trainer.datasets.source import NoCases, find_cases
from trainer.datasets.source_case import SourceCase

EXPORT_MANIFEST = "manifest.json"
# Decisions after which a mask is what a person wants it to be.
_LOOKED_AT = ("kept", "corrected", "replaced")


@dataclass(frozen=True)
class TrainingCase:
    """One case with its mask, and the fold (0-4) in which it is validated.

    The hashes are the export's (`trainer.imaging.hashing.volume_hash`); empty for a data
    set that is no export, whose voxels have to be read to know them. `patient` is empty
    where a case is its own patient. `empty_meant` says that a mask without any structure is
    no mistake: a person kept it in the desk, or said so for the whole set.
    """

    id: str
    image: Path
    mask: Path
    fold: int
    image_hash: str = ""
    mask_hash: str = ""
    patient: str = ""
    empty_meant: bool = False


@dataclass(frozen=True)
class TrainingSet:
    """The cases of one export, sorted by id."""

    path: Path
    cases: tuple[TrainingCase, ...]

    def training(self, fold: int) -> tuple[TrainingCase, ...]:
        """Return the cases that fold `fold` learns from."""
        return tuple(case for case in self.cases if case.fold != fold)

    def validation(self, fold: int) -> tuple[TrainingCase, ...]:
        """Return the cases that fold `fold` is validated on and never learns from."""
        return tuple(case for case in self.cases if case.fold == fold)

    def meaning_empty_masks(self) -> TrainingSet:
        """Return the set with every mask without structures taken as meant."""
        return replace(self, cases=tuple(replace(case, empty_meant=True) for case in self.cases))


def read_training_set(path: Path) -> TrainingSet:
    """Return the cases at `path` with their folds.

    Parameters
    ----------
    path : an export (with manifest.json), nnU-Net's raw layout with or without
        splits_final.json, a KiTS folder, or a folder of loose files with masks. Where
        nothing says the folds they are computed on the sorted patients.

    Raises
    ------
    NoCases : there is no case with a mask.
    TooFewPatients : folds must be computed and there are fewer than five patients.
    UnfinishedDataSet : files are missing, or the folds contradict each other.
    DamagedFile : a JSON file cannot be read.
    """
    path = path.absolute()
    if (path / EXPORT_MANIFEST).exists():
        return _read_export(path)
    source = find_cases(path)
    with_masks = [case for case in source.cases if case.mask is not None]
    if source.layout == "nnunet":
        _require_files(
            path.name, [mask_path(case.case) for case in source.cases if case.mask is None]
        )
    if not with_masks:
        raise NoCases(
            f"No case in {path.name} has a reference mask.",
            advice="Training needs masks: segmentation.nii.gz beside imaging.nii.gz.",
        )
    folds = _folds_of(path, with_masks)
    cases = [
        TrainingCase(case.case, case.image, case.mask, folds[case.case], patient=case.patient)
        for case in with_masks
        if case.mask is not None
    ]
    return TrainingSet(path, tuple(sorted(cases, key=lambda case: case.id)))


def _folds_of(path: Path, cases: list[SourceCase]) -> dict[str, int]:
    """Return each case's fold from splits_final.json, else from its patient."""
    if (path / SPLITS_NAME).exists():
        folds = read_splits(path / SPLITS_NAME)
        missing = [case.case for case in cases if case.case not in folds]
        if missing:
            raise UnfinishedDataSet(
                f"{SPLITS_NAME} does not say where {missing[0]} is validated.",
                advice="Add it to one fold's val list and to the others' train lists.",
            )
        present = {case.case for case in cases}
        _require_files(path.name, [f"the image or mask of {c}" for c in folds if c not in present])
        return folds
    by_patient = assign_folds(case.patient for case in cases)
    return {case.case: by_patient[case.patient] for case in cases}


def _read_export(path: Path) -> TrainingSet:
    """Return the cases of a finished export, checked against its own files."""
    try:
        manifest = ExportManifest.model_validate(read_json(path / EXPORT_MANIFEST))
    except ValidationError as error:
        raise DamagedFile(
            f"{EXPORT_MANIFEST} is not one this version understands: {error.errors()[0]['msg']}.",
            advice="Export the data set again.",
        ) from error
    if not manifest.cases:
        raise NoCases(f"The export {path.name} holds no case.", advice="Export it again.")
    files = [file for entry in manifest.cases for file in (entry.image, entry.mask)]
    _require_files("The export", [file for file in files if not (path / file).exists()])
    cases = []
    for entry in sorted(manifest.cases, key=lambda entry: entry.case):
        if not 0 <= entry.fold < FOLDS:
            raise UnfinishedDataSet(f"{entry.case} has fold {entry.fold}; folds are 0 to 4.")
        image, mask = path / entry.image, path / entry.mask
        hashes = (entry.image_hash, entry.mask_hash)
        meant = entry.decision in _LOOKED_AT
        facts = (*hashes, entry.patient, meant)
        cases.append(TrainingCase(entry.case, image, mask, entry.fold, *facts))
    _require_same_folds(path, cases)
    return TrainingSet(path, tuple(cases))


def _require_files(what: str, missing: list[str]) -> None:
    """Raise naming the first of the missing files."""
    if missing:
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        raise UnfinishedDataSet(
            f"{what} misses {', '.join(missing[:NAMED])}{more}.",
            advice="Bring the files back, or make the data set again without these cases.",
        )


def _require_same_folds(path: Path, cases: list[TrainingCase]) -> None:
    """Raise where splits_final.json and the manifest disagree."""
    if not (path / SPLITS_NAME).exists():
        return
    splits = read_splits(path / SPLITS_NAME)
    for case in cases:
        if splits.get(case.id) != case.fold:
            raise UnfinishedDataSet(
                f"{SPLITS_NAME} and {EXPORT_MANIFEST} disagree about the fold of {case.id}.",
                advice="Export the data set again.",
            )
