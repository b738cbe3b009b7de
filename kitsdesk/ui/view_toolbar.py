"""The bar above the canvases: window, slab, fill, opacity, what the lines mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PyQt6.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.action_registry import ActionRegistry
from kitsdesk.ui.design_tokens import control, icon_size, part_sizes
from kitsdesk.ui.parts.buttons import icon_button
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.icon_label import IconLabel
from kitsdesk.ui.parts.labels import divider, text_label
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.structure_swatch import LineSwatch
from kitsdesk.ui.parts.wording import number_text
from kitsdesk.ui.spacing import SPACE_2, SPACE_6, SPACE_8, SPACE_12
from kitsdesk.ui.style import active_style

_PART = part_sizes("view_toolbar")
TOOLBAR_HEIGHT: int = control("toolbar")
PRESETS: tuple[tuple[ActionId, str, float, float], ...] = (
    (ActionId.PRESET_SOFT_TISSUE, "Soft tissue", 400, 40),
    (ActionId.PRESET_KIDNEY, "Kidney", 300, 40),
    (ActionId.PRESET_LIVER, "Liver", 150, 90),
    (ActionId.PRESET_BONE, "Bone", 1500, 400),
    (ActionId.PRESET_LUNG, "Lung", 1500, -600),
)
MORE: tuple[ActionId | None, ...] = (
    ActionId.MAXIMISE,
    ActionId.LAYOUT_QUAD,
    ActionId.LAYOUT_AXIAL,
    ActionId.LAYOUT_CORONAL,
    ActionId.LAYOUT_SAGITTAL,
    ActionId.LAYOUT_3D,
    None,
    ActionId.SWAP_MASKS,
    ActionId.FLICKER,
    None,
    ActionId.VOTES,
    ActionId.ENTROPY,
    None,
    ActionId.SCATTER,
    ActionId.QUEUE,
)


class ViewToolbar(QWidget):
    """Signals: `slabChanged(mm)`, `fillChanged(bool)`, `opacityChanged(0–1)`. Presets,
    side by side and layouts are actions of the registry."""

    slabChanged = pyqtSignal(int)
    fillChanged = pyqtSignal(bool)
    opacityChanged = pyqtSignal(float)

    def __init__(self, registry: ActionRegistry) -> None:
        super().__init__()
        self._network: tuple[float, float] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "panel")
        self.setFixedHeight(active_style().px(TOOLBAR_HEIGHT))
        self._window = self._make_window(registry)
        self._slab = Segments((("1", "1"), ("3", "3"), ("5", "5 mm")))
        self._slab.set_chosen("1")
        self._fill = Segments((("fill", "Fill"), ("outline", "Outline")))
        self._fill.set_chosen("outline")
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setFixedWidth(_PART["opacity_width"])
        self._opacity.setAccessibleName("Opacity of the mask")
        self._opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._legend = _MaskLegend()
        self._slab_label = text_label("Slab mean", "small", "muted")
        self._opacity_label = text_label("Opacity", "small", "muted")
        # The last go first.
        self._words = ((self._slab_label, self._opacity_label), (self._legend,))
        self._columns = self._make_columns(registry)
        self._more = self._make_more(registry)
        self._lay_out()
        self._slab.chosen.connect(lambda key: self.slabChanged.emit(int(key)))
        self._fill.chosen.connect(lambda key: self.fillChanged.emit(key == "fill"))
        self._opacity.valueChanged.connect(lambda value: self.opacityChanged.emit(value / 100))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_12, 0, SPACE_12, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self._window)
        row.addSpacing(SPACE_6)
        row.addWidget(self._slab_label)
        row.addWidget(self._slab)
        line = divider("v")
        line.setFixedHeight(_PART["divider_height"])
        row.addWidget(line)
        row.addWidget(self._fill)
        row.addSpacing(SPACE_2)
        row.addWidget(self._opacity_label)
        row.addWidget(self._opacity)
        row.addStretch(1)
        row.addWidget(self._legend)
        row.addSpacing(SPACE_2)
        row.addWidget(self._columns)
        row.addWidget(self._more)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Let the words go first where the bar is narrow; controls keep their size."""
        super().resizeEvent(event)
        self._fit_words()

    def event(self, event: QEvent | None) -> bool:
        """Let words go also where a control or the legend has become wider."""
        handled = super().event(event)
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._fit_words()
        return handled

    def minimumSizeHint(self) -> QSize:
        """Return the room of the controls; the words go before it is less."""
        least = super().minimumSizeHint()
        shown = [part for words in self._words for part in words if not part.isHidden()]
        return QSize(least.width() - _taken(shown), least.height())

    def _fit_words(self) -> None:
        room = self.width() - self.minimumSizeHint().width()
        for words in self._words:
            shown = room >= _taken(words)
            for part in words:
                part.setVisible(shown)
            room -= _taken(words) if shown else 0
        layout = self.layout()
        if layout is not None:
            # Else what was hidden keeps its place until the bar's size changes.
            layout.activate()

    def _make_window(self, registry: ActionRegistry) -> DropButton:
        button = DropButton("Soft tissue 400/40", "ph.circle-half")
        button.setToolTip("Window: right-drag in a view changes it")
        menu = button.menu()
        if menu is not None:
            for action, *_ in PRESETS:
                menu.addAction(registry.action(action))
            menu.addAction(registry.action(ActionId.PRESET_NETWORK))
            menu.addSeparator()
            menu.addAction(registry.action(ActionId.PRESET_RESET))
        return button

    def _make_columns(self, registry: ActionRegistry) -> QToolButton:
        action = registry.action(ActionId.SIDE_BY_SIDE)
        button = icon_button("ph.columns", action.text(), checkable=True)
        button.clicked.connect(
            lambda: (
                action if button.isChecked() else registry.action(ActionId.LAYOUT_QUAD)
            ).trigger()
        )
        action.toggled.connect(button.setChecked)
        return button

    def _make_more(self, registry: ActionRegistry) -> QToolButton:
        button = icon_button("ph.dots-three", "More about the views")
        menu = QMenu(button)
        for entry in MORE:
            if entry is None:
                menu.addSeparator()
            else:
                menu.addAction(registry.action(entry))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def set_window(self, width: float, level: float) -> None:
        """Name the window: a preset's name, else its numbers (HU)."""
        name = next((n for _, n, w, c in PRESETS if (w, c) == (width, level)), "Window")
        if self._network == (width, level):
            name = "Network view"
        numbers = f"{number_text(width)}/{number_text(level)}"
        self._window.setText(f"{name} {numbers}")
        self._window.updateGeometry()
        self._fit_words()

    def set_network_window(self, width: float, level: float) -> None:
        """Say which window the model's clip range makes, so that it is named."""
        self._network = (width, level)

    def set_slab(self, mm: int) -> None:
        """Show a slab of 1, 3 or 5 mm, without a signal."""
        self._slab.set_chosen(str(mm))

    def set_fill(self, fill: bool) -> None:
        """Show fill or outline, without a signal."""
        self._fill.set_chosen("fill" if fill else "outline")

    def set_opacity(self, opacity: float) -> None:
        """Show an opacity 0–1, without a signal."""
        blocked = self._opacity.blockSignals(True)
        self._opacity.setValue(round(100 * opacity))
        self._opacity.blockSignals(blocked)

    def set_legend(self, kind: Literal["none", "comparison", "working"], text: str = "") -> None:
        """Say what the outlines are: reference and prediction, or one mask by its name."""
        self._legend.show_kind(kind, text)
        self._fit_words()


def _taken(words: Sequence[QWidget]) -> int:
    """Return the width in px that words take in the bar, with the gap beside each."""
    return sum(part.sizeHint().width() + SPACE_8 for part in words)


class _MaskLegend(QWidget):
    """Lines with their words at the right of the bar."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        self._lines = (
            LineSwatch("text", width=2.0),
            text_label("Reference", "small"),
            LineSwatch("text", True, 2.0),
            text_label("Prediction", "small"),
        )
        for part in self._lines:
            row.addWidget(part)
        side = icon_size("base")
        self._working = IconLabel("ph.paint-brush", role="text", tone="", size=side)
        row.addWidget(self._working)
        self.show_kind("none", "")

    def show_kind(self, kind: str, text: str) -> None:
        for part in self._lines:
            part.setVisible(kind == "comparison")
        self._working.setVisible(kind == "working")
        self._working.set_text(text)
        first = self._lines[1]
        if kind == "comparison" and hasattr(first, "setText"):
            first.setText(text or "Reference")
