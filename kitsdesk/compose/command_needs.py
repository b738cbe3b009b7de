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
    Id.KEEP,
    Id.SAVE_CORRECTION,
    Id.USE_PREDICTION,
    Id.EXCLUDE,
    Id.DECIDE_LATER,
    Id.RESTORE_REFERENCE,
    Id.DONE_AND_NEXT,
    Id.VOTES,
    Id.ENTROPY,
}
NEEDS_PROJECT = NEEDS_CASE | {
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
