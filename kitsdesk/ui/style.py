"""The active style: theme colours, fonts, palette and the filled style sheet."""

from __future__ import annotations

from string import Template
from typing import Literal, cast

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication, QWidget

from kitsdesk.ui.design_tokens import (
    Theme,
    ThemeName,
    TypeRole,
    canvas_gap,
    read_theme,
    style_folder,
    type_sizes,
)
from kitsdesk.ui.sheet_sizes import sheet_sizes

ThemeChoice = Literal["system", "dark", "light"]
Weight = Literal[400, 500, 600]
FAMILY = "Inter"
WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}


class Style(QObject):
    """One per application. Painters ask it for colours and fonts each time they paint."""

    changed = pyqtSignal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice: ThemeChoice = "system"
        self._scale = 1.0
        self._applied: tuple[ThemeName, float] | None = None
        self._family = FAMILY if FAMILY in QFontDatabase.families() else app.font().family()
        self.theme: Theme = read_theme(self._resolved())
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._system_changed)

    def apply(self) -> None:
        """Give the application the Fusion base, fonts, palette and style sheet, where they
        differ from what it has: every widget is styled anew, which takes a quarter of a second."""
        look = (self._resolved(), self._scale)
        if look == self._applied:
            return
        if self._applied is None:
            self._app.setStyle("Fusion")
        self._applied = look
        self.theme = read_theme(look[0])
        # A sheet put on over another one takes four times as long as one put on after none.
        self._app.setStyleSheet("")
        self._app.setFont(self.font())
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._sheet())
        self.changed.emit()

    def set_theme(self, choice: ThemeChoice) -> None:
        """Follow the system, or hold one theme."""
        self._choice = choice
        self.apply()

    def set_scale(self, scale: float) -> None:
        """Scale all text; 0.9 to 1.3, values outside are clipped. What was built before keeps
        its sizes in part, so the program does it before its window."""
        self._scale = min(1.3, max(0.9, scale))
        self.apply()

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose: system, dark or light."""
        return self._choice

    def colour(self, name: str) -> QColor:
        """Return a colour of the active theme by its token."""
        return QColor(self.theme.colours[name])

    def structure(self, value: int) -> QColor:
        """Return a structure's colour for text and bars on panels (1 kidney, 2 tumor, 3 cyst)."""
        return QColor(self.theme.structures[value])

    def px(self, size: float) -> int:
        """Return a size of text or of what must hold text, scaled by the person's choice."""
        return round(size * self._scale)

    def font(self, size: TypeRole = "base", weight: Weight = 400) -> QFont:
        """Return the interface font with tabular digits, as large as its role."""
        font = QFont(self._family)
        font.setPixelSize(self.px(type_sizes()[size]))
        font.setWeight(WEIGHTS[weight])
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self.apply()

    def _resolved(self) -> ThemeName:
        if self._choice != "system":
            return self._choice
        hints = QGuiApplication.styleHints()
        light = hints is not None and hints.colorScheme() == Qt.ColorScheme.Light
        return "light" if light else "dark"

    def _sheet(self) -> str:
        text = (style_folder() / "kitsdesk.qss.in").read_text("utf-8")
        sizes = {name: f"{self.px(size)}px" for name, size in type_sizes().items()}
        values = {**self.theme.colours, **sheet_sizes(), **sizes, "canvas_gap": canvas_gap()}
        return Template(text).substitute(values)

    def _palette(self) -> QPalette:
        roles = {
            QPalette.ColorRole.Window: "window",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "panel",
            QPalette.ColorRole.AlternateBase: "raised",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "raised",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.BrightText: "on_accent",
            QPalette.ColorRole.Highlight: "accent_fill",
            QPalette.ColorRole.HighlightedText: "on_accent",
            QPalette.ColorRole.Link: "accent",
            QPalette.ColorRole.ToolTipBase: "raised",
            QPalette.ColorRole.ToolTipText: "text",
            QPalette.ColorRole.PlaceholderText: "text_muted",
            QPalette.ColorRole.Mid: "border",
        }
        palette = QPalette()
        for role, name in roles.items():
            palette.setColor(role, self.colour(name))
        off = QPalette.ColorGroup.Disabled
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
            palette.setColor(off, role, self.colour("text_disabled"))
        palette.setColor(off, QPalette.ColorRole.ButtonText, self.colour("text_disabled"))
        return palette


_STYLE_PROPERTY = "kitsdesk_style"


def install_style(app: QApplication, choice: ThemeChoice = "system") -> Style:
    """Make the application's style, or return the one it has with the new choice."""
    existing = app.property(_STYLE_PROPERTY)
    style = existing if isinstance(existing, Style) else Style(app)
    app.setProperty(_STYLE_PROPERTY, style)
    style.set_theme(choice)
    return style


def active_style() -> Style:
    """Return the application's style; makes one that follows the system where none is yet."""
    app = cast("QApplication | None", QApplication.instance())
    if app is None:
        raise RuntimeError("a QApplication must exist before its style is used")
    existing = app.property(_STYLE_PROPERTY)
    return existing if isinstance(existing, Style) else install_style(app)


def restyle(widget: QWidget, **properties: str | bool) -> None:
    """Set properties that the style sheet selects by, and have it read them again where one
    is new: that costs a thousandth of a second a widget."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
    widget.update()
