"""The whole window: how soon the next case is there, and how long the event loop ever stalls.

python -m tests.bench.desk_window CASES_FOLDER [ACTIONS]
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtOpenGLWidgets import QOpenGLWidget
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from kitsdesk.background.garbage_collector import GarbageCollector
from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.project.case_sources import discover
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.workspace import Workspace
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.style import active_style
from tests.bench.idle_loop import idle_turn
from tests.bench.timing_case import WINDOW
from trainer.imaging.mask_file import read_mask, write_mask
from trainer.phantoms.phantom_set import SIZES, PhantomRequest, make_phantom_set

CASES = 3
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
QUIET_S = 120.0
GL_EVENTS = (QEvent.Type.Paint, QEvent.Type.Resize)
KEYS = (
    *("B", "E", "L", "F", "M", "Escape", "G", "G", "H", "N", "K", "X", "X", "Comma", "Period"),
    *("0", "1", "2", "3", "Plus", "Minus", "Up", "Down", "PageUp", "PageDown", "Home", "End"),
)
ACTIONS = (
    *(ActionId.PRESET_KIDNEY, ActionId.PRESET_BONE, ActionId.PRESET_RESET, ActionId.UNDO),
    *(ActionId.UNDO, ActionId.UNDO, ActionId.REDO, ActionId.FILL_MASK, ActionId.SIDE_BY_SIDE),
    *(ActionId.LAYOUT_QUAD, ActionId.NEXT_CASE, ActionId.PREVIOUS_CASE),
)


class TimedApplication(QApplication):
    """Notes every event that keeps the loop for long, less the time OpenGL takes in it.

    A window with OpenGL widgets draws everything in one event: those widgets, the others,
    then the composition of both, which is OpenGL's too. Of such an event only the painting of
    the other widgets counts as outside OpenGL. Of any other event the painting that an OpenGL
    widget does within it, as on a change of its size, is taken off.
    """

    def __init__(self) -> None:
        super().__init__(sys.argv[:1])
        self.depth, self.drawn, self.opengl = 0, 0.0, 0.0
        self.slowest = (0.0, "")
        self.events: list[tuple[float, float, str]] = []

    def notify(self, receiver: QObject | None, event: QEvent | None) -> bool:
        """Deliver an event and note how long that took."""
        begin, what = time.perf_counter(), event.type() if event is not None else None
        if self.depth:
            return self._within(receiver, event, begin)
        self.depth, self.drawn, self.opengl = 1, 0.0, 0.0
        self.slowest = (0.0, "")
        kind = f"{type(receiver).__name__} {what.name if what is not None else ''}"
        if isinstance(event, QKeyEvent):
            kind += f" {Key(event.key()).name}"
        done = super().notify(receiver, event)
        whole = 1000 * (time.perf_counter() - begin)
        self.depth = 0
        if whole > 20:
            paints = what == QEvent.Type.UpdateRequest
            outside = 1000 * self.drawn if paints else whole - 1000 * self.opengl
            part = f", of which {self.slowest[1]} {1000 * self.slowest[0]:.0f}" if paints else ""
            self.events.append((whole, outside, kind + part))
        return done

    def _within(self, receiver: QObject | None, event: QEvent | None, begin: float) -> bool:
        """Deliver an event that another one brought about; note what was painted in it."""
        what = event.type() if event is not None else None
        inner, draws = self.opengl, isinstance(receiver, QOpenGLWidget) and what in GL_EVENTS
        done = super().notify(receiver, event)
        took = time.perf_counter() - begin
        if draws:
            # The painting within a resize is part of it.
            self.opengl = inner + took
        elif what == QEvent.Type.Paint:
            self.drawn += took
            self.slowest = max(self.slowest, (took, type(receiver).__name__))
        return done


def make_project(folder: Path) -> Path:
    """Make a project of KiTS-size phantoms with imported predictions, once."""
    project = folder / "bench.kitsdesk"
    if project.exists():
        return project
    request = PhantomRequest(
        out=folder / "phantoms",
        cases=CASES,
        seed=7,
        shape=SIZES["kits"][0],
        spacing=SIZES["kits"][1],
        minimum_tumor_ml=5.0,
    )
    make_phantom_set(request)
    for case in sorted((folder / "phantoms").glob("case_*")):
        mask = read_mask(case / "segmentation.nii.gz")
        said = mask.array.copy()
        said[said == 2] = 1
        said[:, :-2] = said[:, 2:].copy()
        write_mask(folder / "said" / f"{case.name}.nii.gz", said, mask.geometry)
    with Workspace.create(project, discover(folder / "phantoms")) as workspace:
        Predictions(workspace).import_folder(folder / "said", "said", "none")
    return project


def wait(application: QApplication, ready: Callable[[], bool]) -> float:
    """Deliver events until something is so; return the seconds it took."""
    begin = time.perf_counter()
    while not ready():
        idle_turn()
        if time.perf_counter() - begin > QUIET_S:
            raise TimeoutError("the window never got there")
    return time.perf_counter() - begin


def on_screen(host: WindowDesk, case: str) -> bool:
    """Return whether the slice canvases show a case."""
    opened = host.desk.session.case
    stale = any(view.overlay.is_stale for view in host.canvas.slices.values())
    return opened is not None and opened.case == case and not stale


def next_cases(application: QApplication, host: WindowDesk) -> list[float]:
    """Return the ms from Ctrl+Right until the next case is on screen, for each case."""
    order = host.window.cases.visible_cases()
    host.open_case_at(order[0])
    wait(application, lambda: on_screen(host, order[0]))
    times = []
    for case in order[1:]:
        wait(application, lambda: not host.desk.pool.busy and host.canvas.is_painted())
        begin = time.perf_counter()
        QTest.keyClick(host.canvas.slices["axial"].overlay, Key.Key_Right, CTRL)
        wait(application, lambda case=case: on_screen(host, case))
        times.append(1000 * (time.perf_counter() - begin))
    return times


def act(host: WindowDesk, dice: random.Random) -> None:
    """Do one thing a reader does: wheel, key, drag or a command."""
    views = [view for view in host.canvas.slices.values() if view.isVisible()]
    view = dice.choice(views) if views else host.canvas.slices["axial"]
    overlay, kind = view.overlay, dice.random()
    x, y = dice.randrange(40, max(41, view.width() - 60)), dice.randrange(40, view.height() - 40)
    if kind < 0.4:
        place = QPointF(x, y)
        modifiers = CTRL if dice.random() < 0.1 else NONE
        delta = QPoint(0, dice.choice((120, -120)))
        event = QWheelEvent(
            place,
            overlay.mapToGlobal(place),
            QPoint(),
            delta,
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.postEvent(overlay, event)
    elif kind < 0.65:
        overlay.setFocus()
        QTest.keyClick(overlay, getattr(Key, f"Key_{dice.choice(KEYS)}"))
    elif kind < 0.9:
        QTest.mousePress(overlay, LEFT, pos=QPoint(x, y))
        for step in range(1, 4):
            QTest.mouseMove(overlay, QPoint(x + 4 * step, y + 2 * step))
        QTest.mouseRelease(overlay, LEFT, pos=QPoint(x + 14, y + 7))
    else:
        host.window.run_action(dice.choice(ACTIONS))


def resident_gb() -> float:
    """Return how much of this process is in memory now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e9, 2)


def stalls(application: TimedApplication, host: WindowDesk, actions: int) -> dict[str, object]:
    """Play the script without pauses; return the longest events, with and without painting,
    and the memory at the start and after each quarter."""
    wait(application, lambda: not host.desk.pool.busy and host.canvas.is_painted())
    dice = random.Random(1)
    application.events.clear()
    begin = time.perf_counter()
    inputs, resident = [], [resident_gb()]
    for number in range(1, actions + 1):
        started = time.perf_counter()
        act(host, dice)
        inputs.append(1000 * (time.perf_counter() - started))
        application.processEvents()
        if number % max(1, actions // 4) == 0:
            resident.append(resident_gb())
    wait(application, lambda: not host.desk.pool.busy)
    longest = sorted(application.events, reverse=True)[:8]
    outside = sorted(application.events, key=lambda found: -found[1])[:8]
    return {
        "actions": actions,
        "seconds": time.perf_counter() - begin,
        "resident (GB)": resident,
        "longest input (ms)": max(inputs),
        "longest stall with painting (ms)": longest[0][0],
        "longest stall outside painting (ms)": outside[0][1],
        "longest": longest,
        "outside": outside,
    }


def main(folder: Path, actions: int) -> None:
    """Measure and print both."""
    project = make_project(folder)
    application = TimedApplication()
    style = active_style()
    style.set_theme("dark")
    host = WindowDesk(style, Settings(author="bench"), lambda _folder: iter(()))
    GarbageCollector(host.window)
    host.window.resize(*WINDOW)
    host.window.show()
    host.commands.open_path(project)
    wait(application, lambda: host.desk.session.workspace is not None)
    wait(application, lambda: not host.desk.pool.busy)
    figures: dict[str, object] = {"next case (ms)": next_cases(application, host)}
    figures |= stalls(application, host, actions)
    print(json.dumps(figures, indent=1), flush=True)
    # The figures are out; tearing OpenGL down at interpreter exit is nothing to measure.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
