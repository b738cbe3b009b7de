"""What a place for runs said of itself, in words, before anything is started there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trainer.contract.engine_plan import EnginePlan, SlurmOptions
from trainer.contract.errors import KitsDeskError

Mark = Literal["good", "open", "bad"]


@dataclass(frozen=True)
class Partition:
    """A partition of a Slurm cluster; `note` is what is known of it in one line."""

    name: str
    note: str
    is_default: bool = False


@dataclass(frozen=True)
class Gpu:
    """A GPU of this computer. `key` is what LocalOptions calls it."""

    key: str
    words: str
    is_free: bool = True


@dataclass(frozen=True)
class PlaceFacts:
    """What was found: each line with a mark of how it stands. `problem` says why nothing can be
    started there, "" where it can."""

    lines: tuple[tuple[Mark, str], ...]
    problem: str = ""
    partitions: tuple[Partition, ...] = ()
    gpus: tuple[Gpu, ...] = ()
    gpu_memory_gb: float | None = None


@dataclass(frozen=True)
class DryRun:
    """What `run start --dry-run` would write and call, as it will be in the real folder."""

    scripts: tuple[tuple[str, str], ...]
    commands: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True)
class PredictAllFacts:
    """What Predict all… would do: how many cases, with which models; `takes` are the words of
    how long and how much memory on this computer, "" where not known."""

    cases: int
    models: str
    takes: str = ""


def place_facts(
    plan: EnginePlan, records: Sequence[dict[str, Any]], problem: KitsDeskError | None
) -> PlaceFacts:
    """Return what `run probe` answered for this plan."""
    if problem is not None or not records:
        said = problem.happened if problem is not None else "The place did not answer."
        return PlaceFacts((("bad", said),), said)
    found = records[-1]
    partitions = tuple(_partition(each) for each in found.get("partitions") or ())
    gpus = tuple(_gpu(number, each) for number, each in enumerate(found.get("gpus") or ()))
    ok, reason = bool(found.get("ok", True)), str(found.get("reason") or "")
    lines: list[tuple[Mark, str]] = []
    if isinstance(plan.options, SlurmOptions):
        lines += _cluster_lines(plan.options, found, partitions)
    elif plan.engine == "local":
        lines.append(("good", machine_words(found, gpus)))
    if found.get("shared_folder") is True:
        lines.append(("good", f"{_node(found)} reads and writes the project's folder."))
    elif found.get("shared_folder") is False:
        lines.append(("bad", "The nodes do not see the project's folder."))
    if reason:
        lines.append(("open" if ok else "bad", reason))
    if ok and not lines:
        lines.append(("good", "It answers."))
    memory = max((float(each["memory_gb"]) for each in found.get("gpus") or ()), default=None)
    refused = "" if ok else (reason or "Nothing can be started there.")
    return PlaceFacts(tuple(lines), refused, partitions, gpus, memory)


def machine_words(found: dict[str, Any], gpus: Sequence[Gpu]) -> str:
    """Return what a computer has: GPUs, else cores, and memory."""
    cores = f"{found.get('cpus', '?')} cores"
    if not gpus:
        return f"No GPU was found: one task at a time on the CPU, {cores}."
    number = "1 GPU" if len(gpus) == 1 else f"{len(gpus)} GPUs"
    return f"{number}, {cores}: one task on each GPU."


def _cluster_lines(
    options: SlurmOptions, found: dict[str, Any], partitions: Sequence[Partition]
) -> list[tuple[Mark, str]]:
    wanted = options.partition
    chosen = next(
        (each for each in partitions if each.name == wanted or (not wanted and each.is_default)),
        None,
    )
    lines: list[tuple[Mark, str]] = []
    if chosen is not None:
        name = f"Partition {chosen.name}" if wanted else f"The default partition, {chosen.name}"
        lines.append(("good", f"{name}: {chosen.note}."))
    node_gpus = found.get("gpus")
    if found.get("node") and node_gpus is not None:
        names = sorted({str(each.get("name", "GPU")) for each in node_gpus})
        words = f"{len(node_gpus)} GPU seen there: {', '.join(names)}." if names else ""
        missing = "No GPU is seen there: the CPU will compute, slowly."
        lines.append(("good" if names else "open", f"Node {found['node']}: {words or missing}"))
    return lines


def _node(found: dict[str, Any]) -> str:
    return f"Node {found['node']}" if found.get("node") else "A node"


def _partition(each: dict[str, Any]) -> Partition:
    nodes, gpus = int(each.get("nodes", 0)), int(each.get("gpus", 0))
    parts = [str(each.get("state", "")), "1 node" if nodes == 1 else f"{nodes} nodes"]
    parts.append("no GPU" if not gpus else ("1 GPU" if gpus == 1 else f"{gpus} GPUs"))
    limit = str(each.get("time_limit", ""))
    parts.append("no time limit" if limit == "infinite" else f"at most {limit}" if limit else "")
    return Partition(
        str(each["name"]), ", ".join(part for part in parts if part), bool(each.get("default"))
    )


def _gpu(number: int, each: dict[str, Any]) -> Gpu:
    name, memory = str(each.get("name", "GPU")), float(each.get("memory_gb", 0.0))
    free = bool(each.get("free", True))
    words = f"{number}: {name}, {memory:.0f} GB" + ("" if free else " · in use")
    return Gpu(str(each.get("id") or each["device"]), words, free)
