"""Tools on the open mask: what the pointer does becomes named, undoable patches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.background_seeds import BackgroundSeeds
from kitsdesk.controllers.fold_votes import FoldVotes
from kitsdesk.controllers.history_steps import HistorySteps
from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView, ShellView, ToolsView
from kitsdesk.editing.gates import Gates
from kitsdesk.editing.patch import OpenedPatch, Patch, StalePatch
from kitsdesk.editing.strokes import BrushShape, Plane, Stroke
from kitsdesk.tokens import canvas_structures, measure_colour
from trainer.contract.errors import KitsDeskError
from trainer.contract.structures import Structure

STROKE_TOOLS = ("brush", "eraser", "grow")
# With every other tool the left button moves the crosshair, as in Navigate.
POINTER_TOOLS = (
    *STROKE_TOOLS,
    "lasso",
    "fill",
    "take_prediction",
    "ruler",
    "diameter",
    "ellipse",
)
SMALLEST_MM, LARGEST_MM = 0.5, 100.0
STRUCTURE_COLOURS = {0: measure_colour(), **canvas_structures()}


class EditingController(QObject):
    """Holds the tool, its size and its gates, and turns strokes into patches."""

    toolChanged = pyqtSignal(str)
    settingsChanged = pyqtSignal()  # the structure or the gates: what an edit would do

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        votes: FoldVotes,
        canvas: CanvasView,
        tools: ToolsView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._votes = votes
        self._canvas = canvas
        self._tools = tools
        self._shell = shell
        self._stroke: Stroke | None = None
        self.seeds = BackgroundSeeds(session, canvas)
        self._steps = HistorySteps(session, pool, shell, self._changed)
        self.tool = "navigate"
        self.structure = self.last_structure = int(Structure.TUMOR)
        self.diameter_mm = 12.0
        self.shape: BrushShape = "ball"
        self.plane: Plane = "axial"
        self.gates = Gates()
        session.caseOpened.connect(self._on_case_opened)
        session.caseClosed.connect(self._on_case_closed)
        session.historyChanged.connect(self._show_history)
        session.settling.connect(self._finish_stroke)

    def choose_tool(self, tool: str) -> None:
        """Take up a tool; a stroke under way is finished, measures and outlines go."""
        self._finish_stroke()
        self.tool = tool
        self._tools.set_tool(tool)
        self._canvas.set_navigation(tool not in POINTER_TOOLS)
        self._canvas.set_shapes(())
        self._show_extent()
        self.toolChanged.emit(tool)

    def choose_structure(self, structure: int) -> None:
        """Paint this structure from now on."""
        self.structure = structure
        self.last_structure = structure or self.last_structure
        self._tools.set_structure(structure)
        self._want_votes()
        self._show_extent()
        self.settingsChanged.emit()

    def set_diameter(self, diameter_mm: float) -> None:
        """Set the brush's diameter in mm, within 0.5 and 100."""
        self.diameter_mm = min(max(diameter_mm, SMALLEST_MM), LARGEST_MM)
        self._tools.set_brush(self.diameter_mm, self.shape)
        self._show_extent()

    def step_diameter(self, steps: int) -> None:
        """Make the brush larger or smaller by about a tenth per step."""
        self.set_diameter(round(self.diameter_mm * 1.1**steps, 1))

    def set_shape(self, shape: BrushShape) -> None:
        """Paint with a 2D "disc" on the slice or a 3D "ball"."""
        self.shape = shape
        self._tools.set_brush(self.diameter_mm, shape)
        self._show_extent()

    def set_gates(self, gates: Gates) -> None:
        """Let tools change only what these gates allow."""
        self.gates = gates
        self._want_votes()
        self.settingsChanged.emit()

    def lock(self, structure: int, locked: bool) -> None:
        """Protect a structure from every tool, or not."""
        others = self.gates.locked - {structure}
        self.gates = replace(self.gates, locked=others | {structure} if locked else others)

    def on_pointer(self, event: Pointer) -> None:
        """Follow the left button over a canvas with a painting tool."""
        case = self._session.case
        if case is None or self.tool not in STROKE_TOOLS:
            return
        if event.kind in ("press", "double") and "left" in event.buttons:
            if "shift" in event.modifiers:
                self.pick(event)
            elif self.tool == "grow" and self.structure == 0:
                self.seeds.begin(case, event, self.diameter_mm, self.shape)
            else:
                self._begin(case, event)
        elif event.kind == "move" and self._stroke is not None:
            self._extend(case, event)
        elif event.kind == "release" and self._stroke is not None:
            self._finish_stroke()
        else:
            self.seeds.follow(case, event)

    def undo(self) -> None:
        """Take back the newest edit of the open case, by name."""
        self._step(backwards=True)

    def redo(self) -> None:
        """Make again what was undone."""
        self._step(backwards=False)

    def go_to(self, position: int) -> None:
        """Go to a place in the history list."""
        case = self._session.case
        self._finish_stroke()
        if case is not None and self.may_write():
            self._steps.go_to(case, position)

    def commit(
        self,
        patch: Patch | None,
        nothing: str = "Nothing to change there.",
        opened: OpenedPatch | None = None,
    ) -> bool:
        """Make one patch part of the history; returns whether it is.

        A patch of a mask that has changed since is refused with a message; with `opened`,
        its unpacked voxels, the caller knows that the mask has not changed.
        """
        case = self._session.case
        self._finish_stroke()
        if case is None or not self.may_write():
            return False
        if patch is None:
            self._shell.show_message(nothing)
            return False
        try:
            case.history.commit(patch, opened)
        except StalePatch as error:
            self._shell.show_message(f"{error.happened} {error.advice}")
            return False
        except KitsDeskError as error:
            self._shell.show_problem(error)
        self._changed(patch.box)
        return True

    def _step(self, *, backwards: bool) -> None:
        case = self._session.case
        self._finish_stroke()
        if case is not None and self.may_write():
            self._steps.step(case, backwards=backwards)

    def _begin(self, case: OpenCase, event: Pointer) -> None:
        self._finish_stroke()
        if not self.may_write():
            return
        one_structure = "ctrl" in event.modifiers and self.structure != 0
        erasing = self.tool == "eraser" or "ctrl" in event.modifiers or self.structure == 0
        if not erasing and self.gates.votes_at_least and self._votes.reading:
            self._shell.show_message("The folds' votes are being read. Paint again in a moment.")
            return
        self.plane = event.view
        self._stroke = Stroke(
            case.mask,
            case.volume.array,
            case.volume.spacing,
            self.structure if one_structure or not erasing else 0,
            self.diameter_mm,
            self.shape,
            event.view,
            self.gates,
            votes=self._votes.of(self.structure),
            erase=one_structure,
        )
        self._extend(case, event)

    def _extend(self, case: OpenCase, event: Pointer) -> None:
        assert self._stroke is not None
        z, y, x = case.volume.to_index(event.mm)
        box = self._stroke.add((float(z), float(y), float(x)))
        if box is not None:
            self._canvas.refresh_mask(box)

    def _finish_stroke(self) -> None:
        stroke, self._stroke = self._stroke, None
        case = self._session.case
        if stroke is None or case is None:
            return
        patch = stroke.finish()
        gate = self.gates.describe(stroke.stopped_by)
        if patch is not None:
            self.commit(patch)
        if gate:
            self._shell.show_message(f"{gate}: part of the stroke was held back.")

    def pick(self, event: Pointer) -> None:
        """Choose the structure under the pointer."""
        case = self._session.case
        place = case.voxel_at(event.mm) if case is not None else None
        if case is not None and place is not None:
            self.choose_structure(int(case.mask[place]))

    def may_write(self) -> bool:
        """Return whether the open project takes edits; says so where it does not."""
        if self._session.project.read_only:
            self._shell.show_message("The project is open read-only.")
            return False
        case = self._session.case
        if case is not None and case.only_look:
            self._shell.show_message(f"{case.case} may only be looked at: slices are missing.")
            return False
        return True

    def _want_votes(self) -> None:
        self._votes.want(self.structure if self.gates.votes_at_least else 0)

    def _changed(self, box: Any) -> None:
        self._canvas.refresh_mask(box)
        self._session.tell_edited(box)

    def _on_case_opened(self, _case: OpenCase) -> None:
        self._stroke = None
        self._show_history()
        self._show_extent()

    def _on_case_closed(self) -> None:
        self._stroke = None
        self._tools.set_history([], 0)

    def _show_history(self) -> None:
        case = self._session.case
        if case is not None:
            names = [(entry.name, entry.saved_as) for entry in case.history.entries()]
            self._tools.set_history(names, case.history.position, case.history.dropped)

    def _show_extent(self) -> None:
        painting = self.tool in STROKE_TOOLS
        erasing = self.tool == "eraser"
        colour = STRUCTURE_COLOURS[0 if erasing else self.structure]
        diameter = self.diameter_mm if painting else None
        self._canvas.set_brush_extent(diameter, self.shape, colour)
