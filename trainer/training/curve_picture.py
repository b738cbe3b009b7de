"""The picture of one fold's curves: loss, pseudo-Dice and learning rate."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# The colours of Okabe and Ito, which people tell apart whatever colours they see.
_BLUE, _ORANGE, _GREEN, _GREY = "#0072B2", "#E69F00", "#009E73", "#666666"


def curves_png(lines: list[dict[str, Any]], title: str) -> bytes:
    """Return a picture (1000 x 800 pixels) of a fold's epochs.

    Parameters
    ----------
    lines : the records of metrics.jsonl, in order.
    title : what is trained.
    """
    figure = Figure(figsize=(10, 8), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    losses, dice, rate = figure.subplots(3, 1, sharex=True, height_ratios=(3, 3, 1))
    epochs = [line["epoch"] + 1 for line in lines]
    _plot_losses(losses, epochs, lines)
    _plot_dice(dice, epochs, lines)
    rate.plot(epochs, [line["learning_rate"] for line in lines], color=_GREY)
    rate.set_ylabel("learning rate")
    rate.set_xlabel("epoch")
    for axes in (losses, dice, rate):
        axes.grid(alpha=0.3)
        axes.margins(x=0.01)
    figure.suptitle(title)
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return content.getvalue()


def _plot_losses(axes: Axes, epochs: list[int], lines: list[dict[str, Any]]) -> None:
    marker = "o" if len(epochs) == 1 else ""
    for name, key, color in (
        ("training", "loss", _BLUE),
        ("validation", "validation_loss", _ORANGE),
    ):
        axes.plot(epochs, [line[key] for line in lines], color=color, label=name, marker=marker)
    axes.set_ylabel("loss (cross entropy − Dice)")
    axes.legend(loc="upper right")


def _plot_dice(axes: Axes, epochs: list[int], lines: list[dict[str, Any]]) -> None:
    marker = "o" if len(epochs) == 1 else ""
    for name, color in (("kidney", _GREEN), ("tumor", _ORANGE)):
        values = [line["pseudo_dice"].get(name) for line in lines]
        shown = [float("nan") if value is None else value for value in values]
        axes.plot(epochs, shown, color=color, alpha=0.6, label=name, marker=marker)
    average = [line["ema"] for line in lines]
    axes.plot(epochs, average, color=_BLUE, linewidth=2, label="moving average of the mean")
    axes.set_ylim(0, 1)
    axes.set_ylabel("pseudo-Dice")
    axes.legend(loc="lower right")
