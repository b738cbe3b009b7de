"""What a prediction gives up, step by step, where a device has too little memory for it."""

from __future__ import annotations

import torch


class MemoryLadder:
    """The steps down that one case has taken: sums in main memory, fewer tiles at once, the
    CPU. None of them changes what is predicted.

    Attributes
    ----------
    sums : where tiles are summed, None for the network's device.
    batch : the most tiles at once, None for what the runtime wants.
    on_cpu : whether the network runs on the CPU, whatever it was loaded for.
    taken : the steps in words, in order.
    """

    def __init__(self) -> None:
        self.sums: torch.device | None = None
        self.batch: int | None = None
        self.on_cpu = False
        self.taken: list[str] = []

    def step_down(self, device: torch.device, batch: int) -> bool:
        """Take the next step after `batch` tiles at once did not fit; False: there is none.

        Parameters
        ----------
        device : what the network was loaded for.
        """
        words = self._next(device, batch)
        if words:
            self.taken.append(words)
        return bool(words)

    def _next(self, device: torch.device, batch: int) -> str:
        elsewhere = device.type != "cpu" and not self.on_cpu
        if elsewhere and self.sums is None:
            self.sums = torch.device("cpu")
            return "sums in main memory"
        if batch > 1:
            self.batch = batch // 2
            return "1 tile at once" if self.batch == 1 else f"{self.batch} tiles at once"
        if elsewhere:
            self.on_cpu, self.batch = True, None
            return "on the CPU"
        return ""
