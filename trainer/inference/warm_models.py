"""Models that stay loaded between predictions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import torch

from trainer.contract.model_manifest import MANIFEST_NAME
from trainer.inference.loaded_model import LoadedModel, load_model
from trainer.inference.network_runtime import RuntimeWish
from trainer.inference.warm_runtimes import WarmRuntimes

# The paper's three networks predict together, so three models are in use at most.
KEPT_MODELS = 3

_Key = tuple[Path, tuple[int, ...] | None, str, RuntimeWish, int]


class WarmModels:
    """The last used models; one that changed on the disk (a new fold) is loaded again."""

    def __init__(self, kept: int = KEPT_MODELS) -> None:
        self._kept = kept
        self.warm = WarmRuntimes()
        self._loaded: OrderedDict[_Key, LoadedModel] = OrderedDict()

    def get(
        self,
        path: Path,
        folds: Sequence[int] | None,
        device: torch.device,
        wish: RuntimeWish = "auto",
    ) -> LoadedModel:
        """Return the model in `path` on `device`, loaded now or earlier.

        Raises
        ------
        DamagedFile, ModelRefused : as `load_model`.
        """
        manifest = path / MANIFEST_NAME
        stamp = manifest.stat().st_mtime_ns if manifest.exists() else 0
        key = (path, None if folds is None else tuple(folds), str(device), wish, stamp)
        if key not in self._loaded:
            self._loaded[key] = load_model(path, folds, device, wish, self.warm)
            while len(self._loaded) > self._kept:
                self._loaded.popitem(last=False)
        self._loaded.move_to_end(key)
        return self._loaded[key]
