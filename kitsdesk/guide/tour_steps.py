"""The tour as data: ten steps over the demo; each points at a part of the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Spot = Literal[
    "cases", "views", "dice", "disagreements", "palette", "history", "decisions", "jobs", "train",
    "command",
]  # fmt: skip
Tab = Literal["", "tools", "review"]
MOVED = "views.moved"


@dataclass(frozen=True)
class TourStep:
    """One step. `tab` is turned to first; `done` are the actions (ids, or MOVED) by which a
    person does what the step says, which leads to the next one."""

    spot: Spot
    title: str
    text: str
    tab: Tab = ""
    done: tuple[str, ...] = ()


STEPS: tuple[TourStep, ...] = (
    TourStep(
        "cases",
        "The most suspicious case first",
        "Each row is a CT with its mask. Suspicion is high where networks that never saw the case "
        "agree with one another and not with the mask. In the demo two of six masks are wrong.",
    ),
    TourStep(
        "views",
        "Three linked slices and 3D",
        "Turn the wheel over a view, or click in it: the crosshair moves in all of them. "
        "Ctrl+wheel zooms, right-drag sets window and level.",
        done=(MOVED, "view.slice_up", "view.slice_down"),
    ),
    TourStep(
        "dice",
        "Mask against prediction",
        "Dice compares the mask with a prediction by folds that did not see the case. "
        "Low Dice with agreeing folds: probably a wrong mask.",
        tab="review",
    ),
    TourStep(
        "disagreements",
        "Every disagreement is a sentence",
        "Press N: the views go to the next place where mask and prediction differ.",
        tab="review",
        done=("review.next_disagreement", "review.previous_disagreement"),
    ),
    TourStep(
        "disagreements",
        "Take it or keep it",
        "Y takes the prediction there, K keeps the reference. Try one; the source data set is "
        "never changed.",
        tab="review",
        done=("review.take_prediction", "review.keep_reference"),
    ),
    TourStep(
        "history",
        "Everything can be undone",
        "Ctrl+Z takes the last edit back, by name. The history is still there after a restart, "
        "and after a crash.",
        tab="tools",
        done=("edit.undo",),
    ),
    TourStep(
        "palette",
        "Draw it yourself",
        "Press B for the brush; all sizes are in mm. Esc goes back to Navigate. Gates below keep "
        "a stroke inside a HU range or where folds agree.",
        tab="tools",
        done=("segment.brush", "segment.eraser", "segment.lasso", "segment.fill"),
    ),
    TourStep(
        "decisions",
        "Decide, and on to the next",
        "Keep, correct, replace or exclude. Ctrl+Enter saves, proposes the decision that fits "
        "what you changed, and opens the next case.",
        tab="review",
        done=("review.done_and_next",),
    ),
    TourStep(
        "train",
        "Retrain, and compare",
        "Train ▸ Retrain folds… trains on the curated masks in a process that outlives the "
        "window; Compare models… shows whether it helped, on cases that both had not seen.",
    ),
    TourStep(
        "command",
        "Help is near",
        "Find any command here, F1 opens the guide for where you are, ? shows all keys. "
        "This tour is in the Help menu.",
        done=("help.command_palette",),
    ),
)
