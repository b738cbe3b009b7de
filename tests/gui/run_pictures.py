"""Pictures of trainings and predictions, here and on a cluster, each put into a filled window."""

from __future__ import annotations

from collections.abc import Callable

from sample_models import PLAIN, RESIDUAL, SHELF
from sample_places import dry_run, engine_defaults, slurm_place
from sample_records import retrain_facts
from sample_runs import cluster_run, sample_runs

from kitsdesk.project.model_facts import together_words
from kitsdesk.ui.main_window import MainWindow
from kitsdesk.ui.models.models_sheet import ModelsSheet
from kitsdesk.ui.parts.tick import Tick


def train(window: MainWindow) -> None:
    """Retrain folds over the window, Jobs open."""
    window.jobs.set_open(True)
    window.show_facts(retrain_facts())
    window.retrain.set_note("The running training holds the GPU: this run waits for it.")


def train_slurm(window: MainWindow) -> None:
    """Retrain folds on a Slurm cluster: what it offers, what was found."""
    window.show_facts(retrain_facts())
    place = window.retrain.place
    place.engines["slurm"].setChecked(True)
    window.retrain.set_defaults(engine_defaults())
    window.retrain.set_place(slurm_place())
    window.centre.show_sheet(window.retrain)


def train_script(window: MainWindow) -> None:
    """The dry run: the script that a run on Slurm would write."""
    train_slurm(window)
    window.retrain.show_dry_run(dry_run())


def predict_all(window: MainWindow) -> None:
    """Predict all of many cases in parts on a cluster."""
    from kitsdesk.compose.runs_desk import FloatingPrediction
    from kitsdesk.project.place_facts import PredictAllFacts

    sheet = FloatingPrediction(window)
    sheet.set_defaults(engine_defaults())
    sheet.place.engines["slurm"].setChecked(True)
    sheet.set_place(slurm_place())
    sheet.show_prediction(PredictAllFacts(2000, "residual-2"))


def runs(window: MainWindow) -> None:
    """Train ▸ Runs: fifteen folds on a cluster, one of them failed."""
    window.jobs.set_jobs([cluster_run()])
    window.runs.set_runs(sample_runs())
    window.show_page("runs")
    window.runs.select(cluster_run().job)
    window.runs.detail.choose_task("residual/fold_3")


def jobs(window: MainWindow) -> None:
    """The jobs, opened: a training with its curves."""
    window.jobs.set_open(True)


def models(window: MainWindow) -> None:
    """Models…: one in use, one from before, one more architecture, one from nnU-Net."""
    sheet = ModelsSheet()
    sheet.show_models(SHELF)
    for tick in sheet.findChildren(Tick):
        if tick.accessibleName().startswith(f"{PLAIN.name}:"):
            tick.setChecked(True)
    sheet.set_choice("", together_words((RESIDUAL, PLAIN)))
    window.centre.show_sheet(sheet)


RUN_PICTURES: tuple[Callable[[MainWindow], None], ...] = (
    train,
    train_slurm,
    train_script,
    predict_all,
    runs,
    jobs,
    models,
)
