"""Counts the numbered faults that were tried: every test here, of the Slurm engine and of the
lock against a second window that carries a number of the list of 30, in its name or in its
parameter's name.

Where all files of this folder are run, each of the 30 numbers has to have been tried: one that
no test tried, or that all of its tests skipped, fails the run. Registered by tests/conftest.py in
the process that hears of every test, also where several processes share them.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

NUMBERS = range(1, 31)
_COUNTED = (
    "tests/faults/",
    "tests/slurm/",
    "tests/kitsdesk/project/test_locking.py",
    "tests/gui/test_read_only_window.py",
)
# Every test of this file is one of that number, with a real Slurm.
_ONE_NUMBER = {"tests/slurm/test_slurm_faults.py": 27}
_IN_NAME = re.compile(r"::test_(\d+)_")
_IN_PARAMETER = re.compile(r"\[(?:.*-)?(\d+) [^\]]*\]$")


class FaultCount:
    """What became of each numbered test.

    Parameters
    ----------
    narrowed : the run was asked for a choice of tests, so a number may be left out.
    """

    def __init__(self, *, narrowed: bool) -> None:
        self._outcomes: dict[str, str] = {}
        self._files: set[str] = set()
        self._narrowed = narrowed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst outcome of each numbered test."""
        test, outcome = report.nodeid, report.outcome
        self._files.add(test.partition("::")[0])
        if not test.startswith(_COUNTED) or fault_number(test) is None:
            return
        if outcome == "passed" and report.when != "call":
            return
        if self._outcomes.get(test, "passed") == "passed":
            self._outcomes[test] = outcome

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Fail a run that left one of the 30 numbers out."""
        if exitstatus == pytest.ExitCode.OK and self._untried():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print how many were tried, how many went as promised, and of which numbers."""
        if not self._outcomes:
            return
        tried = self._tried()
        kept = sum(outcome == "passed" for outcome in tried.values())
        per_number = Counter(fault_number(test) for test in tried)
        terminalreporter.write_sep("-", "numbered faults")
        terminalreporter.write_line(f"{len(tried)} tried, {kept} as promised")
        numbers = ", ".join(f"{number} ({per_number[number]}×)" for number in sorted(per_number))
        terminalreporter.write_line(f"of the list of 30: {numbers}")
        for number in self._untried():
            terminalreporter.write_line(f"FAILED: no test tried number {number}", red=True)
        for test in sorted(self._outcomes.keys() - tried.keys()):
            terminalreporter.write_line(f"not tried here: {test}")

    def _tried(self) -> dict[str, str]:
        return {test: out for test, out in self._outcomes.items() if out != "skipped"}

    def _untried(self) -> list[int]:
        seen = {fault_number(test) for test in self._tried()}
        missing = [number for number in NUMBERS if number not in seen]
        return [] if self._narrowed or not self._whole_folder() else missing

    def _whole_folder(self) -> bool:
        """Return whether every file of this folder was run."""
        files = {f"tests/faults/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
        return files <= self._files


def count_faults(config: pytest.Config) -> None:
    """Count from here on, in the process that hears of every test."""
    if not hasattr(config, "workerinput"):
        narrowed = bool(config.option.keyword) or any("::" in part for part in config.args)
        config.pluginmanager.register(FaultCount(narrowed=narrowed), "fault count")


def fault_number(test: str) -> int | None:
    """Return the number of the fault that a test's id names, None where it names none."""
    match = _IN_NAME.search(test) or _IN_PARAMETER.search(test)
    return int(match[1]) if match else _ONE_NUMBER.get(test.partition("::")[0])
