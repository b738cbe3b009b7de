"""Runs the passes of a prediction one after the other and counts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trainer.contract.out_of_memory import is_out_of_memory
from trainer.contract.tiling import STEP, number_of_tiles, whole
from trainer.inference.case_prediction import Seconds
from trainer.inference.grid_map import Box
from trainer.inference.members import Member
from trainer.inference.memory_ladder import MemoryLadder
from trainer.inference.network_grid import NetworkGrid
from trainer.inference.network_runtime import NetworkRuntime
from trainer.inference.pass_timing import PassTiming
from trainer.inference.sliding_window import Flip, WindowSettings, slide
from trainer.inference.speed_notes import PassNotes

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
        ladder: MemoryLadder | None = None,
        notes: PassNotes | None = None,
    ) -> None:
        self._grids = grids
        self._tick = tick
        self._half = half
        self._step = step
        self.ladder = MemoryLadder() if ladder is None else ladder
        self.notes = PassNotes() if notes is None else notes
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
        """Return one pass of one member, (channels, z, y, x) on its network grid.

        Where memory runs out it is tried again with less, as long as there is a step down.
        """
        while True:
            done = self._done
            timing = PassTiming(member.model, member.fold, half=self._half)
            runtime = self._opened(member)
            timing.opened()
            ahead = self._open_next(member)
            wanted = runtime.facts.batch
            try:
                with self._seconds.timed("predict"), timing:
                    values = self._slide(runtime, member, flip, box)
                if not self.ladder.taken:
                    tiles, beside = self._done - done, runtime.memory_bytes if ahead else 0
                    timing.note(self.notes, runtime.facts, tiles, values, beside=beside)
                return values
            except (RuntimeError, MemoryError) as error:
                at_once = min(self.ladder.batch or wanted, wanted)
                if not is_out_of_memory(error):
                    raise
                if not self.ladder.step_down(member.model.device, at_once):
                    raise
            runtime.rest()
            self._done = done

    def _opened(self, member: Member) -> NetworkRuntime:
        self._count(0)
        model = member.model
        if self.ladder.on_cpu:
            model = replace(model, device=torch.device("cpu"))
        with self._seconds.timed("open network"):
            return model.runtime(member.fold, lambda: self._count(0), half=self._half)

    def _slide(
        self, runtime: NetworkRuntime, member: Member, flip: Flip, box: Box | None
    ) -> Tensor:
        manifest, ladder = member.model.manifest, self.ladder
        image = self._grids[manifest.name].image
        return slide(
            runtime,
            image.cpu() if ladder.on_cpu else image,
            manifest.network.structures,
            WindowSettings(
                manifest.plan.patch, manifest.fold_average, self._step, ladder.batch, ladder.sums
            ),
            flip=flip,
            box=box,
            tick=self._count,
        )

    def _open_next(self, member: Member) -> bool:
        """Let the network of the member behind this one be opened while this one computes;
        return whether there is one."""
        places = [place for place, other in enumerate(self._order[:-1]) if other is member]
        if places and not self.ladder.taken:
            following = self._order[places[-1] + 1]
            following.model.expect(following.fold, half=self._half)
            return following is not member
        return False

    def _count(self, finished: int) -> None:
        self._done += finished
        steps = "".join(f", {step}" for step in self.ladder.taken)
        self._tick(f"predict{steps}", self._done, self._total)

    def announce(self, phase: str) -> None:
        """Report a phase that has no tiles."""
        self._tick(phase, self._done, self._total)
