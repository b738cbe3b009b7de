"""Runs the passes of a prediction one after the other and counts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from trainer.inference.case_prediction import Seconds
from trainer.inference.grid_map import Box
from trainer.inference.members import Member
from trainer.inference.network_grid import NetworkGrid
from trainer.inference.sliding_window import (
    Flip,
    WindowSettings,
    slide,
    whole,
)
from trainer.inference.tiles import STEP, number_of_tiles

# phase, units done, units in all; called before each tile and several times a second while
# it computes; what it raises ends the prediction.
Tick = Callable[[str, float, float], None]


@dataclass(frozen=True)
class Job:
    """One member with the flipped passes it has to run."""

    member: Member
    flips: tuple[Flip, ...]


class ForwardPasses:
    """All passes over one case; `seconds` collects how long each phase took."""

    def __init__(
        self,
        grids: Mapping[str, NetworkGrid],
        tick: Tick,
        seconds: Seconds,
        *,
        half: bool,
        step: float = STEP,
    ) -> None:
        self._grids = grids
        self._tick = tick
        self._half = half
        self._step = step
        self._seconds = seconds
        self._done = 0
        self._total = 0
        self._order: list[Member] = []

    def expect(self, jobs: Sequence[Job], boxes: Mapping[str, Box] | None = None) -> None:
        """Count the tiles of `jobs`, so that progress has an end, and note their order."""
        self._order += [job.member for job in jobs]
        for job in jobs:
            manifest = job.member.model.manifest
            grid = self._grids[manifest.name]
            box = boxes[manifest.name] if boxes else whole(grid.shape)
            tiles = number_of_tiles(grid.shape, manifest.plan.patch, box, self._step)
            self._total += tiles * len(job.flips)

    def run(self, member: Member, flip: Flip, box: Box | None = None) -> Tensor:
        """Return one pass of one member, (channels, z, y, x) on its network grid."""
        manifest = member.model.manifest
        self._tick("predict", self._done, self._total)
        with self._seconds.timed("open network"):
            runtime = member.model.runtime(member.fold, lambda: self._count(0), half=self._half)
        self._open_next(member)
        with self._seconds.timed("predict"):
            return slide(
                runtime,
                self._grids[manifest.name].image,
                manifest.network.structures,
                WindowSettings(manifest.plan.patch, manifest.fold_average, self._step),
                flip=flip,
                box=box,
                tick=self._count,
            )

    def _open_next(self, member: Member) -> None:
        """Let the network of the member behind this one be opened while this one computes."""
        places = [place for place, other in enumerate(self._order[:-1]) if other is member]
        if places:
            following = self._order[places[-1] + 1]
            following.model.expect(following.fold, half=self._half)

    def _count(self, finished: int) -> None:
        self._done += finished
        self._tick("predict", self._done, self._total)

    def announce(self, phase: str) -> None:
        """Report a phase that has no tiles."""
        self._tick(phase, self._done, self._total)
