"""Every setting on one sheet; each is applied as soon as it is changed."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton, icon_button
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.labels import (
    ElidedLabel,
    divider,
    section_label,
    text_label,
    wrapped_label,
)
from kitsdesk.ui.parts.segments import Segments
from kitsdesk.ui.parts.sheet import Sheet
from kitsdesk.ui.parts.switch import Switch
from kitsdesk.ui.settings.engines_page import EnginesPage
from kitsdesk.ui.settings.keys_page import KeysPage
from kitsdesk.ui.settings.settings_facts import Device, SettingsFacts
from kitsdesk.ui.side_tabs import scrolled
from kitsdesk.ui.spacing import EDGE, SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_20, SPACE_24
from kitsdesk.ui.style import active_style

PAGES = (("general", "General"), ("engines", "Clusters"), ("keys", "Keys and mouse"))
THEMES = (("system", "System"), ("dark", "Dark"), ("light", "Light"))
TEXT_PERCENTS = (90, 100, 115, 130)
_PART = part_sizes("settings_sheet")
FIELD_WIDTH: int = _PART["field_width"]
LABEL_WIDTH: int = _PART["label_width"]
Row = tuple[str, QWidget, str]


class SettingsSheet(Sheet):
    """Floats over the window, not modal; Esc closes it.

    `themeChosen(str)`, `textSizeChosen(percent)`, `brushChanged(mm)`, `deviceChosen(key)`,
    `mirrorToggled(bool)`, `threadsChanged(int)`, `dataFolderAsked()`.
    """

    themeChosen = pyqtSignal(str)
    textSizeChosen = pyqtSignal(int)
    mouseChosen = pyqtSignal(str)
    brushChanged = pyqtSignal(float)
    deviceChosen = pyqtSignal(str)
    mirrorToggled = pyqtSignal(bool)
    threadsChanged = pyqtSignal(int)
    dataFolderAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._page = Segments(PAGES)
        self._page.set_chosen("general")
        self.engines = EnginesPage()
        self.keys = KeysPage()
        self._pages = QStackedWidget()
        self._theme = Segments(THEMES)
        self._text = Segments(tuple((str(size), f"{size} %") for size in TEXT_PERCENTS))
        self._brush = QDoubleSpinBox()
        self._device = DropButton("", "ph.cpu")
        self._mirror = Switch("Mirroring")
        self._threads = QSpinBox()
        self._folder = ElidedLabel("", "base", "muted", Qt.TextElideMode.ElideMiddle)
        self._choose = KeyedButton("Choose…")
        self._devices: tuple[Device, ...] = ()
        self._prepare_fields()
        self._lay_out()
        self._connect()

    def _prepare_fields(self) -> None:
        self._brush.setRange(0.5, 100.0)
        self._brush.setDecimals(1)
        self._brush.setSuffix(" mm")
        self._brush.setAccessibleName("Brush size at the start")
        self._threads.setSpecialValueText("all")
        self._threads.setAccessibleName("CPU threads")
        for field in (self._brush, self._threads):
            field.setFixedWidth(FIELD_WIDTH)
            field.setKeyboardTracking(False)

    def _lay_out(self) -> None:
        close = icon_button("ph.x", "Close (Esc)", "bare")
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_24, SPACE_12, SPACE_16, SPACE_12)
        head.addWidget(text_label("Settings", "heading"))
        head.addSpacing(SPACE_16)
        head.addWidget(self._page)
        head.addStretch(1)
        head.addWidget(close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, SPACE_20)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(divider())
        for page in (self._make_general(), scrolled(self.engines), self.keys):
            self._pages.addWidget(page)
        whole.addWidget(self._pages, 1)

    def _make_general(self) -> QWidget:
        general = QWidget()
        whole = QVBoxLayout(general)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        folder = QWidget()
        row = QHBoxLayout(folder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self._folder, 1)
        row.addWidget(self._choose)
        mirroring = "Mean of 8 mirrored passes a fold: steadier outlines, 8 times the time."
        threads = "For predicting and training. A run that goes on keeps its own."
        restart = "Holds from the next start of the program."
        window = (("Theme", self._theme, ""), ("Size of text", self._text, restart))
        whole.addLayout(_section("Window", window))
        whole.addLayout(_section("Painting", (("Brush size at the start", self._brush, ""),)))
        whole.addLayout(
            _section(
                "Prediction",
                (
                    ("Device", self._device, ""),
                    ("Mirroring", self._mirror, mirroring),
                    ("CPU threads", self._threads, threads),
                ),
            )
        )
        kept = "Cases opened alone and the demo. Old folders are still looked in."
        whole.addLayout(_section("Files", (("Data folder", folder, kept),), wide=True))
        whole.addStretch(1)
        return general

    def show_page(self, name: str) -> None:
        """Turn to "general", "engines" or "keys"."""
        self._page.set_chosen(name)
        self._pages.setCurrentIndex([key for key, _ in PAGES].index(name))

    def _connect(self) -> None:
        self._page.chosen.connect(self.show_page)
        self.keys.mouseChosen.connect(self.mouseChosen)
        self._theme.chosen.connect(self.themeChosen)
        self._text.chosen.connect(lambda size: self.textSizeChosen.emit(int(size)))
        self._brush.valueChanged.connect(self.brushChanged)
        self._mirror.clicked.connect(self.mirrorToggled)
        self._threads.valueChanged.connect(self.threadsChanged)
        self._choose.clicked.connect(self.dataFolderAsked)

    def sizeHint(self) -> QSize:
        """Return the sheet's size; it grows with the font."""
        height = max(_PART["least_height"], self.minimumSizeHint().height())
        return QSize(active_style().px(_PART["width"]), height)

    def show_settings(self, facts: SettingsFacts) -> None:
        """Fill the sheet, without a signal."""
        fields = (self._brush, self._threads)
        for field in fields:
            field.blockSignals(True)
        self._theme.set_chosen(facts.theme)
        nearest = min(TEXT_PERCENTS, key=lambda size: abs(size - facts.text_percent))
        self._text.set_chosen(str(nearest))
        self.keys.set_mouse(facts.mouse)
        self._brush.setValue(facts.brush_mm)
        self._mirror.setChecked(facts.mirror)
        self._threads.setRange(0, facts.cores)
        self._threads.setSpecialValueText(f"all {facts.cores}")
        self._threads.setValue(facts.threads)
        self._folder.setText(facts.data_folder)
        for field in fields:
            field.blockSignals(False)
        self._devices = facts.devices
        self._show_device(facts.device)

    def _show_device(self, device: str) -> None:
        known = dict(self._devices)
        self._device.setText(known.get(device, device))
        self._device.setAccessibleName(f"Device {known.get(device, device)}")
        self._device.clear_choices()
        for key, words in self._devices:
            action = self._device.add_choice(words)
            action.setChecked(key == device)
            action.triggered.connect(lambda _on, key=key: self._choose_device(key))
        self._device.updateGeometry()

    def _choose_device(self, device: str) -> None:
        self._show_device(device)
        self.deviceChosen.emit(device)


def _section(title: str, rows: tuple[Row, ...], *, wide: bool = False) -> QGridLayout:
    """Return a head over rows of name, field and, below the field, a note."""
    grid = QGridLayout()
    grid.setContentsMargins(SPACE_24, SPACE_16, SPACE_24, SPACE_4)
    grid.setHorizontalSpacing(SPACE_16)
    grid.setVerticalSpacing(SPACE_8)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    grid.addWidget(section_label(title), 0, 0, 1, 2)
    for place, (name, field, note) in enumerate(rows):
        line = 1 + 2 * place
        grid.addWidget(text_label(name), line, 0)
        if wide:
            grid.addWidget(field, line, 1)
        else:
            grid.addWidget(field, line, 1, Qt.AlignmentFlag.AlignLeft)
        if note:
            grid.addWidget(wrapped_label(note, "small", "muted"), line + 1, 1)
    return grid
