from __future__ import annotations

import pytest

from kitsdesk import paths
from kitsdesk.project.case_sources import discover
from kitsdesk.project.project_move import move_project
from kitsdesk.project.scratch import is_scratch, note_moved, open_scratch


@pytest.fixture(autouse=True)
def no_choice():
    yield
    paths.use_data_folders(())


def opened(image):
    with open_scratch(discover(image), author="anna") as workspace:
        return workspace.folder, is_scratch(workspace)


def test_a_chosen_data_folder_takes_new_cases_and_the_old_one_is_still_looked_in(source, tmp_path):
    first, second = (source / f"case_0070{n}" / "imaging.nii.gz" for n in (0, 1))
    before, scratch = opened(first)
    assert scratch
    paths.use_data_folders([tmp_path / "big"])
    assert opened(first) == (before, True), "its unsaved strokes come back"
    after, scratch = opened(second)
    assert scratch
    assert tmp_path / "big" in after.parents
    paths.use_data_folders([tmp_path / "other", tmp_path / "big"])
    assert opened(second) == (after, True)


def test_a_data_folder_that_is_not_there_is_passed_over(source, tmp_path):
    (tmp_path / "file").touch()
    paths.use_data_folders([tmp_path / "file" / "under"])
    folder, scratch = opened(source / "case_00700" / "imaging.nii.gz")
    assert scratch
    assert folder.is_dir()


def test_a_case_saved_as_a_project_opens_there_until_that_is_gone(source, tmp_path):
    image = source / "case_00700" / "imaging.nii.gz"
    scratch, _ = opened(image)
    project = move_project(scratch, tmp_path / "mine")
    note_moved(scratch, project)
    assert opened(image) == (project, False)
    project.rename(tmp_path / "away.kitsdesk")
    assert opened(image) == (scratch, True)
