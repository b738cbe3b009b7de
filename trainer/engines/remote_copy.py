"""A run's files on another computer: the same tree below one folder there, by rsync.

/home/me/p.kitsdesk/runs/R becomes FOLDER/home/me/p.kitsdesk/runs/R, so that what a task
proves by relative paths (done.json) holds on both computers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from trainer.contract.engine_plan import ENGINE_FILE, EnginePlan, RemoteOptions
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.queue_state import QUEUE_FILE
from trainer.contract.run_folder import CANCEL_FILE, PAUSE_FILE, RUN_FILE, RunSpec, TaskSpec
from trainer.engines.outside_program import ask

_OUTPUTS = ("--publish", "--out", "--models", "--predictions")
_ELSEWHERE = ("--run", "--cache")
# Copied with its paths changed, or each computer's own.
_OWN = (RUN_FILE, ENGINE_FILE, QUEUE_FILE, CANCEL_FILE, PAUSE_FILE, "*.lock", "lock.json")
_HEAVY = ("checkpoints", "prepared")
_PATIENCE_S = 24 * 3600.0


class RemoteCopy:
    """Copies a run there and its results back."""

    def __init__(self, run: Path, spec: RunSpec, remote: RemoteOptions) -> None:
        self._run = run.absolute()
        self._spec = spec
        self._remote = remote

    def there(self, path: Path) -> str:
        """Return what a path of this computer is on the other."""
        if self._remote.shared:
            return str(path.absolute())
        return self._remote.folder.rstrip("/") + str(path.absolute())

    def inputs(self) -> list[Path]:
        """Return what the tasks read, outside the run folder: exports, models, images."""
        found = {path for task in self._spec.tasks for path in _inputs_of(task)}
        for cases in self._case_lists():
            found |= {Path(image) for image in read_json(cases).values()}
        outside = [path for path in found if not path.is_relative_to(self._run)]
        return sorted(path for path in outside if path.exists())

    def outputs(self) -> list[Path]:
        """Return the folders outside the run folder that the tasks write to."""
        found: set[Path] = set()
        for task in self._spec.tasks:
            found |= {Path(b) for a, b in pairwise(task.argv) if a in _OUTPUTS}
        return sorted(path for path in found if not path.is_relative_to(self._run))

    def push_commands(self) -> list[list[str]]:
        """Return the commands that copy the run and what it reads."""
        host = f"{self._remote.host}:{self._remote.folder.rstrip('/')}/"
        there = [path for path in self.outputs() if path.exists()]
        paths = [*self.inputs(), *there]
        # Links are followed: an export's images may be links into the source data set.
        commands = [["rsync", "-asRL", *map(str, paths), host]] if paths else []
        own = [f"--exclude={name}" for name in _OWN]
        # What the tasks wrote there since is newer than what was copied back.
        return [*commands, ["rsync", "-asuR", *own, str(self._run), host]]

    def push(self, plan: EnginePlan) -> None:
        """Copy everything there; raises ProgramRefused."""
        for command in self.push_commands():
            ask(command, _PATIENCE_S)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_json(folder / RUN_FILE, self.spec_there())
            write_json(folder / ENGINE_FILE, plan.model_copy(update={"remote": None}))
            for cases in self._case_lists():
                listed = {case: self.there(Path(i)) for case, i in read_json(cases).items()}
                write_json(folder / cases.name, listed)
            target = f"{self._remote.host}:{self.there(self._run)}/"
            ask(["rsync", "-as", f"{folder}/", target], _PATIENCE_S)

    def pull_run(self) -> None:
        """Copy what the tasks wrote into the run folder; checkpoints stay there, and so does how
        far each is: it may be further by now than the results that are here."""
        excluded = [f"--exclude={name}" for name in (*_OWN, *_HEAVY, *self._case_names())]
        source = f"{self._remote.host}:{self.there(self._run)}/"
        excluded += ["--exclude=status.json", "--exclude=done.json"]
        ask(["rsync", "-as", *excluded, source, f"{self._run}/"], 600)

    def pull_results(self, done: Iterable[str]) -> None:
        """Copy models and predictions, then the proofs that those of `done` tasks are whole.

        A task that ended since they were asked for keeps its proof there until the next time:
        what it wrote may not have come with this copy.
        """
        for path in self.outputs():
            path.parent.mkdir(parents=True, exist_ok=True)
            source = f"{self._remote.host}:{self.there(path)}"
            ask(["rsync", "-as", "--ignore-missing-args", source, f"{path.parent}/"], _PATIENCE_S)
        there = f"{self._remote.host}:{self.there(self._run)}"
        proofs = [f"{there}/./{key}/done.json" for key in done]
        ask(["rsync", "-asR", *proofs, f"{self._run}/"], 600)

    def spec_there(self) -> RunSpec:
        """Return the run's tasks with the paths that the other computer has."""
        tasks = tuple(
            task.model_copy(update={"argv": tuple(self._word_there(word) for word in task.argv)})
            for task in self._spec.tasks
        )
        return self._spec.model_copy(update={"tasks": tasks})

    def _word_there(self, word: str) -> str:
        return self.there(Path(word)) if word.startswith("/") else word

    def _case_lists(self) -> Iterable[Path]:
        """Return the JSON files {case: image} in the run folder that tasks read."""
        for task in self._spec.tasks:
            for option, value in pairwise(task.argv):
                if option == "--input" and value.endswith(".json") and Path(value).is_file():
                    yield Path(value)

    def _case_names(self) -> set[str]:
        return {path.name for path in self._case_lists()}


def _inputs_of(task: TaskSpec) -> set[Path]:
    words = zip(("", *task.argv), task.argv, strict=False)
    return {
        Path(word)
        for option, word in words
        if word.startswith("/") and option not in (*_OUTPUTS, *_ELSEWHERE)
    }
