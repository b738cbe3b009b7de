"""Which devices this computer can predict on, asked of the trainer in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, pyqtSignal

from kitsdesk.background.trainer_command import trainer_command, trainer_environment


class DeviceProbe(QObject):
    """`found` carries (key, name) of every GPU, such as ("cuda:0", "NVIDIA H200, 139 GB").

    Looking loads torch in that process, which takes seconds; it is done once.
    """

    found = pyqtSignal(list)

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._known: list[tuple[str, str]] | None = None

    def look(self, folder: Path) -> None:
        """Ask, unless it was asked before; `folder` is any that exists."""
        if self._known is not None:
            self.found.emit(self._known)
        if self._process is not None or self._known is not None:
            return
        program, arguments = trainer_command()
        self._process = QProcess(self)
        self._process.setProcessEnvironment(trainer_environment())
        self._process.finished.connect(self._on_finished)
        self._process.start(program, [*arguments, "run", "probe", str(folder), "--gpus"])

    def forget(self) -> None:
        """Ask again the next time: the trainer is another."""
        self._known = None

    def close(self) -> None:
        """End the process; called when the program ends."""
        if self._process is not None:
            self._process.finished.disconnect(self._on_finished)
            self._process.kill()
            self._process.waitForFinished(1000)

    def _on_finished(self) -> None:
        assert self._process is not None
        text = self._process.readAllStandardOutput().data().decode(errors="replace")
        self._process.deleteLater()
        self._process = None
        try:
            gpus = json.loads(text.strip().splitlines()[-1])["gpus"]
            self._known = [
                (str(gpu["device"]), f"{gpu['name']}, {gpu['memory_gb']:.0f} GB") for gpu in gpus
            ]
        except (ValueError, KeyError, IndexError, TypeError):
            return
        self.found.emit(self._known)
