from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from kitsdesk.ui.settings.settings_facts import SettingsFacts
from kitsdesk.ui.settings.settings_sheet import SettingsSheet

FACTS = SettingsFacts(
    theme="dark",
    brush_mm=8.0,
    device="cuda:0",
    mirror=True,
    threads=0,
    cores=16,
    data_folder="/home/anna/.local/share/kitsdesk",
    devices=(("auto", "fastest there is"), ("cpu", "CPU"), ("cuda:0", "NVIDIA H200, 139 GB")),
)


@pytest.fixture
def sheet(shown):
    sheet = shown(SettingsSheet(), 640, 520)
    sheet.show_settings(FACTS)
    return sheet


def test_it_shows_the_settings_without_a_signal(shown, qtbot):
    sheet = shown(SettingsSheet(), 640, 520)
    told = []
    for signal in (
        sheet.themeChosen,
        sheet.textSizeChosen,
        sheet.brushChanged,
        sheet.deviceChosen,
        sheet.threadsChanged,
    ):
        signal.connect(told.append)
    sheet.show_settings(FACTS)
    assert told == []
    assert sheet._theme.current() == "dark"
    assert sheet._text.current() == "100"
    assert sheet._brush.value() == 8.0
    assert sheet._device.text() == "NVIDIA H200, 139 GB"
    assert sheet._mirror.isChecked()
    assert sheet._threads.text() == "all 16"


def test_each_change_is_told_at_once(sheet, qtbot):
    with qtbot.waitSignal(sheet.themeChosen) as theme:
        qtbot.mouseClick(sheet._theme.button("light"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(sheet.textSizeChosen) as size:
        qtbot.mouseClick(sheet._text.button("115"), Qt.MouseButton.LeftButton)
    assert size.args == [115]
    with qtbot.waitSignal(sheet.mirrorToggled) as mirror:
        qtbot.mouseClick(sheet._mirror, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(sheet.threadsChanged) as threads:
        sheet._threads.setValue(4)
    assert (theme.args, mirror.args, threads.args) == (["light"], [False], [4])
    with qtbot.waitSignal(sheet.deviceChosen) as device:
        sheet._device.menu().actions()[1].trigger()
    assert device.args == ["cpu"]
    assert sheet._device.text() == "CPU"


def test_a_size_is_told_when_it_is_typed_and_entered(sheet, qtbot):
    told = []
    sheet.brushChanged.connect(told.append)
    sheet._brush.selectAll()
    qtbot.keyClicks(sheet._brush, "25")
    assert told == []
    qtbot.keyClick(sheet._brush, Qt.Key.Key_Return)
    assert told == [25.0]


def test_escape_closes(sheet, qtbot):
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
