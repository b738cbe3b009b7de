"""Fast mode's first step: one fold looks through the whole volume for where kidneys are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainer.contract.prediction_work import SCOUT_STEP
from trainer.contract.scores import FoldUse
from trainer.contract.tiling import number_of_tiles, whole
from trainer.imaging.volume import Volume
from trainer.inference.case_prediction import Seconds
from trainer.inference.forward_passes import ForwardPasses, Job, Tick
from trainer.inference.head_maps import structure_probabilities
from trainer.inference.members import Member
from trainer.inference.memory_ladder import MemoryLadder
from trainer.inference.network_grid import NetworkGrid, Region
from trainer.inference.network_part import part_around, region_of
from trainer.inference.sliding_window import NO_FLIP
from trainer.inference.speed_notes import PassNotes

# Tiles side by side: a kidney that one cuts is seen by two of them.
STEP = SCOUT_STEP
MARGIN_MM = 20.0
# Where foreground is likelier than this something is found; the margin takes care of the rim.
FOUND = 0.5


@dataclass(frozen=True)
class Scouting:
    """What one fold found: the region with its margin, None where there was nothing."""

    member: FoldUse
    region: Region | None
    tiles: int


def scout(
    volume: Volume,
    members: Sequence[Member],
    grids: Mapping[str, NetworkGrid],
    tick: Tick,
    seconds: Seconds,
    *,
    ladder: MemoryLadder | None = None,
    notes: PassNotes | None = None,
) -> Scouting:
    """Let one fold run over the whole volume without overlap, in 16 bits where it can.

    A fold that did not see the case is taken where there is one: what a fold has learnt of
    the case must not decide where the held-out prediction looks.
    """
    member = next((member for member in members if not member.saw), members[0])
    manifest = member.model.manifest
    grid = grids[manifest.name]
    spent = Seconds()

    def told(phase: str, done: float, total: float) -> None:
        tick(phase.replace("predict", "scout", 1), done, total)

    passes = ForwardPasses(grids, told, spent, half=True, step=STEP, ladder=ladder, notes=notes)
    passes.expect([Job(member, (NO_FLIP,))])
    values = passes.run(member, NO_FLIP)
    logits = manifest.fold_average == "logits"
    background = structure_probabilities(values, manifest.plan, logits)[0]
    seconds.add("scout", sum(spent.by_phase.values()))
    tiles = number_of_tiles(grid.shape, manifest.plan.patch, whole(grid.shape), STEP)
    region = region_of(grid, background < 1 - FOUND, volume.spacing, MARGIN_MM)
    return Scouting(member.use(), region, tiles)


def parts_of(
    grids: Mapping[str, NetworkGrid], members: Sequence[Member], region: Region
) -> dict[str, NetworkGrid] | None:
    """Return each model's part of its grid around `region`; models of one grid share one.

    None where the region lies outside what a model sees of the image.
    """
    made: dict[int, NetworkGrid] = {}
    parts: dict[str, NetworkGrid] = {}
    patches = {m.model.manifest.name: m.model.manifest.plan.patch for m in members}
    for name, grid in grids.items():
        if id(grid) not in made:
            part = part_around(grid, region, patches[name])
            if part is None:
                return None
            made[id(grid)] = part
        parts[name] = made[id(grid)]
    return parts
