"""Every tool of the palette but brush and eraser: operations, click tools, measures."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.box_drawing import BoxDrawing
from kitsdesk.controllers.click_tools import CLICK_TOOLS, NO_PREDICTION, ClickTools
from kitsdesk.controllers.editing import POINTER_TOOLS, EditingController
from kitsdesk.controllers.measuring import MEASURING_TOOLS, Measures
from kitsdesk.controllers.patch_worker import PatchWorker
from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.previewing import PreviewedEdit, Previews
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.taking_here import take_in_box
from kitsdesk.controllers.views import CanvasView, ShellView, ToolsView
from kitsdesk.controllers.whole_mask_tools import (
    NOTHING_TO_DO,
    WHOLE_MASK_TOOLS,
    Parameters,
    WholeMaskEdit,
)
from kitsdesk.editing.box import Box

# While a preview of them stands, seeds and slices may be added with these.
_ADDING_TOOLS = {"navigate", "brush", "eraser", "lasso", "fill", *MEASURING_TOOLS}
AGREES = "The mask agrees with the prediction there already."
DRAW_A_BOX = "Draw a box in a view to take the prediction there."


class OperationsController(QObject):
    """Runs a tool by its button (`run`, `preview`) or by the pointer (`on_pointer`).

    The tool in use is the editing controller's; tools that paint strokes are ignored here.
    Heavy work goes to the pool on a copy of the mask, and undo takes any of it back.
    """

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        editing: EditingController,
        boxes: BoxDrawing,
        canvas: CanvasView,
        tools: ToolsView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._editing = editing
        self._canvas = canvas
        self._shell = shell
        self._worker = PatchWorker(session, pool, editing, shell)
        self._clicks = ClickTools(session, self._worker, editing, canvas, shell)
        self._measures = Measures(session, pool, canvas, shell)
        self._boxes = boxes
        self.previews = Previews(session, self._worker, canvas, tools, shell)
        self._parameters: dict[str, Parameters] = {}
        editing.toolChanged.connect(self._on_tool)
        editing.settingsChanged.connect(self._refresh_preview)
        editing.seeds.changed.connect(self._refresh_preview)
        boxes.changed.connect(self._on_box)
        session.caseOpened.connect(self._start_over)
        session.caseClosed.connect(self._start_over)

    @property
    def busy(self) -> bool:
        """Return whether an operation or a preview is still being computed."""
        return self._worker.busy or self.previews.busy

    def set_parameters(self, tool: str, parameters: Parameters) -> None:
        """Remember what is set about a tool: its numbers by key and "mode"."""
        before = self._parameters.get(tool)
        self._parameters[tool] = dict(parameters)
        if tool == self._editing.tool:
            self._show_navigation(tool)
        if tool == self.previews.tool and before != self._parameters[tool]:
            self._refresh_preview()

    def run(self, tool: str, parameters: Parameters) -> None:
        """Apply an operation to the open case, as its button does."""
        self.set_parameters(tool, parameters)
        case = self._session.case
        if case is None:
            return
        if self.previews.tool == tool:
            self.take()
        elif tool in WHOLE_MASK_TOOLS:
            self._apply(tool)
        elif tool == "take_prediction":
            self._take(case, parameters)
        elif tool == "diameter":
            self._measures.diameter(case, self._canvas.crosshair())

    def preview(self, tool: str, parameters: Parameters) -> None:
        """Show what an operation would change, until it is taken or rejected."""
        self.set_parameters(tool, parameters)
        asked = self._asked(tool) if self._session.case is not None else None
        if asked is not None:
            self.previews.show(asked)

    def take(self) -> bool:
        """Make the edit that is previewed; returns whether there was one."""
        tool = self.previews.tool
        taken = self.previews.take()
        if taken and not self.previews.tool:
            self._boxes.clear()
            if tool == "grow":
                self._editing.seeds.clear()
        return taken

    def reject(self) -> bool:
        """Forget the edit that is previewed and its box; returns whether there was one."""
        had = self.previews.reject()
        if self._boxes.box is not None:
            self._boxes.clear()
            return True
        return had

    def on_pointer(self, event: Pointer) -> None:
        """Follow the left button over a canvas; brush, eraser and navigate are not for here."""
        case, tool = self._session.case, self._editing.tool
        self._measures.follow(event)
        if case is None or tool not in (*CLICK_TOOLS, *MEASURING_TOOLS):
            return
        measuring = tool in MEASURING_TOOLS
        if event.kind in ("press", "double") and "left" in event.buttons:
            if measuring:
                self._measures.press(case, event, tool)
            else:
                self._clicks.press(case, event, self._parameters.get(tool, {}))
        elif event.kind == "move" and measuring:
            self._measures.move(case, event, tool)
        elif event.kind == "move":
            self._clicks.move(event)
        elif event.kind == "release" and measuring:
            self._measures.release(case)
        elif event.kind == "release":
            self._clicks.release(case)

    def _apply(self, tool: str) -> None:
        asked = self._asked(tool)
        if asked is not None:
            self._worker.in_background(asked.title, asked.edit, asked.nothing)

    def _asked(self, tool: str) -> PreviewedEdit | None:
        """Return an operation as it is set now; says what is missing where it cannot be."""
        parameters = self._parameters.get(tool, {})
        structure = self._editing.structure
        if tool == "islands" and parameters.get("mode") == "keep_clicked":
            self._shell.show_message("Click on the part to keep.")
            return None
        if tool == "grow":
            structure = self._editing.last_structure
        if structure == 0:
            self._shell.show_message("Choose kidney, tumor or cyst first.")
            return None
        seeds = self._editing.seeds.voxels if tool == "grow" else None
        asked = WholeMaskEdit(structure, self._editing.plane, dict(parameters), seeds)
        edit, title = WHOLE_MASK_TOOLS[tool], tool.replace("_", " ").capitalize()
        return PreviewedEdit(tool, title, lambda scene: edit(scene, asked), NOTHING_TO_DO[tool])

    def _refresh_preview(self) -> None:
        tool = self.previews.tool
        asked = self._asked(tool) if tool in WHOLE_MASK_TOOLS else None
        if asked is not None:
            self.previews.show(asked)

    def _on_box(self, box: Box | None) -> None:
        case = self._session.case
        if self._editing.tool != "take_prediction" or case is None:
            return
        prediction = case.prediction
        if box is None:
            self.previews.reject()
        elif prediction is None:
            self._shell.show_message(NO_PREDICTION)
        else:
            edit = take_in_box(prediction, box)
            self.previews.show(
                PreviewedEdit("take_prediction", "Taking the prediction", edit, AGREES)
            )

    def _take(self, case: OpenCase, parameters: Parameters) -> None:
        if case.prediction is None:
            self._shell.show_message(NO_PREDICTION)
        elif parameters.get("mode") == "box":
            self._shell.show_message(DRAW_A_BOX)
        else:
            self._clicks.take_component(case, self._canvas.crosshair())

    def delete_measure(self) -> None:
        """Delete the measure under the pointer, else the newest one that shows."""
        self._measures.delete()

    def delete_measures(self) -> None:
        """Delete every measure of the open case."""
        self._measures.clear()

    def _on_tool(self, tool: str) -> None:
        self._clicks.drop()
        self._measures.drop()
        if tool != self.previews.tool and tool not in _ADDING_TOOLS:
            self.previews.reject()
        if tool == "navigate" and not self.previews.tool:
            self._editing.seeds.clear()
        self._boxes.end()
        self._show_navigation(tool)

    def _show_navigation(self, tool: str) -> None:
        set_up = self._parameters.get(tool, {})
        mode = set_up.get("mode")
        if tool == "take_prediction" and mode == "box":
            self._boxes.begin(float(set_up.get("depth", 20.0)))
        else:
            self._boxes.end()
        clicked = tool == "islands" and mode == "keep_clicked"
        self._canvas.set_navigation(tool not in POINTER_TOOLS and not clicked)

    def _start_over(self, _case: object = None) -> None:
        self._clicks.drop()
        self._measures.clear()
