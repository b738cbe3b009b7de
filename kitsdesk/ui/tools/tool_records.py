"""The tools as data: name, icon, key, and what can be set about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitsdesk.ui.actions.action_ids import TOOL_ACTIONS
from kitsdesk.ui.actions.action_records import RECORDS
from kitsdesk.ui.actions.key_book import active_keys

ToolKind = Literal["pointer", "stroke", "operation"]


@dataclass(frozen=True)
class NumberField:
    """One number of a tool, in its unit; `off` is what its lowest value stands for."""

    key: str
    label: str
    unit: str
    low: float
    high: float
    value: float
    decimals: int = 1
    off: str = ""


@dataclass(frozen=True)
class ToolRecord:
    """A pointer tool works in the views, a stroke tool paints, an operation is applied."""

    tool: str
    kind: ToolKind
    hint: str
    modes: tuple[tuple[str, str], ...] = ()
    numbers: tuple[NumberField, ...] = ()
    apply: str = ""
    previews: bool = False

    @property
    def title(self) -> str:
        """Return the name in the palette."""
        return RECORDS[_ACTIONS[self.tool]].text

    @property
    def icon(self) -> str:
        """Return the glyph's name."""
        return RECORDS[_ACTIONS[self.tool]].icon

    @property
    def key(self) -> str:
        """Return the tool's key as it is now, "" for none."""
        return active_keys().shown(_ACTIONS[self.tool])


_ACTIONS = {name: action for action, name in TOOL_ACTIONS.items()}
_MM = (0.5, 50.0)

TOOLS: tuple[ToolRecord, ...] = (
    ToolRecord("navigate", "pointer", "Click or drag moves the crosshair in all views."),
    ToolRecord("brush", "stroke", "Hold Ctrl to erase, Shift+click picks a structure."),
    ToolRecord(
        "eraser",
        "stroke",
        "Erases what no lock protects. Hold Ctrl with the brush to erase the active structure.",
    ),
    ToolRecord("lasso", "pointer", "Draw around a region of one slice; hold Ctrl to erase."),
    ToolRecord(
        "fill",
        "pointer",
        "Click a region to fill it with the active structure; hold Ctrl to erase it.",
        modes=(("slice", "This slice"), ("volume", "In 3D")),
        numbers=(NumberField("hu", "Only within ±", "HU", 0, 500, 0, 0, off="off"),),
    ),
    ToolRecord(
        "grow",
        "operation",
        "Drag draws seeds of the structure; with 0, seeds of background. Then they grow "
        "to the edges, at most as far as the reach.",
        modes=(("active", "This structure"), ("all", "All, competing")),
        numbers=(NumberField("reach", "Reach", "mm", 1.0, 100.0, 15.0),),
        apply="Grow",
        previews=True,
    ),
    ToolRecord(
        "interpolate",
        "operation",
        "Fills the slices between two drawn ones; other structures stay as they are.",
        modes=(
            ("drawn", "As drawn"),
            ("axial", "Axial"),
            ("coronal", "Coronal"),
            ("sagittal", "Sagittal"),
        ),
        numbers=(NumberField("gap", "Gaps up to", "mm", 1.0, 200.0, 40.0),),
        apply="Interpolate",
        previews=True,
    ),
    ToolRecord(
        "threshold",
        "operation",
        "Takes every voxel in the HU range inside the gates.",
        numbers=(
            NumberField("low", "From", "HU", -1024, 3071, 20, 0),
            NumberField("high", "to", "HU", -1024, 3071, 200, 0),
        ),
        apply="Apply",
        previews=True,
    ),
    ToolRecord(
        "islands",
        "operation",
        "Removes parts that do not hang together.",
        modes=(
            ("keep_largest", "Keep largest"),
            ("drop_small", "Drop small"),
            ("keep_clicked", "Keep clicked"),
        ),
        numbers=(NumberField("ml", "Smaller than", "ml", 0.1, 50, 0.5),),
        apply="Apply",
        previews=True,
    ),
    ToolRecord(
        "smooth",
        "operation",
        "Gaussian rounds, median removes spikes; small parts stay.",
        modes=(("gaussian", "Gaussian"), ("median", "Median")),
        numbers=(NumberField("mm", "Radius", "mm", *_MM, 1.5),),
        apply="Smooth",
        previews=True,
    ),
    ToolRecord(
        "margin",
        "operation",
        "Grows the structure, or shrinks it by a negative margin.",
        numbers=(NumberField("mm", "Margin", "mm", -30, 30, 2.0),),
        apply="Apply margin",
        previews=True,
    ),
    ToolRecord(
        "fill_holes",
        "operation",
        "Fills closed holes in the active structure.",
        modes=(("slices", "In each slice"), ("volume", "In 3D")),
        apply="Fill holes",
        previews=True,
    ),
    ToolRecord(
        "take_prediction",
        "operation",
        "Click a disagreement in a view, or draw a box, to take the prediction there.",
        modes=(("component", "Component"), ("box", "Box")),
        numbers=(NumberField("depth", "Depth of the box", "mm", 0.0, 500.0, 20.0),),
        apply="Take prediction",
    ),
    ToolRecord("ruler", "pointer", "Drag from point to point; the distance is in mm."),
    ToolRecord("diameter", "operation", "The longest diameter in an axial slice.", apply="Measure"),
    ToolRecord("ellipse", "pointer", "Drag an ellipse: mean ± SD in HU."),
)
BY_NAME = {record.tool: record for record in TOOLS}
