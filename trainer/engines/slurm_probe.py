"""What a Slurm cluster offers, by its own word and by a job of one minute that reads and writes
the run's folder from a node."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainer.contract.engine_plan import SlurmOptions
from trainer.engines.outside_program import ProgramRefused, ask
from trainer.engines.slurm_script import node_trainer, package_lines, resource_lines
from trainer.engines.slurm_time import time_refused

_WAIT_S = 60.0
_GPUS = re.compile(r"gpu(?::[^:(,]+)?:(\d+)")
_JOB = """\
#!/bin/bash
#SBATCH --job-name=kitsdesk-probe
#SBATCH --output={place}/job.log
{resources}
{packages}
{{ cat {place}/ours && hostname; }} > {place}/answer.tmp
{trainer} run probe {folder} --engine local{gpus} > {place}/node.json 2> {place}/node.err
mv {place}/answer.tmp {place}/answer
"""


def probe_slurm(folder: Path, options: SlurmOptions) -> dict[str, Any]:
    """Return `ok`, `reason` (the cluster's own refusal quoted), `partitions`, `shared_folder`
    (a nonce written here was read by a node, and its answer read here; None = not tried or
    still waiting), and the node's cores, memory, disk and GPUs.

    It takes as long as a job of one minute waits, at most a minute.
    """
    found: dict[str, Any] = {"ok": False, "reason": "", "partitions": [], "shared_folder": None}
    try:
        found["partitions"] = _partitions()
    except ProgramRefused as error:
        return found | {"reason": error.happened}
    names = [partition["name"] for partition in found["partitions"]]
    if options.partition and options.partition not in names:
        reason = f"There is no partition {options.partition}. There are: {', '.join(names)}."
        return found | {"reason": reason}
    place = folder.absolute() / f".kitsdesk-probe-{uuid.uuid4().hex}"
    place.mkdir(parents=True)
    try:
        return found | _ask_a_node(folder.absolute(), place, options, found["partitions"])
    except ProgramRefused as error:
        return found | {"reason": error.happened}
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _partitions() -> list[dict[str, Any]]:
    text = ask(["sinfo", "--noheader", "--format=%P|%a|%l|%D|%G"])
    found: dict[str, dict[str, Any]] = {}
    for line in text.splitlines():
        name, state, limit, nodes, gres = line.strip().split("|", 4)
        gpus = sum(int(number) for number in _GPUS.findall(gres)) * int(nodes)
        entry = found.setdefault(
            name.rstrip("*"),
            {
                "name": name.rstrip("*"),
                "state": state,
                "time_limit": limit,
                "nodes": 0,
                "gpus": 0,
                "default": name.endswith("*"),
            },
        )
        entry["nodes"] += int(nodes)
        entry["gpus"] += gpus
    return list(found.values())


def _ask_a_node(
    folder: Path, place: Path, options: SlurmOptions, partitions: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Submit the job and wait for its answer, unless the run's time limit is refused.

    Raises
    ------
    ProgramRefused : sbatch refuses what the options ask for.
    """
    nonce = uuid.uuid4().hex
    (place / "ours").write_text(nonce + "\n", encoding="utf-8")
    script = place / "probe.sh"
    # As the run would ask for it, so that what the run is refused the probe is refused; but a
    # long limit could wait for hours.
    minute = options.model_copy(update={"time_limit": options.time_limit and "1"})
    script.write_text(probe_script(folder, place, minute), encoding="utf-8")
    whole = place / "whole.sh"
    whole.write_text(probe_script(folder, place, options), encoding="utf-8")
    if options.time_limit and (refusal := time_refused(options, partitions, whole, script)):
        return {"ok": False, "reason": refusal}
    job = re.findall(r"\d+", ask(["sbatch", "--parsable", str(script)]))[0]
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end:
        if (place / "answer").exists():
            return _answer(place, nonce)
        if _has_ended(job):
            time.sleep(2)
            break
        time.sleep(0.5)
    if (place / "answer").exists():
        return _answer(place, nonce)
    waiting = _reason(job)
    ask(["scancel", job])
    if waiting is None:
        log = "The job ran, but nothing it wrote is to be seen here."
        return {"ok": False, "shared_folder": False, "reason": f"{log} Nodes need this folder."}
    reason = f"The cluster took the job, which still waits ({waiting}); the folder was not tried."
    return {"ok": True, "reason": reason}


def probe_script(folder: Path, place: Path, options: SlurmOptions) -> str:
    """Return the job that reads and writes `place`, below `folder`, and starts the trainer."""
    extra = [line for line in options.extra_lines if line.startswith("#SBATCH")]
    rest = [line for line in options.extra_lines if not line.startswith("#SBATCH")]
    return _JOB.format(
        place=shlex.quote(str(place)),
        folder=shlex.quote(str(folder)),
        trainer=node_trainer(options.trainer),
        resources="\n".join([*resource_lines(options), *extra]),
        packages="\n".join([*rest, *package_lines(options.trainer)]),
        gpus=" --gpus" if options.gpus_per_task else "",
    )


def _answer(place: Path, nonce: str) -> dict[str, Any]:
    lines = (place / "answer").read_text(encoding="utf-8").split()
    if not lines or lines[0] != nonce:
        reason = "A node wrote into the folder, but did not read there what was written here."
        return {"ok": False, "shared_folder": False, "reason": reason}
    try:
        node: dict[str, Any] = json.loads((place / "node.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        said = _text(place / "node.err").strip().splitlines()[-1:] or ["no reason was given"]
        reason = f"Node {lines[-1]} cannot start the trainer: {said[0]}"
        return {"ok": False, "shared_folder": True, "reason": reason, "node": lines[-1]}
    for own in ("engine", "ok", "reason"):
        node.pop(own, None)
    seen: dict[str, Any] = {"ok": True, "reason": "", "shared_folder": True, "node": lines[-1]}
    return seen | node


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _reason(job: str) -> str | None:
    """Return why the job waits, None where it does not."""
    try:
        text = ask(["squeue", "--noheader", f"--jobs={job}", "--format=%T|%r"])
    except ProgramRefused:
        return None
    state, _, reason = text.strip().partition("|")
    return reason if state == "PENDING" else None


def _has_ended(job: str) -> bool:
    try:
        return not ask(["squeue", "--noheader", f"--jobs={job}"]).strip()
    except ProgramRefused:
        return True
