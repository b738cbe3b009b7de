"""Counts the numbered faults that were tried: every test here that carries a number of the list
of 30, in its name or in its parameter's name."""

from __future__ import annotations

import re
from collections import Counter

import pytest

_IN_NAME = re.compile(r"::test_(\d+)_")
_IN_PARAMETER = re.compile(r"\[(?:.*-)?(\d+) [^\]]*\]$")
_OUTCOMES: dict[str, str] = {}


def fault_number(test: str) -> int | None:
    """Return the number of the fault that a test's id names, None where it names none."""
    match = _IN_NAME.search(test) or _IN_PARAMETER.search(test)
    return int(match[1]) if match else None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the worst outcome of each numbered test."""
    if "tests/faults/" not in report.nodeid or fault_number(report.nodeid) is None:
        return
    if report.outcome != "passed" or report.when == "call":
        former = _OUTCOMES.get(report.nodeid, "passed")
        _OUTCOMES[report.nodeid] = report.outcome if former == "passed" else former


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many were tried, how many went as promised, and of which numbers."""
    if not _OUTCOMES:
        return
    tried = {test: outcome for test, outcome in _OUTCOMES.items() if outcome != "skipped"}
    kept = sum(outcome == "passed" for outcome in tried.values())
    per_number = Counter(fault_number(test) for test in tried)
    terminalreporter.write_sep("-", "numbered faults")
    terminalreporter.write_line(f"{len(tried)} tried, {kept} as promised")
    numbers = ", ".join(f"{number} ({per_number[number]}×)" for number in sorted(per_number))
    terminalreporter.write_line(f"of the list of 30: {numbers}")
    for test in sorted(_OUTCOMES.keys() - tried.keys()):
        terminalreporter.write_line(f"not tried here: {test}")
