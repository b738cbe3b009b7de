"""An edit that stands as a preview until it is taken or rejected."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, QTimer

from kitsdesk.background.tasks import Task
from kitsdesk.controllers.patch_worker import Edit, MadeEdit, PatchWorker
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import CanvasView, ShellView, ToolsView
from kitsdesk.editing.edit_preview import EditPreview
from trainer.contract.errors import KitsDeskError

REFRESH_MS = 120
STILL_COMPUTED = "The preview is still being computed."


@dataclass(frozen=True)
class PreviewedEdit:
    """What is previewed: the tool it belongs to, its title, how it is computed, and the
    sentence for where it changes nothing."""

    tool: str
    title: str
    edit: Edit
    nothing: str


class Previews(QObject):
    """Keeps at most one preview, drawn in all views, up to date with the mask beneath it.

    Taking it makes one entry in the history; nothing is written before.
    """

    def __init__(
        self,
        session: Session,
        worker: PatchWorker,
        canvas: CanvasView,
        tools: ToolsView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._worker = worker
        self._canvas = canvas
        self._tools = tools
        self._shell = shell
        self._asked: PreviewedEdit | None = None
        self._ready: MadeEdit | None = None
        self._task: Task | None = None
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._compute)
        session.maskEdited.connect(self._on_edited)
        session.caseClosed.connect(self.reject)

    @property
    def tool(self) -> str:
        """Return the tool whose preview stands, "" for none."""
        return self._asked.tool if self._asked is not None else ""

    @property
    def busy(self) -> bool:
        """Return whether what is shown is not the newest yet."""
        return self._task is not None or self._timer.isActive()

    def show(self, asked: PreviewedEdit) -> None:
        """Preview an edit; the former preview stays in sight until this one is computed."""
        self._asked = asked
        self._compute()

    def take(self) -> bool:
        """Make the edit that is shown; returns whether there was a preview."""
        if self._asked is None:
            return False
        if self.busy:
            self._shell.show_message(STILL_COMPUTED)
            return True
        ready, nothing = self._ready, self._asked.nothing
        self._end()
        self._worker.make(ready, nothing)
        return True

    def reject(self) -> bool:
        """Forget the edit that is shown; returns whether there was a preview."""
        if self._asked is None:
            return False
        self._end()
        return True

    def _compute(self) -> None:
        asked = self._asked
        if asked is None:
            return
        if self._task is not None:
            self._again = True
            return
        self._timer.stop()
        self._task = self._worker.preview(
            asked.title, asked.edit, lambda found: self._computed(asked, found), self._failed
        )
        if self._task is None:
            self._end()
        elif self._ready is None:
            self._tools.set_preview(asked.title, "computing")

    def _computed(self, asked: PreviewedEdit, found: tuple[EditPreview, MadeEdit] | None) -> None:
        self._task = None
        if self._repeat() or self._asked is not asked:
            return
        shown, self._ready = found if found is not None else (None, None)
        self._canvas.set_preview(shown)
        if shown is None:
            self._tools.set_preview(asked.nothing, "nothing")
        else:
            self._tools.set_preview(f"{shown.patch.name}: {shown.words}", "ready")

    def _failed(self, error: KitsDeskError | None) -> None:
        self._task = None
        if self._repeat():
            return
        self._end()
        if error is not None:
            self._worker.fail(error)

    def _repeat(self) -> bool:
        again, self._again = self._again, False
        if again:
            self._compute()
        return again

    def _on_edited(self, _box: object) -> None:
        if self._asked is not None:
            self._timer.start()

    def _end(self) -> None:
        self._asked = self._ready = None
        self._again = False
        self._timer.stop()
        if self._task is not None:
            self._task.cancel()
        self._canvas.set_preview(None)
        self._tools.set_preview("", "none")
