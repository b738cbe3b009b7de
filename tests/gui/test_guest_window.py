"""Tools ▸ Import nnU-Net model… in the real window, with real folders and the real trainer."""

from __future__ import annotations

import json

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from kitsdesk.ui.actions.action_ids import ActionId
from tests.trainer.nets.guest_folders import change, guest_folder

pytestmark = pytest.mark.gui
MINUTES = 120_000


@pytest.fixture
def imported(host, qtbot, monkeypatch):
    """Import a folder through the menu; return the models that came."""

    def begin(folder, answer=""):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(folder))
        host.window.run_action(ActionId.IMPORT_MODEL)
        if answer:
            click(host, answer)

    return begin


def click(host, answer):
    button = host.window.centre.strip.options()[answer]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def names(host):
    return [name for name, _ in host.desk.session.models.available()]


def wait_for(host, qtbot, name):
    qtbot.waitUntil(lambda: name in names(host), timeout=MINUTES)
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=MINUTES)
    return host.desk.session.models.manifest(name)


def test_a_person_says_that_it_saw_none_of_the_cases(host, imported, qtbot, tmp_path):
    folder = guest_folder(tmp_path)
    assert names(host) == ["tiny"]
    imported(folder, "none")
    manifest = wait_for(host, qtbot, folder.name)
    assert [entry.trained_on for entry in manifest.folds] == ["none", "none"]
    assert host.desk.session.models.in_use() == ("tiny",)
    left = [path.name for path in host.desk.session.project.models_folder.iterdir()]
    assert sorted(left) == sorted(["tiny", folder.name])


def test_what_the_folder_tells_is_not_asked_and_is_matched_by_image(
    host, imported, qtbot, tmp_path
):
    folder = guest_folder(tmp_path)
    cases = [record.case for record in host.desk.session.project.cases()]
    for fold, name in enumerate((cases[0], cases[1])):
        (folder / f"fold_{fold}/validation").mkdir()
        (folder / f"fold_{fold}/validation/{name}.nii.gz").touch()
        (folder / f"fold_{fold}/validation/somebody_else.nii.gz").touch()
    imported(folder)
    assert not host.window.centre.strip.is_open()
    manifest = wait_for(host, qtbot, folder.name)
    workspace = host.desk.session.project
    assert manifest.held_out_folds(workspace.image_hash(cases[0])) == (0,)
    assert manifest.held_out_folds(workspace.image_hash(cases[1])) == (1,)
    assert manifest.held_out_folds(workspace.image_hash(cases[2])) == ()


def test_splits_are_asked_for(host, imported, qtbot, tmp_path, monkeypatch):
    case = host.desk.session.project.cases()[0].case
    splits = [{"train": ["x"], "val": [case]}, {"train": [case], "val": ["x"]}]
    (tmp_path / "splits_final.json").write_text(json.dumps(splits))
    file = str(tmp_path / "splits_final.json")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (file, ""))
    folder = guest_folder(tmp_path)
    imported(folder, "splits")
    manifest = wait_for(host, qtbot, folder.name)
    assert manifest.held_out_folds(host.desk.session.project.image_hash(case)) == (0,)


def test_unknown_labels_are_asked_about(host, imported, qtbot, tmp_path):
    folder = guest_folder(tmp_path)
    change(folder / "dataset.json", "labels", to={"background": 0, "a": 1, "b": 2})
    imported(folder, "none")
    strip = host.window.centre.strip
    qtbot.waitUntil(lambda: "kidney,tumor" in strip.options(), timeout=MINUTES)
    click(host, "kidney,tumor")
    manifest = wait_for(host, qtbot, folder.name)
    assert manifest.plan.structures == ("background", "kidney", "tumor")


def test_a_refusal_is_shown_in_words_and_leaves_nothing(host, imported, qtbot, tmp_path):
    folder = guest_folder(tmp_path)
    change(folder / "plans.json", "image_reader_writer", to="Tiff3DIO")
    shown = []
    host.desk.session.modelsChanged.connect(lambda: shown.append("a model"))
    imported(folder, "unknown")
    qtbot.waitUntil(host.window.centre.problem.isVisible, timeout=MINUTES)
    assert names(host) == ["tiny"]
    assert not shown
    assert len(list(host.desk.session.project.models_folder.iterdir())) == 1


def test_any_other_folder_is_refused_without_a_question(host, imported, qtbot, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    imported(other)
    assert not host.window.centre.strip.is_open()
    qtbot.waitUntil(host.window.centre.problem.isVisible, timeout=MINUTES)
    assert names(host) == ["tiny"]
