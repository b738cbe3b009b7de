from __future__ import annotations

import errno
from pathlib import Path

import pytest

from kitsdesk.project.project_move import move_project
from kitsdesk.project.workspace import ProjectFolderProblem, Workspace
from trainer.imaging.safe_write import WriteFailed


@pytest.fixture
def closed(tmp_path):
    folder = tmp_path / "from.kitsdesk"
    Workspace.create(folder, author="anna").close()
    (folder / "history" / "case_1.journal").write_bytes(b"edits")
    return folder


def other_disk(path, target):
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_the_folder_goes_whole_and_gets_the_extension(closed, tmp_path):
    moved = move_project(closed, tmp_path / "mine")
    assert moved == tmp_path / "mine.kitsdesk"
    assert (moved / "history" / "case_1.journal").read_bytes() == b"edits"
    assert not closed.exists()
    with Workspace.open(moved) as workspace:
        assert workspace.audit.verify().whole


def test_an_empty_folder_is_taken_and_a_full_one_refused(closed, tmp_path):
    (tmp_path / "mine.kitsdesk").mkdir()
    (tmp_path / "theirs.kitsdesk").mkdir()
    (tmp_path / "theirs.kitsdesk" / "x").touch()
    with pytest.raises(ProjectFolderProblem):
        move_project(closed, tmp_path / "theirs")
    assert move_project(closed, tmp_path / "mine").is_dir()


def test_onto_another_disk_it_is_copied_compared_and_then_removed(closed, tmp_path, monkeypatch):
    rename, files = Path.rename, {p.name for p in closed.rglob("*") if p.is_file()}

    def first_fails(path, target):
        return other_disk(path, target) if path == closed else rename(path, target)

    monkeypatch.setattr(Path, "rename", first_fails)
    moved = move_project(closed, tmp_path / "mine")
    assert {p.name for p in moved.rglob("*") if p.is_file()} == files
    assert not closed.exists()


def test_a_move_that_fails_leaves_the_old_folder_and_nothing_else(closed, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "rename", other_disk)
    before = {path: path.read_bytes() for path in closed.rglob("*") if path.is_file()}
    with pytest.raises(WriteFailed) as refused:
        move_project(closed, tmp_path / "mine")
    assert "where they were" in refused.value.kept
    assert {path: path.read_bytes() for path in closed.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["from.kitsdesk"]
