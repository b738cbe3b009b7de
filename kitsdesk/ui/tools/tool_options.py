"""What can be set about the tool in use, and the button that applies an operation."""

from __future__ import annotations

from math import sqrt

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.labels import text_label, wrapped_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.spacing import SPACE_8, SPACE_12
from kitsdesk.ui.tools.tool_records import BY_NAME, NumberField, ToolRecord

_PART = part_sizes("tool_options")
SMALLEST_MM, LARGEST_MM = 0.5, 100.0
_SLIDER_STEPS = 200


def slider_place(mm: float) -> int:
    """Return the slider's place of a diameter: its scale is logarithmic, a hand's sense of
    size is."""
    share = sqrt(mm / SMALLEST_MM) - 1
    whole = sqrt(LARGEST_MM / SMALLEST_MM) - 1
    return round(_SLIDER_STEPS * share / whole)


def slider_mm(place: int) -> float:
    """Return the diameter in mm at a place of the slider."""
    whole = sqrt(LARGEST_MM / SMALLEST_MM) - 1
    root = 1 + whole * place / _SLIDER_STEPS
    return round(SMALLEST_MM * root * root, 1)


class NumberBox(QDoubleSpinBox):
    """A number with its unit; commas and points are both taken."""

    def __init__(self, field: NumberField) -> None:
        super().__init__()
        self.setRange(field.low, field.high)
        self.setDecimals(field.decimals)
        self.setValue(field.value)
        self.setSuffix(f" {field.unit}")
        self.setSpecialValueText(field.off)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(field.label)
        self.setFixedWidth(_PART["decimal_width" if field.decimals else "number_width"])
        self.setKeyboardTracking(False)


class BrushOptions(QWidget):
    """`sizeChanged(mm)`, `shapeChanged("disc" or "ball")`."""

    sizeChanged = pyqtSignal(float)
    shapeChanged = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._title = text_label("Brush", "base", "", "semibold")
        self._shape = Segments(
            (("disc", "2D disc"), ("ball", "3D ball")),
            small=True,
            icons={"disc": "ph.circle", "ball": "ph.circle-half"},
        )
        self._shape.set_chosen("ball")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _SLIDER_STEPS)
        self._slider.setAccessibleName("Size")
        self._number = NumberBox(NumberField("mm", "Size", "mm", SMALLEST_MM, LARGEST_MM, 12.0))
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._shape)
        size = QHBoxLayout()
        size.setSpacing(SPACE_12)
        label = text_label("Size")
        label.setFixedWidth(_PART["name_width"])
        size.addWidget(label)
        size.addWidget(self._slider, 1)
        size.addWidget(self._number)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addLayout(head)
        column.addLayout(size)
        self.set_brush(12.0, "ball")
        self._shape.chosen.connect(self.shapeChanged)
        self._slider.valueChanged.connect(lambda place: self.sizeChanged.emit(slider_mm(place)))
        self._number.valueChanged.connect(self.sizeChanged)

    def set_brush(self, diameter_mm: float, shape: str) -> None:
        """Show size and shape, without a signal."""
        for widget in (self._slider, self._number):
            widget.blockSignals(True)
        self._slider.setValue(slider_place(diameter_mm))
        self._number.setValue(diameter_mm)
        for widget in (self._slider, self._number):
            widget.blockSignals(False)
        self._shape.set_chosen(shape)

    def set_title(self, title: str) -> None:
        """Say which tool the size belongs to."""
        self._title.setText(title)


class OperationOptions(QWidget):
    """Title, hint, modes, numbers and buttons; `applied(tool, parameters)` and
    `previewAsked(tool, parameters)`."""

    applied = pyqtSignal(str, dict)
    previewAsked = pyqtSignal(str, dict)
    changed = pyqtSignal(str, dict)

    def __init__(self, record: ToolRecord) -> None:
        super().__init__()
        self._record = record
        self._numbers: dict[str, NumberBox] = {}
        self._modes = Segments(record.modes, small=True) if record.modes else None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        head = QHBoxLayout()
        head.addWidget(text_label(record.title, "base", "", "semibold"), 1)
        if self._modes is not None:
            self._modes.set_chosen(record.modes[0][0])
            self._modes.chosen.connect(lambda _key: self._changed())
            head.addWidget(self._modes)
        column.addLayout(head)
        column.addWidget(wrapped_label(record.hint, "small", "muted"))
        if record.numbers:
            column.addLayout(self._make_numbers())
        self._buttons = QWidget()
        if record.apply:
            self._make_buttons()
            column.addWidget(self._buttons)
        self._refresh()

    def _make_numbers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for field in self._record.numbers:
            row.addWidget(text_label(field.label))
            box = NumberBox(field)
            box.valueChanged.connect(lambda _value: self._changed())
            self._numbers[field.key] = box
            row.addWidget(box)
        row.addStretch(1)
        return row

    def _make_buttons(self) -> None:
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        if self._record.previews:
            preview = KeyedButton("Preview", "ph.eye")
            preview.clicked.connect(self._ask_preview)
            row.addWidget(preview)
        self._apply = KeyedButton(self._record.apply)
        self._apply.clicked.connect(lambda: self.applied.emit(self._record.tool, self.parameters()))
        row.addWidget(self._apply)

    def set_previewing(self, previewing: bool) -> None:
        """Hide the buttons while a preview's own bar takes their place."""
        self._buttons.setVisible(bool(self._record.apply) and not previewing)

    def parameters(self) -> dict[str, float | str]:
        """Return the numbers by key, and the mode under "mode"."""
        values: dict[str, float | str] = {key: box.value() for key, box in self._numbers.items()}
        if self._modes is not None:
            values["mode"] = self._modes.current()
        return values

    def set_number(self, key: str, value: float) -> None:
        """Show a number, without a signal."""
        box = self._numbers[key]
        blocked = box.blockSignals(True)
        box.setValue(value)
        box.blockSignals(blocked)

    def _ask_preview(self) -> None:
        self.previewAsked.emit(self._record.tool, self.parameters())

    def _changed(self) -> None:
        self._refresh()
        self.changed.emit(self._record.tool, self.parameters())

    def _refresh(self) -> None:
        if self._record.tool == "islands" and self._modes is not None:
            mode = self._modes.current()
            self._numbers["ml"].setEnabled(mode == "drop_small")
            self._apply.setEnabled(mode != "keep_clicked")
            self._apply.setToolTip("Click the part to keep" if mode == "keep_clicked" else "")


def options_for(tool: str) -> OperationOptions:
    """Return the options of a tool that is not a brush."""
    return OperationOptions(BY_NAME[tool])
