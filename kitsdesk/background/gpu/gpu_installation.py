"""Makes the GPU environment step by step; whole at the end, or gone."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO, Any

from kitsdesk import __version__
from kitsdesk.background.gpu.gpu_plan import GpuPlan
from kitsdesk.background.gpu.nvidia_cards import KEPT, NoGpuSupport
from kitsdesk.background.gpu.pip_output import PipOutput
from kitsdesk.background.trainer_command import GPU_READY_FILE, gpu_trainer
from kitsdesk.paths import gpu_environment
from kitsdesk.project.system_lock import try_lock
from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.contract.programs import outside_environment

_STEP_S = 0.2
_REST_GB = 0.6
# The first pip with --progress-bar raw is 24.1.
_PIP = "pip>=25"


@dataclass(frozen=True)
class InstallStep:
    """What is being done; `fraction` is 0–1 of the whole, `eta_s` of what is downloaded."""

    phase: str
    fraction: float
    eta_s: float | None = None


@dataclass(frozen=True)
class _Part:
    """One command and its share of the whole, from where to where."""

    phase: str
    command: tuple[str, ...]
    begin: float
    end: float
    expected_gb: float = 0.0


def install(plan: GpuPlan, log: Path) -> Generator[InstallStep, None, dict[str, Any]]:
    """Make the environment of `plan`; yields progress, returns what its ready file says.

    Closing the generator ends the process at work and removes what there is of the
    environment, as every failure does. The log of every command goes to `log`.

    Raises
    ------
    NoGpuSupport : a command failed, or torch sees no card where one is needed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with _lock(plan.folder) as free:
        if not free:
            raise NoGpuSupport("Another window is installing GPU support.", kept=KEPT)
        remove(plan.folder)
        try:
            with log.open("w", encoding="utf-8") as file:
                for part in _parts(plan):
                    yield from _run(part, file, log)
                yield InstallStep("Asking the new trainer", 0.95)
                facts = _facts(plan, file, log)
            write_json(plan.folder / GPU_READY_FILE, facts)
        except BaseException:
            remove(plan.folder)
            raise
    return facts


def gpu_facts() -> dict[str, Any]:
    """Return what the ready file says: version, torch, build, gpus; {} where there is none."""
    file = gpu_environment() / GPU_READY_FILE
    try:
        facts = read_json(file) if file.is_file() else {}
    except DamagedFile:
        return {}
    return facts if isinstance(facts, dict) else {}


def trainer_words() -> str:
    """Return which trainer the program runs, for a report."""
    facts = gpu_facts()
    if gpu_trainer() is not None:
        cards = " and ".join(facts.get("gpus", [])) or "no card"
        return f"GPU support, torch {facts.get('torch')}, {cards}"
    return "the program's own" + (", GPU support of another version not used" if facts else "")


def remove_half_made() -> None:
    """Remove an environment that was never finished, unless a window is at it now."""
    folder = gpu_environment()
    if folder.exists() and not gpu_facts():
        with _lock(folder) as free:
            if free and not gpu_facts():
                remove(folder)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Hold the environment against other windows; gives False where another one has it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileIO(folder.with_name(f"{folder.name}.lock"), "a") as file:
        yield try_lock(file) != "refused"


def remove(folder: Path) -> None:
    """Remove the environment; its ready file first, so that no half of it is ever used."""
    (folder / GPU_READY_FILE).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def environment_python(folder: Path) -> Path:
    """Return the Python of an environment."""
    windows = sys.platform == "win32"
    return folder / ("Scripts/python.exe" if windows else "bin/python")


def _parts(plan: GpuPlan) -> Sequence[_Part]:
    pip = (str(environment_python(plan.folder)), "-m", "pip", "install", "--no-input")
    raw = ("--progress-bar", "raw", "--no-cache-dir", "--disable-pip-version-check")
    limits = ("-c", str(plan.constraints)) if plan.constraints.is_file() else ()
    torch = (*pip, *raw, *limits, "--index-url", plan.index, plan.torch)
    return (
        _Part("Making the environment", plan.make, 0.0, 0.03),
        _Part("Making the environment", (*pip, "--upgrade", _PIP), 0.03, 0.05),
        _Part(f"torch {plan.build}", torch, 0.05, 0.75, plan.download_gb),
        _Part("The trainer", (*pip, *raw, *limits, plan.program), 0.75, 0.95, _REST_GB),
    )


def _run(part: _Part, file: IO[str], log: Path) -> Generator[InstallStep, None, None]:
    file.write(f"$ {' '.join(part.command)}\n")
    output = PipOutput(part.expected_gb * 1e9)
    process = _started(part.command)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_pump, args=(process, lines), daemon=True).start()
    try:
        while process.poll() is None:
            _take(lines, output, file)
            share = part.begin + (part.end - part.begin) * output.fraction
            phase = f"{part.phase}: {output.at}" if output.at else part.phase
            yield InstallStep(phase, share, output.eta_s)
            time.sleep(_STEP_S)
    finally:
        _end(process)
        _take(lines, output, file)
    if process.returncode != 0:
        raise NoGpuSupport(
            f"{part.phase} could not be installed: {output.reason()}.",
            kept=f"What was half made is removed. {KEPT}",
            advice=f"The log is {log}.",
        )


def _started(command: Sequence[str]) -> subprocess.Popen[str]:
    environment = outside_environment()
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    environment["PYTHONUNBUFFERED"] = "1"
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    )


def _pump(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)


def _take(lines: queue.SimpleQueue[str], output: PipOutput, file: IO[str]) -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            line = lines.get_nowait()
            if output.read(line.rstrip("\n")):
                file.write(line)
    file.flush()


def _end(process: subprocess.Popen[str]) -> None:
    """End a process that is still at work, with what it started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _facts(plan: GpuPlan, file: IO[str], log: Path) -> dict[str, Any]:
    """Return what the new trainer says of itself, having run it."""
    python = str(environment_python(plan.folder))
    version = "import importlib.metadata as m; print(m.version('torch'))"
    described = _said([python, "-m", "trainer", "describe", "--arch", "plain"], file)
    torch = _said([python, "-c", version], file)
    probed = _said([python, "-m", "trainer", "run", "probe", str(plan.folder), "--gpus"], file)
    try:
        gpus = json.loads(probed.splitlines()[-1])["gpus"]
        parameters = int(json.loads(described)["parameters"])
    except (ValueError, KeyError, IndexError, TypeError):
        gpus, parameters = [], 0
    if not parameters or (plan.needs_gpu and not gpus):
        why = "does not start" if not parameters else "sees no GPU"
        raise NoGpuSupport(
            f"The new trainer {why}, though {torch.strip() or 'torch'} was installed.",
            kept=f"It is removed. {KEPT}",
            advice=f"The log is {log}.",
        )
    return {
        "version": __version__,
        "torch": torch.strip(),
        "build": plan.build,
        "gpus": [gpu["name"] for gpu in gpus],
    }


def _said(command: Sequence[str], file: IO[str]) -> str:
    file.write(f"$ {' '.join(command)}\n")
    file.flush()
    process = _started(command)
    text, _nothing = process.communicate()
    file.write(text)
    return text
