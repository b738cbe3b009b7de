"""Runs the passes of a prediction one after the other and counts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from trainer.inference.case_prediction import Seconds
from trainer.inference.members import Member
from trainer.inference.network_grid import NetworkGrid
from trainer.inference.restore import Box
from trainer.inference.sliding_window import (
    Flip,
    WindowSettings,
    number_of_batches,
    slide,
    whole,
)

# phase, units done, units in all; called between tiles, what it raises ends the prediction.
Tick = Callable[[str, float, float], None]


@dataclass(frozen=True)
class Job:
    """One member with the flipped passes it has to run."""

    member: Member
    flips: tuple[Flip, ...]


class ForwardPasses:
    """All passes over one case; `seconds` collects how long each phase took."""

    def __init__(
        self, grids: Mapping[str, NetworkGrid], tick: Tick, seconds: Seconds, *, half: bool
    ) -> None:
        self._grids = grids
        self._tick = tick
        self._half = half
        self._seconds = seconds
        self._done = 0
        self._total = 0

    def settings(self, member: Member) -> WindowSettings:
        """Return how tiles go through the member's network."""
        manifest = member.model.manifest
        return WindowSettings(
            patch=manifest.plan.patch,
            average=manifest.fold_average,
            batch=2 if member.model.device.type == "cpu" else 4,
            half=self._half and member.model.device.type == "cuda",
        )

    def expect(self, jobs: Sequence[Job], boxes: Mapping[str, Box] | None = None) -> None:
        """Count the forward passes of `jobs`, so that progress has an end."""
        for job in jobs:
            name = job.member.model.manifest.name
            grid = self._grids[name]
            box = boxes[name] if boxes else whole(grid.shape)
            batches = number_of_batches(grid.shape, self.settings(job.member), box)
            self._total += batches * len(job.flips)

    def run(self, member: Member, flip: Flip, box: Box | None = None) -> Tensor:
        """Return one pass of one member, (structures, z, y, x) on its network grid."""
        grid = self._grids[member.model.manifest.name]
        with self._seconds.timed("predict"):
            return slide(
                member.network,
                grid.image,
                member.model.manifest.network.structures,
                self.settings(member),
                flip=flip,
                box=box,
                tick=self._count,
            )

    def _count(self) -> None:
        self._tick("predict", self._done, self._total)
        self._done += 1

    def announce(self, phase: str) -> None:
        """Report a phase that has no tiles."""
        self._tick(phase, self._done, self._total)
