"""What a person set once for all runs: the cluster's usual options, other queues, SSH."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from trainer.contract.engine_plan import (
    EnginePlan,
    LocalOptions,
    RemoteOptions,
    SlurmOptions,
    TemplateOptions,
)


class EngineDefaults(BaseModel):
    """`template` and `remote` are None until they are set; `template_name` is what the other
    queue is called on the screen."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    slurm: SlurmOptions = SlurmOptions()
    template_name: str = ""
    template: TemplateOptions | None = None
    remote: RemoteOptions | None = None


CASES_PER_PART = 10


@dataclass(frozen=True)
class QueueExample:
    """The three command lines of one kind of queue, to be filled in further."""

    name: str
    submit: str
    poll: str
    cancel: str


EXAMPLES = (
    QueueExample(
        "LSF",
        "bsub -J {name} -o {log} -n 8 -gpu num=1 -W 24:00 {script}",
        'bjobs -noheader -o "stat pend_reason" {job}',
        "bkill {job}",
    ),
    QueueExample(
        "PBS",
        "qsub -N {name} -j oe -o {log} -l select=1:ncpus=8:ngpus=1:mem=32gb "
        "-l walltime=24:00:00 {script}",
        "qstat -f {job}",
        "qdel {job}",
    ),
    QueueExample(
        "SGE",
        "qsub -N {name} -j y -o {log} -cwd -notify -pe smp 8 -l gpu=1 -l h_rt=24:00:00 {script}",
        "qstat -j {job}",
        "qdel {job}",
    ),
)


def tasks_at_once(plan: EnginePlan, tasks: int) -> int:
    """Return how many of `tasks` tasks may run at the same time: one for each GPU of this
    computer, as many as the plan lets a cluster run."""
    options = plan.options
    if isinstance(options, SlurmOptions):
        return max(1, min(tasks, options.tasks_at_once or tasks))
    if isinstance(options, LocalOptions):
        return max(1, min(tasks, len(options.gpus)))
    return max(1, tasks)


def prediction_parts(plan: EnginePlan, cases: int) -> int:
    """Return into how many tasks a prediction is cut: one for each that may run at once, none
    with fewer than CASES_PER_PART cases, as each loads the models anew."""
    most = cases // CASES_PER_PART
    return max(1, min(most, tasks_at_once(plan, most)))
