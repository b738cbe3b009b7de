"""The suspicion of every case, computed once and kept, so that the case list opens at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.case_record import CaseRecord
from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.fault_evidence import keep_scores
from kitsdesk.project.image_notes import ImageNotes
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revision, Revisions
from kitsdesk.project.thumbnails import Thumbnails
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.image_reasons import ImageFacts, image_chips
from kitsdesk.review.reasons import Memory, problem_chips, reasons, warnings_first
from kitsdesk.review.rows import CaseRow, Chip
from kitsdesk.review.suspicion import Suspicion, score_case
from kitsdesk.review.volume_norms import LEAST_CASES, MaskVolumes, VolumeNorms, mask_volumes
from trainer.contract.errors import KitsDeskError
from trainer.contract.scores import Scores
from trainer.imaging.volume import Volume

# Part of the cache's key: raised whenever what is computed changes.
_VERSION = 4


@dataclass(frozen=True)
class CaseScore:
    """What is kept of one case: its suspicion, the reasons beside it that mask and prediction
    show, and the mask's volumes (None without a mask)."""

    suspicion: Suspicion
    chips: tuple[Chip, ...] = ()
    volumes: MaskVolumes | None = None


class CaseScores:
    """Computes and keeps scores; callable from any thread.

    A score holds for one working mask and one prediction: where either changed, it is
    computed again. Rows carry more: what the CT shows, and what is unlike the other cases,
    whose volumes are looked up when the first row is made and with `known_rows`.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._revisions = Revisions(workspace)
        self._predictions = Predictions(workspace)
        self._decisions = Decisions(workspace)
        self._thumbnails = Thumbnails(workspace)
        self._images = ImageNotes(workspace)
        self._norms: VolumeNorms | None = None
        self.incomplete: list[str] = []
        """The cases of which `known_rows` did not know everything."""

    def known_rows(self) -> list[CaseRow]:
        """Return a row for every case at once, with what is known; nothing is computed."""
        decisions, pictures = self._decisions.all_current(), self._thumbnails.all()
        images, scores = self._images.all(), self.known_scores()
        self._norms = _norms(scores)
        known = scores.keys() & pictures.keys() & images.keys()
        records = self._workspace.cases()
        self.incomplete = [record.case for record in records if record.case not in known]
        return [
            self._row(
                record,
                decisions.get(record.case, DecisionRecord(record.case)),
                scores.get(record.case),
                pictures.get(record.case),
                images.get(record.case, ImageFacts()),
            )
            for record in records
        ]

    def known_scores(self) -> dict[str, CaseScore]:
        """Return the scores that hold for the cases' masks and predictions as they are now."""
        rows = self._workspace.store.query("SELECT * FROM case_scores")
        wanted = self.made_from_all([row["case_id"] for row in rows])
        return {
            row["case_id"]: _from_text(row["record"])
            for row in rows
            if wanted.get(row["case_id"]) == row["made_from"]
        }

    def made_from_all(self, cases: Sequence[str]) -> dict[str, str]:
        """Return for each case what a score of it now is made from: mask and prediction."""
        hashes = {
            row["case_id"]: row["voxels_hash"]
            for row in self._workspace.store.query(
                "SELECT case_id, voxels_hash, max(number) FROM revisions GROUP BY case_id"
            )
        }
        key = self._predictions.key()
        stamps = self._predictions.stamps(key)
        return {case: _made_from(hashes.get(case, ""), key, stamps.get(case, 0)) for case in cases}

    def row(self, case: str) -> CaseRow:
        """Return the full row of one case, computing what is missing; never raises for a
        case that cannot be read: its row says why."""
        picture, score, facts = None, None, ImageFacts()
        try:
            facts = self._images.of(case)
            picture = self._thumbnails.of(case)
            score = self.score(case)
        except KitsDeskError as error:
            self._workspace.mark_problem(case, error.happened)
        record = self._workspace.case(case)
        return self._row(record, self._decisions.current(case), score, picture, facts)

    def rows(self, cases: Sequence[str]) -> Iterator[CaseRow]:
        """Yield the row of each case, then those that look otherwise once all are known:
        which volumes are unlike the others' is told by all of them."""
        told = {}
        for case in cases:
            told[case] = self.row(case)
            yield told[case]
        if len(told) >= LEAST_CASES:
            for row in self.known_rows():
                if row.case in told and row.chips != told[row.case].chips:
                    yield row

    def chips(self, case: str) -> tuple[Chip, ...]:
        """Return every reason beside a case, computing what is missing.

        Raises
        ------
        KitsDeskError : the CT or a mask cannot be trusted.
        """
        return self._all_chips(self.score(case), self._images.of(case), "")

    def score(self, case: str) -> CaseScore:
        """Return the score of one case, from the cache where mask and prediction are the same.

        Raises
        ------
        KitsDeskError : the CT or a mask cannot be trusted.
        """
        base = self._revisions.newest(case)
        key = self._predictions.key()
        stamp = self._predictions.stamp(case, key)
        made_from = _made_from(base.voxels_hash if base else "", key, stamp)
        rows = self._workspace.store.query(
            "SELECT record FROM case_scores WHERE case_id = ? AND made_from = ?", (case, made_from)
        )
        if rows:
            return _from_text(rows[0]["record"])
        score = self._compute(case, base)
        if not self._workspace.read_only:
            with self._workspace.store.transaction() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO case_scores VALUES (?, ?, ?)",
                    (case, made_from, json.dumps(asdict(score))),
                )
            keep_scores(self._workspace, case, base.voxels_hash if base else "", score.suspicion)
        return score

    def _compute(self, case: str, base: Revision | None) -> CaseScore:
        mask = self._revisions.load(case)[0] if base is not None else None
        heldout = self._predictions.heldout(case)
        scores = self._predictions.scores(case)
        grid = Volume(np.zeros((1, 1, 1), np.uint8), self._workspace.geometry(case))
        suspicion = score_case(
            mask,
            heldout,
            scores.agreement if scores else None,
            scores.members if scores else None,
            fitted_of(self._predictions, case, base),
            grid.voxel_ml,
        )
        memory = self._memory(base, scores)
        return CaseScore(
            suspicion,
            reasons(mask, heldout, grid.spacing, suspicion, memory),
            None if mask is None else mask_volumes(mask, grid.voxel_ml),
        )

    def _memory(self, base: Revision | None, scores: Scores | None) -> Memory | None:
        """Return what the models behind a prediction remember of the very mask `base`."""
        if base is None or scores is None or scores.source != "models":
            return None
        never: list[str] = []
        learnt = 0
        for name, manifest in Models(self._workspace).available():
            if name not in scores.models:
                continue
            several = f"{name} " if len(scores.models) > 1 else ""
            folds = manifest.folds_never_fitting(scores.image_hash, base.voxels_hash)
            never += [f"{several}{fold}" for fold in folds]
            learnt += sum(
                entry.trained_on_mask(scores.image_hash) == base.voxels_hash
                for entry in manifest.folds
            )
        return Memory(tuple(never), learnt) if learnt else None

    def _row(
        self,
        record: CaseRecord,
        decision: DecisionRecord,
        score: CaseScore | None,
        picture: NDArray[Any] | None,
        facts: ImageFacts,
    ) -> CaseRow:
        found = score.suspicion if score else Suspicion()
        return CaseRow(
            case=record.case,
            decision=decision.decision,
            tumor_dice=found.tumor_dice,
            kidney_dice=found.kidney_dice,
            agreement=found.agreement,
            suspicion=found.value,
            misfit=found.misfit,
            disagreeing_ml=found.disagreeing_ml,
            chips=self._all_chips(score, facts, record.problem),
            has_reference=record.reference is not None,
            has_prediction=found.mark != "no prediction",
            problem=record.problem,
            thumbnail=picture,
        )

    def _all_chips(
        self, score: CaseScore | None, facts: ImageFacts, problem: str
    ) -> tuple[Chip, ...]:
        chips = [*problem_chips(problem), *image_chips(facts)]
        if score is not None:
            chips += score.chips
            if score.volumes is not None:
                if self._norms is None:
                    self._norms = _norms(self.known_scores())
                chips += self._norms.chips(score.volumes)
        return warnings_first(chips)


def _made_from(mask_hash: str, key: str, stamp: int) -> str:
    return f"{_VERSION}|{mask_hash}|{key}|{stamp}"


def _norms(scores: Mapping[str, CaseScore]) -> VolumeNorms:
    return VolumeNorms(score.volumes for score in scores.values() if score.volumes is not None)


def fitted_of(
    predictions: Predictions, case: str, base: Revision | None
) -> NDArray[np.uint8] | None:
    """Return the mask (z, y, x) of the folds that were trained on the very mask `base`.

    None where there is no such fold (a foreign model, or the mask changed since training),
    and for predictions made before it was stored.
    """
    return predictions.fitted(case, base.voxels_hash) if base is not None else None


def _from_text(text: str) -> CaseScore:
    stored = json.loads(text)
    volumes = stored["volumes"]
    return CaseScore(
        Suspicion(**stored["suspicion"]),
        tuple(Chip(**chip) for chip in stored["chips"]),
        None if volumes is None else MaskVolumes(**volumes),
    )
