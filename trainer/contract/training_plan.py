"""plan.json: grid, patch, strides and features that were planned for a training set."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.jsonfile import read_json
from trainer.contract.network_config import Architecture, Stride
from trainer.contract.presets import PreprocessingPlan, Preset

SCHEMA_VERSION = 1


class Fingerprint(BaseModel):
    """Medians over the cases, (z, y, x) with spacing in mm, the shape in voxels of the
    median spacing; and the HU of all foreground voxels of all cases: percentiles 0.5 and
    99.5, mean and standard deviation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: int
    median_spacing: tuple[float, float, float]
    median_shape: tuple[float, float, float]
    foreground_voxels: int
    percentile_00_5: float
    percentile_99_5: float
    mean: float
    deviation: float


class TrainingPlan(BaseModel):
    """What `plan` finds and `train --plan` trains with, on top of a preset.

    `coarsened` says whether the grid is coarser than the median case's; `median_shape` is
    the median case on the planned grid. `blocks` and `features` are per architecture.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    preset: str
    preprocessing: PreprocessingPlan
    coarsened: bool
    median_shape: tuple[int, int, int]
    strides: tuple[Stride, ...]
    kernels: tuple[Stride, ...] | None
    features: dict[Architecture, tuple[int, ...]]
    blocks: dict[Architecture, tuple[int, ...]]
    batch: int
    memory_gb: float
    fingerprint: Fingerprint

    @model_validator(mode="after")
    def _patch_fits_the_strides(self) -> Self:
        if self.batch < 1 or self.features.keys() != self.blocks.keys():
            raise ValueError("a batch of at least 1, and features and blocks for the same networks")
        for axis, size in enumerate(self.preprocessing.patch):
            divisor = 2 ** sum(stride[axis] == 2 for stride in self.strides)
            if size % divisor:
                raise ValueError(f"a patch of {size} voxels cannot be divided by {divisor}")
        return self


def planned_preset(preset: Preset, plan: TrainingPlan) -> Preset:
    """Return `preset` with preprocessing, batch and networks of `plan`; everything else
    stays the preset's.

    Raises
    ------
    ImpossibleNetwork : the plan's features, strides and blocks do not fit together.
    """
    planned = preset.model_copy(
        update={
            "plan": plan.preprocessing,
            "schedule": preset.schedule.model_copy(update={"batch": plan.batch}),
            "features": plan.features,
            "strides": plan.strides,
            "kernels": plan.kernels,
            "blocks": plan.blocks,
        }
    )
    for architecture in plan.features:
        planned.network(architecture)
    return planned


def read_plan(path: Path) -> TrainingPlan:
    """Read what `kitsdesk-trainer plan` wrote.

    Raises
    ------
    NoPlan : there is no such file.
    DamagedFile : it is not a plan that this version understands; the reason is named.
    """
    if not path.is_file():
        raise NoPlan(
            f"There is no plan {path}.", advice="Make one with: kitsdesk-trainer plan EXPORT --out"
        )
    try:
        return TrainingPlan.model_validate(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise DamagedFile(
            f"{path.name} is not a plan this version understands: "
            f"{f'{where}: ' if where else ''}{reason}.",
            advice="Make it again with: kitsdesk-trainer plan.",
        ) from error


class NoPlan(KitsDeskError):
    """A plan was asked for where there is none."""
