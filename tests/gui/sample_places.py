"""Sample answers of places for runs: a cluster, its script, what the settings hold."""

from __future__ import annotations

from kitsdesk.project.engine_defaults import EXAMPLES, EngineDefaults
from kitsdesk.project.place_facts import DryRun, PlaceFacts, place_facts
from trainer.contract.engine_plan import (
    EnginePlan,
    RemoteOptions,
    SlurmOptions,
    TemplateOptions,
    make_plan,
)

ANSWER = {
    "engine": "slurm",
    "ok": True,
    "reason": "",
    "partitions": [
        {"name": "gpu", "state": "up", "time_limit": "2-00:00:00", "nodes": 4, "gpus": 16},
        {
            "name": "cpu",
            "state": "up",
            "time_limit": "infinite",
            "nodes": 32,
            "gpus": 0,
            "default": True,
        },
    ],
    "shared_folder": True,
    "node": "gpu02",
    "gpus": [{"id": "GPU-1", "device": "cuda:0", "name": "NVIDIA A40", "memory_gb": 48.3}],
}
SCRIPT = """\
#!/bin/bash
#SBATCH --job-name=kitsdesk-2026-11-28_1840
#SBATCH --array=0-4%4
#SBATCH --partition=gpu
#SBATCH --gres=gpu:1
#SBATCH --time=1-00:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
#SBATCH --account=urology
module load cuda

RUN=/data/renal_ct.kitsdesk/runs/STAMP
TASKS=(residual/fold_0 residual/fold_1 residual/fold_2 residual/fold_3 residual/fold_4)
exec kitsdesk-trainer run task "$RUN" "${TASKS[$SLURM_ARRAY_TASK_ID]}"
"""


def slurm_plan() -> EnginePlan:
    """Return a plan for four GPUs of a partition."""
    return make_plan("slurm", {"partition": "gpu", "tasks_at_once": 4})


def slurm_place() -> PlaceFacts:
    """Return a cluster that sees the folder."""
    return place_facts(slurm_plan(), [ANSWER], None)


def dry_run() -> DryRun:
    """Return the script of five folds."""
    path = "/data/renal_ct.kitsdesk/runs/STAMP/slurm/stage_1.sh"
    note = "STAMP becomes the time of the export and of the run."
    return DryRun(((path, SCRIPT),), (("sbatch", "--parsable", path),), note)


def engine_defaults() -> EngineDefaults:
    """Return what a group with a cluster, LSF and a login host has set."""
    lsf = EXAMPLES[0]
    return EngineDefaults(
        slurm=SlurmOptions(partition="gpu", tasks_at_once=4, time_limit="1-00:00:00"),
        template_name=lsf.name,
        template=TemplateOptions(submit=lsf.submit, poll=lsf.poll, cancel=lsf.cancel),
        remote=RemoteOptions(host="login.cluster", folder="/home/anna/kitsdesk-runs"),
    )
