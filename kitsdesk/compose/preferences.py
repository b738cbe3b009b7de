"""Tools ▸ Settings…: shows the settings, applies each change at once and keeps it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject

from kitsdesk import paths
from kitsdesk.background.device_probe import DeviceProbe
from kitsdesk.background.settings import SETTINGS_NAME, save_settings
from kitsdesk.compose.path_questions import ask_folder
from kitsdesk.project.engine_defaults import EngineDefaults
from kitsdesk.ui.actions.action_ids import ActionId
from kitsdesk.ui.actions.key_book import active_keys
from kitsdesk.ui.settings.settings_facts import AUTOMATIC, Device, SettingsFacts
from kitsdesk.viewer.gestures import MouseScheme

if TYPE_CHECKING:
    from kitsdesk.compose.window_desk import WindowDesk

FAST = "Fast: one fold finds the kidneys, then all folds look there alone, in 16 bits if they can."
EXACT = "Exact: every fold looks at the whole volume in full precision."


class Preferences(QObject):
    """Ties the settings sheet to the settings and to what each of them does."""

    def __init__(self, host: WindowDesk) -> None:
        super().__init__(host)
        self._host = host
        self._probe = DeviceProbe()
        self._gpus: list[Device] = []
        self._probe.found.connect(self._on_gpus)
        sheet = host.window.settings
        sheet.themeChosen.connect(host.set_theme)
        sheet.themeChosen.connect(lambda _theme: self._keep())
        sheet.textSizeChosen.connect(lambda percent: self._set(text_percent=percent))
        sheet.brushChanged.connect(self._set_brush)
        sheet.deviceChosen.connect(lambda device: self._set(device=device))
        sheet.mirrorToggled.connect(lambda mirror: self._set(mirror=mirror))
        sheet.threadsChanged.connect(lambda threads: self._set(threads=threads))
        sheet.dataFolderAsked.connect(
            lambda: ask_folder(host.window, "Data folder", self._set_data_folder)
        )
        sheet.mouseChosen.connect(self._set_mouse)
        sheet.engines.enginesChanged.connect(self._set_engines)
        self._show_mouse(host.settings.mouse)
        active_keys().load(host.settings.keys)
        active_keys().changed.connect(self._keep_keys)
        self._apply()

    @property
    def gpus(self) -> list[Device]:
        """Return the GPUs that were found, key and words; none before the settings were open."""
        return list(self._gpus)

    def open(self) -> None:
        """Open the sheet; GPUs are looked for in the background."""
        self._show()
        self._host.window.open_settings()
        self._probe.look(paths.data_dir())

    def renew_trainer(self) -> None:
        """The trainer is another one now: predict with it, and ask it for its GPUs."""
        self._host.desk.serve.renew()
        self._probe.forget()
        self._probe.look(paths.data_dir())

    def close(self) -> None:
        """End what is still looked for; called when the program ends."""
        active_keys().changed.disconnect(self._keep_keys)
        self._probe.close()

    def toggle_fast(self) -> None:
        """Predict in fast mode from now on, or exactly."""
        fast = self._host.settings.mode == "exact"
        self._set(mode="fast" if fast else "exact")
        self._host.window.show_message(FAST if fast else EXACT)

    def _show(self) -> None:
        settings = self._host.settings
        devices = [*AUTOMATIC, *self._gpus]
        if settings.device not in dict(devices):
            devices.append((settings.device, settings.device))
        self._host.window.settings.show_settings(
            SettingsFacts(
                theme=settings.theme,
                text_percent=settings.text_percent,
                mouse=settings.mouse,
                brush_mm=settings.brush_mm,
                device=settings.device,
                mirror=settings.mirror,
                threads=settings.threads,
                cores=os.cpu_count() or 1,
                data_folder=str(paths.data_dir()),
                devices=tuple(devices),
            )
        )
        self._host.window.settings.engines.set_defaults(settings.engines)

    def _set(self, **changed: Any) -> None:
        for name, value in changed.items():
            setattr(self._host.settings, name, value)
        self._apply()
        self._keep()

    def _set_brush(self, diameter_mm: float) -> None:
        self._set(brush_mm=diameter_mm)
        self._host.desk.editing.set_diameter(diameter_mm)

    def _set_engines(self, engines: EngineDefaults) -> None:
        self._set(engines=engines)
        self._host.runs.set_defaults(engines)

    def _set_mouse(self, scheme: MouseScheme) -> None:
        self._set(mouse=scheme)
        self._show_mouse(scheme)

    def _show_mouse(self, scheme: MouseScheme) -> None:
        self._host.canvas.gestures.scheme = scheme
        self._host.window.keys.set_mouse(scheme)

    def _keep_keys(self) -> None:
        self._set(keys=active_keys().edited())

    def _set_data_folder(self, folder: Path) -> None:
        settings, before = self._host.settings, paths.data_dir()
        former = [str(before), *settings.former_data_folders]
        kept = [name for name in dict.fromkeys(former) if name != str(folder)]
        self._set(data_folder=str(folder), former_data_folders=kept)
        self._show()

    def _apply(self) -> None:
        settings, desk = self._host.settings, self._host.desk
        desk.jobs.set_prediction(mirror=settings.mirror, device=settings.device, mode=settings.mode)
        self._host.window.registry.set_checked(ActionId.PREDICT_FAST, settings.mode == "fast")
        desk.serve.set_threads(settings.threads)
        desk.forecasts.set_threads(settings.threads)
        desk.launcher.set_threads(settings.threads)
        chosen = [settings.data_folder] if settings.data_folder else []
        paths.use_data_folders([Path(name) for name in chosen + settings.former_data_folders])

    def _keep(self) -> None:
        problem = save_settings(paths.config_dir() / SETTINGS_NAME, self._host.settings)
        if problem is not None:
            self._host.window.show_problem(problem)

    def _on_gpus(self, gpus: list[Device]) -> None:
        self._gpus = gpus
        if gpus and self._host.window.settings.isVisible():
            self._show()
