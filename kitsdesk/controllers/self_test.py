"""The first run's device self-test: one fold predicts one phantom, and the clock is read."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject

from kitsdesk.background.serve_process import ServeProcess
from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.views import WelcomeView
from kitsdesk.project.self_test_facts import SelfTestFacts
from trainer.contract.errors import KitsDeskError
from trainer.contract.events import PredictCommand, ProgressEvent, ResultEvent
from trainer.contract.forecast import Forecast, forecast
from trainer.contract.machine_speed import read_speed, speed_file
from trainer.contract.model_manifest import read_manifest
from trainer.contract.prediction_work import CaseGrid, PredictionWish
from trainer.phantoms.phantom_set import SIZES, PhantomRequest, make_phantom_set

# Shares of the test's bar: making the phantom, everything before predicting, predicting.
_MADE, _READ = 0.1, 0.2
_SEED = 4
JOB = "self-test"
# What the first case alone waits for, and what is a sum.
_ONCE = ("load", "open network", "total")


class SelfTest(QObject):
    """Runs in the warm process as any prediction does, and can be cancelled."""

    def __init__(self, pool: TaskPool, serve: ServeProcess, view: WelcomeView) -> None:
        super().__init__()
        self._pool = pool
        self._serve = serve
        self._view = view
        self._facts = SelfTestFacts("cancelled")
        self._folder: Path | None = None
        self._model = Path()
        self._device = ""
        serve.deviceKnown.connect(self._on_device)
        serve.progressed.connect(self._on_progress)
        serve.finished.connect(self._on_result)
        serve.failed.connect(self._on_failed)

    @property
    def facts(self) -> SelfTestFacts:
        """Return what is known so far."""
        return self._facts

    def start(self, model: Path, device: str = "auto") -> None:
        """Make a phantom and let one fold of `model` predict it; the rest is reckoned."""
        if self._facts.state == "running":
            return
        self._model = model
        self._show(SelfTestFacts("running", device=self._device, phase="making a phantom"))

        def work() -> tuple[Path, Path, int]:
            folds = len(read_manifest(model).folds)
            folder = Path(tempfile.mkdtemp(prefix="kitsdesk-self-test-"))
            make_phantom_set(PhantomRequest(out=folder / "phantom", cases=1, seed=_SEED))
            [image] = (folder / "phantom").rglob("imaging.nii.gz")
            return folder, image, folds

        self._pool.start(
            "Making a phantom",
            work,
            done=lambda made: self._predict(model, device, *made),
            failed=lambda error: self._on_failed(JOB, error),
        )

    def cancel(self) -> None:
        """Stop the test; nothing of it stays."""
        if self._facts.state == "running":
            self._show(replace(self._facts, state="cancelled"))
            self._serve.cancel(JOB)
            self._clean()

    def _predict(self, model: Path, device: str, folder: Path, image: Path, folds: int) -> None:
        self._folder = folder
        if self._facts.state != "running":
            self._clean()
            return
        self._show(replace(self._facts, fraction=_MADE, folds=folds, phase="loading the model"))
        self._serve.predict(
            PredictCommand(
                id=JOB,
                models=(str(model),),
                case=JOB,
                image=str(image),
                out=str(folder / "out"),
                folds=(0,),
                device=device,
            )
        )

    def _on_device(self, device: str) -> None:
        self._device = device
        if self._facts.state == "running":
            self._show(replace(self._facts, device=device))

    def _on_progress(self, event: ProgressEvent) -> None:
        if event.id != JOB or self._facts.state != "running":
            return
        share = event.done / event.total if event.total else 0.0
        done = _READ + (1 - _READ) * share if event.phase == "predict" else self._facts.fraction
        self._show(replace(self._facts, fraction=done, phase=event.phase))

    def _on_result(self, event: ResultEvent) -> None:
        if event.id != JOB or self._facts.state != "running":
            return
        seconds = dict(event.seconds)
        one_fold = seconds.pop("predict", 0.0)
        rest = sum(value for name, value in seconds.items() if name not in _ONCE)
        estimate = rest + one_fold * self._facts.folds
        self._clean()
        self._facts = replace(self._facts, fraction=1.0, seconds_per_case=estimate)
        # The prediction has left notes of this computer's speed.
        model, device, threads = self._model, self._facts.device, self._serve.threads
        self._pool.start(
            "Forecasting",
            lambda: forecasts_of(model, device, threads),
            done=self._on_forecast,
            failed=lambda _error: self._on_forecast((None, None)),
        )

    def _on_forecast(self, told: tuple[Forecast | None, Forecast | None]) -> None:
        """Show what is told of the small phantom and of a full CT. The clock of one first case
        counts what is only done once, such as choosing how many tiles run together."""
        small, full = told
        seconds = self._facts.seconds_per_case if small is None else small.seconds
        if self._facts.state == "running":
            facts = replace(self._facts, seconds_per_case=seconds, full_size=full)
            self._show(replace(facts, state="done"))

    def _on_failed(self, job: str, error: KitsDeskError) -> None:
        if job == JOB and self._facts.state == "running":
            self._show(replace(self._facts, state="failed", problem=error.happened))
            self._clean()

    def _show(self, facts: SelfTestFacts) -> None:
        self._facts = facts
        self._view.show_self_test(facts)

    def _clean(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def forecasts_of(model: Path, device: str, threads: int) -> tuple[Forecast | None, Forecast | None]:
    """Return what all folds of `model` take on the small phantom and on a CT of 107x512x512
    voxels, KiTS19's usual size; None where nothing was measured on this computer.

    Parameters
    ----------
    device : as the trainer names it. threads : of the CPU, 0 = all.
    """
    manifest = read_manifest(model)
    models = [(manifest, tuple(entry.fold for entry in manifest.folds))]
    speed = read_speed(speed_file(threads))
    small, full = (
        forecast(CaseGrid(*SIZES[size]), models, PredictionWish(), speed, device)
        for size in ("small", "kits")
    )
    return small, full
