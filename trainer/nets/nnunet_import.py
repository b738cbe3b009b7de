"""From a trained-model folder of nnU-Net v2 to a model of this program."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch

from trainer.contract.errors import KitsDeskError
from trainer.contract.model_manifest import (
    MOST_FOLDS,
    FoldEntry,
    GuestOrigin,
    HeldOutCase,
    ModelManifest,
    write_manifest,
)
from trainer.contract.network_config import NetworkConfig
from trainer.imaging.safe_write import WriteFailed
from trainer.models.foreign_files import foreign_json, inside
from trainer.models.model_store import write_weights
from trainer.models.nnunet_checkpoint import NnunetCheckpoint, read_checkpoint
from trainer.models.nnunet_labels import GuestLabels, guest_labels
from trainer.models.nnunet_network import guest_network
from trainer.models.nnunet_plans import (
    GuestPlans,
    guest_preprocessing,
    require_known_kind,
    resolve,
)
from trainer.models.nnunet_refusals import (
    BadSplits,
    DamagedCheckpoint,
    NoTrainedModel,
    TooManyFolds,
    UnreadablePlans,
)
from trainer.models.nnunet_seen import read_splits, validated_cases
from trainer.nets.nnunet_names import from_nnunet

_CHECKPOINTS = ("checkpoint_final.pth", "checkpoint_best.pth")
Tell = Callable[[int, int], None]


class TargetExists(KitsDeskError):
    """The folder that a model should be written to is already there."""


@dataclass(frozen=True)
class WhatItSaw:
    """`splits` is nnU-Net's splits_final.json, else FOLD/validation is looked at; `none` is
    a person's word that no fold was trained on any of his cases."""

    splits: Path | None = None
    none: bool = False


def import_nnunet(
    source: Path,
    target: Path,
    *,
    saw: WhatItSaw | None = None,
    structures: Sequence[str] = (),
    tell: Tell = lambda done, total: None,
) -> ModelManifest:
    """Make a model in the new folder `target`, whole or not at all; run nothing of it.

    Parameters
    ----------
    source : a folder TRAINER__PLANS__CONFIGURATION, or one that holds just one such.
    structures : which structure each label value is, where the names do not say.
    tell : called with (folds done, folds in all).

    Raises
    ------
    GuestRefused : a model this program does not take; see trainer.models.nnunet_refusals.
    ForeignWeights : the weights do not fit the network that the plans describe.
    TargetExists, WriteFailed : nothing is left of the attempt.
    """
    if target.exists():
        raise TargetExists(f"{target} already exists.", advice="Choose another name.")
    folder = trained_model_folder(source)
    numbers = _fold_folders(folder)
    guest = _Guest(folder, numbers, saw or WhatItSaw(), structures)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        entries = []
        for done, number in enumerate(sorted(numbers)):
            tell(done, len(numbers))
            entries.append(guest.write_fold(number, temporary))
        tell(len(numbers), len(numbers))
        manifest = guest.manifest(target.name, tuple(entries))
        write_manifest(temporary, manifest)
        os.replace(temporary, target)
    except OSError as error:
        raise WriteFailed(f"The model could not be written: {error}.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return manifest


def trained_model_folder(source: Path) -> Path:
    """Return `source`, or the one trained-model folder in it.

    Raises
    ------
    NoTrainedModel : there is none, or more than one.
    """
    if (source / "plans.json").is_file():
        return source
    found = sorted(file.parent for file in source.glob("*/plans.json"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(folder.name for folder in found)
    raise NoTrainedModel(
        f"{source.name} holds several models: {names}."
        if found
        else f"{source.name} is no trained-model folder of nnU-Net v2: it has no plans.json.",
        advice="Choose a folder TRAINER__PLANS__CONFIGURATION in nnUNet_results.",
    )


def _fold_folders(folder: Path) -> dict[int, Path]:
    """Return the checkpoint of each fold: the final one, else the best."""
    found: dict[int, Path] = {}
    for child in sorted(folder.glob("fold_*")):
        checkpoint = next((child / n for n in _CHECKPOINTS if (child / n).exists()), None)
        number = re.fullmatch(r"fold_(\d+)", child.name)
        if checkpoint is not None and number is not None:
            found[int(number.group(1))] = inside(folder, checkpoint)
        elif checkpoint is not None and child.name == "fold_all" and not found:
            found[0] = inside(folder, checkpoint)
    if not found:
        raise NoTrainedModel(
            f"No fold of {folder.name} is trained: there is no {' or '.join(_CHECKPOINTS)}.",
            advice="Choose a folder whose training has ended.",
        )
    if len(found) > MOST_FOLDS or max(found) >= MOST_FOLDS:
        raise TooManyFolds(
            f"{folder.name} has the folds {', '.join(map(str, sorted(found)))}.",
            advice="KiTSDesk takes up to five, numbered 0 to 4; move the others out of a copy.",
        )
    return found


class _Guest:
    """One model of nnU-Net's on its way in; what is read first holds for all its folds."""

    def __init__(
        self, folder: Path, folds: dict[int, Path], saw: WhatItSaw, structures: Sequence[str]
    ) -> None:
        self._folder, self._folds, self._saw = folder, folds, saw
        self._splits = read_splits(saw.splits) if saw.splits is not None else None
        self._plans = foreign_json(folder, "plans.json")
        self._dataset = foreign_json(folder, "dataset.json")
        self._first = read_checkpoint(folds[min(folds)])
        self._guest: GuestPlans = resolve(self._plans, self._first.configuration)
        require_known_kind(self._guest, self._dataset)
        self._labels: GuestLabels = guest_labels(self._dataset, structures)
        self._plan = guest_preprocessing(self._guest, self._labels)
        self._network: NetworkConfig = guest_network(
            self._guest.configuration, len(self._labels.heads)
        )
        if self._splits is not None and max(folds) >= len(self._splits):
            raise BadSplits(
                f"The splits have {len(self._splits)} folds, the model has fold {max(folds)}.",
                advice="Choose the splits_final.json that the model was trained with.",
            )

    def write_fold(self, number: int, target: Path) -> FoldEntry:
        """Write the weights of one fold under our names."""
        file = self._folds[number]
        checkpoint = read_checkpoint(file)
        self._require_same(checkpoint, file)
        weights = from_nnunet(checkpoint.weights, self._network)
        plain = {name: tensor.float() for name, tensor in weights.items()}
        for name, tensor in plain.items():
            if not bool(torch.isfinite(tensor).all()):
                raise DamagedCheckpoint(f"{file.parent.name} holds no numbers in {name}.")
        name = f"fold_{number}.safetensors"
        digest = write_weights(target / name, plain)
        return FoldEntry(
            fold=number,
            file=name,
            sha256=digest,
            trained_on="none" if self._saw.none else "unknown",
            held_out=self._held_out(number),
        )

    def manifest(self, name: str, entries: tuple[FoldEntry, ...]) -> ModelManifest:
        """Return the manifest of the model made of `entries`."""
        plans, final = self._plans, _CHECKPOINTS[0]
        origin = GuestOrigin(
            dataset=str(plans.get("dataset_name", "")),
            plans=str(plans.get("plans_name", "")),
            configuration=self._first.configuration,
            trainer=self._first.trainer,
            reader=self._guest.reader,
            file_ending=str(self._dataset.get("file_ending", ".nii.gz")),
            labels=self._labels.names,
            regions_class_order=self._labels.order,
        )
        return ModelManifest(
            name=name,
            about=f"{origin.dataset}, {origin.trainer}, {origin.configuration}",
            made_by="nnU-Net v2",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            preset="nnunet-v2",
            network=self._network,
            plan=self._plan,
            fold_average="logits",
            checkpoint="final" if all(f.name == final for f in self._folds.values()) else "best",
            mirror_axes=self._first.mirror_axes,
            guest=origin,
            folds=entries,
        )

    def _held_out(self, number: int) -> tuple[HeldOutCase, ...]:
        folder = self._folds[number].parent
        if self._saw.none or folder.name == "fold_all":
            return ()
        ids = self._splits[number] if self._splits is not None else validated_cases(folder)
        return tuple(HeldOutCase(case=case) for case in ids)

    def _require_same(self, checkpoint: NnunetCheckpoint, file: Path) -> None:
        if (checkpoint.configuration, checkpoint.mirror_axes) != (
            self._first.configuration,
            self._first.mirror_axes,
        ):
            raise UnreadablePlans(
                f"{file.parent.name} was trained for {checkpoint.configuration}, the first fold "
                f"for {self._first.configuration}.",
                advice="Import folds of one training together.",
            )
