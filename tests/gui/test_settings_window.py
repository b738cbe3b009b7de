"""The first start and Tools ▸ Settings… in the real window: what is chosen acts and is kept."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from kitsdesk import paths
from kitsdesk.background.settings import SETTINGS_NAME, Settings, load_settings
from kitsdesk.compose import first_run
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.style import active_style
from tests.trainer.tiny_models import write_tiny_model

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def host(qapp, private_home):
    active_style().set_theme("dark")
    settings = Settings(author="tester", theme="dark", brush_mm=6.0)
    host = WindowDesk(active_style(), settings, lambda folder: iter(()))
    host.window.resize(1400, 900)
    host.window.show()
    yield host
    host.close()
    paths.use_data_folders(())
    active_style().set_theme("dark")


def test_settings_act_at_once_and_are_kept(host, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a: str(tmp_path / "big"))
    assert host.desk.editing.diameter_mm == 6.0
    host.window.run_action(ActionId.SETTINGS)
    sheet = host.window.settings
    assert sheet.isVisible()
    QTest.mouseClick(sheet._theme.button("light"), LEFT)
    assert active_style().theme.name == "light"
    QTest.mouseClick(sheet._text.button("130"), LEFT)
    sheet._brush.selectAll()
    QTest.keyClicks(sheet._brush, "20")
    QTest.keyClick(sheet._brush, Qt.Key.Key_Return)
    assert host.desk.editing.diameter_mm == 20.0
    QTest.mouseClick(sheet._mirror, LEFT)
    sheet._device.menu().actions()[1].trigger()
    assert host.desk.jobs._options.argv() == [
        "--device",
        "cpu",
        "--mode",
        "exact",
        "--mirror",
    ]
    QTest.mouseClick(sheet._choose, LEFT)
    assert paths.data_dir() == tmp_path / "big"
    kept = load_settings(paths.config_dir() / SETTINGS_NAME)
    assert (kept.theme, kept.brush_mm, kept.device, kept.mirror) == ("light", 20.0, "cpu", True)
    assert kept.text_percent == 130
    assert kept.data_folder == str(tmp_path / "big")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_notice_is_shown_on_the_first_start_only(host, monkeypatch, tmp_path):
    write_tiny_model(tmp_path / "tiny", spacing=(14.0, 6.0, 6.0), patch=(16, 32, 32))
    monkeypatch.setattr(first_run, "demo_model", lambda: tmp_path / "tiny")
    host.first_run.begin(working=False)
    assert host.window.centre.page() == "welcome"
    assert host.first_run.test.facts.state == "running"
    QTest.mouseClick(host.window.welcome._test, LEFT)
    assert host.first_run.test.facts.state == "cancelled"
    QTest.mouseClick(host.window.welcome._go_on, LEFT)
    assert host.window.centre.page() == "empty"
    assert load_settings(paths.config_dir() / SETTINGS_NAME).notice_seen
    host.first_run.begin(working=False)
    assert host.window.centre.page() == "empty"


def test_beside_work_the_notice_is_a_strip(host):
    host.first_run.begin(working=True)
    strip = host.window.centre.strip
    assert strip.is_open()
    assert "Not a medical device." in strip._question.text()
    QTest.keyClick(strip._no, Qt.Key.Key_Escape)
    assert not host.settings.notice_seen
    host.first_run.begin(working=True)
    QTest.mouseClick(strip.options()["yes"], LEFT)
    assert host.settings.notice_seen
    assert host.window.centre.page() == "empty"
