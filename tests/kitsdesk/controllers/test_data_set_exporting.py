"""File, Export data set… in the layout a person chooses."""

from __future__ import annotations

import json

import pytest
from desk_cases import AGREEING, BARE

from kitsdesk.controllers.data_set_exporting import ask_layout


class Choosing:
    """Answers the strip as the test says."""

    def __init__(self, answer):
        self.answer, self.offered = answer, ()

    def choose(self, question, options, answered, *, no="Cancel"):
        self.offered = options
        answered(self.answer)


def exported_by(desk, answer):
    # A first export fixes five folds of at least five patients; here they were fixed before.
    project = desk.session.project
    folds = [(record.patient, fold) for fold, record in enumerate(project.cases())]
    with project.store.transaction() as connection:
        connection.executemany("INSERT INTO folds VALUES (?, ?)", folds)
    shell, folders = Choosing(answer), []
    ask_layout(shell, lambda layout: desk.project.export(layout, folders.append))
    desk.rest()
    return shell, folders


def test_a_question_put_away_exports_nothing(desk):
    shell, folders = exported_by(desk, "")
    assert folders == []
    assert not list(desk.session.project.exports_folder.glob("*"))
    assert [key for key, _words in shell.offered] == ["kits", "nnunet"]


@pytest.mark.parametrize(
    ("answer", "mask"),
    [
        ("kits", f"{AGREEING}/segmentation.nii.gz"),
        ("nnunet", f"labelsTr/{AGREEING}.nii.gz"),
    ],
)
def test_the_layout_that_was_chosen_is_written(desk, answer, mask):
    _shell, (folder,) = exported_by(desk, answer)
    assert (folder / mask).is_file()
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["layout"] == answer
    assert (folder / "dataset.json").exists() == (answer == "nnunet")
    assert not (folder / BARE).exists()
