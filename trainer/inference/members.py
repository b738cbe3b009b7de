"""Who takes part in a prediction, and who of them saw the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.contract.errors import KitsDeskError
from trainer.contract.scores import FoldUse
from trainer.inference.loaded_model import LoadedModel
from trainer.models.model_store import fold_entry


class ModelsDisagree(KitsDeskError):
    """Models were given together that cannot predict together."""


@dataclass(frozen=True, eq=False)
class Member:
    """One fold of one model on one case. `saw` counts an unknown past as seen."""

    model: LoadedModel
    fold: int
    saw: bool
    trained_mask_hash: str | None

    def use(self) -> FoldUse:
        """Return the member as scores.json names it."""
        return FoldUse(
            model=self.model.manifest.name,
            fold=self.fold,
            saw=self.saw,
            trained_mask_hash=self.trained_mask_hash,
        )


def members_of(models: Sequence[LoadedModel], image_hash: str) -> list[Member]:
    """Return every loaded fold with what it knows of the image, model by model.

    Raises
    ------
    ModelsDisagree : two models have one name, or different structures.
    """
    names = [model.manifest.name for model in models]
    if len(set(names)) < len(names):
        raise ModelsDisagree(
            f"Two models are called {max(names, key=names.count)}.",
            advice="Models that predict together need different names.",
        )
    if len({model.manifest.plan.structures for model in models}) > 1:
        raise ModelsDisagree(
            f"The models {', '.join(names)} were trained for different structures.",
            advice="Use models with the same structures together.",
        )
    members = []
    for model in models:
        for fold in sorted(model.folds):
            entry = fold_entry(model.manifest, fold)
            mask_hash = entry.trained_on_mask(image_hash)
            members.append(Member(model, fold, entry.saw(image_hash), mask_hash))
    return members


def fitted_members(members: Sequence[Member]) -> list[Member]:
    """Return the members that were trained on the case with one and the same mask.

    Where models in use were trained on different masks of it, those of the newest model's
    mask are returned (its export is the likeliest to hold the working mask), ties by more
    folds, then by hash. Folds whose mask is not known take no part.
    """
    groups: dict[str, list[Member]] = {}
    for member in members:
        if member.saw and member.trained_mask_hash:
            groups.setdefault(member.trained_mask_hash, []).append(member)

    def rank(mask_hash: str) -> tuple[str, int, str]:
        group = groups[mask_hash]
        newest = max(member.model.manifest.created for member in group)
        return newest, len(group), mask_hash

    return groups[max(groups, key=rank)] if groups else []
