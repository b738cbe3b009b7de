"""Kills at random moments of scripted painting, saving and exporting, by the hundred.

`python -m tests.faults.soak --kills 200 --windows 5` kills 200 times a process over the
program's project and history code, and 5 times the real window (needs a display). After each
kill the project is opened as the window opens it and everything that was told as done is looked
for. It prints "N tried, N as promised" and what was not.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from kitsdesk.project.audit_anchors import verify_all
from kitsdesk.project.case_sources import discover
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.orphan_masks import find_orphan
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from tests.faults.soak_work import opened, work
from tests.kitsdesk.project.conftest import KITS, make_image, make_mask
from trainer.contract.export_manifest import ExportManifest
from trainer.contract.jsonfile import read_json
from trainer.imaging.hashing import array_hash, volume_hash
from trainer.imaging.mask_file import read_mask, write_image, write_mask

CASES = 5
LONGEST_SECONDS = 1.2
KILLS_PER_PROJECT = 25
UNDONE = 40
WINDOW_SCRIPT = Path(__file__).with_name("soak_window.py")


class Broken(AssertionError):
    """A promise that was not kept."""


def make_project(folder: Path) -> Path:
    """A data set of five small cases and a project on it."""
    for number in range(CASES):
        mask = make_mask(number)
        case = folder / "source" / f"case_{700 + number:05d}"
        write_image(case / "imaging.nii.gz", make_image(mask, number), KITS)
        write_mask(case / "segmentation.nii.gz", mask, KITS)
    Workspace.create(folder / "soak.kitsdesk", discover(folder / "source"), "soak").close()
    return folder / "soak.kitsdesk"


class Ledger:
    """What was told as done, and what may have been done besides."""

    def __init__(self) -> None:
        self.masks: dict[str, set[str]] = {}
        self.sure: dict[str, str] = {}
        self.saved: list[tuple[str, str]] = []
        self.exports: set[str] = set()
        self.decided: dict[str, set[str]] = {}
        self.doing = ""

    def read(self, lines: list[str]) -> None:
        """Take in the lines of one session; a last half line was never told."""
        self.doing = "opening"
        for line in lines:
            kind, *words = line.split(" ")
            self.doing = {"I": "painting", "s": "saving", "d": "deciding", "x": "exporting"}.get(
                kind, "between"
            )
            if kind == "I":
                self.masks.setdefault(words[0], set()).add(words[1])
            elif kind == "E":
                self.masks[words[0]] = {words[1]}
            elif kind == "S":
                self.saved.append((words[0], words[1]))
            elif kind == "d":
                self.decided.setdefault(words[0], {"unreviewed"}).add(words[1])
            elif kind == "D":
                self.decided[words[0]] = {words[1]}
            elif kind == "X":
                self.exports.add(words[0])


def check(folder: Path, ledger: Ledger, proved: set[Path]) -> Counter[str]:
    """Open the project after a kill and compare it with what was told; raise Broken."""
    found: Counter[str] = Counter()
    with open_project(folder, "soak") as workspace:
        _require(not workspace.read_only, "the dead process's lock was not retaken")
        audit = verify_all(folder, workspace.audit)
        _require(audit.whole, f"the log is broken: {audit.faults}")
        for record in workspace.cases():
            found += _check_case(workspace, record.case, ledger)
        _check_revisions(workspace, proved)
        for case, voxels in ledger.saved:
            known = {revision.voxels_hash for revision in Revisions(workspace).all(case)}
            _require(voxels in known, f"a saved revision of {case} is gone")
        for case, words in ledger.decided.items():
            decision = Decisions(workspace).current(case).decision
            _require(decision in words, f"{case} is {decision}, not {words}")
            ledger.decided[case] = {decision}
        found["exports"] += _check_exports(workspace, ledger, proved)
    left = [path for path in folder.rglob(".*") if "unfinished" in path.name]
    _require(not left, f"an unfinished export is left: {left}")
    return found


def _check_case(workspace: Workspace, case: str, ledger: Ledger) -> Counter[str]:
    found: Counter[str] = Counter()
    files = Revisions(workspace).orphans(case)
    for file in files:
        read_mask(file, like=workspace.geometry(case))  # whole, or it raises
    orphan = find_orphan(workspace, case)
    if orphan is not None:
        Revisions(workspace).recover(case, orphan.path)
        found["masks recovered"] += 1
    mask, history, journal = opened(workspace, case)
    _require(journal.recovery.refused is None, f"the history of {case} was refused")
    _require(journal.recovery.damaged is None, f"the history of {case} is damaged")
    found["records cut"] += bool(journal.recovery.cut_bytes)
    reached = array_hash(mask)
    known = ledger.masks.get(case)
    _require(known is None or reached in known, f"{case} is not as it was told to be")
    ledger.masks[case] = {reached}
    back = history.position
    for _ in range(UNDONE):
        history.undo()
    history.go_to(back)
    _require(array_hash(mask) == reached, f"undo and redo of {case} do not come back")
    journal.close()
    # That walk was undone: the next session finds the same edits.
    return found


def _check_revisions(workspace: Workspace, proved: set[Path]) -> None:
    for record in workspace.cases():
        numbers = []
        for revision in Revisions(workspace).all(record.case):
            numbers.append(revision.number)
            if revision.number and revision.path not in proved:
                mask = read_mask(revision.path, like=KITS)
                same = volume_hash(mask) == revision.voxels_hash
                _require(same, f"{revision.path.name} of {record.case} is not what was saved")
                proved.add(revision.path)
        _require(len(numbers) == len(set(numbers)), "a revision's number was used twice")


def _check_exports(workspace: Workspace, ledger: Ledger, proved: set[Path]) -> int:
    there = {path.name: path for path in workspace.exports_folder.iterdir()}
    _require(there.keys() >= ledger.exports, "a finished export is gone")
    for path in there.values():
        if path in proved:
            continue
        manifest = ExportManifest.model_validate(read_json(path / "manifest.json"))
        for case in manifest.cases:
            mask = read_mask(path / case.mask, like=KITS)
            _require(volume_hash(mask) == case.mask_hash, f"{path.name} holds a mixed mask")
        proved.add(path)
    logged = [e.details["export"] for e in workspace.audit.entries() if e.action == "exported"]
    _require(sorted(logged) == sorted(there), "the log and the exports differ")
    return len(there)


def _require(kept: bool, words: str) -> None:
    if not kept:
        raise Broken(words)


def forked(folder: Path, seed: int, seconds: float) -> list[str]:
    """Kill a forked session after so many seconds of work; return the lines it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(folder, seed, writing)
        except BaseException as error:  # the parent has to hear of it
            os.write(writing, f"! {type(error).__name__} {error}\n".encode())
        os._exit(1)
    os.close(writing)
    return killed(child, reading, seconds)


def killed(process: int, reading: int, seconds: float) -> list[str]:
    """Read a session's lines until it is killed, so many seconds after its first one."""
    data, end = b"", time.monotonic() + 120
    while time.monotonic() < end:
        ready, _, _ = select.select([reading], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            break
        more = os.read(reading, 1 << 16)
        if not more:
            break
        if not data:
            end = time.monotonic() + seconds
        data += more
    os.kill(process, signal.SIGKILL)
    while more := os.read(reading, 1 << 16):
        data += more
    os.close(reading)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process, 0)
    lines = data.decode().split("\n")[:-1]
    _require(not lines or not lines[-1].startswith("!"), f"the session failed: {lines[-1:]}")
    return lines


def in_window(folder: Path, seed: int, seconds: float) -> list[str]:
    """Kill the real window; its script tells the same lines on its standard output."""
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, str(WINDOW_SCRIPT), str(folder), str(seed)],
        stdout=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "KITSDESK_HOME": str(folder.parent / "home")},
    )
    assert process.stdout is not None
    lines = killed(process.pid, os.dup(process.stdout.fileno()), seconds)
    process.stdout.close()
    process.wait()
    return lines


def soak(kills: int, windows: int, seed: int) -> int:
    """Kill, look, and go on with the same project; return how many kills broke a promise."""
    rng = np.random.default_rng(seed)
    start, broken = time.monotonic(), 0
    moments: Counter[str] = Counter()
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        for number in range(kills + windows):
            if number % KILLS_PER_PROJECT == 0:
                home = Path(folder) / str(number)
                project, ledger, proved = make_project(home), Ledger(), set[Path]()
            kill = forked if number < kills else in_window
            wait = float(rng.uniform(0.0, LONGEST_SECONDS))
            try:
                lines = kill(project, seed * 100_000 + number, wait)
                ledger.read(lines)
                moments[ledger.doing] += 1
                found["steps"] += len(lines)
                found += check(project, ledger, proved)
            except Exception as error:
                broken += 1
                print(f"kill {number} while {ledger.doing}: {type(error).__name__}: {error}")
            if (number + 1) % KILLS_PER_PROJECT == 0:
                print(f"{number + 1} of {kills + windows}, {broken} broken", flush=True)
    tried = kills + windows
    print(
        f"killed while {dict(moments)}; {found['steps']} lines told, "
        f"{found['masks recovered']} masks recovered, {found['records cut']} records cut"
    )
    print(f"{tried} tried, {tried - broken} as promised ({time.monotonic() - start:.0f} s)")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--windows", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    return 1 if soak(options.kills, options.windows, options.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
