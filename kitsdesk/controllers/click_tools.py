"""Lasso, fill, keep clicked and "take the prediction here": edits made by the pointer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.controllers.drawn_shape import MEASURE_COLOUR, DrawnShape
from kitsdesk.controllers.editing import STRUCTURE_COLOURS, EditingController
from kitsdesk.controllers.patch_worker import PatchWorker
from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.taking_here import disagreement_at
from kitsdesk.controllers.views import CanvasView, Millimetres, ShellView
from kitsdesk.controllers.whole_mask_tools import Parameters
from kitsdesk.editing.box import Box
from kitsdesk.editing.edit_scene import EditScene
from kitsdesk.editing.flood import fill
from kitsdesk.editing.islands import keep_clicked
from kitsdesk.editing.lasso import lasso
from kitsdesk.editing.patch import Patch
from kitsdesk.editing.strokes import PLANE_AXIS, Plane
from kitsdesk.editing.taking import take_prediction
from trainer.contract.structures import STRUCTURE_NAMES

CLICK_TOOLS = ("lasso", "fill", "islands", "take_prediction")
NO_PREDICTION = "This case has no prediction."
_LEAST_STEP_MM = 0.2


class ClickTools(QObject):
    """Follows the pointer for one tool at a time; `parameters` are those of the tool in use."""

    def __init__(
        self,
        session: Session,
        worker: PatchWorker,
        editing: EditingController,
        canvas: CanvasView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._worker = worker
        self._editing = editing
        self._canvas = canvas
        self._shell = shell
        self._points: list[Millimetres] = []
        self._view: Plane = "axial"
        self._erase = False

    def press(self, case: OpenCase, event: Pointer, parameters: Parameters) -> None:
        """Begin with the left button, or do at once what a click does."""
        self.drop()
        if "shift" in event.modifiers:
            self._editing.pick(event)
            return
        tool, mode = self._editing.tool, str(parameters.get("mode", ""))
        if tool == "fill":
            self._fill(case, event, mode)
        elif tool == "islands":
            if mode == "keep_clicked":
                self._keep_clicked(case, event)
        elif tool == "take_prediction" and mode != "box":
            self.take_component(case, event.mm)
        elif self._editing.may_write():
            self._points, self._view = [event.mm], event.view
            self._erase = "ctrl" in event.modifiers

    def move(self, event: Pointer) -> None:
        """Go on with an outline or a box; it stays on the slice where it began."""
        if not self._points or event.view != self._view:
            return
        if float(np.linalg.norm(np.subtract(event.mm, self._points[-1]))) < _LEAST_STEP_MM:
            return
        if self._editing.tool == "lasso":
            self._points.append(event.mm)
        else:
            self._points = [self._points[0], event.mm]
        self._draw()

    def release(self, case: OpenCase) -> None:
        """End an outline or a box and make the edit."""
        points, view, erase = self._points, self._view, self._erase
        self.drop()
        if self._editing.tool == "lasso" and len(points) >= 3:
            self._editing.plane = view
            self._lasso(case, view, points, erase)
        elif self._editing.tool == "take_prediction" and len(points) == 2:
            self.take_box(case, view, points)

    def drop(self) -> None:
        """Forget an outline that is not finished."""
        if self._points:
            self._points = []
            self._canvas.set_shapes(())

    def take_component(self, case: OpenCase, mm: Millimetres) -> None:
        """Take the prediction in the whole disagreement at an LPS place."""
        prediction, place = case.prediction, case.voxel_at(mm)
        if prediction is None or place is None:
            self._shell.show_message(NO_PREDICTION if prediction is None else "Outside the image.")
            return

        def edit(scene: EditScene) -> Patch | None:
            found = disagreement_at(scene.mask, prediction, place)
            return take_prediction(scene, prediction, *found) if found is not None else None

        nothing = "The mask agrees with the prediction there already."
        self._worker.in_background("Taking the prediction", edit, nothing)

    def take_box(self, case: OpenCase, view: Plane, corners: list[Millimetres]) -> None:
        """Take the prediction inside a box on one slice, given by two LPS corners."""
        prediction, box = case.prediction, _slice_box(case, view, corners)
        if prediction is None or box is None:
            self._shell.show_message(NO_PREDICTION if prediction is None else "Outside the image.")
            return
        nothing = "The mask agrees with the prediction there already."
        self._worker.at_once(lambda scene: take_prediction(scene, prediction, box), nothing)

    def _fill(self, case: OpenCase, event: Pointer, mode: str) -> None:
        seed, structure = case.voxel_at(event.mm), self._editing.structure
        if seed is None:
            return
        if "ctrl" in event.modifiers:
            if int(case.mask[seed]) != structure:
                name = STRUCTURE_NAMES.get(structure, f"structure {structure}")
                self._shell.show_message(f"Ctrl+click erases {name}; there is none here.")
                return
            structure = 0
        if mode == "volume":
            self._worker.in_background("Filling", lambda scene: fill(scene, seed, structure))
        else:
            plane = event.view
            self._worker.at_once(lambda scene: fill(scene, seed, structure, plane=plane))

    def _keep_clicked(self, case: OpenCase, event: Pointer) -> None:
        place = case.voxel_at(event.mm)
        if place is None or not case.mask[place]:
            self._shell.show_message("Click on the part to keep.")
            return
        self._worker.in_background(
            "Looking for parts",
            lambda scene: keep_clicked(scene, place),
            "The structure has no other part.",
        )

    def _lasso(self, case: OpenCase, view: Plane, points: list[Millimetres], erase: bool) -> None:
        outline = np.array([case.volume.to_index(mm) for mm in points])
        structure = self._editing.structure
        self._worker.at_once(
            lambda scene: lasso(scene, view, outline, structure, erase=erase and structure != 0),
            "Nothing to change inside the outline.",
        )

    def _draw(self) -> None:
        if self._editing.tool == "lasso":
            colour = STRUCTURE_COLOURS[0 if self._erase else self._editing.structure]
            points = tuple(self._points)
        else:
            colour = MEASURE_COLOUR
            points = self._rectangle()
        self._canvas.set_shapes(
            (DrawnShape("polygon", self._view, points, colour=colour, closed=True),)
        )

    def _rectangle(self) -> tuple[Millimetres, ...]:
        case = self._session.case
        if case is None or len(self._points) < 2:
            return ()
        start, end = (case.volume.to_index(mm) for mm in self._points)
        rows, _columns = (axis for axis in range(3) if axis != PLANE_AXIS[self._view])
        beside, below = start.copy(), end.copy()
        beside[rows], below[rows] = end[rows], start[rows]
        return tuple(_place(case, at) for at in (start, beside, end, below))


def _place(case: OpenCase, index: NDArray[np.float64]) -> Millimetres:
    left, posterior, superior = (float(v) for v in case.volume.to_mm(index))
    return left, posterior, superior


def _slice_box(case: OpenCase, view: Plane, corners: list[Millimetres]) -> Box | None:
    """Return the voxels between two corners on the slice of the first, None outside."""
    ends = np.floor(np.array([case.volume.to_index(mm) for mm in corners]) + 0.5).astype(int)
    axis, shape = PLANE_AXIS[view], case.mask.shape
    ends[1, axis] = ends[0, axis]
    low = np.maximum(ends.min(axis=0), 0)
    high = np.minimum(ends.max(axis=0) + 1, shape)
    if (low >= high).any():
        return None
    return int(low[0]), int(high[0]), int(low[1]), int(high[1]), int(low[2]), int(high[2])
