"""DICOM folders in the real window: several volumes, missing slices, names of patients."""

from __future__ import annotations

import sqlite3

import numpy as np
import pydicom
import pytest
from dicom_files import BOTTOM, PATIENT, STEP, hu_at, series, write
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QLabel

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.project.exports import export
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.style import active_style
from trainer.contract.errors import KitsDeskError

pytestmark = pytest.mark.gui
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def host(qapp):
    host = WindowDesk(active_style(), Settings(author="tester"), lambda folder: iter(()))
    host.window.resize(1400, 900)
    host.window.show()
    yield host
    host.close()


def opened(host, qtbot):
    qtbot.waitUntil(lambda: host.desk.session.case is not None, timeout=60000)
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=60000)
    return host.desk.session.case


def two_phases(folder):
    for phase in (1, 2):
        slices = series(AcquisitionNumber=phase)
        for data in slices if phase == 2 else ():
            data.PixelData = (np.frombuffer(data.PixelData, np.int16) + 100).tobytes()
        write(folder, *slices)


def offer(host, qtbot, folder):
    host.commands.open_path(folder)
    sheet = host.window.series
    qtbot.waitUntil(sheet.isVisible, timeout=60000)
    return sheet


def test_15_the_window_offers_both_phases_and_opens_the_one_that_is_ticked(host, qtbot, tmp_path):
    two_phases(tmp_path / "ct")
    sheet = offer(host, qtbot, tmp_path / "ct")
    assert [row.ticked for row in sheet._rows] == [False, False]
    assert not sheet._go.isEnabled()
    later = next(row for row in sheet._rows if "part 2 of 2" in row.source.volume.phase)
    QTest.mouseClick(later, LEFT, pos=later.rect().center())
    assert sheet._go.text() == "Open 1 series"
    QTest.mouseClick(sheet._go, LEFT)
    case = opened(host, qtbot)
    assert not sheet.isVisible()
    assert len(host.desk.session.project.cases()) == 1
    lowest = case.volume.array[0]
    assert np.array_equal(np.sort(lowest.ravel()), np.sort(hu_at(BOTTOM).ravel()) + 100)
    assert case.volume.spacing[0] == pytest.approx(STEP)


def test_15_closing_the_offer_opens_nothing(host, qtbot, tmp_path):
    two_phases(tmp_path / "ct")
    sheet = offer(host, qtbot, tmp_path / "ct")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert host.desk.session.workspace is None
    assert "No series was chosen" in host.window.status.message()


def test_15_one_slice_stands_for_its_own_volume(host, qtbot, tmp_path):
    two_phases(tmp_path / "ct")
    host.commands.open_path(sorted((tmp_path / "ct").iterdir())[-1])
    case = opened(host, qtbot)
    assert not host.window.series.isVisible()
    assert case.volume.array.max() == hu_at(BOTTOM + 7 * STEP).max() + 100


def test_13_a_gap_is_shown_flagged_and_taken_for_nothing_else(host, qtbot, tmp_path):
    paths = write(tmp_path / "ct", *series())
    paths[3].unlink()
    host.commands.open_path(tmp_path / "ct")
    case = opened(host, qtbot)
    assert case.volume.shape[0] == 8
    bar = host.window.centre.problem
    assert bar.isVisible()
    shown = " ".join(label.text() for label in bar.findChildren(QLabel))
    assert "missing" in shown
    assert f"{BOTTOM + 3 * STEP:g}" in shown
    assert "looked at only" in shown
    qtbot.waitUntil(host.canvas.is_painted, timeout=30_000)
    overlay = host.canvas.canvases()["axial"].overlay
    overlay.setFocus()
    QTest.keyClick(overlay, Qt.Key.Key_B)
    QTest.mousePress(overlay, LEFT, pos=overlay.rect().center())
    QTest.mouseMove(overlay, overlay.rect().center() + QPoint(9, 0))
    QTest.mouseRelease(overlay, LEFT, pos=overlay.rect().center() + QPoint(9, 0))
    assert not case.mask.any()
    qtbot.waitUntil(lambda: "may only be looked at" in host.window.status.message(), timeout=30_000)
    workspace = host.desk.session.project
    with pytest.raises(KitsDeskError):
        list(export(workspace, "nnunet"))


def test_a_mask_drawn_on_a_series_leaves_as_a_segmentation_of_it(
    host, qtbot, tmp_path, monkeypatch
):
    files = write(tmp_path / "ct", *series())
    host.commands.open_path(tmp_path / "ct")
    case = opened(host, qtbot)
    case.mask[2:4, 5:9, 6:11] = 2
    target = tmp_path / "tumor"
    answer = (str(target), "DICOM segmentations (*.dcm)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: answer)
    host.commands.run(ActionId.EXPORT_MASK)
    strip = host.window.centre.strip
    qtbot.waitUntil(strip.is_open, timeout=10000)
    leave_out = strip._options["without"]
    QTest.mouseClick(leave_out, LEFT)
    qtbot.waitUntil((tmp_path / "tumor.dcm").exists, timeout=60000)
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=60000)
    found = pydicom.dcmread(tmp_path / "tumor.dcm")
    sources = {pydicom.dcmread(path).SOPInstanceUID for path in files}
    named = {
        each.ReferencedSOPInstanceUID
        for each in found.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    }
    assert named <= sources
    assert found.pixel_array.sum() == 2 * 4 * 5
    assert str(found.get("PatientName", "")) == ""
    assert not list((tmp_path / "ct").glob("*.dcm.*"))


def test_no_name_of_a_patient_leaves_the_folder(host, qtbot, tmp_path, private_home):
    """PS3.10 folders are often called after the patient: no id, title, log or row says so."""
    folder = tmp_path / f"{PATIENT.replace('^', '_')}_CT"
    write(folder, *series())
    host.commands.open_path(folder)
    case = opened(host, qtbot)
    name = PATIENT.split("^")[1].split()[0].casefold()
    assert case.case.startswith("ct_")
    assert name not in host.window.windowTitle().casefold()
    for label in host.window.findChildren(QLabel):
        assert name not in label.text().casefold()
    workspace = host.desk.session.project
    assert name not in workspace.folder.name.casefold()
    rows = sqlite3.connect(workspace.folder / "project.sqlite").execute(
        "SELECT case_id, patient, problem FROM cases"
    )
    assert name not in repr(rows.fetchall()).casefold()
    assert name not in repr(workspace.audit.entries()).casefold()
    logs = [path for path in private_home.rglob("*.log*") if path.is_file()]
    assert all(name not in path.read_text(encoding="utf-8").casefold() for path in logs)
