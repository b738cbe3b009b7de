"""A task that goes on alone: what else a person paused or stopped stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_runs import run_command, states, wait_for, write_run
from tiny_models import tiny_ct, write_ct

from trainer.contract.queue_state import read_queue
from trainer.contract.run_folder import CANCEL_FILE, PAUSE_FILE, TaskSpec
from trainer.engines.runner_state import runner_state


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_ct(tmp_path / "ct.nii.gz", tiny_ct(0))
    argv = ("inspect", str(tmp_path / "ct.nii.gz"))
    return write_run(tmp_path, *(TaskSpec(key=key, argv=argv) for key in ("p", "q")))


def test_of_a_paused_run_one_task_goes_on(run: Path) -> None:
    (run / PAUSE_FILE).touch()
    run_command("resume", run, "--task", "p")
    wait_for(lambda: states(run)["p"] == "done")
    held = wait_for(lambda: read_queue(run).tasks.get("q"))
    assert (held.queue_state, held.queue_reason) == ("held", "paused; resume lets it go on")
    run_command("resume", run, "--task", "p")
    assert states(run) == {"p": "done", "q": "waiting"}
    assert not (run / PAUSE_FILE).exists()
    run_command("resume", run)
    wait_for(lambda: states(run) == {"p": "done", "q": "done"})


@pytest.mark.parametrize("place", ["", "q"])
def test_of_a_stopped_run_one_task_is_put_back_in_line(run: Path, place: str) -> None:
    (run / place).mkdir(exist_ok=True)
    (run / place / CANCEL_FILE).touch()
    run_command("requeue", run, "--task", "p")
    wait_for(lambda: runner_state(run) == "finished")
    assert states(run) == {"p": "done", "q": "cancelled"}
    run_command("requeue", run)
    wait_for(lambda: states(run) == {"p": "done", "q": "done"})


def test_starting_lets_all_go_on(run: Path) -> None:
    for place in (run, run / "p"):
        place.mkdir(exist_ok=True)
        (place / PAUSE_FILE).touch()
    run_command("start", run)
    wait_for(lambda: states(run) == {"p": "done", "q": "done"})


def test_of_a_stopped_run_what_waits_for_the_task_goes_on_with_it(tmp_path: Path) -> None:
    write_ct(tmp_path / "ct.nii.gz", tiny_ct(0))
    argv = ("inspect", str(tmp_path / "ct.nii.gz"))
    after = (("p", ()), ("q", ("p",)), ("r", ()))
    run = write_run(tmp_path, *(TaskSpec(key=k, argv=argv, after=a) for k, a in after))
    (run / CANCEL_FILE).touch()
    run_command("requeue", run, "--task", "p")
    wait_for(lambda: runner_state(run) == "finished")
    assert states(run) == {"p": "done", "q": "done", "r": "cancelled"}
