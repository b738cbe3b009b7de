"""fold.json: with what a fold is trained; a resumed fold must have the same."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.model_manifest import SeenCase
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan, Schedule

FOLD_FILE = "fold.json"
# What may differ between the sessions of one fold: where it is computed. Each changes the
# order of sums, and so the last digits.
_COMPUTED_WITH = ("device", "precision", "threads", "processor", "torch")


class OtherSettings(KitsDeskError):
    """A fold was begun with other settings than it is to be continued with."""


class OtherCompute(KitsDeskError):
    """A fold goes on elsewhere than it was begun; said, not refused."""


class FoldSettings(BaseModel):
    """Everything that decides a fold's weights, and what it was begun with.

    `processor` is the instruction set that torch uses. `continued_with` says what was
    different when the fold was resumed; empty, the weights are bit for bit those of a
    training without interruption (on a CPU).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    preset: str
    network: NetworkConfig
    plan: PreprocessingPlan
    schedule: Schedule
    seed: int
    fold: int
    training: tuple[SeenCase, ...]
    validation: tuple[SeenCase, ...]
    started_from: str = ""
    device: str
    precision: str
    threads: int
    torch: str
    processor: str = ""
    continued_with: tuple[str, ...] = ()


def record_settings(
    folder: Path, settings: FoldSettings, *, resumed: bool
) -> tuple[FoldSettings, OtherCompute | None]:
    """Write fold.json; of a resumed fold, first compare it with the one that is there.

    Returns what the file now says, and a notice where the fold goes on with other threads,
    another device, precision, processor or version of torch than it was begun with.

    Raises
    ------
    OtherSettings : a setting that decides the weights differs; the first one is named.
    DamagedFile : fold.json cannot be read.
    """
    path = folder / FOLD_FILE
    notice = None
    if resumed and path.exists():
        before = _read(path)
        _require_same(before, settings)
        other = _differences(before, settings)
        if other:
            notice = OtherCompute(
                f"Fold {settings.fold} goes on with {', '.join(other)}: its weights will differ "
                "in the last digits from those of a training without this change.",
                kept="Everything trained so far is used.",
            )
        continued = dict.fromkeys([*before.continued_with, *other])
        settings = before.model_copy(update={"continued_with": tuple(continued)})
    write_json(path, settings)
    return settings, notice


def begun_threads(folder: Path) -> int | None:
    """Return the number of threads the fold in `folder` was begun with, None where it was
    not begun."""
    return _read(folder / FOLD_FILE).threads if (folder / FOLD_FILE).exists() else None


def _read(path: Path) -> FoldSettings:
    try:
        return FoldSettings.model_validate(read_json(path))
    except ValidationError as error:
        raise DamagedFile(f"{path} is not one this version understands.") from error


def _require_same(before: FoldSettings, now: FoldSettings) -> None:
    for name in FoldSettings.model_fields:
        if name in (*_COMPUTED_WITH, "continued_with"):
            continue
        if getattr(before, name) != getattr(now, name):
            raise OtherSettings(
                f"Fold {now.fold} was begun with another {name}.",
                kept="Its checkpoint is unchanged.",
                advice="Continue with the same settings, or start a new run.",
            )


def _differences(before: FoldSettings, now: FoldSettings) -> list[str]:
    pairs = [(name, getattr(before, name), getattr(now, name)) for name in _COMPUTED_WITH]
    return [f"{name} {new} instead of {old}" for name, old, new in pairs if old != new]
