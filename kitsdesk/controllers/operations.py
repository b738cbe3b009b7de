"""Every tool of the palette but brush and eraser: operations, click tools, measures."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.click_tools import CLICK_TOOLS, NO_PREDICTION, ClickTools
from kitsdesk.controllers.editing import POINTER_TOOLS, EditingController
from kitsdesk.controllers.measuring import MEASURING_TOOLS, Measures
from kitsdesk.controllers.patch_worker import PatchWorker
from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.controllers.views import CanvasView, ShellView
from kitsdesk.controllers.whole_mask_tools import (
    NOTHING_TO_DO,
    WHOLE_MASK_TOOLS,
    Parameters,
    WholeMaskEdit,
)


class OperationsController(QObject):
    """Runs a tool by its button (`run`) or by the pointer (`on_pointer`).

    The tool in use is the editing controller's; tools that paint strokes are ignored here.
    Heavy work goes to the pool on a copy of the mask, and undo takes any of it back.
    """

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        editing: EditingController,
        canvas: CanvasView,
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
        self._parameters: dict[str, Parameters] = {}
        editing.toolChanged.connect(self._on_tool)
        session.caseOpened.connect(self._start_over)
        session.caseClosed.connect(self._start_over)

    @property
    def busy(self) -> bool:
        """Return whether an operation is still being computed."""
        return self._worker.busy

    def set_parameters(self, tool: str, parameters: Parameters) -> None:
        """Remember what is set about a tool: its numbers by key and "mode"."""
        self._parameters[tool] = dict(parameters)
        if tool == self._editing.tool:
            self._show_navigation(tool)

    def run(self, tool: str, parameters: Parameters) -> None:
        """Apply an operation to the open case, as its button does."""
        self.set_parameters(tool, parameters)
        case = self._session.case
        if case is None:
            return
        if tool in WHOLE_MASK_TOOLS:
            self._apply(tool, parameters)
        elif tool == "take_prediction":
            self._take(case, parameters)
        elif tool == "diameter":
            self._measures.diameter(case, self._canvas.crosshair())

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

    def _apply(self, tool: str, parameters: Parameters) -> None:
        if tool == "islands" and parameters.get("mode") == "keep_clicked":
            self._shell.show_message("Click on the part to keep.")
            return
        structure = self._editing.structure
        if structure == 0:
            self._shell.show_message("Choose kidney, tumor or cyst first.")
            return
        asked = WholeMaskEdit(structure, self._editing.plane, dict(parameters))
        edit = WHOLE_MASK_TOOLS[tool]
        name = tool.replace("_", " ").capitalize()
        self._worker.in_background(name, lambda scene: edit(scene, asked), NOTHING_TO_DO[tool])

    def _take(self, case: OpenCase, parameters: Parameters) -> None:
        if case.prediction is None:
            self._shell.show_message(NO_PREDICTION)
        elif parameters.get("mode") == "box":
            self._shell.show_message("Draw a box in a view to take the prediction there.")
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
        self._show_navigation(tool)

    def _show_navigation(self, tool: str) -> None:
        mode = self._parameters.get(tool, {}).get("mode")
        clicked = tool == "islands" and mode == "keep_clicked"
        self._canvas.set_navigation(tool not in POINTER_TOOLS and not clicked)

    def _start_over(self, _case: object = None) -> None:
        self._clicks.drop()
        self._measures.clear()
