"""Event files for TensorBoard, where its package is installed and they were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trainer.contract.errors import KitsDeskError

FOLDER = "tensorboard"


class NoTensorBoard(KitsDeskError):
    """Event files were asked for and the package that writes them is not installed."""


class TensorBoardLog:
    """The curves of one fold as TensorBoard reads them, in the fold's folder.

    Raises
    ------
    NoTensorBoard : the package is not installed.
    """

    def __init__(self, folder: Path, first_epoch: int) -> None:
        require_tensorboard()
        from torch.utils.tensorboard import SummaryWriter

        # Epochs that were begun before an interruption and are computed again are replaced.
        self._writer = SummaryWriter(str(folder / FOLDER), purge_step=first_epoch)

    def epoch(self, metrics: Mapping[str, Any]) -> None:
        """Add one epoch's line of metrics.jsonl."""
        epoch = metrics["epoch"]
        values = {
            "loss/training": metrics["loss"],
            "loss/validation": metrics["validation_loss"],
            "pseudo_dice/kidney": metrics["pseudo_dice"]["kidney"],
            "pseudo_dice/tumor": metrics["pseudo_dice"]["tumor"],
            "pseudo_dice/moving_average": metrics["ema"],
            "learning_rate": metrics["learning_rate"],
            "seconds": metrics["seconds"],
        }
        for name, value in values.items():
            if value is not None:
                self._writer.add_scalar(name, value, epoch)
        self._writer.flush()

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


def require_tensorboard() -> None:
    """Raise NoTensorBoard where its package is not installed."""
    if find_spec("tensorboard") is None:
        raise NoTensorBoard(
            "TensorBoard is not installed.",
            kept="Nothing was trained.",
            advice="Install it with: pip install 'kitsdesk[tensorboard]', or leave out "
            "--tensorboard; curves.png is drawn anyway.",
        )
