"""The batch script of one task, for queues that know no arrays in common."""

from __future__ import annotations

import shlex
from pathlib import Path

from trainer.engines.slurm_script import node_trainer, package_lines

FOLDER = "queue"
_BODY = """\
#!/bin/bash
# Written by KiTSDesk. What is submitted again takes this file as it then is.
set -u
{packages}
task=
# A queue that warns before the time limit sends one of these: the task writes a checkpoint.
trap '[ -n "$task" ] && kill -USR1 $task 2>/dev/null' USR1 USR2
trap '[ -n "$task" ] && kill -TERM $task 2>/dev/null' TERM INT
{trainer} run task {run} {key} &
task=$!
while kill -0 $task 2>/dev/null; do wait $task; done
wait $task
code=$?
# Put this task back in line where its time was up (75), and submit what waited for it.
{trainer} run next {run} {key}
exit $code
"""


def script_file(run: Path, key: str) -> Path:
    """Return where the script of a task stands."""
    return run.absolute() / FOLDER / f"{key.replace('/', '_')}.sh"


def task_script(run: Path, key: str, trainer: str) -> str:
    """Return the text of the script that runs the task `key`.

    Parameters
    ----------
    trainer : the command that starts the trainer on a node, "" = this program's own.
    """
    return _BODY.format(
        trainer=node_trainer(trainer),
        run=shlex.quote(str(run.absolute())),
        key=shlex.quote(key),
        packages="\n".join(package_lines(trainer)),
    )
