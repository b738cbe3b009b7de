"""Which CUDA build of torch a card and its driver can run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from kitsdesk.background.gpu.nvidia_cards import KEPT, Card, NoGpuSupport

INDEX_VARIABLE = "KITSDESK_TORCH_INDEX"
"""Another index of packages than PyTorch's own; {build} in it stands for cu130 and so on."""
_INDEX = "https://download.pytorch.org/whl/{build}"


@dataclass(frozen=True)
class CudaBuild:
    """One build of torch 2.13: the oldest driver and the compute capabilities it runs on."""

    name: str
    cuda: str
    driver: int
    lowest: tuple[int, int]
    highest: tuple[int, int]

    def index(self) -> str:
        """Return the URL of the index that holds it."""
        return os.environ.get(INDEX_VARIABLE, _INDEX).replace("{build}", self.name)

    def runs(self, card: Card) -> bool:
        """Return whether the card, with the driver it has, runs this build."""
        return _major(card.driver) >= self.driver and self.knows(card)

    def knows(self, card: Card) -> bool:
        """Return whether the card's generation is compiled in."""
        return card.capability is None or self.lowest <= card.capability <= self.highest


# Capabilities: PyTorch's RELEASE.md, CUDA support matrix of 2.12 to 2.14. Drivers: NVIDIA, CUDA
# Compatibility, minor version compatibility (12.x: 525 or newer, 13.x: 580 or newer).
BUILDS = (
    CudaBuild("cu130", "13.0", 580, (7, 5), (12, 1)),
    CudaBuild("cu126", "12.6", 525, (5, 0), (9, 0)),
)


def choose_build(cards: Sequence[Card]) -> CudaBuild:
    """Return the build that most of the cards run, the newer one of two.

    Raises
    ------
    NoGpuSupport : the driver is too old for each build that knows the card, or the card is.
    """
    best = max(BUILDS, key=lambda build: sum(build.runs(card) for card in cards))
    if any(best.runs(card) for card in cards):
        return best
    card = cards[0]
    known = [build for build in BUILDS if build.knows(card)]
    if known:
        oldest = min(known, key=lambda build: build.driver)
        raise NoGpuSupport(
            f"The NVIDIA driver {card.driver} is too old: {card.name} needs {oldest.driver} or "
            f"newer for torch with CUDA {oldest.cuda}.",
            kept=KEPT,
            advice="Install a newer driver from NVIDIA or your system, restart, and ask again.",
        )
    lowest = min(build.lowest for build in BUILDS)
    has = ".".join(map(str, card.capability or ()))
    raise NoGpuSupport(
        f"{card.name} has compute capability {has}; torch's builds begin with "
        f"{lowest[0]}.{lowest[1]} and end with {BUILDS[0].highest[0]}.{BUILDS[0].highest[1]}.",
        kept=KEPT,
        advice="Another card is needed; the CPU does all that the program does.",
    )


def _major(driver: str) -> int:
    first = driver.partition(".")[0]
    return int(first) if first.isdigit() else 0
