"""The demo's report: every step with its result and its time, as JSON."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import write_json


@dataclass
class Report:
    """Steps in order; `ok` only while every one of them was true."""

    say: Callable[[str], None]
    steps: list[dict[str, Any]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    @property
    def ok(self) -> bool:
        """Return whether there are steps and all were true."""
        return bool(self.steps) and all(step["ok"] for step in self.steps)

    def step(self, name: str, work: Callable[[], dict[str, Any]]) -> None:
        """Do one step; its dictionary is the result, its key "ok" (default true) the verdict.

        Raises
        ------
        KitsDeskError : from the step; it is noted first, later steps have nothing to go on.
        """
        begin = time.monotonic()
        try:
            result = work()
        except KitsDeskError as error:
            self._note(name, False, begin, {"problem": str(error)})
            raise
        verdict = bool(result.pop("ok", True))
        self._note(name, verdict, begin, result)

    def write(self, path: Path, about: str) -> None:
        """Write the report."""
        write_json(
            path,
            {
                "about": about,
                "ok": self.ok,
                "seconds": round(time.monotonic() - self.started, 1),
                "steps": self.steps,
            },
        )

    def _note(self, name: str, ok: bool, begin: float, result: dict[str, Any]) -> None:
        seconds = round(time.monotonic() - begin, 1)
        self.steps.append({"step": name, "ok": ok, "seconds": seconds, "result": result})
        self.say(f"{'ok  ' if ok else 'FAIL'} {seconds:6.1f} s  {name}")
