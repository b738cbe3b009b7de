"""The lines between the window and `kitsdesk-trainer serve`: one JSON object each.

Commands come on stdin, events leave on stdout; the end of stdin counts as cancel.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from trainer.contract.forecast import Forecast
from trainer.contract.scores import PredictionMode


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def line(self) -> str:
        """Return the object as one line without the line end."""
        return self.model_dump_json()


class PredictCommand(_Line):
    """Predict one case into `out` in the project layout. `region` is (z0, z1, y0, y1, x0, x1)
    in voxels of the inner (z, y, x) grid, or None for the whole case. `runtime` is what is to
    run the networks; "auto" is the fastest."""

    command: Literal["predict"] = "predict"
    id: str
    models: tuple[str, ...]
    case: str
    image: str
    out: str
    folds: tuple[int, ...] | None = None
    mirror: bool = False
    mode: PredictionMode = "exact"
    device: str = "cpu"
    region: tuple[int, int, int, int, int, int] | None = None
    runtime: Literal["auto", "torch", "openvino"] = "auto"


class FirstCommand(_Line):
    """Let the waiting prediction `id` be the next."""

    command: Literal["first"] = "first"
    id: str


class ProcessorCommand(_Line):
    """Let the prediction `id`, which waits for a GPU, use the CPU."""

    command: Literal["processor"] = "processor"
    id: str


class CancelCommand(_Line):
    """Stop the prediction `id`; its result is discarded."""

    command: Literal["cancel"] = "cancel"
    id: str


class QuitCommand(_Line):
    """Leave."""

    command: Literal["quit"] = "quit"


class ReadyEvent(_Line):
    """The process listens."""

    event: Literal["ready"] = "ready"
    device: str
    version: str


class ProgressEvent(_Line):
    """`done` of `total` units of `phase`; eta in seconds where it is known."""

    event: Literal["progress"] = "progress"
    id: str
    phase: str
    done: float
    total: float
    eta_s: float | None = None


class ForecastEvent(_Line):
    """What the prediction `id`, which was read just now, is going to take, and the main memory
    that is free besides what the process has, in 1e9 bytes."""

    event: Literal["forecast"] = "forecast"
    id: str
    forecast: Forecast
    free_gb: float


class DeviceBusyEvent(_Line):
    """The prediction `id` waits for a GPU: the task `task` of the run in the folder `run` has
    it, or, where both are empty, another program."""

    event: Literal["device_busy"] = "device_busy"
    id: str
    run: str = ""
    task: str = ""


class ResultEvent(_Line):
    """The prediction `id` is complete in `folder`; seconds per phase, and what ran it
    (runtime, precision, device, batch, reason of each kind of runtime)."""

    event: Literal["result"] = "result"
    id: str
    folder: str
    seconds: dict[str, float]
    runtimes: tuple[dict[str, str | int], ...] = ()


class ErrorEvent(_Line):
    """The prediction `id` failed; `error` is KitsDeskError.as_dict()."""

    event: Literal["error"] = "error"
    id: str
    error: dict[str, str]


class CancelledEvent(_Line):
    """The prediction `id` was stopped and left nothing behind."""

    event: Literal["cancelled"] = "cancelled"
    id: str


Command = Annotated[
    PredictCommand | FirstCommand | ProcessorCommand | CancelCommand | QuitCommand,
    Field(discriminator="command"),
]
Event = Annotated[
    ReadyEvent
    | ForecastEvent
    | DeviceBusyEvent
    | ProgressEvent
    | ResultEvent
    | ErrorEvent
    | CancelledEvent,
    Field(discriminator="event"),
]
_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def parse_command(line: str) -> Command:
    """Parse one line from the window; raises pydantic.ValidationError on a bad one."""
    return _COMMAND.validate_python(json.loads(line))


def parse_event(line: str) -> Event:
    """Parse one line from the process; raises pydantic.ValidationError on a bad one."""
    return _EVENT.validate_python(json.loads(line))
