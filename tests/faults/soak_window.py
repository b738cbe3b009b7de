"""The real window, painting, undoing and saving until it is killed; tells what `soak_work` does.

Arguments: the project and a seed. Needs a display.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from kitsdesk.background.settings import Settings
from kitsdesk.compose.window_desk import WindowDesk
from kitsdesk.demo.loop import StrokePoint
from kitsdesk.ui.style import active_style
from trainer.imaging.hashing import array_hash


class Session:
    """A person at random, one step per turn of the event loop."""

    def __init__(self, host: WindowDesk, seed: int) -> None:
        self._desk = host.desk
        self._rng = np.random.default_rng(seed)
        self._timer = QTimer()
        self._timer.setInterval(5)
        self._timer.timeout.connect(self.step)

    def begin(self) -> None:
        cases = [record.case for record in self._desk.session.project.cases()]
        self._desk.case.open(str(self._rng.choice(cases)), self._ready)

    def _ready(self) -> None:
        desk = self._desk
        desk.editing.choose_tool("brush")
        desk.session.maskEdited.connect(lambda _box: self.tell("E"))
        desk.session.maskSaved.connect(lambda _case: self.saved())
        self.tell("E")
        self._timer.start()

    def tell(self, kind: str) -> None:
        case = self._desk.session.case
        if case is not None:
            print(kind, case.case, array_hash(case.mask), flush=True)

    def saved(self) -> None:
        case = self._desk.session.case
        if case is not None and case.base is not None:
            print("S", case.case, case.base.voxels_hash, flush=True)

    def step(self) -> None:
        desk, rng = self._desk, self._rng
        case, chance = desk.session.case, rng.random()
        if case is None:
            return
        if chance < 0.8:
            desk.editing.choose_structure(int(rng.integers(0, 4)))
            desk.editing.set_diameter(float(rng.uniform(10, 40)))
            index = [float(rng.integers(0, n)) for n in case.mask.shape]
            mm = tuple(float(v) for v in case.volume.to_mm(np.array(index)))
            # Told before the journal has it: either mask is right after a kill in between.
            for kind in ("press", "move"):
                desk.editing.on_pointer(StrokePoint(kind, "axial", mm))
            self.tell("I")
            desk.editing.on_pointer(StrokePoint("release", "axial", mm))
        elif chance < 0.9:
            before = case.history.position
            if before > 1:
                # What undo will make is not known yet: every mask it may leave is told.
                copy = case.mask.copy()
                case.history._patches[before - 1].revert(copy)
                print("I", case.case, array_hash(copy), flush=True)
                desk.editing.undo()
        else:
            desk.case.save()


def main() -> None:
    application = QApplication(sys.argv[:1])
    host = WindowDesk(active_style(), Settings(author="soak"), lambda _folder: None)
    host.window.show()
    session = Session(host, int(sys.argv[2]))
    host.desk.project.open(Path(sys.argv[1]), session.begin)
    sys.exit(application.exec())


main()
