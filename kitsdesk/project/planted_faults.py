"""Faults planted for display, to learn how many of the real ones a reader finds.

No planted voxel is ever written: the project keeps kind and seed, from which the faulty copy
is made again for the canvases. While a fault is shown its case refuses revisions, and a mask
that equals a planted one is refused for ever.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Generator
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.decisions import Decisions
from kitsdesk.project.known_tables import has_table
from kitsdesk.project.planted_masks import PlantedMask, plant_any, plant_in
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revision, Revisions
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.fault_model import Planted
from kitsdesk.review.reasons import reasons
from kitsdesk.review.rows import Chip
from kitsdesk.review.suspicion import Suspicion, score_case
from trainer.contract.errors import KitsDeskError
from trainer.imaging.volume import Volume
from trainer.phantoms.mask_faults import FaultKind

Outcome = Literal["", "found", "missed", "removed"]
# Only where the mask is probably right: at or below this share of the open cases' suspicions.
LIKELY_RIGHT = 0.6


class NothingToPlant(KitsDeskError):
    """No case is fit for a planted fault."""


@dataclass(frozen=True)
class PlantedFault:
    """One planted fault. `mask_hash` is of the true mask, `planted_hash` of the faulty copy;
    `suspicion` and `chips` are what the list shows of the copy. `outcome` "" = still there."""

    number: int
    case: str
    kind: FaultKind
    seed: int
    mask_hash: str
    planted_hash: str
    suspicion: Suspicion
    chips: tuple[Chip, ...]
    outcome: Outcome = ""


class PlantedFaults:
    """The planted faults of a project; callable from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._there = has_table(workspace.store, "planted_faults")

    def all(self) -> list[PlantedFault]:
        """Return every fault ever planted, oldest first."""
        if not self._there:
            return []
        rows = self._workspace.store.query("SELECT * FROM planted_faults ORDER BY id")
        return [_record(row) for row in rows]

    def active(self) -> dict[str, PlantedFault]:
        """Return the faults that are shown now, by case."""
        return {fault.case: fault for fault in self.all() if not fault.outcome}

    def counts(self) -> Planted:
        """Return how many were judged and found; removed ones count for nothing."""
        outcomes = [fault.outcome for fault in self.all()]
        found = outcomes.count("found")
        return Planted(found, found + outcomes.count("missed"))

    def shown(
        self, case: str, mask: NDArray[np.uint8], base: Revision | None
    ) -> PlantedMask | None:
        """Return the faulty copy to show in place of the working mask, None for the mask itself.

        Where the mask is no longer the one it was planted in, the fault removes itself.
        """
        fault = self.active().get(case)
        if fault is None:
            return None
        truth = Volume(mask, self._workspace.geometry(case))
        copy = plant_in(truth, fault.kind, fault.seed)
        same = base is not None and base.voxels_hash == fault.mask_hash
        if copy is None or not same or copy.voxels_hash != fault.planted_hash:
            self.remove([case])
            return None
        return copy

    def plant(
        self, share: float, avoid: Collection[str] = (), seed: int | None = None
    ) -> Generator[str, None, list[PlantedFault]]:
        """Plant faults in `share` (0 to 1) of the cases not reviewed, at least in one;
        yields each case before it is read, and returns what was planted.

        Only unreviewed cases with their reference, a held-out prediction, no great suspicion
        and no edits take one; `avoid` names more to leave alone.

        Raises
        ------
        NothingToPlant : no case is fit. ReadOnlyProject : nothing may be written.
        """
        self._workspace.store.require_writable()
        rng = np.random.default_rng(secrets.randbits(63) if seed is None else seed)
        fit = [case for case in self._fit() if case not in avoid]
        wanted = max(1, round(share * self._unreviewed()))
        planted: list[PlantedFault] = []
        for place in rng.permutation(len(fit)):
            if len(planted) == wanted:
                break
            yield fit[int(place)]
            made = self._plant_one(fit[int(place)], int(rng.integers(2**62)))
            planted += [made] if made is not None else []
        if not planted:
            raise NothingToPlant(
                "No case is fit for a planted fault.",
                kept="Nothing was changed.",
                advice="It takes unreviewed cases with a reference and a held-out prediction "
                "that agree.",
            )
        return planted

    def judge(self, case: str, found: bool) -> PlantedFault | None:
        """Note whether the reader found the fault of a case, and remove it; None without one."""
        return self._end(case, "found" if found else "missed")

    def remove(self, cases: Collection[str] | None = None) -> list[str]:
        """Remove the faults of these cases (None: all) without a verdict; return the cases."""
        there = [case for case in self.active() if cases is None or case in cases]
        for case in there:
            self._end(case, "removed")
        return there

    def _end(self, case: str, outcome: Outcome) -> PlantedFault | None:
        fault = self.active().get(case)
        if fault is None or self._workspace.read_only:
            return None
        with self._workspace.store.transaction() as connection:
            connection.execute(
                "UPDATE planted_faults SET outcome = ?, ended = ? WHERE id = ?",
                (outcome, now(), fault.number),
            )
            self._workspace.audit.append(
                f"planted fault {outcome}", self._workspace.author, case, kind=fault.kind
            )
        return fault

    def _unreviewed(self) -> int:
        return Decisions(self._workspace).counts()["unreviewed"]

    def _fit(self) -> list[str]:
        """Return the cases whose mask is probably right and untouched."""
        decided, active = Decisions(self._workspace).all_current(), self.active()
        open_scores = {
            case: value
            for case, value in _suspicions(self._workspace).items()
            if case not in active
            and (case not in decided or decided[case].decision == "unreviewed")
        }
        if not open_scores:
            return []
        limit = float(np.quantile(list(open_scores.values()), LIKELY_RIGHT))
        return sorted(
            case
            for case, value in open_scores.items()
            if value <= limit and not self._workspace.journal_path(case).exists()
        )

    def _plant_one(self, case: str, seed: int) -> PlantedFault | None:
        try:
            mask, base = Revisions(self._workspace).load(case)
        except KitsDeskError:
            return None
        if base is None or base.number != 0 or not mask.any():
            return None
        truth = Volume(mask, self._workspace.geometry(case))
        made = plant_any(truth, seed)
        if made is None:
            return None
        suspicion = self._score(case, made, base, truth.voxel_ml)
        chips = reasons(
            made.mask, Predictions(self._workspace).heldout(case), truth.spacing, suspicion
        )
        self._store(case, made, base, suspicion, chips)
        return self.active()[case]

    def _score(self, case: str, made: PlantedMask, base: Revision, voxel_ml: float) -> Suspicion:
        predictions = Predictions(self._workspace)
        scores = predictions.scores(case)
        return score_case(
            made.mask,
            predictions.heldout(case),
            scores.agreement if scores else None,
            scores.members if scores else None,
            predictions.fitted(case, base.voxels_hash),
            voxel_ml,
        )

    def _store(
        self,
        case: str,
        made: PlantedMask,
        base: Revision,
        suspicion: Suspicion,
        chips: tuple[Chip, ...],
    ) -> None:
        score = {"suspicion": asdict(suspicion), "chips": [asdict(chip) for chip in chips]}
        author = self._workspace.author
        with self._workspace.store.transaction() as connection:
            connection.execute(
                "INSERT INTO planted_faults (case_id, kind, seed, mask_hash, planted_hash, "
                "score, author, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    case,
                    made.kind,
                    made.seed,
                    base.voxels_hash,
                    made.voxels_hash,
                    json.dumps(score),
                    author,
                    now(),
                ),
            )
            self._workspace.audit.append(
                "fault planted for display", author, case, kind=made.kind, mask=made.voxels_hash
            )


def _suspicions(workspace: Workspace) -> dict[str, float]:
    rows = workspace.store.query("SELECT case_id, record FROM case_scores")
    found = {row["case_id"]: json.loads(row["record"])["suspicion"]["value"] for row in rows}
    return {case: value for case, value in found.items() if value is not None}


def _record(row: Any) -> PlantedFault:
    score = json.loads(row["score"])
    return PlantedFault(
        row["id"],
        row["case_id"],
        cast("FaultKind", row["kind"]),
        row["seed"],
        row["mask_hash"],
        row["planted_hash"],
        Suspicion(**score["suspicion"]),
        tuple(Chip(**chip) for chip in score["chips"]),
        row["outcome"],
    )
