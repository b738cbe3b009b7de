"""When the canvases are drawn again: one canvas per turn of the event loop, the newest state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QElapsedTimer, QObject, QTimer

from kitsdesk.viewer.scene import Box, Scene
from kitsdesk.viewer.slice_view import SliceView

# The canvases without the pointer follow a stroke, an undo and a redo at 15 Hz at most.
OTHERS_MS = 67
# Where painting the one with the pointer takes long, so many times as long, so that it stays
# the one that follows the hand.
OTHERS_TIMES = 4


def union(one: Box | None, other: Box | None) -> Box | None:
    """Return the box around two boxes; None stands for everywhere."""
    if one is None or other is None:
        return None
    low = [min(one[i], other[i]) for i in (0, 2, 4)]
    high = [max(one[i], other[i]) for i in (1, 3, 5)]
    return (low[0], high[0], low[1], high[1], low[2], high[2])


class Repaints(QObject):
    """Collects what changed and hands it to each canvas at its own rate: the one with the
    pointer first, every other that napari has to cut anew in a turn of its own.
    `follow_brush` lets the 3D canvas draw the brush; it is called as often as the canvases
    without the pointer are drawn, in the same turns, so that one composition shows all."""

    def __init__(
        self,
        scene: Scene,
        views: Sequence[SliceView],
        active: Callable[[], SliceView | None],
        follow_brush: Callable[[], None],
    ) -> None:
        super().__init__()
        self._follow_brush = follow_brush
        self._scene = scene
        self._views = views
        self._active = active
        self._slices: set[SliceView] = set()
        self._boxes: dict[SliceView, Box | None] = {}
        self._choices: set[SliceView] = set()
        self._due: list[SliceView] = []
        self._led = False
        self._marks: set[SliceView] = set()
        self._stopped = False
        self._turn = self._timer(0)
        self._others = self._timer(OTHERS_MS)
        self._others_ms = OTHERS_MS
        self._clock = QElapsedTimer()
        self._painted = QTimer(self)
        self._painted.setSingleShot(True)
        self._painted.setInterval(0)
        self._painted.timeout.connect(self._pace_others)

    @property
    def pending(self) -> bool:
        """Return whether a change has not reached its canvas yet."""
        return bool(self._slices or self._boxes or self._choices or self._marks)

    def slices(self) -> None:
        """The crosshair moved: every canvas shows its slice."""
        self._slices.update(self._views)
        self._start()

    def mask(self, box: Box | None) -> None:
        """The shared mask changed inside a box (None: anywhere)."""
        for view in self._views:
            known = view in self._boxes
            self._boxes[view] = union(self._boxes[view], box) if known else box
        self._start()

    def choices(self) -> None:
        """Which masks are shown, or how, is another."""
        self._choices.update(self._views)
        self._start()

    def marks(self) -> None:
        """Something of the overlays changed."""
        self._marks.update(self._views)
        self._start()

    def stop(self) -> None:
        """Draw nothing more, whatever changes."""
        self._stopped = True
        for timer in (self._turn, self._others, self._painted):
            timer.stop()

    def flush(self) -> None:
        """Draw everything that is pending now."""
        self._due = []
        for view in self._views:
            self._draw(view)
        self._follow_brush()

    def _start(self) -> None:
        if not self._stopped and not self._turn.isActive():
            self._turn.start()

    def _timer(self, wait_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(wait_ms)
        timer.timeout.connect(self._take_turn if wait_ms == 0 else self._catch_up)
        return timer

    def _take_turn(self) -> None:
        active = self._active()
        follow = bool(self._scene.stroke or self._boxes)
        if active is None or not follow:
            self._draw_next(active)
            self._follow_brush()
            if self.pending:
                self._turn.start()
            return
        # A stroke that is drawn on without a pause leaves the others every second turn.
        if self._due and (self._led or not self._waits(active)):
            self._led = False
            self._draw(self._due.pop())
            if not self._due:
                self._follow_brush()
        else:
            self._led = True
            self._clock.start()
            self._draw(active)
            self._painted.start()
        if self._due:
            self._turn.start()
        elif self.pending and not self._others.isActive():
            self._others.start(self._others_ms)

    def _pace_others(self) -> None:
        """Let the others wait by how long the canvas with the pointer took, painting included."""
        self._others_ms = max(OTHERS_MS, OTHERS_TIMES * self._clock.elapsed())

    def _catch_up(self) -> None:
        self._due = [view for view in self._views if self._waits(view)]
        self._start()

    def _draw_next(self, active: SliceView | None) -> None:
        """Draw one canvas that napari has to cut anew, and all that have only marks."""
        cut = False
        for view in sorted(self._views, key=lambda view: view is not active):
            if not self._cuts(view):
                self._draw(view)
            elif not cut:
                cut = True
                self._draw(view)

    def _waits(self, view: SliceView) -> bool:
        waiting = (self._slices, self._boxes, self._choices, self._marks)
        return any(view in changed for changed in waiting)

    def _cuts(self, view: SliceView) -> bool:
        if view in self._choices or view in self._boxes:
            return True
        return view in self._slices and view.has_moved()

    def _draw(self, view: SliceView) -> None:
        if view in self._choices:
            self._choices.discard(view)
            self._slices.discard(view)
            view.show_masks()
        if view in self._slices:
            self._slices.discard(view)
            view.show_slice()
        if view in self._boxes:
            view.refresh_mask(self._boxes.pop(view))
        if view in self._marks:
            self._marks.discard(view)
            view.overlay.mark()
