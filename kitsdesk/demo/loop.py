"""The loop of the program, step by step, through the controllers a window uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kitsdesk.compose.desk import Desk
from kitsdesk.demo.phantom_project import DEMO_MODEL, make_demo_project
from kitsdesk.demo.silent_views import SilentCaseList, SilentPanels, SilentShell
from kitsdesk.demo.waiting import StepFailed, call_and_wait, wait_until
from kitsdesk.project.job_rows import JobRow
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.review.model_comparison import ComparisonFacts
from trainer.contract.structures import Structure
from trainer.imaging.hashing import file_hash

FOLDS = (0, 1)
EPOCHS = 3
STEPS = 25
# Far above what a slow or busy computer takes: they end only what hangs.
_PREDICT_S, _TRAIN_S, _SHORT_S = 900.0, 1800.0, 600.0
Result = dict[str, Any]


@dataclass(frozen=True)
class StrokePoint:
    """What a canvas would tell of the left button; see the viewer's PointerEvent."""

    kind: str
    view: Any
    mm: tuple[float, float, float]
    buttons: frozenset[str] = frozenset({"left"})
    modifiers: frozenset[str] = frozenset()


class DemoLoop:
    """Holds what one step leaves for the next: the order by suspicion, the run, the model."""

    def __init__(
        self,
        desk: Desk,
        folder: Path,
        shell: SilentShell,
        case_list: SilentCaseList,
        panels: SilentPanels,
    ) -> None:
        self._desk = desk
        self._folder = folder
        self._shell = shell
        self._list = case_list
        self._panels = panels
        self._source: dict[str, str] = {}
        self._order: list[str] = []
        self._new_model = ""
        self._ended: list[JobRow] = []
        desk.jobs.runEnded.connect(self._ended.append)

    def steps(self) -> list[tuple[str, Callable[[], Result]]]:
        """Return the steps in order, each with its name for the report."""
        return [
            ("Make phantoms and a project", self.make_project),
            ("Predict every case with the demo model", self.predict),
            ("Review by suspicion", self.review),
            ("Correct one case by brush strokes", self.correct),
            ("Replace one case by its prediction", self.replace),
            ("Exclude one case", self.exclude),
            ("Export and retrain two folds, warm-started", self.retrain),
            ("Compare the models", self.compare),
            ("Use the new model", self.use_model),
            ("Roll back", self.roll_back),
            ("The source data set is unchanged", self.check_source),
            ("The audit chain is whole", self.check_audit),
        ]

    def make_project(self) -> Result:
        """Phantoms, a project on them, the demo model in it."""
        author = self._desk.session.author

        def work() -> Any:
            return (yield from make_demo_project(self._folder, author))

        def start(then: Callable[..., None]) -> None:
            self._desk.pool.start(
                "Making the demo", work, done=then, failed=self._shell.show_problem
            )

        (workspace,) = call_and_wait(start, "Making the demo", _SHORT_S, self._shell.problems)
        self._desk.project.show_opened(workspace)
        self._source = _hashes(self._folder / "phantoms")
        self._wait(lambda: len(self._list.rows) > 0, "Opening the project", _SHORT_S)
        return {"cases": len(self._list.rows), "model": self._shell.model}

    def predict(self) -> Result:
        """A detached run predicts all cases."""
        row = self._run(lambda: self._desk.jobs.predict_all(), _PREDICT_S)
        self._wait_for_scores()
        return {"ok": row.state == "done", "run": row.job}

    def review(self) -> Result:
        """The case list by suspicion; the hidden faults are only in the report's facts."""
        self._order = self._desk.project.by_suspicion()
        rows = [self._desk.project.rows[case] for case in self._order]
        table = [
            {
                "case": row.case,
                "suspicion": _rounded(row.suspicion),
                "tumor_dice": _rounded(row.tumor_dice),
                "kidney_dice": _rounded(row.kidney_dice),
                "agreement": _rounded(row.agreement),
                "reasons": [chip.text for chip in row.chips],
            }
            for row in rows
        ]
        return {"ok": all(row.suspicion is not None for row in rows), "order": table}

    def correct(self) -> Result:
        """Open the most suspicious case, paint with the brush, undo, redo, save."""
        case = self._open(self._order[0])
        editing = self._desk.editing
        editing.choose_structure(int(Structure.TUMOR))
        editing.choose_tool("brush")
        editing.set_diameter(14.0)
        before = case.mask.copy()
        for place in self._places(case):
            editing.on_pointer(StrokePoint("press", "axial", place))
            editing.on_pointer(StrokePoint("move", "axial", (place[0] + 6, place[1], place[2])))
            editing.on_pointer(StrokePoint("release", "axial", place))
        painted = int(np.count_nonzero(case.mask != before))
        editing.undo()
        editing.redo()
        call_and_wait(
            self._desk.decisions.save_correction, "Saving", _SHORT_S, self._shell.problems
        )
        decision = self._desk.session.decisions.current(case.case).decision
        base = case.base
        number = base.number if base is not None else 0
        ok = painted > 0 and decision == "corrected" and not case.unsaved and number == 1
        return {"ok": ok, "case": case.case, "painted_voxels": painted, "revision": number}

    def replace(self) -> Result:
        """The second most suspicious case takes its held-out prediction."""
        case = self._open(self._order[1])
        call_and_wait(
            lambda then: self._desk.decisions.use_prediction("demo: the mask was wrong", then),
            "Using the prediction",
            _SHORT_S,
            self._shell.problems,
        )
        decision = self._desk.session.decisions.current(case.case).decision
        same = np.array_equal(case.mask, case.prediction) if case.prediction is not None else False
        return {"ok": decision == "replaced" and same, "case": case.case}

    def exclude(self) -> Result:
        """The third one is left out of the export."""
        case = self._open(self._order[2])
        self._desk.decisions.exclude("demo: left out on purpose")
        decision = self._desk.session.decisions.current(case.case).decision
        return {"ok": decision == "excluded", "case": case.case}

    def retrain(self) -> Result:
        """Export, then two folds from the demo model's, then predictions by them."""
        choice = RetrainChoice(
            architectures=("residual",),
            preset="demo",
            folds=FOLDS,
            warm_start=True,
            epochs=EPOCHS,
            steps=STEPS,
        )
        known = {name for name, _manifest in self._desk.session.models.available()}
        row = self._run(lambda: self._desk.training.retrain(choice), _TRAIN_S)
        new = [n for n, _manifest in self._desk.session.models.available() if n not in known]
        self._new_model = new[0] if new else ""
        curves = {f"fold {c.fold}": [round(v, 3) for v in c.loss] for c in row.curves}
        ok = row.state == "done" and bool(new) and len(curves) == len(FOLDS)
        return {"ok": ok, "model": self._new_model, "loss": curves, "problem": row.error}

    def compare(self) -> Result:
        """Both models on the cases held out in both, honestly: whatever comes out."""
        found: list[ComparisonFacts] = []
        self._desk.training.compared.connect(found.append)
        self._run(lambda: self._desk.training.compare(DEMO_MODEL, self._new_model), _SHORT_S)
        self._wait(lambda: bool(found), "Reading the comparison", _SHORT_S)
        facts = found[0]
        differences = {
            name: {
                "before": _rounded(value.before),
                "after": _rounded(value.after),
                "difference": _rounded(value.difference),
                "interval": [_rounded(value.low), _rounded(value.high)],
            }
            for name, value in facts.differences.items()
        }
        notes = list(facts.notes)
        return {
            "ok": bool(facts.cases),
            "cases": len(facts.cases),
            "dice": differences,
            "notes": notes,
        }

    def use_model(self) -> Result:
        """The new model becomes the one in use."""
        self._desk.training.use_model(self._new_model)
        self._wait_for_scores()
        marks = sorted({chip.text for r in self._desk.project.rows.values() for chip in r.chips})
        in_use = self._desk.session.models.in_use()
        return {"ok": in_use == (self._new_model,), "in_use": list(in_use), "chips": marks}

    def roll_back(self) -> Result:
        """And the demo model again; nothing is deleted."""
        self._desk.training.roll_back()
        self._wait_for_scores()
        kept = [name for name, _manifest in self._desk.session.models.available()]
        in_use = self._desk.session.models.in_use()
        return {"ok": in_use == (DEMO_MODEL,) and self._new_model in kept, "models": kept}

    def check_source(self) -> Result:
        """Every file of the source has the hash it had before."""
        after = _hashes(self._folder / "phantoms")
        return {"ok": after == self._source and bool(after), "files": len(after)}

    def check_audit(self) -> Result:
        """The log's chain of hashes is whole."""
        check = self._desk.session.project.audit.verify()
        return {"ok": check.whole and check.entries > 0, "entries": check.entries}

    def _open(self, case: str) -> Any:
        call_and_wait(
            lambda then: self._desk.case.open(case, then),
            f"Opening {case}",
            _SHORT_S,
            self._shell.problems,
        )
        opened = self._desk.session.case
        if opened is None or opened.case != case:
            raise StepFailed(f"{case} did not open.")
        return opened

    def _places(self, case: Any) -> list[tuple[float, float, float]]:
        """Return where to paint, LPS mm: the largest disagreement, else the mask's middle."""
        wanted = case.prediction if case.prediction is not None else case.mask
        missing = np.argwhere((wanted == Structure.TUMOR) & (case.mask != Structure.TUMOR))
        voxels = missing if len(missing) else np.argwhere(case.mask > 0)
        middle = voxels[len(voxels) // 2]
        found = []
        for place in (middle, middle + np.array([1, 0, 0])):
            left, posterior, superior = (float(v) for v in case.volume.to_mm(place))
            found.append((left, posterior, superior))
        return found

    def _run(self, start: Callable[[], Any], timeout_s: float) -> JobRow:
        self._ended.clear()
        start()
        self._wait(lambda: bool(self._ended), "The run", timeout_s)
        row = self._ended[-1]
        if row.state != "done":
            raise StepFailed(f"{row.title} {row.state}: {row.error}")
        return row

    def _wait_for_scores(self) -> None:
        ready: list[bool] = []
        self._desk.project.rowsReady.connect(lambda: ready.append(True))
        self._wait(lambda: bool(ready), "Scoring the cases", _SHORT_S)

    def _wait(self, condition: Callable[[], bool], what: str, timeout_s: float) -> None:
        wait_until(condition, what, timeout_s, self._shell.problems)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): file_hash(path) for path in files}
