"""Tools ▸ Models… in the real window: an ensemble is put to use with the mouse, and predicts."""

from __future__ import annotations

import json

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from kitsdesk.project.run_specs import predict_run
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.tick import Tick
from tests.trainer.tiny_models import write_tiny_model
from trainer.contract.run_folder import read_run

pytestmark = pytest.mark.gui
MINUTES = 120_000


def click(host, kind, words):
    for widget in host.models.sheet.findChildren(kind):
        said = widget.text() if kind is KeyedButton else widget.accessibleName()
        if said.startswith(words):
            assert widget.isEnabled(), words
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
            return
    pytest.fail(f"no {words}")


def test_a_folder_is_added_and_both_models_are_used_together(host, qtbot, tmp_path, monkeypatch):
    second = write_tiny_model(tmp_path / "second", spacing=(14.0, 5.0, 5.0), patch=(16, 32, 32))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(second))
    assert RECORDS[ActionId.MODELS].text == "Models…"
    host.window.run_action(ActionId.MODELS)
    qtbot.waitUntil(host.models.sheet.isVisible, timeout=MINUTES)
    click(host, KeyedButton, "Add a model…")
    qtbot.waitUntil(lambda: "second" in host.models.sheet._list, timeout=MINUTES)
    models = host.desk.session.models
    assert models.in_use() == ("tiny",)
    assert host.models.sheet.ticked() == ["tiny"]
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=MINUTES)
    click(host, Tick, "second:")
    click(host, KeyedButton, "Use 2 models together")
    assert set(models.in_use()) == {"second", "tiny"}
    cases = [record.case for record in host.desk.session.project.cases()]
    run = read_run(predict_run(host.desk.session.project, cases, models.in_use()))
    words = json.dumps([task.argv for task in run.tasks])
    assert all(str(models.folder(name)) in words for name in ("second", "tiny"))
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=MINUTES)
    qtbot.waitUntil(lambda: host.models.sheet._list["second"].model.in_use, timeout=MINUTES)
    click(host, KeyedButton, "Roll back")
    assert models.in_use() == ("tiny",)
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=MINUTES)
