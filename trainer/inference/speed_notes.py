"""What a prediction was measured to take, noted for the next one's forecast."""

from __future__ import annotations

from statistics import median

import torch

from trainer.contract.forecast import finest_features
from trainer.contract.machine_speed import (
    MachineSpeed,
    NetworkSpeed,
    network_key,
)
from trainer.contract.prediction_work import (
    network_gmac,
)
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.network_runtime import RuntimeFacts


class PassNotes:
    """Collects, pass by pass, how one case's networks ran.

    Memory is only learnt from the first pass of a network that was opened for it: what it and
    its working memory add to the process, without the sums of the tiles.
    """

    def __init__(self) -> None:
        self._found: dict[str, NetworkSpeed] = {}
        self.base_gb = 0.0

    def add(
        self,
        model: LoadedModel,
        facts: RuntimeFacts,
        *,
        half: bool,
        batch_s: float,
        open_s: float | None = None,
        memory_gb: float = 0.0,
    ) -> None:
        """Add one pass: mean seconds of a full batch, and what a newly opened network took."""
        manifest, device = model.manifest, str(model.device)
        gpu = None
        if model.device.type == "cuda":
            gpu = torch.cuda.max_memory_reserved(model.device) / 1e9
        key = network_key(manifest, device, half=half)
        found = NetworkSpeed(
            device=device,
            runtime=facts.runtime,
            precision=facts.precision,
            batch=facts.batch,
            gmac=network_gmac(manifest.network, manifest.plan.patch),
            features=finest_features(manifest),
            batch_s=(batch_s,),
            open_s=() if open_s is None else (open_s,),
            memory_gb=max(memory_gb, 0.0),
            gpu_memory_gb=gpu,
        )
        old = self._found.get(key)
        if old is not None:
            found = found.model_copy(
                update={
                    "batch_s": (*old.batch_s, batch_s),
                    "open_s": old.open_s or found.open_s,
                    "memory_gb": old.memory_gb or found.memory_gb,
                }
            )
        self._found[key] = found

    def into(self, speed: MachineSpeed) -> MachineSpeed:
        """Return `speed` with one value of each network, the median of its passes."""
        for key, found in self._found.items():
            one = found.model_copy(update={"batch_s": (round(median(found.batch_s), 4),)})
            speed = speed.with_network(key, one)
        if self.base_gb:
            speed = speed.model_copy(update={"base_gb": round(self.base_gb, 3)})
        return speed
