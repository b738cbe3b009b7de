"""The menu bar as data: ids, None for a line, and (title, ids) for a submenu."""

from __future__ import annotations

from kitsdesk.ui.actions.action_ids import ActionId as Id

MenuEntry = Id | None | tuple[str, tuple[Id | None, ...]]
RECENT = "Recent"

MENUS: tuple[tuple[str, tuple[MenuEntry, ...]], ...] = (
    (
        "File",
        (
            Id.NEW_PROJECT, Id.OPEN_PROJECT, (RECENT, ()), None,
            Id.ADD_CASES, Id.OPEN_CASE, Id.IMPORT_PREDICTIONS, None,
            Id.SAVE, Id.EXPORT_DATA_SET, None, Id.QUIT,
        ),
    ),
    ("Edit", (Id.UNDO, Id.REDO, None, Id.UNDO_DECISION, None, Id.FIND_CASE)),
    (
        "View",
        (
            Id.LAYOUT_QUAD, Id.LAYOUT_AXIAL, Id.LAYOUT_CORONAL, Id.LAYOUT_SAGITTAL,
            Id.LAYOUT_3D, Id.SIDE_BY_SIDE, Id.MAXIMISE, None,
            (
                "Window",
                (
                    Id.PRESET_SOFT_TISSUE, Id.PRESET_KIDNEY, Id.PRESET_LIVER, Id.PRESET_BONE,
                    Id.PRESET_LUNG, Id.PRESET_NETWORK, None, Id.PRESET_RESET,
                ),
            ),
            (
                "Mask",
                (
                    Id.SHOW_MASK, Id.FILL_MASK, None, Id.OPACITY_LESS, Id.OPACITY_MORE, None,
                    Id.SWAP_MASKS, Id.FLICKER, None, Id.VOTES, Id.ENTROPY,
                ),
            ),
            None, Id.SCATTER, None, Id.SHOW_CASE_LIST, Id.SHOW_PANEL, Id.SHOW_JOBS, None,
            ("Theme", (Id.THEME_SYSTEM, Id.THEME_DARK, Id.THEME_LIGHT)),
        ),
    ),
    (
        "Segment",
        (
            Id.PREDICT_CASE, Id.PREDICT_REGION, Id.PREDICT_ALL, None,
            Id.TOOL_NAVIGATE, Id.TOOL_BRUSH, Id.TOOL_ERASER, Id.TOOL_LASSO, Id.TOOL_FILL, None,
            Id.TOOL_GROW, Id.TOOL_INTERPOLATE, Id.TOOL_THRESHOLD, Id.TOOL_ISLANDS,
            Id.TOOL_SMOOTH, Id.TOOL_MARGIN, Id.TOOL_FILL_HOLES, Id.TOOL_TAKE_PREDICTION, None,
            Id.TOOL_RULER, Id.TOOL_DIAMETER, Id.TOOL_ELLIPSE,
        ),
    ),
    (
        "Review",
        (
            Id.KEEP, Id.SAVE_CORRECTION, Id.USE_PREDICTION, Id.EXCLUDE, Id.DECIDE_LATER,
            Id.RESTORE_REFERENCE, None, Id.UNDO_DECISION, None,
            Id.NEXT_DISAGREEMENT, Id.PREVIOUS_DISAGREEMENT, Id.TAKE_PREDICTION,
            Id.KEEP_REFERENCE, None,
            Id.PREVIOUS_CASE, Id.NEXT_CASE, Id.NEXT_UNREVIEWED, Id.DONE_AND_NEXT,
        ),
    ),
    ("Train", (Id.RETRAIN, Id.RUNS, None, Id.COMPARE, Id.USE_MODEL, Id.ROLL_BACK)),
    ("Tools", (Id.MODELS, Id.IMPORT_MODEL, None, Id.SETTINGS)),
    (
        "Help",
        (
            Id.GUIDE, Id.KEYS, Id.COMMAND_PALETTE, None, Id.OPEN_DEMO, None,
            Id.SYSTEM_REPORT, Id.ABOUT,
        ),
    ),
)
