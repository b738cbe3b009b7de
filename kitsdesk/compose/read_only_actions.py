"""While a project is open read-only, what would write into it is disabled and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from kitsdesk.ui.actions.action_ids import TOOL_ACTIONS, ActionId

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

Id = ActionId
_LOOKING_TOOLS = {Id.TOOL_NAVIGATE, Id.TOOL_RULER, Id.TOOL_DIAMETER, Id.TOOL_ELLIPSE}
WRITING: frozenset[ActionId] = frozenset(
    {
        Id.ADD_CASES,
        Id.IMPORT_PREDICTIONS,
        Id.EXPORT_DATA_SET,
        Id.SAVE,
        Id.UNDO,
        Id.REDO,
        Id.UNDO_DECISION,
        Id.PREDICT_CASE,
        Id.PREDICT_REGION,
        Id.PREDICT_ALL,
        Id.KEEP,
        Id.SAVE_CORRECTION,
        Id.USE_PREDICTION,
        Id.EXCLUDE,
        Id.DECIDE_LATER,
        Id.RESTORE_REFERENCE,
        Id.TAKE_PREDICTION,
        Id.KEEP_REFERENCE,
        Id.DONE_AND_NEXT,
        Id.LIST_PAPER,
        Id.LOAD_LIST,
        Id.SECOND_LOOK,
        Id.RETRAIN,
        Id.COMPARE,
        Id.CURATION_REPORT,
        Id.USE_MODEL,
        Id.ROLL_BACK,
        Id.MODELS,
        Id.IMPORT_MODEL,
        *(TOOL_ACTIONS.keys() - _LOOKING_TOOLS),
    }
)
READ_ONLY = "The project is open read-only."


class ReadOnlyActions(QObject):
    """Follows the open project; nothing else enables or disables these actions."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__(host)
        self._host = host
        session = host.desk.session
        session.projectOpened.connect(self._show)
        session.projectClosed.connect(self._show)

    def _show(self) -> None:
        workspace = self._host.desk.session.workspace
        read_only = workspace is not None and workspace.read_only
        barrier = workspace.barrier if workspace is not None else None
        why = f"{READ_ONLY} {barrier.happened}" if barrier is not None else READ_ONLY
        window = self._host.window
        for action in WRITING:
            window.registry.set_enabled(action, not read_only, why)
        window.tools.set_writable(not read_only, why)
        window.jobs.set_writable(not read_only, why)
