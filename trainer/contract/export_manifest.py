"""manifest.json of an export: the frozen, hashed list of what folds are trained on."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Decision = Literal["unreviewed", "kept", "corrected", "replaced", "excluded", "deferred"]
DECISIONS: tuple[Decision, ...] = (
    "unreviewed",
    "kept",
    "corrected",
    "replaced",
    "excluded",
    "deferred",
)


class ExportedCase(BaseModel):
    """One case that went in. Paths are relative to the export; hashes are of voxels
    (`trainer.imaging.hashing.volume_hash`), `revision` is the mask's number (0 = reference)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    patient: str
    image: str
    mask: str
    image_hash: str
    mask_hash: str
    decision: Decision
    reason: str = ""
    revision: int
    fold: int


class LeftOutCase(BaseModel):
    """One case that stayed out, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    decision: Decision
    reason: str


class ExportManifest(BaseModel):
    """Written last: an export without it is not finished and is not read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    created: str
    project: str
    layout: Literal["nnunet", "kits"]
    cases: tuple[ExportedCase, ...]
    left_out: tuple[LeftOutCase, ...] = ()
    audit_head: str = ""
