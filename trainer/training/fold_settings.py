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
# What may differ between the sessions of one fold: where it is computed.
_FREE = {"device", "precision", "threads", "torch"}


class OtherSettings(KitsDeskError):
    """A fold was begun with other settings than it is to be continued with."""


class FoldSettings(BaseModel):
    """Everything that decides a fold's weights, and what it was computed with."""

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


def record_settings(folder: Path, settings: FoldSettings, *, resumed: bool) -> None:
    """Write fold.json; of a resumed fold, first compare it with the one that is there.

    Raises
    ------
    OtherSettings : a setting that decides the weights differs; the first one is named.
    DamagedFile : fold.json cannot be read.
    """
    path = folder / FOLD_FILE
    if resumed and path.exists():
        try:
            before = FoldSettings.model_validate(read_json(path))
        except ValidationError as error:
            raise DamagedFile(f"{path} is not one this version understands.") from error
        for name in FoldSettings.model_fields:
            if name not in _FREE and getattr(before, name) != getattr(settings, name):
                raise OtherSettings(
                    f"Fold {settings.fold} was begun with another {name}.",
                    kept="Its checkpoint is unchanged.",
                    advice="Continue with the same settings, or start a new run.",
                )
    write_json(path, settings)
