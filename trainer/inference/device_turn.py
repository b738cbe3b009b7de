"""The GPU that predictions share with runs and with other windows: whoever has its lease
computes on it, the others wait or take the CPU."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

import torch

from trainer.contract.device_lease import device_holder, device_lease_file, gpu_identity
from trainer.contract.lease import note_holder, take_lease
from trainer.inference.loaded_model import choose_device

_LOOK_EVERY_S = 0.5


def gpu_called(name: str) -> str | None:
    """Return the identity of the GPU that the device `name` ("auto", "cpu", "cuda:N") means,
    None where it means none.

    Raises
    ------
    DeviceMissing : there is no such device here.
    """
    device = choose_device(name)
    if device.type != "cuda":
        return None
    return gpu_identity(torch.cuda.get_device_properties(device.index or 0).uuid)


@dataclass(eq=False)
class DeviceTurns:
    """The leases that this process holds, each for the predictions that need it.

    Parameters
    ----------
    gpu : returns the identity of the GPU that a device's name means, None for the CPU.
    """

    gpu: Callable[[str], str | None] = gpu_called
    _users: dict[str, set[str]] = field(default_factory=dict)
    _held: dict[str, IO[str]] = field(default_factory=dict)
    _on_processor: set[str] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def take(
        self,
        prediction: str,
        device: str,
        busy: Callable[[dict[str, Any]], None],
        check: Callable[[], None],
    ) -> str:
        """Wait until the prediction may use `device`; return the device to use: `device`, or
        "cpu" where the person did not want to wait. For several threads.

        Parameters
        ----------
        busy : told who holds the device, at first and whenever that changes.
        check : called while it waits; what it raises ends the wait.
        """
        identity = self.gpu(device)
        told: dict[str, Any] | None = None
        while identity is not None:
            with self._changed:
                if prediction in self._on_processor:
                    return "cpu"
                if self._leased(identity):
                    self._users.setdefault(identity, set()).add(prediction)
                    break
            holder = device_holder(identity) or {}
            if holder != told:
                told = holder
                busy(holder)
            check()
            with self._changed:
                self._changed.wait(_LOOK_EVERY_S)
        try:
            check()
        except BaseException:
            self.give_back(prediction)
            raise
        return device

    def use_processor(self, prediction: str) -> None:
        """Let a prediction that waits for a GPU use the CPU instead."""
        with self._changed:
            self._on_processor.add(prediction)
            self._changed.notify_all()

    def give_back(self, prediction: str) -> None:
        """Note that a prediction needs no device any more; what none needs is free again."""
        with self._changed:
            self._on_processor.discard(prediction)
            for identity, users in list(self._users.items()):
                users.discard(prediction)
                if not users:
                    del self._users[identity]
                    self._held.pop(identity).close()

    def _leased(self, identity: str) -> bool:
        """Hold the lease if it is to be had; `_changed` is held."""
        if identity not in self._held:
            file = take_lease(device_lease_file(identity))
            if file is None:
                return False
            note_holder(file)
            self._held[identity] = file
        return True
