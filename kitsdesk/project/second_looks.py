"""The blind second look: which of two unnamed masks is right, asked again of a share."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kitsdesk.project.decisions import Decisions
from kitsdesk.project.known_tables import has_table
from kitsdesk.project.store import now
from kitsdesk.project.whole_masks import why_not_heldout
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.kappa import Agreement, agreement
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision

Verdict = Literal["reference", "prediction", "neither"]
VERDICTS: tuple[Verdict, ...] = ("reference", "prediction", "neither")
# What a first decision says of the two masks that the second look shows again.
FIRST: dict[Decision, Verdict] = {
    "kept": "reference",
    "replaced": "prediction",
    "corrected": "neither",
    "excluded": "neither",
}
Side = Literal["left", "right"]


class NothingToLookAt(KitsDeskError):
    """No decided case has both masks."""


@dataclass(frozen=True)
class SecondLook:
    """One case asked again. `left_side` is the mask on the left, as A; only the program
    knows it. `first` is the verdict of the first decision, `answer` "" until given."""

    number: int
    case: str
    first: Verdict
    left_side: Verdict
    answer: Verdict | Literal[""] = ""


class SecondLooks:
    """The second looks of a project. They are kept apart from decisions and change none."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._there = has_table(workspace.store, "second_looks")

    def all(self) -> list[SecondLook]:
        """Return every look ever asked for, in the order asked."""
        if not self._there:
            return []
        rows = self._workspace.store.query("SELECT * FROM second_looks ORDER BY id")
        return [_record(row) for row in rows]

    def open(self) -> list[SecondLook]:
        """Return the looks that wait for an answer."""
        return [look for look in self.all() if not look.answer]

    def fit(self) -> list[str]:
        """Return the decided cases that have a reference and a held-out prediction, and
        were not asked of again yet."""
        asked = {look.case for look in self.all()}
        decided = Decisions(self._workspace).all_current()
        return [
            record.case
            for record in self._workspace.cases()
            if record.reference is not None
            and record.case in decided
            and decided[record.case].decision in FIRST
            and record.case not in asked
            and not why_not_heldout(self._workspace, record.case)
        ]

    def ask(self, share: float, seed: int | None = None) -> list[SecondLook]:
        """Put `share` (0 to 1) of the fit cases, at least one, into the queue in random
        order, each with its sides drawn anew; return what waits now.

        Raises
        ------
        NothingToLookAt : no case is fit.
        """
        fit = self.fit()
        if not fit:
            raise NothingToLookAt(
                "No decided case can be looked at again.",
                kept="Nothing was changed.",
                advice="It takes decided cases with a reference mask and a held-out prediction.",
            )
        rng = np.random.default_rng(secrets.randbits(63) if seed is None else seed)
        chosen = rng.permutation(len(fit))[: max(1, round(share * len(fit)))]
        decided = Decisions(self._workspace).all_current()
        with self._workspace.store.transaction() as connection:
            for place in chosen:
                case = fit[int(place)]
                left = "reference" if rng.random() < 0.5 else "prediction"
                connection.execute(
                    "INSERT INTO second_looks (case_id, first, left_side, asked) "
                    "VALUES (?, ?, ?, ?)",
                    (case, FIRST[decided[case].decision], left, now()),
                )
            self._workspace.audit.append(
                "second look asked", self._workspace.author, cases=len(chosen)
            )
        return self.open()

    def answer(self, look: SecondLook, side: Side | None) -> Verdict:
        """Note which side was right, None = neither; return the verdict that it amounts to.

        The first decision stays as it is.
        """
        other: Verdict = "prediction" if look.left_side == "reference" else "reference"
        said: Verdict = {"left": look.left_side, "right": other}.get(side or "", "neither")
        author = self._workspace.author
        with self._workspace.store.transaction() as connection:
            connection.execute(
                "UPDATE second_looks SET answer = ?, author = ?, answered = ? "
                "WHERE id = ? AND answer = ''",
                (said, author, now(), look.number),
            )
            self._workspace.audit.append(
                "second look", author, look.case, first=look.first, second=said
            )
        return said

    def drop(self) -> int:
        """Take the looks that wait out of the queue; return how many there were."""
        waiting = len(self.open())
        with self._workspace.store.transaction() as connection:
            connection.execute("DELETE FROM second_looks WHERE answer = ''")
        return waiting

    def agreement(self) -> Agreement:
        """Return how the second verdicts agree with the first."""
        told = [look for look in self.all() if look.answer]
        return verdict_agreement(told)


def verdict_agreement(looks: Sequence[SecondLook]) -> Agreement:
    """Return the agreement of answered looks."""
    return agreement([look.first for look in looks], [str(look.answer) for look in looks], VERDICTS)


def _record(row: Any) -> SecondLook:
    return SecondLook(row["id"], row["case_id"], row["first"], row["left_side"], row["answer"])
