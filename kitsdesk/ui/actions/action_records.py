"""What each action is called, its icon and its standard keys.

A key with Ctrl, Alt or a function key works wherever the focus is; any other belongs to the
canvases alone, so that "2" typed into a field stays a 2 (see `key_book`).
"""

from __future__ import annotations

from dataclasses import dataclass

from kitsdesk.ui.actions.action_ids import ActionId as Id


@dataclass(frozen=True)
class ActionRecord:
    """One action as menus, palette and keys sheet show it. A `hold` lasts while its key is
    down; `repeats`: a key that stays down asks again and again."""

    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    hold: bool = False
    repeats: bool = False


def record(
    text: str,
    *keys: str,
    icon: str = "",
    checkable: bool = False,
    hold: bool = False,
    repeats: bool = False,
) -> ActionRecord:
    """Return a record; `keys` are its standard ones, the first is the one that is shown."""
    return ActionRecord(text, keys, icon, checkable, hold, repeats)


R = record
RECORDS: dict[Id, ActionRecord] = {
    Id.NEW_PROJECT: R("New project…", "Ctrl+N", icon="ph.file-plus"),
    Id.OPEN_PROJECT: R("Open project…", "Ctrl+O", icon="ph.folder-open"),
    Id.ADD_CASES: R("Add cases…", icon="ph.plus"),
    Id.OPEN_CASE: R("Open case…", "Ctrl+Shift+O", icon="ph.image"),
    Id.IMPORT_PREDICTIONS: R("Import predictions…", icon="ph.file-arrow-down"),
    Id.EXPORT_DATA_SET: R("Export data set…", "Ctrl+Shift+E", icon="ph.export"),
    Id.SAVE: R("Save", "Ctrl+S", icon="ph.floppy-disk"),
    Id.EXPORT_MASK: R("Export mask…", icon="ph.file-arrow-down"),
    Id.QUIT: R("Quit", "Ctrl+Q"),
    Id.UNDO: R("Undo", "Ctrl+Z", icon="ph.arrow-u-up-left"),
    Id.REDO: R("Redo", "Ctrl+Y", "Ctrl+Shift+Z", icon="ph.arrow-u-up-right"),
    Id.UNDO_DECISION: R("Undo decision", icon="ph.arrow-counter-clockwise"),
    Id.FIND_CASE: R("Find case", "Ctrl+F", icon="ph.funnel"),
    Id.LAYOUT_QUAD: R("Four views", checkable=True),
    Id.LAYOUT_AXIAL: R("Axial only", checkable=True),
    Id.LAYOUT_CORONAL: R("Coronal only", checkable=True),
    Id.LAYOUT_SAGITTAL: R("Sagittal only", checkable=True),
    Id.LAYOUT_3D: R("3D only", checkable=True),
    Id.SIDE_BY_SIDE: R("Reference and prediction side by side", icon="ph.columns", checkable=True),
    Id.MAXIMISE: R("Maximise the view", "X", icon="ph.corners-out"),
    Id.PRESET_SOFT_TISSUE: R("Soft tissue 400/40", "Alt+1"),
    Id.PRESET_KIDNEY: R("Kidney 300/40", "Alt+2"),
    Id.PRESET_LIVER: R("Liver 150/90", "Alt+3"),
    Id.PRESET_BONE: R("Bone 1500/400", "Alt+4"),
    Id.PRESET_LUNG: R("Lung 1500/−600", "Alt+5"),
    Id.PRESET_NETWORK: R("Network view", "Alt+6"),
    Id.PRESET_RESET: R("Reset the window", "Alt+0"),
    Id.SHOW_MASK: R("Show the mask", checkable=True),
    Id.FILL_MASK: R("Fill the mask", checkable=True),
    Id.SWAP_MASKS: R("Swap working mask and prediction", "G", icon="ph.swap"),
    Id.FLICKER: R("Flicker between the masks", "T", checkable=True),
    Id.OPACITY_LESS: R("Less opacity", ",", repeats=True),
    Id.OPACITY_MORE: R("More opacity", ".", repeats=True),
    Id.SLICE_UP: R("One slice up", "Up", repeats=True),
    Id.SLICE_DOWN: R("One slice down", "Down", repeats=True),
    Id.SLICE_UP_TEN: R("Ten slices up", "PgUp", repeats=True),
    Id.SLICE_DOWN_TEN: R("Ten slices down", "PgDown", repeats=True),
    Id.SLICE_FIRST: R("Topmost slice", "Home"),
    Id.SLICE_LAST: R("Lowest slice", "End"),
    Id.LINK_VIEWS: R("Link zoom and pan", checkable=True),
    Id.WHOLE_VOLUME: R("Show the whole volume", icon="ph.frame-corners"),
    Id.LEFT_CROSSHAIR: R("Left button moves the crosshair", checkable=True),
    Id.LEFT_PAN: R("Left button pans", checkable=True),
    Id.LEFT_WINDOW: R("Left button sets window and level", "W", checkable=True),
    Id.HOLD_HIDE: R("Hide the mask while held", "H", hold=True),
    Id.HOLD_CROSSHAIR: R("Move the crosshair while held", "C", hold=True),
    Id.HOLD_PAN: R("Pan while held", "Space", hold=True),
    Id.VOTES: R("Votes of the folds", checkable=True),
    Id.ENTROPY: R("Entropy", checkable=True),
    Id.SCATTER: R("Scatter", icon="ph.circles-three"),
    Id.SHOW_CASE_LIST: R("Case list", checkable=True),
    Id.SHOW_PANEL: R("Tools, Review and Info", checkable=True),
    Id.SHOW_JOBS: R("Jobs", "Ctrl+J", checkable=True),
    Id.THEME_SYSTEM: R("Theme of the system", checkable=True),
    Id.THEME_DARK: R("Dark theme", checkable=True),
    Id.THEME_LIGHT: R("Light theme", checkable=True),
    Id.PREDICT_CASE: R("Predict case", "Ctrl+P", icon="ph.play"),
    Id.PREDICT_REGION: R("Predict region", icon="ph.selection"),
    Id.PREDICT_ALL: R("Predict all…", icon="ph.stack"),
    Id.PREDICT_FAST: R("Fast prediction", checkable=True),
    Id.TAKE_PREVIEW: R("Take the preview", "Return", "Enter", icon="ph.check"),
    Id.TOOL_NAVIGATE: R("Navigate", "Esc", icon="ph.cursor"),
    Id.TOOL_BRUSH: R("Brush", "B", icon="ph.paint-brush"),
    Id.TOOL_ERASER: R("Eraser", "E", icon="ph.eraser"),
    Id.TOOL_LASSO: R("Lasso", "L", icon="mdi6.lasso"),
    Id.TOOL_FILL: R("Fill", "F", icon="ph.paint-bucket"),
    Id.TOOL_GROW: R("Grow", icon="mdi6.sprout-outline"),
    Id.TOOL_INTERPOLATE: R("Interpolate", icon="ph.stack"),
    Id.TOOL_THRESHOLD: R("Threshold", icon="mdi6.chart-bell-curve"),
    Id.TOOL_ISLANDS: R("Islands", icon="ph.circles-three"),
    Id.TOOL_SMOOTH: R("Smooth", icon="ph.drop-half"),
    Id.TOOL_MARGIN: R("Margin", icon="ph.arrows-out-cardinal"),
    Id.TOOL_FILL_HOLES: R("Fill holes", icon="ph.target"),
    Id.TOOL_TAKE_PREDICTION: R("Take prediction", icon="ph.swap"),
    Id.TOOL_RULER: R("Ruler", "M", icon="ph.ruler"),
    Id.TOOL_DIAMETER: R("Diameter", icon="mdi6.diameter-variant"),
    Id.TOOL_ELLIPSE: R("Ellipse", icon="mdi6.vector-ellipse"),
    Id.STRUCTURE_0: R("Background", "0"),
    Id.STRUCTURE_1: R("Kidney", "1"),
    Id.STRUCTURE_2: R("Tumor", "2"),
    Id.STRUCTURE_3: R("Cyst", "3"),
    Id.SIZE_LESS: R("Smaller brush", "-", "[", repeats=True),
    Id.SIZE_MORE: R("Larger brush", "+", "]", "=", repeats=True),
    Id.HOLD_ERASE: R("Erase the active structure while held", "Ctrl", hold=True),
    Id.ERASING: R("Erase the active structure", checkable=True),
    Id.DELETE_MEASURE: R("Delete the measure", "Backspace", "Del"),
    Id.DELETE_MEASURES: R("Delete all measures"),
    Id.KEEP: R("Keep", icon="ph.check"),
    Id.SAVE_CORRECTION: R("Save correction", icon="ph.pencil-simple"),
    Id.USE_PREDICTION: R("Use prediction", "Ctrl+Shift+R", icon="ph.swap"),
    Id.EXCLUDE: R("Exclude", "Ctrl+Shift+X", icon="ph.prohibit"),
    Id.DECIDE_LATER: R("Decide later", "Ctrl+Shift+D", icon="ph.clock"),
    Id.RESTORE_REFERENCE: R("Restore reference"),
    Id.TAKE_PREDICTION: R("Take the prediction here", "Y"),
    Id.KEEP_REFERENCE: R("Keep the reference here", "K"),
    Id.NEXT_DISAGREEMENT: R("Next disagreement", "N"),
    Id.PREVIOUS_DISAGREEMENT: R("Previous disagreement", "Shift+N"),
    Id.NEXT_CASE: R("Next case", "Ctrl+Right"),
    Id.PREVIOUS_CASE: R("Previous case", "Ctrl+Left"),
    Id.NEXT_UNREVIEWED: R("Next unreviewed case", "Ctrl+Shift+Right"),
    Id.QUEUE: R("Queue of all disagreements", "Ctrl+L", icon="ph.queue"),
    Id.MORE_LIKE_THIS: R("More like this", "Ctrl+Shift+L", icon="ph.squares-four"),
    Id.DONE_AND_NEXT: R("Done and next", "Ctrl+Return", "Ctrl+Enter", icon="ph.check-circle"),
    Id.LIST_PAPER: R("KiTS2019 paper…", icon="ph.list"),
    Id.LIST_CURRENT: R("Current labels, all 210…", icon="ph.list"),
    Id.LOAD_LIST: R("Load a decision list…", icon="ph.folder-open"),
    Id.SAVE_LIST: R("Save decisions as a list…", icon="ph.floppy-disk"),
    Id.FAULT_ESTIMATE: R("How likely is a fault…", icon="ph.chart-line"),
    Id.SECOND_LOOK: R("Second look…", icon="ph.eye"),
    Id.CURATION_REPORT: R("Curation report…", icon="ph.file-text"),
    Id.RETRAIN: R("Retrain folds…", "Ctrl+R", icon="ph.tree-structure"),
    Id.RUNS: R("Runs", icon="ph.list"),
    Id.COMPARE: R("Compare models…", icon="ph.chart-bar"),
    Id.USE_MODEL: R("Use this model"),
    Id.ROLL_BACK: R("Roll back", icon="ph.arrow-counter-clockwise"),
    Id.MODELS: R("Models…", icon="ph.tree-structure"),
    Id.IMPORT_MODEL: R("Import nnU-Net model…", icon="ph.download-simple"),
    Id.GPU_SUPPORT: R("Install GPU support…", icon="ph.cpu"),
    Id.SETTINGS: R("Settings…", "Ctrl+,", icon="ph.sliders-horizontal"),
    Id.GUIDE: R("Guide", "F1", icon="ph.question"),
    Id.TOUR: R("Tour", icon="ph.map-trifold"),
    Id.KEYS: R("Keys", "?"),
    Id.COMMAND_PALETTE: R("Find a command", "Ctrl+Shift+P", icon="ph.magnifying-glass"),
    Id.OPEN_DEMO: R("Open the demo", icon="ph.play-circle"),
    Id.SYSTEM_REPORT: R("System report", icon="ph.clipboard-text"),
    Id.ABOUT: R("About KiTSDesk", icon="ph.info"),
}
