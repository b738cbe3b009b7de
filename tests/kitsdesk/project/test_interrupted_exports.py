"""Exports killed half-way: completed or gone at the next opening, and in the log."""

from __future__ import annotations

import os
import shutil
import signal

import pytest

from kitsdesk.project import exports
from kitsdesk.project.exports import export
from kitsdesk.project.project_opening import open_project, sweep
from kitsdesk.project.workspace import Workspace
from trainer.datasets.training_set import read_training_set


def killed_export(folder, at) -> None:
    """Export in a child process that is killed by `at`, called with the exports module."""
    child = os.fork()
    if child == 0:
        try:
            with Workspace.open(folder) as workspace:
                at(exports)
                for _ in export(workspace, stamp="first"):
                    pass
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def die(*_arguments, **_more):
    os.kill(os.getpid(), signal.SIGKILL)


def in_third_case(module):
    real, calls = module._put_mask, []

    def put(*arguments):
        calls.append(1)
        if len(calls) == 3:
            die()
        real(*arguments)

    module._put_mask = put


def before_the_manifest(module):
    module.ExportManifest = die


def before_the_name(module):
    module.os.replace = lambda source, target: (
        die() if str(target).endswith("first") else shutil.move(source, target)
    )


def before_the_log(module):
    module.sync_folder = die


@pytest.fixture
def closed(project):
    project.close()
    return project.folder


@pytest.mark.parametrize("at", [in_third_case, before_the_manifest])
def test_an_export_without_its_manifest_is_removed(closed, at):
    killed_export(closed, at)
    assert [path.name for path in (closed / "exports").iterdir()] == [".first.unfinished"]
    with open_project(closed) as workspace:
        assert list((closed / "exports").iterdir()) == []
        assert workspace.notices == (
            "The export first was interrupted and has been removed; masks and decisions are as "
            "they were. Export again.",
        )
        assert not [e for e in workspace.audit.entries() if e.action == "exported"]
        for _ in export(workspace, stamp="first"):
            pass
    assert len(read_training_set(closed / "exports/first").cases) == 5


@pytest.mark.parametrize("at", [before_the_name, before_the_log])
def test_an_export_with_its_manifest_is_completed(closed, at):
    killed_export(closed, at)
    with open_project(closed) as workspace:
        assert [path.name for path in (closed / "exports").iterdir()] == ["first"]
        (entry,) = (e for e in workspace.audit.entries() if e.action == "exported")
        assert entry.details["export"] == "first"
        assert entry.details["cases"] == 5
        assert entry.details["completed_after"] == "an interruption"
        assert workspace.audit.verify().whole
    assert len(read_training_set(closed / "exports/first").cases) == 5
    with open_project(closed) as again:
        assert len([e for e in again.audit.entries() if e.action == "exported"]) == 1
        assert again.notices == ()


def test_an_export_of_another_project_is_not_written_into_the_log(closed, tmp_path):
    with Workspace.open(closed) as workspace:
        for _ in export(workspace, stamp="first"):
            pass
    other = tmp_path / "other.kitsdesk"
    Workspace.create(other).close()
    shutil.copytree(closed / "exports/first", other / "exports/first")
    with open_project(other) as workspace:
        assert [entry.action for entry in workspace.audit.entries()] == ["project created"]


def test_what_a_killed_process_left_is_swept_a_day_later(closed):
    young, old = closed / "models/.young.tmp", closed / "models/.old.tmp"
    mask = closed / "masks/case_00700/.abc.tmp.r0001.nii.gz"
    kept = closed / "masks/case_00700/r0001.nii.gz"
    mask.parent.mkdir(parents=True)
    for file in (mask, kept):
        file.write_bytes(b"")
    for folder in (young, old):
        folder.mkdir()
        (folder / "fold_0.safetensors").write_bytes(b"")
    for path in (old, mask, kept):
        os.utime(path, (0, 0))
    sweep(closed)
    assert young.exists()
    assert kept.exists()
    assert not old.exists()
    assert not mask.exists()
