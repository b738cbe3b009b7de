"""Everything that is not a widget, built and tied to whatever views there are."""

from __future__ import annotations

from dataclasses import dataclass

from kitsdesk.background.run_launcher import RunLauncher
from kitsdesk.background.run_watcher import RunWatcher
from kitsdesk.background.serve_process import ServeProcess
from kitsdesk.background.tasks import TaskPool
from kitsdesk.controllers.box_drawing import BoxDrawing
from kitsdesk.controllers.case import CaseController
from kitsdesk.controllers.choosing_series import SeriesChooser
from kitsdesk.controllers.deciding import DecisionController
from kitsdesk.controllers.editing import EditingController
from kitsdesk.controllers.fold_votes import FoldVotes
from kitsdesk.controllers.forecasting import ForecastController
from kitsdesk.controllers.jobs import JobsController
from kitsdesk.controllers.mask_exporting import MaskExporter
from kitsdesk.controllers.operations import OperationsController
from kitsdesk.controllers.project import ProjectController
from kitsdesk.controllers.recovering import RecoveryOffers
from kitsdesk.controllers.region import RegionController
from kitsdesk.controllers.review import ReviewController
from kitsdesk.controllers.run_control import RunControl
from kitsdesk.controllers.run_views import RunsView
from kitsdesk.controllers.runs import RunsController
from kitsdesk.controllers.scratch_saving import ScratchSaving
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.training import TrainingController
from kitsdesk.controllers.views import (
    CanvasView,
    CaseListView,
    CompareView,
    ExportView,
    ForecastView,
    JobsView,
    PlaceView,
    RetrainView,
    ReviewView,
    SeriesView,
    ShellView,
    ToolsView,
)


@dataclass(frozen=True)
class Views:
    """One object for each Protocol; a window brings widgets, the headless demo silent ones."""

    shell: ShellView
    cases: CaseListView
    canvas: CanvasView
    tools: ToolsView
    review: ReviewView
    jobs: JobsView
    forecast: ForecastView
    retrain: RetrainView
    compare: CompareView
    places: PlaceView
    series: SeriesView
    exports: ExportView
    runs: RunsView


@dataclass(frozen=True)
class Desk:
    """Everything that is not a widget, wired."""

    session: Session
    pool: TaskPool
    serve: ServeProcess
    launcher: RunLauncher
    watcher: RunWatcher
    project: ProjectController
    case: CaseController
    editing: EditingController
    boxes: BoxDrawing
    operations: OperationsController
    review: ReviewController
    decisions: DecisionController
    control: RunControl
    jobs: JobsController
    runs: RunsController
    forecasts: ForecastController
    training: TrainingController
    region: RegionController
    scratch: ScratchSaving
    exporter: MaskExporter
    recovery: RecoveryOffers

    def close(self) -> None:
        """Close the project and end the window's own processes; runs go on."""
        self.session.close_project()
        self.watcher.close()
        self.control.close()
        self.serve.close()
        self.pool.close()


def build_desk(views: Views, author: str) -> Desk:
    """Build services and controllers for these views."""
    session, pool, shell = Session(author), TaskPool(), views.shell
    serve, watcher, launcher = ServeProcess(), RunWatcher(pool), RunLauncher()
    case = CaseController(session, pool, views.canvas, views.cases, shell)
    votes, boxes = FoldVotes(session, pool, shell), BoxDrawing(session, views.canvas)
    editing = EditingController(session, pool, votes, views.canvas, views.tools, shell)
    review = ReviewController(session, pool, case, editing, views.canvas, views.review, shell)
    chooser = SeriesChooser(pool, views.series, shell)
    project = ProjectController(session, pool, chooser, views.cases, shell)
    control = RunControl(session, launcher, watcher, shell)
    jobs = JobsController(session, pool, serve, control, watcher, views.jobs, shell)
    forecasts = ForecastController(session, pool, serve, jobs, views.forecast, shell)
    return Desk(
        session=session,
        pool=pool,
        serve=serve,
        launcher=launcher,
        watcher=watcher,
        project=project,
        case=case,
        editing=editing,
        boxes=boxes,
        operations=OperationsController(
            session, pool, editing, boxes, views.canvas, views.tools, shell
        ),
        review=review,
        decisions=DecisionController(session, pool, case, editing, review, views.cases, shell),
        control=control,
        jobs=jobs,
        runs=RunsController(pool, control, watcher, views.runs, shell),
        forecasts=forecasts,
        training=TrainingController(session, pool, jobs, views.retrain, views.compare, shell),
        region=RegionController(
            session, pool, jobs, forecasts, editing, boxes, views.canvas, shell
        ),
        exporter=MaskExporter(session, pool, views.exports, shell),
        scratch=ScratchSaving(session, pool, case, project, jobs, views.places, shell),
        recovery=RecoveryOffers(session, pool, case, views.canvas, shell),
    )
