"""Tools, Install GPU support…: looks, asks, installs as a job, and takes it away again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk import __version__
from kitsdesk.background.gpu.gpu_installation import (
    InstallStep,
    gpu_facts,
    install,
    remove,
    remove_half_made,
)
from kitsdesk.background.gpu.gpu_plan import INSTALLED_GB, GpuPlan, plan_gpu_support
from kitsdesk.background.tasks import Task, TaskPool
from kitsdesk.controllers.views import ShellView
from kitsdesk.paths import gpu_environment, log_dir
from kitsdesk.project.job_rows import JobRow
from trainer.contract.errors import KitsDeskError

JOB = "gpu-support"
TITLE = "Install GPU support"
_CHOICES = (("again", "Install it again"), ("remove", "Remove it"))


class OtherJobs(Protocol):
    """The Jobs panel's place for jobs that are neither predictions nor runs."""

    def show_other(self, row: JobRow, cancel: Any) -> None:
        """Show a row; `cancel` is called when a person cancels it."""

    def drop_other(self, job: str) -> None:
        """Take the row away."""


class GpuSupport(QObject):
    """One installation at a time; `changed` says that the trainer is another one now."""

    changed = pyqtSignal()

    def __init__(self, jobs: OtherJobs, shell: ShellView) -> None:
        super().__init__()
        self._jobs = jobs
        self._shell = shell
        # Of its own: an installation takes minutes and must hold up nothing else.
        self._pool = TaskPool(1)
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        """Return whether something is looked for, installed or removed."""
        return self._pool.busy

    def tidy(self) -> None:
        """Remove what an installation left half made, and say where one is of another version."""
        self._pool.start(
            "Looking after GPU support", remove_half_made, done=lambda _nothing: self._tell_old()
        )

    def open(self) -> None:
        """Install, or where it is installed already, offer to take it away."""
        if self._pool.busy:
            self._shell.show_message("GPU support is being seen to: Jobs shows how far it is.")
            return
        facts = gpu_facts()
        if facts.get("version") == __version__:
            cards = " and ".join(facts.get("gpus", [])) or "no card"
            self._shell.choose(
                f"GPU support is installed: torch {facts['torch']} for {cards}.",
                _CHOICES,
                self._answered,
            )
        else:
            self._look()

    def install(self, plan: GpuPlan) -> None:
        """Install as a job with progress, log and cancel."""
        log = log_dir() / "gpu-support.log"
        self._task = self._pool.start(
            TITLE,
            lambda: install(plan, log),
            progressed=lambda step: self._show(step, log),
            done=self._on_installed,
            failed=self._on_failed,
            cancelled=self._on_cancelled,
        )
        self._show(InstallStep("Beginning", 0.0), log)

    def close(self) -> None:
        """End what is under way; what is half made is removed."""
        self._pool.close()

    def _answered(self, key: str) -> None:
        if key == "again":
            self._look()
        elif key == "remove":
            self._shell.show_message("Removing GPU support…")
            self._pool.start(
                "Removing GPU support",
                lambda: remove(gpu_environment()),
                done=lambda _nothing: self._on_removed(),
                failed=self._shell.show_problem,
            )

    def _look(self) -> None:
        self._shell.show_message("Looking for an NVIDIA GPU…")
        self._pool.start(
            "Looking for a GPU",
            plan_gpu_support,
            done=self._offer,
            failed=self._shell.show_problem,
        )

    def _offer(self, plan: GpuPlan) -> None:
        card = plan.cards[0]
        self._shell.ask(
            f"Install support for {card.name}, {card.memory_gb:.0f} GB, driver {card.driver}? "
            f"It downloads about {plan.download_gb:.1f} GB and keeps {INSTALLED_GB:.1f} GB in "
            f"{plan.folder}.",
            "Install",
            lambda yes: self.install(plan) if yes else None,
        )

    def _show(self, step: InstallStep, log: Path) -> None:
        self._jobs.show_other(
            JobRow(
                JOB,
                "install",
                TITLE,
                "",
                "running",
                phase=step.phase,
                fraction=step.fraction,
                eta_s=step.eta_s,
                can_cancel=True,
                log=str(log),
            ),
            self._cancel,
        )

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _on_installed(self, facts: dict[str, Any]) -> None:
        self._end()
        cards = " and ".join(facts["gpus"]) or "the CPU"
        self._shell.show_message(f"GPU support is installed: {cards}, torch {facts['torch']}.")
        self.changed.emit()

    def _on_removed(self) -> None:
        self._shell.show_message("GPU support is removed; the program's own trainer is used.")
        self.changed.emit()

    def _on_failed(self, error: KitsDeskError) -> None:
        self._end()
        self._shell.show_problem(error)
        self.changed.emit()

    def _on_cancelled(self) -> None:
        self._end()
        self._shell.show_message("Cancelled; what was half made is removed.")
        self.changed.emit()

    def _end(self) -> None:
        self._task = None
        self._jobs.drop_other(JOB)

    def _tell_old(self) -> None:
        version = gpu_facts().get("version", __version__)
        if version != __version__:
            self._shell.show_message(
                f"GPU support belongs to KiTSDesk {version} and is not used: install it again "
                "under Tools."
            )
