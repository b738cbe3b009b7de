"""What has to be there before a command can be done."""

from __future__ import annotations

import pytest

from kitsdesk.compose.command_needs import what_lacks
from kitsdesk.ui.actions.action_ids import ActionId as Id

DECISIONS = (Id.KEEP, Id.USE_PREDICTION, Id.EXCLUDE, Id.DECIDE_LATER, Id.RESTORE_REFERENCE)


@pytest.mark.parametrize("action", DECISIONS)
def test_a_decision_needs_a_case_or_a_selection(action):
    assert what_lacks(action, project=True, case=False, chosen=True) == ""
    assert what_lacks(action, project=True, case=True, chosen=False) == ""
    assert "choose cases" in what_lacks(action, project=True, case=False, chosen=False)
    assert what_lacks(action, project=False, case=False, chosen=False) == "Open a project first."


@pytest.mark.parametrize("action", [Id.SAVE_CORRECTION, Id.DONE_AND_NEXT, Id.UNDO, Id.SAVE])
def test_what_is_done_to_the_open_mask_needs_it_open(action):
    lacking = what_lacks(action, project=True, case=False, chosen=True)
    assert lacking == "Open a case first."
    assert what_lacks(action, project=True, case=True, chosen=False) == ""


def test_a_page_over_all_cases_needs_a_project_alone():
    assert what_lacks(Id.QUEUE, project=True, case=False, chosen=False) == ""
    assert what_lacks(Id.QUEUE, project=False, case=False, chosen=False) == "Open a project first."
    assert what_lacks(Id.GUIDE, project=False, case=False, chosen=False) == ""
