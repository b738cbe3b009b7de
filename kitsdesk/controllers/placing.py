"""Asks the place that a person chose for a run, and shows what would be started there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer

from kitsdesk.background.run_launcher import RunLauncher
from kitsdesk.background.tasks import TaskPool
from kitsdesk.background.trainer_call import Records
from kitsdesk.controllers.run_views import PlaceView
from kitsdesk.controllers.session import Session
from kitsdesk.controllers.views import ShellView
from kitsdesk.project.engine_defaults import EngineDefaults
from kitsdesk.project.place_facts import PlaceFacts, place_facts
from kitsdesk.project.run_drafts import RunDraft, dry_run_of
from trainer.contract.engine_plan import EnginePlan, SlurmOptions
from trainer.contract.errors import KitsDeskError

# A cluster is asked by a job of its own: not at every turn of a number.
CALM_MS = 700


class PlaceController(QObject):
    """One for each sheet. The newest answer counts; what was found of a plan is kept."""

    def __init__(
        self,
        session: Session,
        pool: TaskPool,
        launcher: RunLauncher,
        view: PlaceView,
        shell: ShellView,
    ) -> None:
        super().__init__()
        self._session = session
        self._pool = pool
        self._launcher = launcher
        self._view = view
        self._shell = shell
        self._known: dict[EnginePlan, PlaceFacts] = {}
        self._asking: set[EnginePlan] = set()
        self._plan = EnginePlan()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CALM_MS)
        self._timer.timeout.connect(lambda: self.ask_now(self._plan))

    def set_defaults(self, defaults: EngineDefaults) -> None:
        """Offer what the settings have."""
        self._view.set_defaults(defaults)

    def choose(self, plan: EnginePlan) -> None:
        """Show what is known of this plan's place, or ask in a moment."""
        self._plan, place = plan, asked_as(plan)
        known = self._known.get(place)
        self._timer.stop()
        self._view.set_place(known)
        if known is None and place not in self._asking:
            self._timer.start()

    def ask_again(self, plan: EnginePlan) -> None:
        """Ask the same place anew."""
        self._known.pop(asked_as(plan), None)
        self._view.set_place(None)
        self.ask_now(plan)

    def ask_now(self, plan: EnginePlan) -> None:
        """Ask by `kitsdesk-trainer run probe`; the answer is shown when it comes."""
        self._plan, place = plan, asked_as(plan)
        workspace = self._session.workspace
        if workspace is None:
            return
        self._asking.add(place)

        def answered(records: Records, problem: KitsDeskError | None) -> None:
            self._asking.discard(place)
            self._known[place] = facts = place_facts(plan, records, problem)
            if place == asked_as(self._plan):
                self._view.set_place(facts)

        self._launcher.probe(_existing(workspace.runs_folder), plan, answered)

    def dry_run(self, plan: EnginePlan, make_draft: Callable[[], RunDraft]) -> None:
        """Show what `run start` would write and call for a draft; nothing is started."""
        self._pool.start(
            "Preparing the dry run",
            make_draft,
            done=lambda draft: self._ask_script(draft, plan),
            failed=self._shell.show_problem,
        )

    def _ask_script(self, draft: RunDraft, plan: EnginePlan) -> None:
        def answered(records: Records, problem: KitsDeskError | None) -> None:
            if problem is not None:
                self._shell.show_problem(problem)
            else:
                self._view.show_dry_run(dry_run_of(draft, records))
            draft.remove()

        self._launcher.dry_run(draft.folder, plan, answered)


def asked_as(plan: EnginePlan) -> EnginePlan:
    """Return what of a plan matters to its place: not which GPUs of this computer, not how
    many tasks at once, not the length of the run."""
    if isinstance(plan.options, SlurmOptions):
        calm = plan.options.model_copy(update={"tasks_at_once": 0})
        return plan.model_copy(update={"options": calm})
    if plan.engine == "local":
        return EnginePlan(remote=plan.remote)
    return plan


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder
