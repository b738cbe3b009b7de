"""Ruler, longest axial diameter and ellipse: measures drawn over the views."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.drawn_shape import DrawnShape
from kitsdesk.controllers.measure_hits import measure_at, on_slice
from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView, Millimetres, ShellView
from kitsdesk.editing.measure import Diameter, ellipse_values, longest_axial_diameter, ruler_mm
from kitsdesk.editing.strokes import Plane
from trainer.contract.structures import STRUCTURE_NAMES

MEASURING_TOOLS = ("ruler", "diameter", "ellipse")
_SHORTEST_MM = 0.5


class Measures(QObject):
    """Keeps the measures of the open case until they are deleted or the case is left.

    A click of a measuring tool on a measure deletes it, so does Delete under the pointer.
    """

    def __init__(
        self, session: Session, pool: TaskPool, canvas: CanvasView, shell: ShellView
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._canvas = canvas
        self._shell = shell
        self._made: list[DrawnShape] = []
        self._start: Millimetres | None = None
        self._view: Plane = "axial"
        self._current: DrawnShape | None = None
        self._pointer: tuple[Plane, Millimetres] | None = None

    def press(self, case: OpenCase, event: Pointer, tool: str) -> None:
        """Begin a ruler or an ellipse; a click with the diameter measures what is there."""
        if tool == "diameter":
            if not self._delete_at(case, event.view, event.mm):
                self.diameter(case, event.mm)
        else:
            self._start, self._view, self._current = event.mm, event.view, None

    def move(self, case: OpenCase, event: Pointer, tool: str) -> None:
        """Draw the measure up to the pointer."""
        if self._start is None or event.view != self._view:
            return
        if float(np.linalg.norm(np.subtract(event.mm, self._start))) < _SHORTEST_MM:
            return
        make = self._ruler if tool == "ruler" else self._ellipse
        self._current = make(case, self._start, event.mm)
        self._show()

    def release(self, case: OpenCase) -> None:
        """Keep the measure; a click without a drag deletes the one it hits."""
        if self._start is None:
            return
        if self._current is not None:
            self._made.append(self._current)
            self._shell.show_message(self._current.text)
        else:
            self._delete_at(case, self._view, self._start)
        self._start = self._current = None
        self._show()

    def follow(self, event: Pointer) -> None:
        """Remember where the pointer is, for Delete."""
        self._pointer = None if event.kind == "leave" else (event.view, event.mm)

    def drop(self) -> None:
        """Forget the measure that is being drawn; the ones made stay."""
        if self._start is not None:
            self._start = self._current = None
            self._show()

    def clear(self) -> None:
        """Forget every measure."""
        had = bool(self._made) or self._current is not None
        self._made, self._start, self._current = [], None, None
        if had:
            self._canvas.set_measures(())

    def delete(self) -> None:
        """Delete the measure under the pointer, else the newest one on a slice that shows."""
        case = self._session.case
        if case is None or not self._made:
            self._shell.show_message("There is no measure to delete.")
            return
        if self._pointer is not None and self._delete_at(case, *self._pointer):
            return
        here = case.volume.to_index(self._canvas.crosshair())
        on_show = [shape for shape in self._made if on_slice(case.volume, shape, here)]
        if on_show:
            self._delete(on_show[-1])
        else:
            self._shell.show_message("No measure lies on the slices shown.")

    def _delete_at(self, case: OpenCase, view: Plane, mm: Millimetres) -> bool:
        found = measure_at(case.volume, self._made, view, mm)
        if found is not None:
            self._delete(found)
        return found is not None

    def _delete(self, shape: DrawnShape) -> None:
        self._made.remove(shape)
        self._shell.show_message(f"Measure deleted: {shape.text}")
        self._show()

    def diameter(self, case: OpenCase, mm: Millimetres) -> None:
        """Measure the part under an LPS place, on a copy of the mask in the pool."""
        place = case.voxel_at(mm)
        structure = int(case.mask[place]) if place is not None else 0
        if place is None or structure == 0:
            self._shell.show_message("Click on a kidney, tumor or cyst to measure it.")
            return
        mask, spacing = case.mask.copy(), case.volume.spacing

        def done(found: Diameter | None) -> None:
            if found is not None and self._session.case is case:
                self._show_diameter(case, structure, found)

        self._pool.start(
            "Measuring",
            lambda: longest_axial_diameter(mask, spacing, place),
            done=done,
            failed=self._shell.show_problem,
        )

    def _show_diameter(self, case: OpenCase, structure: int, found: Diameter) -> None:
        start, end = _place(case, found.start), _place(case, found.end)
        shape = DrawnShape("line", "axial", (start, end), f"{found.mm:.1f} mm")
        self._made.append(shape)
        self._show()
        middle = _place(case, tuple(np.add(found.start, found.end) / 2))
        self._canvas.set_crosshair(middle)
        name = STRUCTURE_NAMES.get(structure, f"structure {structure}")
        self._shell.show_message(f"Longest axial diameter of the {name}: {found.mm:.1f} mm")

    def _ruler(self, case: OpenCase, start: Millimetres, end: Millimetres) -> DrawnShape:
        to_index = case.volume.to_index
        distance = ruler_mm(to_index(start), to_index(end), case.volume.spacing)
        return DrawnShape("line", self._view, (start, end), f"{distance:.1f} mm")

    def _ellipse(self, case: OpenCase, start: Millimetres, end: Millimetres) -> DrawnShape | None:
        volume = case.volume
        found = ellipse_values(
            volume.array, volume.spacing, self._view, volume.to_index(start), volume.to_index(end)
        )
        if found is None:
            return None
        text = f"{found.mean:.0f} ± {found.deviation:.0f} HU".replace("-", "−")
        return DrawnShape("ellipse", self._view, (start, end), text)

    def _show(self) -> None:
        current = [self._current] if self._current is not None else []
        self._canvas.set_measures((*self._made, *current))


def _place(case: OpenCase, index: tuple[float, ...]) -> Millimetres:
    left, posterior, superior = (float(v) for v in case.volume.to_mm(index))
    return left, posterior, superior
