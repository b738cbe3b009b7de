"""Means over folds and models, in the way each model asks for."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from trainer.inference.grid_map import GridMap
from trainer.inference.head_maps import structure_probabilities
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.network_grid import NetworkGrid


class FoldAverage:
    """The mean of class maps, model by model, folds in order; only the sums are kept."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        self._means: dict[str, Tensor] = {}

    def add(self, model: str, values: Tensor) -> None:
        """Add one fold's map (structures, z, y, x), which is not kept.

        Raises
        ------
        ValueError : the model's mean was asked for before.
        """
        if model in self._means:
            raise ValueError(f"{model} has been averaged already")
        if model in self._sums:
            # Where memory ran out in between, values come to lie elsewhere: the sum follows.
            self._sums[model] = self._sums[model].to(values.device).add_(values)
            self._counts[model] += 1
        else:
            self._sums[model] = values.clone()
            self._counts[model] = 1

    def maps(
        self,
        models: Mapping[str, LoadedModel],
        grids: Mapping[str, NetworkGrid],
        *,
        softmax: bool = False,
    ) -> list[GridMap]:
        """Return what is to be averaged on the source grid, of those of `models` that have
        added anything: one map where they share one grid, else one per model.

        Folds are averaged as softmax or logits (`fold_average` of the model); models always
        as softmax. A single model of logits stays logits unless `softmax` is asked for,
        since nnU-Net v2 interpolates logits.
        """
        means = {}
        chosen = [name for name in self._counts if name in models]
        soft = softmax or len(chosen) > 1
        for name in chosen:
            mean = self._mean(name)
            manifest = models[name].manifest
            logits = manifest.fold_average == "logits"
            means[name] = structure_probabilities(mean, manifest.plan, logits) if soft else mean
        first = next(iter(means))
        if len({id(grids[name]) for name in means}) == 1:
            total = means[first]
            for name, mean in means.items():
                if name != first:
                    total = total + mean
            if len(means) > 1:
                total = total / len(means)
            return [grids[first].class_map(total, channels=not soft)]
        return [grids[name].class_map(mean, channels=not soft) for name, mean in means.items()]

    def _mean(self, model: str) -> Tensor:
        """Return a model's mean, made in the place of its sum."""
        if model not in self._means:
            self._means[model] = self._sums.pop(model).div_(self._counts[model])
        return self._means[model]
