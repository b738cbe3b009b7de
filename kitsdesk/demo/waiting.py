"""Wait for a signal or a condition while Qt's events go on; for driving without a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QCoreApplication, QEventLoop, QTimer

from trainer.contract.errors import KitsDeskError

_LOOK_MS = 20


class StepFailed(KitsDeskError):
    """A step of the demo did not come to its end."""


def wait_until(
    condition: Callable[[], bool], what: str, timeout_s: float, problems: list[KitsDeskError]
) -> None:
    """Run the event loop until `condition` holds.

    Raises
    ------
    StepFailed : it did not within `timeout_s` seconds, or a controller showed a problem.
    """
    end = time.monotonic() + timeout_s
    loop = QEventLoop()
    while not condition():
        if problems:
            raise StepFailed(f"{what}: {problems[-1]}")
        if time.monotonic() > end:
            raise StepFailed(f"{what} did not end within {timeout_s:.0f} s.")
        QTimer.singleShot(_LOOK_MS, loop.quit)
        loop.exec()


def call_and_wait(
    call: Callable[[Callable[..., None]], Any],
    what: str,
    timeout_s: float,
    problems: list[KitsDeskError],
) -> tuple[Any, ...]:
    """Make a call that takes a `then` callback, wait for the callback, return its arguments."""
    came: list[tuple[Any, ...]] = []
    call(lambda *arguments: came.append(arguments))
    wait_until(lambda: bool(came), what, timeout_s, problems)
    QCoreApplication.processEvents()
    return came[0]
