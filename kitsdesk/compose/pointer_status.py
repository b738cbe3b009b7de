"""What lies under the pointer: position, HU and structures for the status bar."""

from __future__ import annotations

from typing import Any

import numpy as np
from PyQt6.QtCore import QObject

from kitsdesk.controllers.pointer import Pointer
from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.ui.status_line import StatusLine
from kitsdesk.viewer.quad import QuadView
from trainer.contract.structures import STRUCTURE_NAMES


class PointerStatus(QObject):
    """Follows the hovering pointer; the crosshair where there is none."""

    def __init__(self, canvas: QuadView, status: StatusLine, session: Session) -> None:
        super().__init__()
        self._status = status
        self._session = session
        canvas.pointer.connect(self._on_pointer)
        canvas.crosshairMoved.connect(self._show)
        session.caseClosed.connect(lambda: status.set_position(None))

    def _on_pointer(self, event: Pointer) -> None:
        if event.kind != "leave":
            self._show(event.mm)

    def _show(self, mm: tuple[float, float, float]) -> None:
        case = self._session.case
        if case is None:
            return
        index = np.round(case.volume.to_index(mm)).astype(int)
        inside = bool(np.all(index >= 0) and np.all(index < case.volume.shape))
        place = tuple(int(v) for v in index)
        self._status.set_position(mm, float(case.volume.array[place]) if inside else None)
        self._status.set_under_pointer(_words(case, place) if inside else "")


def _words(case: OpenCase, place: tuple[int, ...]) -> str:
    base = case.base
    untouched = not case.unsaved and (base is None or base.number == 0)
    mine = "Reference" if untouched and case.reference is not None else "Working mask"
    parts = [f"{mine}: {_name(case.mask[place])}"]
    if case.prediction is not None:
        parts.append(f"Prediction: {_name(case.prediction[place])}")
    return " · ".join(parts)


def _name(value: Any) -> str:
    return STRUCTURE_NAMES.get(int(value), str(int(value)))
