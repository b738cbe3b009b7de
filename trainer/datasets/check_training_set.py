"""What is wrong with a training set, as far as its voxels need not be read for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from trainer.contract.errors import KitsDeskError
from trainer.datasets.broken_cases import BrokenCase, require_none_broken
from trainer.datasets.folds import FOLDS, TooFewPatients
from trainer.datasets.training_set import TrainingCase, TrainingSet


class EmptyFold(KitsDeskError):
    """A fold has nothing to learn from, or nothing to be judged on."""


class NoForeground(KitsDeskError):
    """All masks that a fold would learn from are empty."""


def check_training_set(training_set: TrainingSet) -> None:
    """Raise, naming the cases, where the set cannot be trained on whatever its voxels are.

    Reads no voxel. `trainer.preprocessing.cache.prepare_training_set` calls it, then reads
    every case once and finds the rest: what cannot be read, what does not fit, images that
    two folds share, and folds without foreground.

    Raises
    ------
    TooFewPatients : fewer than five.
    BrokenTrainingSet : an id or a file twice, files that are missing or empty, an image or
        a patient in two folds.
    """
    cases = training_set.cases
    patients = {case.patient or case.id for case in cases}
    if len(patients) < FOLDS:
        raise TooFewPatients.found(len(patients))
    hashes = {case.id: case.image_hash for case in cases if case.image_hash}
    problems = [*_twice(cases), *_without_files(cases), *_patients_in_two_folds(cases)]
    problems += images_in_two_folds(cases, hashes)
    require_none_broken(problems, len(cases))


def require_folds(training_set: TrainingSet, folds: Iterable[int]) -> None:
    """Raise where one of `folds` (0-4) could not be trained, before the first one is.

    Raises
    ------
    EmptyFold : naming the folds that have no case to learn from or to be validated on.
    """
    lacking = [
        fold
        for fold in folds
        if not training_set.training(fold) or not training_set.validation(fold)
    ]
    if lacking:
        named = ", ".join(str(fold) for fold in lacking)
        raise EmptyFold(
            f"Fold {named} has no case to learn from, or none to be validated on.",
            kept="Training has not begun.",
            advice="Train the other folds, or add cases.",
        )


def images_in_two_folds(
    cases: Iterable[TrainingCase], image_hashes: Mapping[str, str]
) -> list[BrokenCase]:
    """Return the cases whose image is that of a case of another fold: what one fold learns,
    another would be judged on.

    Parameters
    ----------
    image_hashes : case id → `trainer.imaging.hashing.volume_hash` of its image.
    """
    known = [case for case in cases if case.id in image_hashes]
    return _shared(known, lambda case: image_hashes[case.id], "its image")


def empty_masks(training_set: TrainingSet, empty: Collection[str]) -> list[BrokenCase]:
    """Return the cases whose mask holds no structure though nobody said that it is meant so:
    in a CT of kidneys it is nearly always the wrong file.

    Parameters
    ----------
    empty : as for `require_foreground`.
    """
    reason = (
        "its mask holds no kidney and no tumor, or none that the network's grid still shows (if "
        "that is meant, keep the case in KiTSDesk before the export, or give --empty-masks)"
    )
    return [
        BrokenCase(case.id, reason)
        for case in training_set.cases
        if case.id in empty and not case.empty_meant
    ]


def require_foreground(training_set: TrainingSet, empty: Collection[str]) -> None:
    """Raise where any of the five folds would learn from empty masks only.

    All folds, whichever is to be trained: the next one would fail hours later. Single empty
    masks that are meant so are allowed: their patches are drawn at random alone.

    Parameters
    ----------
    empty : the ids of the cases whose masks hold no structure.

    Raises
    ------
    NoForeground : naming the fold.
    """
    for fold in range(FOLDS):
        training = [case.id for case in training_set.training(fold)]
        if training and all(case in empty for case in training):
            raise NoForeground(
                f"Fold {fold} would learn from {len(training)} cases, and the masks of all of "
                f"them are empty ({', '.join(training[:3])} …).",
                kept="Training has not begun.",
                advice="Check that the masks are the right files.",
            )


def _twice(cases: Iterable[TrainingCase]) -> list[BrokenCase]:
    ids: dict[str, int] = defaultdict(int)
    for case in cases:
        ids[case.id] += 1
    return [BrokenCase(case, f"{n} cases have this id") for case, n in ids.items() if n > 1]


def _without_files(cases: Iterable[TrainingCase]) -> list[BrokenCase]:
    problems = []
    for case in cases:
        for what, path in (("image", case.image), ("mask", case.mask)):
            if not path.exists():
                problems.append(BrokenCase(case.id, f"its {what} {path.name} is missing"))
            elif path.is_file() and path.stat().st_size == 0:
                problems.append(BrokenCase(case.id, f"its {what} {path.name} is an empty file"))
    return problems


def _patients_in_two_folds(cases: Iterable[TrainingCase]) -> list[BrokenCase]:
    known = [case for case in cases if case.patient]
    return _shared(known, lambda case: case.patient, "its patient")


def _shared(
    cases: Iterable[TrainingCase], key: Callable[[TrainingCase], str], what: str
) -> list[BrokenCase]:
    """Return every case that shares `key` with a case of another fold, but the first one."""
    first: dict[str, TrainingCase] = {}
    problems = []
    for case in cases:
        other = first.setdefault(key(case), case)
        if other.fold != case.fold:
            problems.append(
                BrokenCase(
                    case.id,
                    f"{what} is that of {other.id}, which is in fold {other.fold} and this in "
                    f"fold {case.fold}, so a network would be judged on what it learned",
                )
            )
    return problems
