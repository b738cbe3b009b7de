"""The batch script of one stage: plain bash in the run folder, for a person to read and edit."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from pathlib import Path

import trainer
from trainer.contract.engine_plan import SlurmOptions
from trainer.contract.programs import trainer_program
from trainer.contract.run_folder import PAUSE_FILE
from trainer.engines.slurm_time import limit_seconds

SCRIPTS = "slurm"
# Time for a checkpoint: Slurm may send the signal up to a minute early, never late.
_WARNING_S = 120

_BODY = """\
set -u
key=${{tasks[$SLURM_ARRAY_TASK_ID]}}
export KITSDESK_THREADS=${{SLURM_CPUS_PER_TASK:-}}
task=
# Before the time limit Slurm sends USR1: the task writes a checkpoint and leaves with 75. One
# that was still starting ends by the signal itself (128 + 10).
trap '[ -n "$task" ] && kill -USR1 $task 2>/dev/null' USR1
trap '[ -n "$task" ] && kill -TERM $task 2>/dev/null' TERM INT
{trainer} run task {run} "$key" &
task=$!
while kill -0 $task 2>/dev/null; do wait $task; done
wait $task
code=$?

if [ $code -eq 75 ] || [ $code -eq 138 ]; then
  job=${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID
  if [ -e {run}/{pause} ] || [ -e {run}/"$key"/{pause} ]; then
    scontrol requeuehold $job
  else
    scontrol requeue $job
  fi
fi
exit $code
"""


def job_name(run: Path, stage: int) -> str:
    """Return the name by which the jobs of a stage (from 1) are found in the queue again."""
    digest = hashlib.sha256(str(run.absolute()).encode()).hexdigest()[:10]
    return f"kitsdesk-{digest}-{stage}"


def script_file(run: Path, stage: int) -> Path:
    """Return where the script of a stage (from 1) stands."""
    return run.absolute() / SCRIPTS / f"stage_{stage}.sh"


def stage_script(run: Path, stage: int, keys: Sequence[str], options: SlurmOptions) -> str:
    """Return the text of the script that runs the tasks `keys` as one array job."""
    limit = f"%{options.tasks_at_once}" if options.tasks_at_once else ""
    tasks = "\n".join(f"  {shlex.quote(key)}" for key in keys)
    body = _BODY.format(
        trainer=node_trainer(options.trainer),
        run=shlex.quote(str(run.absolute())),
        pause=PAUSE_FILE,
    )
    lines = [
        "#!/bin/bash",
        "# Written by KiTSDesk. What is submitted again takes this file as it then is.",
        f"#SBATCH --job-name={job_name(run, stage)}",
        f"#SBATCH --array=0-{len(keys) - 1}{limit}",
        "#SBATCH --requeue",
        "#SBATCH --open-mode=append",
        f"#SBATCH --output={script_file(run, stage).with_suffix('')}-%a.log",
        f"#SBATCH --signal=B:USR1@{warning_seconds(options.time_limit)}",
        *resource_lines(options),
        # Behind the first command sbatch reads no options any more.
        *sorted(options.extra_lines, key=lambda line: not line.startswith("#SBATCH")),
        "",
        *package_lines(options.trainer),
        f"tasks=(\n{tasks}\n)",
    ]
    return "\n".join(lines) + "\n" + body


def resource_lines(options: SlurmOptions) -> list[str]:
    """Return the lines that ask for partition, time, GPUs, cores and memory; what is not
    chosen is not asked for."""
    asked = {
        "partition": options.partition,
        "time": options.time_limit,
        "gres": f"gpu:{options.gpus_per_task}" if options.gpus_per_task else "",
        "cpus-per-task": options.cpus_per_task or "",
        "mem": f"{round(options.memory_gb * 1000)}M" if options.memory_gb else "",
    }
    return [f"#SBATCH --{name}={value}" for name, value in asked.items() if value]


def warning_seconds(time_limit: str) -> int:
    """Return how long before the time limit a task is told: two minutes, or half of less."""
    seconds = limit_seconds(time_limit)
    return max(1, min(_WARNING_S, seconds // 2)) if seconds else _WARNING_S


def node_trainer(command: str) -> str:
    """Return what starts the trainer in a script: `command`, else this program's own."""
    return command or shlex.join(trainer_program())


def package_lines(command: str) -> list[str]:
    """Return the line of a script that this program's own trainer needs in a checkout; an
    installed one, or another `command`, needs none."""
    if command:
        return []
    root = Path(trainer.__file__).resolve().parent.parent
    if "site-packages" in root.parts or len(trainer_program()) == 1:
        return []
    return [f"export PYTHONPATH={shlex.quote(str(root))}${{PYTHONPATH:+:$PYTHONPATH}}"]
