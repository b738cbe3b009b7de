"""What a person is told of the models of a project, and which of them can predict together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.contract.model_manifest import FoldEntry, ModelManifest

MOST_IN_USE = 3


@dataclass(frozen=True)
class ModelFacts:
    """One model. `spacing` is (z, y, x) mm of the grid it works on, `created` ISO 8601;
    `source` says where it is from and `saw` what its folds were trained on."""

    name: str
    architecture: str
    folds: tuple[int, ...]
    structures: tuple[str, ...]
    spacing: tuple[float, float, float]
    source: str
    created: str
    saw: str
    in_use: bool = False


@dataclass(frozen=True)
class ShelfFacts:
    """All models, oldest first; `previous` is what Roll back goes to, () for nothing;
    `unreadable` names folders whose manifest cannot be read."""

    models: tuple[ModelFacts, ...]
    previous: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def facts_of(name: str, manifest: ModelManifest, *, in_use: bool = False) -> ModelFacts:
    """Return what `manifest` says of the model that the project calls `name`."""
    plan = manifest.plan
    return ModelFacts(
        name=name,
        architecture=manifest.network.architecture,
        folds=tuple(sorted(entry.fold for entry in manifest.folds)),
        structures=plan.structures[1:],
        spacing=plan.spacing,
        source=_source(manifest),
        created=manifest.created,
        saw=_saw(manifest.folds),
        in_use=in_use,
    )


def hindrance(models: Sequence[ModelFacts]) -> str:
    """Return in a sentence why these models cannot be in use together, "" where they can."""
    if not 1 <= len(models) <= MOST_IN_USE:
        return "One to three models are used together."
    for model in models:
        if not model.folds:
            return f"{model.name} has no finished fold."
    first = models[0]
    for other in models[1:]:
        if other.structures != first.structures:
            return (
                f"{first.name} was trained for {_listed(first.structures)}, "
                f"{other.name} for {_listed(other.structures)}: "
                "only models of the same structures predict together."
            )
    return ""


def together_words(models: Sequence[ModelFacts]) -> str:
    """Return what is worth knowing of models that can be in use together."""
    if len(models) == 1:
        return "Its folds predict together."
    folds = sum(len(model.folds) for model in models)
    words = f"{folds} folds predict together: the mean of their softmax."
    if len({model.spacing for model in models}) > 1:
        words += " Their grids differ: each case is prepared for each grid."
    return words


def _source(manifest: ModelManifest) -> str:
    if manifest.guest is not None:
        guest = manifest.guest
        return f"nnU-Net: {guest.dataset}, {guest.trainer}, {guest.configuration}"
    parts = [f"trained from {manifest.export}" if manifest.export else "from elsewhere"]
    parts.append(f"preset {manifest.preset}")
    if manifest.started_from:
        parts.append(f"started from {manifest.started_from}")
    return ", ".join(parts)


def _saw(folds: Sequence[FoldEntry]) -> str:
    """Say what the folds were trained on; an unknown past counts as having seen all."""
    if not folds:
        return "nothing yet"
    kinds = {fold.trained_on if isinstance(fold.trained_on, str) else "cases" for fold in folds}
    if kinds == {"none"}:
        return "saw none of your cases"
    cases = {
        seen.case
        for fold in folds
        if not isinstance(fold.trained_on, str)
        for seen in fold.trained_on
    }
    known = f"saw {len(cases)} {'case' if len(cases) == 1 else 'cases'}"
    if "unknown" not in kinds:
        return known
    spared = {case.case for fold in folds for case in fold.held_out if case.image_hash}
    rest = f", {len(spared)} held out by a fold" if spared else ""
    return f"what it saw is not known: it counts as all{rest}"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
