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
    session, pool = Session(author), TaskPool()
    serve, watcher, launcher = ServeProcess(), RunWatcher(pool), RunLauncher()
    case = CaseController(session, pool, views.canvas, views.cases, views.shell)
    votes = FoldVotes(session, pool, views.shell)
    editing = EditingController(session, pool, votes, views.canvas, views.tools, views.shell)
    review = ReviewController(session, pool, case, editing, views.canvas, views.review, views.shell)
    boxes = BoxDrawing(session, views.canvas)
    chooser = SeriesChooser(pool, views.series, views.shell)
    project = ProjectController(session, pool, chooser, views.cases, views.shell)
    control = RunControl(session, launcher, watcher, views.shell)
    jobs = JobsController(session, pool, serve, control, watcher, views.jobs, views.shell)
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
            session, pool, editing, boxes, views.canvas, views.tools, views.shell
        ),
        review=review,
        decisions=DecisionController(
            session, pool, case, editing, review, views.cases, views.shell
        ),
        control=control,
        jobs=jobs,
        runs=RunsController(pool, control, watcher, views.runs, views.shell),
        training=TrainingController(session, pool, jobs, views.retrain, views.compare, views.shell),
        region=RegionController(session, pool, jobs, editing, boxes, views.canvas, views.shell),
        exporter=MaskExporter(session, pool, views.exports, views.shell),
        scratch=ScratchSaving(session, pool, case, project, jobs, views.places, views.shell),
        recovery=RecoveryOffers(session, pool, case, views.canvas, views.shell),
    )
