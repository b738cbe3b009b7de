"""One CT opened alone in the real window: painted, saved by keys, asked once for a place."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.ui.style import active_style
from trainer.imaging.mask_file import read_mask
from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set

pytestmark = pytest.mark.gui
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def host(qapp, qtbot, tmp_path):
    """The window on one phantom's CT file, without the reference beside it."""
    make_phantom_set(
        PhantomRequest(
            out=tmp_path / "phantoms",
            cases=1,
            seed=5,
            shape=(20, 80, 80),
            spacing=(14.0, 5.0, 5.0),
        )
    )
    [image] = (tmp_path / "phantoms").rglob("imaging.nii.gz")
    image.rename(tmp_path / "ct.nii.gz")
    host = WindowDesk(active_style(), Settings(author="tester"), lambda folder: iter(()))
    host.window.resize(1400, 900)
    host.window.show()
    host.window.activateWindow()
    QTest.qWaitForWindowActive(host.window, 5000)
    host.commands.open_path(tmp_path / "ct.nii.gz")
    qtbot.waitUntil(lambda: host.desk.session.case is not None, timeout=30000)
    qtbot.waitUntil(lambda: not host.desk.pool.busy and host.canvas.is_painted(), timeout=30000)
    yield host
    host.close()


def paint(host, shift: int) -> None:
    overlay = host.canvas.canvases()["axial"].overlay
    overlay.setFocus()
    QTest.keyClick(overlay, Qt.Key.Key_B)
    middle = overlay.rect().center() + QPoint(0, shift)
    QTest.mousePress(overlay, LEFT, pos=middle)
    for step in range(1, 6):
        QTest.mouseMove(overlay, middle + QPoint(6 * step, 0))
    QTest.mouseRelease(overlay, LEFT, pos=middle + QPoint(36, 0))


def press_ctrl_s(host, qtbot) -> None:
    QTest.keyClick(host.window, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not host.desk.pool.busy, timeout=30000)


def test_save_asks_once_for_a_place_and_writes_the_mask_on_the_cts_grid(
    host, qtbot, tmp_path, monkeypatch
):
    case, target = host.desk.session.case, tmp_path / "chosen.nii.gz"
    paint(host, 0)
    assert case.unsaved == 1
    press_ctrl_s(host, qtbot)
    assert host.window.centre.strip.is_open()
    QTest.mouseClick(host.window.centre.strip._no, LEFT)
    assert host.window.status.message().startswith("Not saved to a place of its own.")
    assert case.unsaved == 1
    press_ctrl_s(host, qtbot)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    QTest.mouseClick(host.window.centre.strip.options()["file"], LEFT)
    qtbot.waitUntil(lambda: target.exists() and not host.desk.pool.busy, timeout=30000)
    assert case.unsaved == 0
    first = np.asarray(nibabel.load(target).dataobj)
    paint(host, 40)
    press_ctrl_s(host, qtbot)
    assert not host.window.centre.strip.is_open(), "asked only once"
    written, source = nibabel.load(target), nibabel.load(case.record.image)
    assert written.shape == source.shape
    assert np.allclose(written.affine, source.affine, atol=1e-5)
    voxels = np.asarray(written.dataobj)
    assert (voxels != first).any()
    assert voxels.sum() == case.mask.sum() > 0
    assert np.array_equal(read_mask(target, like=case.volume.geometry).array, case.mask)
