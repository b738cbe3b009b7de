"""A project whose disk is full when it is made, moved or opened, cannot be written, or is gone."""

from __future__ import annotations

import numpy as np
import pytest
from full_disk import FILLER, fill, make_room, read_only
from full_disk_project import CASE, noise, tree

from kitsdesk.project.case_sources import discover
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.project_move import move_project
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.store import STORE_NAME, ProjectGone
from kitsdesk.project.store_connection import StoreNotWritten
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.imaging.safe_write import WriteFailed


def test_21_a_project_on_a_full_disk_is_not_made(disk, source):
    fill(disk)
    with pytest.raises((WriteFailed, StoreNotWritten)) as caught:
        Workspace.create(disk / "renal.kitsdesk", discover(source))
    assert caught.value.kept
    assert "free space" in caught.value.advice
    assert [path.name for path in disk.iterdir()] == [FILLER]
    make_room(disk)
    with Workspace.create(disk / "renal.kitsdesk", discover(source)) as made:
        assert len(made.cases()) == 5


def test_21_a_project_that_finds_no_room_stays_where_it_is(tmp_path, source, disk):
    folder = tmp_path / "here.kitsdesk"
    Workspace.create(folder, discover(source)).close()
    before = tree(folder)
    fill(disk)
    with pytest.raises(WriteFailed, match=r"there\.kitsdesk could not be written") as caught:
        move_project(folder, disk / "there.kitsdesk")
    assert caught.value.kept == "The case, its history and its masks are where they were."
    assert tree(folder) == before
    assert [path.name for path in disk.iterdir()] == [FILLER]


def test_21_a_full_disk_does_not_keep_a_project_from_being_looked_at(project, disk):
    folder = project.folder
    Revisions(project).save(CASE, noise(1))
    project.close()
    fill(disk, 80_000)
    with open_project(folder) as opened:
        assert np.array_equal(Revisions(opened).load(CASE)[0], noise(1))
        assert Revisions(opened).load("case_00704")[1].number == 0
        opened.read_case("case_00703")


def test_21_a_project_that_cannot_even_be_opened_is_not_called_damaged(project, disk):
    folder = project.folder
    project.close()
    whole = (folder / STORE_NAME).read_bytes()
    fill(disk)
    said: list[KitsDeskError] = []
    try:
        with open_project(folder) as opened:
            assert len(opened.cases()) == 5
    except KitsDeskError as error:
        said.append(error)
    for error in said:
        assert isinstance(error, StoreNotWritten)
        assert error.kept == "The project was not changed."
        assert "free space" in error.advice
    assert (folder / STORE_NAME).read_bytes() == whole


def test_30_a_read_only_folder_is_looked_at_and_said(project, disk):
    folder = project.folder
    Revisions(project).save(CASE, noise(1))
    project.close()
    before = tree(folder)
    with read_only(folder), open_project(folder) as opened:
        assert opened.read_only
        assert opened.barrier is not None
        assert opened.barrier.happened == (
            "renal.kitsdesk cannot be written: Read-only file system."
        )
        assert opened.barrier.kept == "It is open here read-only."
        assert np.array_equal(Revisions(opened).load(CASE)[0], noise(1))
        with pytest.raises(Exception, match="This project is open read-only"):
            Decisions(opened).decide([CASE], "kept")
    assert tree(folder) == before


def test_30_a_folder_that_went_away_is_said(project, disk, tmp_path):
    """A stick that was pulled, a share that is gone."""
    folder = project.folder
    folder.rename(folder.with_name("gone.kitsdesk"))
    with pytest.raises(ProjectGone) as caught:
        Revisions(project).save(CASE, noise(1))
    assert caught.value.happened == (
        "The folder of the project, renal.kitsdesk, is not there any more."
    )
    assert not folder.exists(), "no new folder in its place"
    folder.with_name("gone.kitsdesk").rename(folder)
    with pytest.raises(Exception, match=r"other\.kitsdesk is not a project"):
        open_project(folder.with_name("other.kitsdesk"))
