"""model.json: what a model is, how it was made and what its folds have seen."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.network_config import NetworkConfig
from trainer.contract.presets import PreprocessingPlan

MANIFEST_NAME = "model.json"
SCHEMA_VERSION = 1
MOST_FOLDS = 5
# Ten thousand cases in each of five folds, hashes and all, take 10 MB.
_LARGEST_BYTES = 64 * 1024**2


class SeenCase(BaseModel):
    """A case that a fold was trained on, with the hashes of its voxels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    image_hash: str
    mask_hash: str


class HeldOutCase(BaseModel):
    """A case that a fold of unknown training is known to have been validated on, by the id
    it had there; `image_hash` is "" until a project first uses the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    image_hash: str = ""


class GuestOrigin(BaseModel):
    """What nnU-Net v2 calls the model, its reader and its labels (value, or the values of a
    region, which are painted in `regions_class_order`); for a person's eyes and for the way
    back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    plans: str
    configuration: str
    trainer: str
    reader: str
    file_ending: str
    labels: dict[str, int | tuple[int, ...]]
    regions_class_order: tuple[int, ...] = ()


class FoldEntry(BaseModel):
    """One fold's weights. `trained_on` is a list, or "none" of the user's cases
    (a model from other data), or "unknown", which counts as having seen every case but
    those in `held_out`. `never_fitted` names the cases of it that training never fitted
    (trainer.evaluation.memorisation)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fold: int
    file: str
    sha256: str
    trained_on: tuple[SeenCase, ...] | Literal["none", "unknown"]
    pseudo_dice: dict[str, float] = {}
    never_fitted: tuple[str, ...] = ()
    held_out: tuple[HeldOutCase, ...] = ()

    def saw(self, image_hash: str) -> bool:
        """Return whether this fold was (or may have been) trained on the image."""
        if self.trained_on == "unknown":
            return not image_hash or all(c.image_hash != image_hash for c in self.held_out)
        if self.trained_on == "none":
            return False
        return any(seen.image_hash == image_hash for seen in self.trained_on)

    def trained_on_mask(self, image_hash: str) -> str | None:
        """Return the hash of the mask it was trained on for the image, or None."""
        if isinstance(self.trained_on, str):
            return None
        for seen in self.trained_on:
            if seen.image_hash == image_hash:
                return seen.mask_hash
        return None

    def failed_to_fit(self, image_hash: str, mask_hash: str) -> bool:
        """Return whether this fold was trained on this image with this mask and never
        fitted it."""
        return isinstance(self.trained_on, tuple) and any(
            (seen.image_hash, seen.mask_hash) == (image_hash, mask_hash)
            and seen.case in self.never_fitted
            for seen in self.trained_on
        )


class ModelManifest(BaseModel):
    """Up to five folds of one architecture trained from one export. `mirror_axes` are those
    of the network's axes that its training mirrored, so that prediction may."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    name: str
    about: str = ""
    made_by: str = ""
    created: str
    preset: str
    export: str = ""
    started_from: str = ""
    network: NetworkConfig
    plan: PreprocessingPlan
    fold_average: Literal["softmax", "logits"] = "softmax"
    checkpoint: Literal["best", "final"] = "best"
    mirror_axes: tuple[int, ...] = (0, 1, 2)
    guest: GuestOrigin | None = None
    folds: tuple[FoldEntry, ...]

    @model_validator(mode="after")
    def _parts_belong_together(self) -> Self:
        numbers = [entry.fold for entry in self.folds]
        if len(set(numbers)) < len(numbers) or any(not 0 <= n < MOST_FOLDS for n in numbers):
            raise ValueError("folds have different numbers from 0 to 4")
        if any(axis not in (0, 1, 2) for axis in self.mirror_axes):
            raise ValueError("mirror_axes are 0, 1 and 2")
        if self.network.structures != len(self.plan.head_structures):
            raise ValueError("the network has other outputs than the plan")
        return self

    def held_out_folds(self, image_hash: str) -> tuple[int, ...]:
        """Return the numbers of the folds that did not see the image."""
        return tuple(entry.fold for entry in self.folds if not entry.saw(image_hash))

    def folds_never_fitting(self, image_hash: str, mask_hash: str) -> tuple[int, ...]:
        """Return the numbers of the folds that were trained on the image with this very
        mask and never fitted it: a reason to doubt the mask."""
        return tuple(
            entry.fold for entry in self.folds if entry.failed_to_fit(image_hash, mask_hash)
        )


def read_manifest(model: Path) -> ModelManifest:
    """Read `model`/model.json.

    Raises
    ------
    DamagedFile : it is missing, or not a manifest that this version understands.
    """
    file = model / MANIFEST_NAME
    foreign = file.exists() and not file.resolve().is_relative_to(model.resolve())
    if foreign or (file.exists() and file.stat().st_size > _LARGEST_BYTES):
        raise DamagedFile(
            f"{model.name} is not a model: its {MANIFEST_NAME} is "
            f"{'a link that leads out of it' if foreign else 'far too large'}.",
            kept="The model was not used.",
            advice="Copy or import the model again.",
        )
    try:
        return ModelManifest.model_validate(read_json(file))
    except ValidationError as error:
        raise DamagedFile(
            f"{model.name} is not a model this version understands: {error.errors()[0]['msg']}.",
            advice="Update KiTSDesk, or import the model again.",
        ) from error


def write_manifest(model: Path, manifest: ModelManifest) -> None:
    """Write `model`/model.json safely."""
    write_json(model / MANIFEST_NAME, manifest)
