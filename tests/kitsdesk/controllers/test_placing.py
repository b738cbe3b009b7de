"""Where a run is to run, asked of the real `kitsdesk-trainer run`, without a window."""

from __future__ import annotations

import pytest
from desk_cases import MISSING

from kitsdesk.controllers.placing import PlaceController, asked_as
from kitsdesk.controllers.predicting_all import MANY, PredictAllController
from kitsdesk.project.retrain_facts import RetrainChoice
from kitsdesk.project.run_drafts import STAMP, draft_training
from kitsdesk.project.run_specs import runs
from trainer.contract.engine_plan import make_plan

MINUTE = 60_000


class SeenPlace:
    """Keeps what it is told."""

    def __init__(self):
        self.facts, self.shown, self.predicting, self.closed = [], None, None, False

    def set_defaults(self, defaults):
        self.defaults = defaults

    def set_place(self, facts):
        self.facts.append(facts)

    def show_dry_run(self, shown):
        self.shown = shown

    def show_prediction(self, facts):
        self.predicting = facts

    def close_sheet(self):
        self.closed = True


@pytest.fixture
def view():
    return SeenPlace()


@pytest.fixture
def places(desk, view):
    return PlaceController(desk.session, desk.pool, desk.launcher, view, desk.shell)


def test_this_computer_says_what_it_has_and_is_asked_once(places, view, qtbot):
    plan = make_plan("local")
    places.choose(plan)
    assert view.facts == [None]
    qtbot.waitUntil(lambda: view.facts[-1] is not None, timeout=MINUTE)
    facts = view.facts[-1]
    assert facts.problem == ""
    assert "cores" in facts.lines[0][1]
    places.choose(make_plan("local", {"gpus": ["GPU-1"]}))
    assert view.facts[-1] == facts


def test_a_cluster_that_is_not_there_is_refused_in_words(places, view, qtbot, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    places.ask_now(make_plan("slurm", {"partition": "gpu"}))
    qtbot.waitUntil(lambda: bool(view.facts) and view.facts[-1] is not None, timeout=MINUTE)
    assert view.facts[-1].problem
    assert view.facts[-1].lines[-1][0] == "bad"
    assert "Traceback" not in view.facts[-1].problem


def test_how_many_at_once_does_not_ask_the_cluster_anew():
    few, many = (make_plan("slurm", {"tasks_at_once": n}) for n in (1, 9))
    assert asked_as(few) == asked_as(many)
    assert asked_as(few) != asked_as(make_plan("slurm", {"partition": "gpu"}))


def test_the_dry_run_shows_the_script_with_the_real_folder_and_starts_nothing(
    desk, places, view, qtbot
):
    project = desk.session.project
    plan = make_plan("slurm", {"partition": "gpu", "extra_lines": ["#SBATCH --account=urology"]})
    choice = RetrainChoice(("residual",), "demo", (0, 1), False, plan)
    places.dry_run(plan, lambda: draft_training(project, choice))
    qtbot.waitUntil(lambda: view.shown is not None, timeout=MINUTE)
    path, text = view.shown.scripts[0]
    assert path.startswith(str(project.runs_folder / STAMP))
    assert "#SBATCH --partition=gpu" in text
    assert "#SBATCH --account=urology" in text
    assert str(project.runs_folder / STAMP) in text
    assert "kitsdesk-dry-run" not in text
    assert runs(project) == []
    assert not desk.shell.problems


def test_a_few_cases_are_predicted_without_a_question(desk, view, monkeypatch):
    asked = []
    monkeypatch.setattr(desk.jobs, "predict_all", lambda plan=None: asked.append(plan))
    controller = PredictAllController(desk.session, desk.jobs, view)
    controller.ask()
    assert asked == [None]
    assert view.predicting is None
    monkeypatch.setattr(type(desk.session.models), "in_use", lambda self: ("m",))
    records = desk.session.project.cases()
    assert MISSING in {record.case for record in records}
    monkeypatch.setattr(type(desk.session.project), "cases", lambda self: records * MANY)
    controller.ask()
    assert view.predicting.cases >= MANY
    plan = make_plan("slurm")
    controller.start(plan)
    assert asked[-1] == plan
    assert view.closed
