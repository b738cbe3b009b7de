"""The system report of a project whose every name is a patient's: none of it is told."""

from __future__ import annotations

import json
import shutil

import pytest
from keyed_window import canvas_of
from PyQt6.QtGui import QGuiApplication

from kitsdesk.ui.actions.action_ids import ActionId as Id

pytestmark = pytest.mark.gui
NAME = "Mustermann"


@pytest.fixture
def patients(desk, predicted, tmp_path, qtbot):
    """Open a project in a patient's folder, with a case and settings called after her."""
    folder = tmp_path / f"{NAME}_Erika" / f"{NAME}.kitsdesk"
    shutil.copytree(predicted, folder)
    settings = desk.settings
    before = settings.model_copy()
    desk.commands.open_path(folder)
    qtbot.waitUntil(lambda: desk.desk.session.project.folder == folder, timeout=60000)
    qtbot.waitUntil(lambda: not desk.desk.pool.busy, timeout=60000)
    settings.author = f"Dr. {NAME}"
    settings.data_folder = str(folder.parent)
    yield desk
    settings.author, settings.data_folder = before.author, before.data_folder


def test_no_name_of_a_patient_is_in_the_report(patients, qtbot):
    case = patients.desk.session.project.cases()[0].case
    assert any(NAME in path for path in patients.settings.recent)
    patients.window.run_action(Id.SYSTEM_REPORT)
    sheet = patients.report.sheet
    assert sheet.isVisible()
    text = sheet.text()
    assert NAME not in text
    assert "Erika" not in text
    assert case not in text
    assert patients.desk.session.models.in_use()[0] not in text.split()
    for wanted in ("KiTSDesk", "PyQt6", "torch", "cases", "self-test", "processors"):
        assert wanted in text
    sheet._copy.click()
    assert QGuiApplication.clipboard().text() == text
    sheet.hide()
    canvas_of(patients)


def test_a_setting_that_is_new_is_not_told_by_itself(patients):
    from kitsdesk.guide.system_report import TELLING

    private = {"author", "recent", "data_folder", "former_data_folders", "geometry", "keys"}
    assert not private & set(TELLING)
    assert set(TELLING) <= set(json.loads(patients.settings.model_dump_json()))
