"""Pictures of the start, the settings, the keys and the palette, each put into a filled window."""

from __future__ import annotations

from collections.abc import Callable

from sample_places import engine_defaults
from sample_records import case_rows

from kitsdesk.ui.main_window import MainWindow
from kitsdesk.ui.style import active_style


def empty(window: MainWindow) -> None:
    """A project without a model."""
    window.cases.set_rows(case_rows(predicted=False))
    window.cases.set_sort("id")
    window.set_project("renal_ct.kitsdesk", "", 0, 210)
    window.jobs.set_jobs([])
    window.show_page("empty")
    window.status.set_position(None)


def start(window: MainWindow) -> None:
    """No project."""
    empty(window)
    window.cases.set_rows([])
    window.set_project("", "", 0, 0)


def welcome(window: MainWindow) -> None:
    """The first start: notice, self-test, demo."""
    from kitsdesk.project.self_test_facts import SelfTestFacts
    from trainer.contract.forecast import Forecast

    start(window)
    full = Forecast(seconds=200.0, memory_gb=3.1, least_gb=2.4, basis="measured", tiles=90)
    facts = SelfTestFacts(
        "done", "cuda:0", folds=5, fraction=1.0, seconds_per_case=38.0, full_size=full
    )
    window.welcome.show_self_test(facts)
    window.show_page("welcome")


def settings(window: MainWindow) -> None:
    """The settings sheet over a case."""
    from kitsdesk.ui.settings.settings_facts import AUTOMATIC, SettingsFacts

    devices = (*AUTOMATIC, ("cuda:0", "NVIDIA RTX A5000, 24 GB"))
    folder = "/home/anna/.local/share/kitsdesk"
    window.settings.show_settings(
        SettingsFacts(active_style().choice, 12.0, "cuda:0", False, 0, 16, folder, devices)
    )
    window.open_settings()


def clusters(window: MainWindow) -> None:
    """Slurm, another queue and SSH in the settings."""
    settings(window)
    window.settings.engines.set_defaults(engine_defaults())
    window.settings.show_page("engines")


def keys_page(window: MainWindow) -> None:
    """The keys and the mouse in the settings."""
    settings(window)
    window.settings.show_page("keys")


def palette(window: MainWindow) -> None:
    """The command palette."""
    from kitsdesk.ui.actions.action_ids import ActionId

    window.registry.set_enabled(ActionId.PREDICT_CASE, False, "no model is in use")
    window.palette_sheet.open_palette()
    window.palette_sheet._field.setText("pre")


def keys(window: MainWindow) -> None:
    """The keys sheet."""
    window.keys.open_sheet()


WINDOW_PICTURES: tuple[Callable[[MainWindow], None], ...] = (
    empty,
    start,
    welcome,
    settings,
    clusters,
    keys_page,
    palette,
    keys,
)
