"""What runs a fold's network: normalised tiles in, logits out, by whichever library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from torch import Tensor

RuntimeName = Literal["torch", "openvino"]
RuntimeWish = Literal["auto", "torch", "openvino"]
WISHES: tuple[RuntimeWish, ...] = ("auto", "torch", "openvino")
Precision = Literal["f32", "bf16", "fp16"]

# Called while a network computes; what it raises ends the computation.
Check = Callable[[], None]
# How often `Check` is called at least, so that a cancel is answered within a second.
CHECK_EVERY_S = 0.2


def no_check() -> None:
    """Let the computation go on."""


@dataclass(frozen=True)
class RuntimeFacts:
    """What runs, for the timing file. `batch` is how many tiles it wants at once;
    `reason` says why it is not what was wished for, "" where it is."""

    runtime: RuntimeName
    precision: Precision
    device: str
    batch: int
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the facts for a JSON file."""
        return asdict(self)


class NetworkRuntime(Protocol):
    """One fold's network on one device."""

    @property
    def facts(self) -> RuntimeFacts:
        """Return what runs."""
        ...

    @property
    def memory_bytes(self) -> int:
        """Return about how much memory it holds while it rests."""
        ...

    def logits(self, tiles: Tensor, check: Check = no_check) -> Tensor:
        """Run the network.

        Parameters
        ----------
        tiles : (tile, 1, z, y, x) float32, 1 to `facts.batch` of the patch's size, on the
            device that `facts` names.
        check : called every `CHECK_EVERY_S` during the computation.

        Returns
        -------
        (tile, channels, z, y, x) float32 on the same device, valid until the next call.
        """
        ...

    def rest(self) -> None:
        """Give the working memory back; the next call takes it again."""
        ...
