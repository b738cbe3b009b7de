"""The style on the test application, and sample records of the gallery."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "gui"))

from kitsdesk.ui.style import install_style


@pytest.fixture(scope="session")
def style(qapp):
    return install_style(qapp, "dark")


@pytest.fixture(autouse=True)
def styled(style):
    """The dark style; a test that changes it leaves it so for nobody."""
    yield style
    if style.choice != "dark":
        style.set_theme("dark")


@pytest.fixture
def shown(qtbot):
    """Show a widget at a size and return it."""

    def show(widget, width=384, height=800):
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    return show
