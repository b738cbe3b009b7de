"""Masks without any structure: refused through the real commands unless they are meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.trainer.conftest import blob_case
from tests.trainer.datasets.broken_sets import (
    OTHER,
    SHAPE,
    VICTIM,
    Commands,
    empty_mask,
    grid,
    write_export,
)
from trainer.__main__ import main
from trainer.datasets.folds import assign_folds
from trainer.imaging.mask_file import write_image, write_mask


def test_an_empty_mask_that_is_meant_and_three_slices_are_trained_on(commands: Commands) -> None:
    empty_mask(commands)
    thin = (3, 24, 26)
    image, mask = blob_case(thin, 3)
    write_image(commands.image(OTHER), image, grid(thin))
    write_mask(commands.mask(OTHER), mask, grid(thin))
    code, lines, error = commands.preprocess("--empty-masks")
    assert (code, error) == (0, None)
    assert lines[2]["voxels"] == {"1": 0, "2": 0}
    assert lines[3]["shape"] == [3, 24, 26]
    assert main(commands.train_arguments()) == 2
    code = main([*commands.train_arguments(), "--empty-masks"])
    assert code == 0
    assert (commands.root / "run/model/fold_0.safetensors").exists()


def test_a_fold_that_would_learn_from_empty_masks_only_is_refused(commands: Commands) -> None:
    folds = assign_folds(f"case_{number:05d}" for number in range(5))
    only = next(case for case, fold in folds.items() if fold == 3)  # so fold 3 never sees it
    for case in folds:
        if case != only:
            write_mask(commands.mask(case), np.zeros(SHAPE, np.uint8), grid(SHAPE))
    code, _, error = commands.preprocess("--empty-masks")
    assert (code, error["type"]) == (2, "NoForeground")
    assert error["happened"].startswith("Fold 3 would learn from 4 cases")


@pytest.mark.parametrize(
    ("decision", "code"), [("kept", 0), ("corrected", 0), ("unreviewed", 2), ("deferred", 2)]
)
def test_an_empty_mask_is_meant_where_a_person_kept_it_before_the_export(
    commands: Commands, decision: str, code: int
) -> None:
    empty_mask(commands)

    def decide(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            entry["decision"] = decision

    write_export(commands, decide)
    found, _, error = commands.preprocess()
    assert found == code
    assert (error is None) == (code == 0)
    if error is not None:
        assert error["happened"].startswith(f"1 of 5 cases cannot be trained on: {VICTIM}: its m")
