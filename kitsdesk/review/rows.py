"""What the case list and the Review panel show of a case: plain records, no widgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.typing import NDArray

from trainer.contract.export_manifest import Decision

ChipKind = Literal["warning", "plain"]
FoldState = Literal["held_out", "saw", "missing"]


@dataclass(frozen=True)
class Chip:
    """One reason beside a case, in a word or three; `why` is it in a sentence with its number,
    "" where the words say all."""

    text: str
    kind: ChipKind = "plain"
    why: str = ""


@dataclass(frozen=True)
class CaseRow:
    """One row of the case list. Dice, agreement and suspicion are None where unknown.

    `thumbnail` is an axial slice, uint8 (rows, columns), patient's right on the left.
    `fault` is the chance that the mask is (still) wrong, learnt from the decisions so far.
    """

    case: str
    decision: Decision = "unreviewed"
    tumor_dice: float | None = None
    kidney_dice: float | None = None
    agreement: float | None = None
    suspicion: float | None = None
    misfit: float | None = None
    disagreeing_ml: float = 0.0
    chips: tuple[Chip, ...] = ()
    unsaved: bool = False
    has_reference: bool = True
    has_prediction: bool = False
    problem: str = ""
    thumbnail: NDArray[Any] | None = field(default=None, compare=False)
    fault: float | None = None


@dataclass(frozen=True)
class VolumeRow:
    """Millilitres of one structure per kidney side, reference against prediction."""

    structure: int
    label: str
    right_reference: float | None
    right_prediction: float | None
    left_reference: float | None
    left_prediction: float | None


@dataclass(frozen=True)
class FoldChip:
    """One fold of a model in use and its relation to the case."""

    model: str
    fold: int
    state: FoldState
    shown: bool = False


@dataclass(frozen=True)
class DisagreementRow:
    """One disagreement as the panel lists it: what, a detail and a small picture (uint8 RGB,
    rows × columns × 3). `sentence` is all of it, with how many folds had not seen the case."""

    index: int
    title: str
    detail: str
    structure: int
    prediction_only: bool
    settled: Literal["", "taken", "kept", "painted"] = ""
    picture: NDArray[Any] | None = field(default=None, compare=False)
    sentence: str = ""


@dataclass(frozen=True)
class ReviewFacts:
    """Everything the Review panel shows of the open case."""

    case: str
    decision: Decision = "unreviewed"
    suspicion: float | None = None
    rank: int = 0
    total: int = 0
    tumor_dice: float | None = None
    kidney_dice: float | None = None
    agreement: float | None = None
    against: str = "Reference against held-out prediction"
    mark: str = ""
    reasons: tuple[str, ...] = ()
    volumes: tuple[VolumeRow, ...] = ()
    disagreements: tuple[DisagreementRow, ...] = ()
    disagreeing_ml: float = 0.0
    folds: tuple[FoldChip, ...] = ()
    proposed: Decision = "kept"
    has_prediction: bool = False
    has_reference: bool = True
    edited: bool = False
    read_only: bool = False
