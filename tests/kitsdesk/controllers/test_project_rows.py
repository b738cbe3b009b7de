from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from desk_cases import AGREEING, BARE, MISSING, SEEN

ROOT = Path(__file__).resolve().parents[3]


def test_rows_come_by_suspicion_and_cases_without_one_come_last(desk):
    assert not desk.shell.problems
    order = desk.project.by_suspicion()
    assert order[0] == MISSING
    assert set(order) == {MISSING, AGREEING, SEEN, BARE}
    rows = desk.project.rows
    assert rows[MISSING].tumor_dice == 0.0
    assert rows[AGREEING].suspicion == 0.0
    assert rows[BARE].suspicion is None
    assert order.index(AGREEING) < order.index(BARE)
    assert not rows[BARE].has_reference


def test_the_row_of_the_open_case_tells_of_unsaved_edits_even_after_it_is_left(desk):
    desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.rest()
    assert desk.project.rows[AGREEING].unsaved
    desk.show(MISSING)
    desk.project.refresh([AGREEING])
    desk.rest()
    assert desk.project.rows[AGREEING].unsaved
    assert not desk.project.rows[MISSING].unsaved


def test_a_saved_correction_changes_the_row(desk):
    case = desk.show(MISSING)
    before = desk.project.rows[MISSING].suspicion
    desk.review.take(0)
    desk.decisions.save_correction()
    desk.rest()
    assert case.base.number == 1
    assert desk.project.rows[MISSING].suspicion < before
    assert desk.project.rows[MISSING].decision == "corrected"


def test_closing_the_project_empties_the_list_while_rows_are_being_scored(desk):
    desk.project.refresh([MISSING, AGREEING, SEEN])
    desk.session.close_project()
    desk.rest()
    assert desk.cases.rows == {}
    assert desk.project.rows == {}
    assert not desk.shell.problems


def test_a_project_that_another_process_has_opens_read_only_and_says_so(closed):
    code = (
        "import sys, time; from pathlib import Path; "
        "from kitsdesk.project.workspace import Workspace; "
        "held = Workspace.open(Path(sys.argv[1])); print('open', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(closed.folder)], stdout=subprocess.PIPE, cwd=ROOT
    )
    try:
        assert other.stdout.readline().strip() == b"open"
        closed.project.open(closed.folder)
        closed.rest()
        assert closed.session.project.read_only
        assert "is open elsewhere" in closed.shell.problems[0].happened
        assert closed.shell.problems[0].kept == "It is open here read-only."
    finally:
        other.kill()
        other.wait()
