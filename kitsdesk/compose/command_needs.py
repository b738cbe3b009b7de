"""What a command needs to be there, and which the window answers itself."""

from __future__ import annotations

from kitsdesk.ui.actions.action_ids import ActionId as Id

THE_WINDOWS_OWN = {
    Id.COMMAND_PALETTE,
    Id.KEYS,
    Id.SHOW_CASE_LIST,
    Id.SHOW_PANEL,
    Id.SHOW_JOBS,
    Id.RUNS,
    Id.FIND_CASE,
    Id.QUIT,
}
NEEDS_CASE = {
    Id.SAVE,
    Id.EXPORT_MASK,
    Id.UNDO,
    Id.REDO,
    Id.PREDICT_CASE,
    Id.PREDICT_REGION,
    Id.SAVE_CORRECTION,
    Id.DONE_AND_NEXT,
    Id.VOTES,
    Id.ENTROPY,
}
NEEDS_CHOICE = {
    Id.KEEP,
    Id.USE_PREDICTION,
    Id.EXCLUDE,
    Id.DECIDE_LATER,
    Id.RESTORE_REFERENCE,
}
"""Decisions: for the cases chosen in the list, else for the open one."""
NEEDS_PROJECT = (
    NEEDS_CASE
    | NEEDS_CHOICE
    | {
        Id.ADD_CASES,
        Id.IMPORT_PREDICTIONS,
        Id.EXPORT_DATA_SET,
        Id.PREDICT_ALL,
        Id.RETRAIN,
        Id.COMPARE,
        Id.USE_MODEL,
        Id.ROLL_BACK,
        Id.MODELS,
        Id.IMPORT_MODEL,
        Id.UNDO_DECISION,
        Id.NEXT_CASE,
        Id.PREVIOUS_CASE,
        Id.NEXT_UNREVIEWED,
        Id.QUEUE,
        Id.MORE_LIKE_THIS,
        Id.LIST_PAPER,
        Id.LIST_CURRENT,
        Id.LOAD_LIST,
        Id.SAVE_LIST,
        Id.FAULT_ESTIMATE,
        Id.SECOND_LOOK,
        Id.CURATION_REPORT,
    }
)


def what_lacks(action: Id, *, project: bool, case: bool, chosen: bool) -> str:
    """Return what has to be there before `action` can be done, in a sentence; "" for nothing.

    `project`, `case`: whether one is open; `chosen`: whether cases are chosen in the list.
    """
    if action in NEEDS_PROJECT and not project:
        return "Open a project first."
    if action in NEEDS_CASE and not case:
        return "Open a case first."
    if action in NEEDS_CHOICE and not (case or chosen):
        return "Open a case or choose cases in the list first."
    return ""
