"""scores.json: what a prediction was made with and what is known of it without a mask."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from trainer.contract.jsonfile import read_json

MembersKind = Literal["folds", "mirrors", "one"]
PredictionMode = Literal["exact", "fast"]


class FoldUse(BaseModel):
    """One fold that took part: whether it saw the case, and with which mask."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    fold: int
    saw: bool
    trained_mask_hash: str | None = None


class FastFacts(BaseModel):
    """What fast mode did: the fold that scouted, the region (z0, z1, y0, y1, x0, x1) in
    voxels (S, P, L) that alone was predicted, None where nothing was found and the exact mode
    ran, and the tiles of all passes beside those the exact mode has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scout: FoldUse
    region: tuple[int, int, int, int, int, int] | None
    tiles: int
    exact_tiles: int


class Scores(BaseModel):
    """Written beside every prediction. `agreement` (mean pairwise Dice of the members of
    the held-out prediction) is per structure, "kidney" (all foreground) and "tumor"; None
    where no fold is held out. `heldout_mirrored`: the held-out mask is the mean of eight
    mirrored passes of each fold. `fitted_folds` were trained on this image with the mask of
    hash `fitted_mask_hash`; both are empty where no fold is known to have learnt the case.
    Volumes are millilitres. `mode` is what made the masks; `fast` says what was skipped,
    None where the exact mode was asked for, `memory_steps` what was given up, in words, where
    memory ran out: it changes no result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    case: str
    image_hash: str
    models: tuple[str, ...]
    made: str
    source: Literal["models", "imported"] = "models"
    mode: PredictionMode = "exact"
    fast: FastFacts | None = None
    memory_steps: tuple[str, ...] = ()
    mirrored: bool = False
    folds: tuple[FoldUse, ...] = ()
    heldout_folds: tuple[FoldUse, ...] = ()
    heldout_mirrored: bool = False
    fitted_folds: tuple[FoldUse, ...] = ()
    fitted_mask_hash: str | None = None
    members: MembersKind | None = None
    agreement: dict[str, float] | None = None
    volumes_ml: dict[str, float] = {}
    seconds: dict[str, float] = {}
    device: str = ""


def read_scores(folder: Path) -> Scores | None:
    """Return the scores in a prediction's folder, None where there is no prediction yet."""
    path = folder / "scores.json"
    return Scores.model_validate(read_json(path)) if path.exists() else None
