"""Where a run is to run: RUN/engine.json, written when it is first started.

{"schema_version": 1, "engine": "slurm", "options": {"partition": "gpu", …}, "remote": null}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json

ENGINE_FILE = "engine.json"


class BadEngineOptions(KitsDeskError):
    """The options of an engine make no sense."""


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _NodeOptions(_Options):
    """`trainer` is the command that starts `kitsdesk-trainer` on a node, as a shell takes it
    ("/opt/kitsdesk/bin/kitsdesk-trainer", "apptainer run --nv /shared/kitsdesk.sif"); "" is this
    program's own, under its path here."""

    trainer: str = ""

    @field_validator("trainer")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if len(value.strip().splitlines()) > 1:
            raise ValueError("must be one line")
        return value.strip()


class LocalOptions(_Options):
    """Options of `local`, this computer. `gpus` names its devices as `run probe` lists them (their
    `id`); empty means all that are free, or the CPU where there are none."""

    gpus: tuple[str, ...] = ()


class SlurmOptions(_NodeOptions):
    """A Slurm cluster; what is empty or None is left to the cluster's own defaults.

    `tasks_at_once` limits the array (0 = no limit); `time_limit` is as sbatch takes it
    (minutes, HH:MM:SS or D-HH:MM:SS); `extra_lines` go into the script as they are, above
    its first command ("#SBATCH --account=urology", "module load cuda").
    """

    partition: str = ""
    tasks_at_once: int = Field(default=0, ge=0)
    time_limit: str = ""
    gpus_per_task: int = Field(default=1, ge=0)
    cpus_per_task: int | None = Field(default=None, ge=1)
    memory_gb: float | None = Field(default=None, gt=0)
    extra_lines: tuple[str, ...] = ()

    @field_validator("partition", "time_limit")
    @classmethod
    def _one_word(cls, value: str) -> str:
        if any(letter.isspace() for letter in value.strip()):
            raise ValueError("must be one word")
        return value.strip()

    @field_validator("extra_lines")
    @classmethod
    def _whole_lines(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(part for line in lines for part in line.splitlines() if part.strip())


class TemplateOptions(_NodeOptions):
    """Another queue as three command lines.

    submit : {script} {name} {log}; the first number that it prints is the job.
    poll : {job}; its output is the reason shown, a failure or no mention of the job means
        that the job is not in the queue any more.
    cancel : {job}
    """

    submit: str = Field(min_length=1)
    poll: str = Field(min_length=1)
    cancel: str = Field(min_length=1)


class RemoteOptions(_Options):
    """A computer reached by `ssh HOST`, as in ~/.ssh/config.

    folder : absolute, on that computer; runs are copied below it.
    trainer : the command that starts `kitsdesk-trainer` there.
    shared : the run folder has the same path there, so that nothing is copied.
    """

    host: str = Field(min_length=1)
    folder: str = ""
    trainer: str = "kitsdesk-trainer"
    shared: bool = False

    @model_validator(mode="after")
    def _folder_or_shared(self) -> RemoteOptions:
        if self.host.startswith("-") or any(letter.isspace() for letter in self.host):
            raise ValueError("host must be one word such as login.cluster or me@login")
        if not self.shared and not self.folder.startswith("/"):
            raise ValueError("folder must be an absolute path where the folder is not shared")
        return self


Options = LocalOptions | SlurmOptions | TemplateOptions | dict[str, Any]
_KNOWN: dict[str, type[_Options]] = {
    "local": LocalOptions,
    "slurm": SlurmOptions,
    "template": TemplateOptions,
}


class EnginePlan(BaseModel):
    """Which engine runs the tasks of a run, how, and on which computer.

    The options of `local`, `slurm` and `template` are checked here; those of an engine from
    an entry point are a dict that the engine itself checks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    engine: str = "local"
    options: Options = LocalOptions()
    remote: RemoteOptions | None = None

    @model_validator(mode="before")
    @classmethod
    def _options_of_the_engine(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        given = values.get("options")
        kind = _KNOWN.get(values.get("engine", "local"))
        if kind is None:
            return values | {"options": {} if given is None else given}
        if isinstance(given, dict) or given is None:
            return values | {"options": kind.model_validate(given or {})}
        if not isinstance(given, kind):
            raise ValueError(f"these are not the options of {values.get('engine', 'local')}")
        return values


def make_plan(
    engine: str, options: dict[str, Any] | None = None, remote: dict[str, Any] | None = None
) -> EnginePlan:
    """Return the plan; raises BadEngineOptions, which names the option."""
    try:
        return EnginePlan.model_validate({"engine": engine, "options": options, "remote": remote})
    except ValidationError as error:
        raise _refusal(engine, error) from error


def read_plan_of_engine(run: Path) -> EnginePlan:
    """Return RUN/engine.json, this computer where there is none.

    Raises
    ------
    DamagedFile, BadEngineOptions : it cannot be used.
    """
    if not (run / ENGINE_FILE).exists():
        return EnginePlan()
    content = read_json(run / ENGINE_FILE)
    try:
        return EnginePlan.model_validate(content)
    except ValidationError as error:
        raise _refusal(str(run / ENGINE_FILE), error) from error


def _refusal(what: str, error: ValidationError) -> BadEngineOptions:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "options"
    return BadEngineOptions(
        f"The options of {what} cannot be used: {place}: {first['msg']}.",
        kept="Nothing was started.",
    )
