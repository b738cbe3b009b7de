"""The weights of a model's folds: safetensors files that are never used unchecked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from trainer.contract.errors import KitsDeskError
from trainer.contract.model_manifest import FoldEntry, ModelManifest
from trainer.imaging.hashing import file_hash
from trainer.imaging.safe_write import safe_write

_KEPT = "The model was not used."


class ModelRefused(KitsDeskError):
    """A model's weights are not what its manifest promises."""


class WeightsMissing(ModelRefused):
    """The manifest names a file that is not in the model's folder."""


class WeightsDamaged(ModelRefused):
    """A weights file does not match its hash, or is not safetensors."""


class WrongWeights(ModelRefused):
    """The tensors of a weights file do not fit the network: names, shapes or values."""


class NoSuchFold(ModelRefused):
    """A fold was asked for that the model does not have."""


def write_weights(path: Path, weights: Mapping[str, Tensor]) -> str:
    """Write a fold's tensors to `path` (.safetensors), prove it, and return its sha256.

    Raises
    ------
    WriteFailed : the file could not be written whole; the old one is unchanged.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}

    def write(temporary: Path) -> None:
        save_file(plain, temporary)

    def verify(temporary: Path) -> None:
        back = load_file(temporary)
        if back.keys() != plain.keys() or any(
            _bytes(back[name]) != _bytes(plain[name]) for name in plain
        ):
            raise OSError("the weights read back differ")

    size = sum(tensor.numel() * tensor.element_size() for tensor in plain.values())
    safe_write(path, write, verify, expected_bytes=size)
    return file_hash(path)


def _bytes(tensor: Tensor) -> bytes:
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def fold_entry(manifest: ModelManifest, fold: int) -> FoldEntry:
    """Return the entry of `fold`.

    Raises
    ------
    NoSuchFold : the model has no such fold; the ones it has are named.
    """
    for entry in manifest.folds:
        if entry.fold == fold:
            return entry
    known = ", ".join(str(entry.fold) for entry in manifest.folds)
    raise NoSuchFold(f"Model {manifest.name} has no fold {fold}.", advice=f"It has folds {known}.")


def prove_weights(model: Path, entry: FoldEntry, expected: Mapping[str, tuple[int, ...]]) -> None:
    """Check hash, names and shapes of one fold's file without reading its tensors.

    Parameters
    ----------
    expected : name → shape of every tensor of the network the manifest describes.

    Raises
    ------
    WeightsMissing, WeightsDamaged, WrongWeights : see there.
    """
    file = _proved_file(model, entry)
    try:
        with safe_open(file, "pt") as opened:
            shapes = {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise _no_weights_file(entry, error) from error
    _require_fit(entry.file, shapes, expected)


def read_weights(
    model: Path, entry: FoldEntry, expected: Mapping[str, tuple[int, ...]]
) -> dict[str, Tensor]:
    """Return the tensors of one fold after checking hash, names, shapes and finiteness.

    Parameters
    ----------
    expected : name → shape of every tensor of the network the manifest describes.

    Raises
    ------
    WeightsMissing, WeightsDamaged, WrongWeights : see there.
    """
    file = _proved_file(model, entry)
    try:
        weights: dict[str, Tensor] = load_file(file)
    except (SafetensorError, OSError) as error:
        raise _no_weights_file(entry, error) from error
    _require_fit(entry.file, {key: tuple(weights[key].shape) for key in weights}, expected)
    for key, tensor in weights.items():
        if not bool(torch.isfinite(tensor).all()):
            raise WrongWeights(
                f"{entry.file} holds values in {key} that are not numbers.", kept=_KEPT
            )
    return weights


def _proved_file(model: Path, entry: FoldEntry) -> Path:
    file = _file_of(model, entry)
    if file_hash(file) != entry.sha256:
        raise WeightsDamaged(
            f"{entry.file} of model {model.name} does not match its hash.",
            kept=_KEPT,
            advice="Copy or import the model again.",
        )
    return file


def _no_weights_file(entry: FoldEntry, error: Exception) -> WeightsDamaged:
    return WeightsDamaged(f"{entry.file} is no weights file: {error}.", kept=_KEPT)


def _file_of(model: Path, entry: FoldEntry) -> Path:
    # A manifest is foreign input: its file names must not lead out of the model's folder.
    if PureWindowsPath(entry.file).name != entry.file or entry.file in ("", ".", ".."):
        raise WrongWeights(f"{entry.file} is not the name of a file in the model.", kept=_KEPT)
    file = model / entry.file
    if not file.resolve().is_relative_to(model.resolve()):
        raise WrongWeights(
            f"{entry.file} is a link that leads out of model {model.name}.", kept=_KEPT
        )
    if not file.is_file():
        raise WeightsMissing(
            f"{entry.file} is missing in model {model.name}.",
            kept=_KEPT,
            advice="Copy or import the model again.",
        )
    return file


def _require_fit(
    name: str, shapes: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]]
) -> None:
    missing = sorted(expected.keys() - shapes.keys())
    unknown = sorted(shapes.keys() - expected.keys())
    if missing or unknown:
        parts = [f"lacks {key}" for key in missing[:1]] + [f"has {key}" for key in unknown[:1]]
        raise WrongWeights(
            f"{name} is of another network: it {' and '.join(parts)} "
            f"({len(missing)} missing, {len(unknown)} unknown).",
            kept=_KEPT,
        )
    for key, shape in expected.items():
        if shapes[key] != tuple(shape):
            raise WrongWeights(
                f"{name} is of another network: {key} has shape {shapes[key]}, not {tuple(shape)}.",
                kept=_KEPT,
            )
