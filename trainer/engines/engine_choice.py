"""The engines by name: those of this program, and those of installed packages."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from trainer.contract.engine_plan import EnginePlan, read_plan_of_engine
from trainer.engines.engine import Engine, NoSuchEngine
from trainer.engines.local import LocalEngine
from trainer.engines.slurm import SlurmEngine
from trainer.engines.template import TemplateEngine

GROUP = "kitsdesk.engines"
_OWN: dict[str, Callable[[EnginePlan], Engine]] = {
    "local": LocalEngine,
    "slurm": SlurmEngine,
    "template": TemplateEngine,
}


def engine_names() -> tuple[str, ...]:
    """Return the names of all engines, our own first."""
    return (*_OWN, *sorted({point.name for point in _found()} - set(_OWN)))


def engine_for(plan: EnginePlan) -> Engine:
    """Return the engine that `plan` names.

    Raises
    ------
    NoSuchEngine : neither this program nor an installed package has it, or that package
        cannot be loaded.
    BadEngineOptions : the engine refuses the options.
    """
    if plan.engine in _OWN:
        return _OWN[plan.engine](plan)
    for point in _found():
        if point.name == plan.engine:
            return _load(point, plan)
    raise NoSuchEngine(
        f"There is no engine {plan.engine}.",
        kept="Nothing was started.",
        advice=f"These are there: {', '.join(engine_names())}.",
    )


def engine_of(run: Path) -> Engine:
    """Return the engine that the run was started with (RUN/engine.json)."""
    return engine_for(read_plan_of_engine(run))


def _found() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


def _load(point: EntryPoint, plan: EnginePlan) -> Engine:
    try:
        made: Engine = point.load()(plan)
    except (ImportError, AttributeError) as error:
        raise NoSuchEngine(
            f"The engine {point.name} of {point.value} cannot be loaded: {error}.",
            kept="Nothing was started.",
            advice="Install its package again, or choose another engine.",
        ) from error
    return made
