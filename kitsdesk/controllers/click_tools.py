"""Lasso, fill, keep clicked and "take the prediction here": edits made by the pointer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from kitsdesk.controllers.drawn_shape import DrawnShape
from kitsdesk.controllers.editing import STRUCTURE_COLOURS, EditingController
from kitsdesk.controllers.patch_worker import PatchWorker
from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.taking_here import disagreement_at
from kitsdesk.controllers.views import CanvasView, Millimetres, ShellView
from kitsdesk.controllers.whole_mask_tools import Parameters
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
            self._fill(case, event, parameters)
        elif tool == "islands":
            if mode == "keep_clicked":
                self._keep_clicked(case, event)
        elif tool == "take_prediction":
            if mode != "box":
                self.take_component(case, event.mm)
        elif self._editing.may_write():
            self._points, self._view = [event.mm], event.view
            self._erase = "ctrl" in event.modifiers

    def move(self, event: Pointer) -> None:
        """Go on with an outline; it stays on the slice where it began."""
        if not self._points or event.view != self._view:
            return
        if float(np.linalg.norm(np.subtract(event.mm, self._points[-1]))) < _LEAST_STEP_MM:
            return
        self._points.append(event.mm)
        self._draw()

    def release(self, case: OpenCase) -> None:
        """End an outline and make the edit."""
        points, view, erase = self._points, self._view, self._erase
        self.drop()
        if self._editing.tool == "lasso" and len(points) >= 3:
            self._editing.plane = view
            self._lasso(case, view, points, erase)

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

    def _fill(self, case: OpenCase, event: Pointer, parameters: Parameters) -> None:
        seed, structure = case.voxel_at(event.mm), self._editing.structure
        if seed is None:
            return
        if "ctrl" in event.modifiers:
            if int(case.mask[seed]) != structure:
                name = STRUCTURE_NAMES.get(structure, f"structure {structure}")
                self._shell.show_message(f"Ctrl+click erases {name}; there is none here.")
                return
            structure = 0
        tolerance = float(parameters.get("hu", 0.0)) or None
        plane = event.view if parameters.get("mode") != "volume" else None

        def edit(scene: EditScene) -> Patch | None:
            return fill(scene, seed, structure, plane=plane, tolerance_hu=tolerance)

        if plane is None:
            self._worker.in_background("Filling", edit)
        else:
            self._worker.at_once(edit)

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
        case = self._session.case
        if case is None:
            return
        colour = STRUCTURE_COLOURS[0 if self._erase else self._editing.structure]
        outline = DrawnShape("polygon", self._view, tuple(self._points), "", colour, closed=True)
        places = np.array([case.volume.to_index(mm) for mm in self._points])
        shown_at = case.volume.to_index(self._canvas.crosshair())
        others = [view for view in PLANE_AXIS if view != self._view]
        edges = [
            DrawnShape("line", view, _seen_from(case, view, places, shown_at), "", colour)
            for view in others
        ]
        self._canvas.set_shapes((outline, *edges))


def _seen_from(
    case: OpenCase, view: Plane, places: NDArray[np.float64], shown_at: NDArray[np.float64]
) -> tuple[Millimetres, ...]:
    """Return the ends of the line that an outline is when seen from another view."""
    low, high = places.min(axis=0), places.max(axis=0)
    axis = PLANE_AXIS[view]
    low[axis] = high[axis] = shown_at[axis]
    return _place(case, low), _place(case, high)


def _place(case: OpenCase, index: NDArray[np.float64]) -> Millimetres:
    left, posterior, superior = (float(v) for v in case.volume.to_mm(index))
    return left, posterior, superior
