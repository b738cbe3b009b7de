"""After a crash: edits and masks are offered per case, discarding keeps the file aside."""

from __future__ import annotations

import os
import shutil
import time

import numpy as np
import pytest
from desk_cases import AGREEING, MISSING, DrivenDesk, reference_of

from kitsdesk.project.store import STORE_NAME


class Person:
    """Answers the strip's questions with the keys it was given, in order."""

    def __init__(self, shell, *keys):
        self.keys, self.asked, self.offers = list(keys), [], []
        self.withdrawn = 0
        shell.choose, shell.withdraw = self.choose, self.withdraw

    def choose(self, question, options, answered, *, no="Cancel"):
        self.asked.append(question)
        self.offers.append(([words for _key, words in options], no))
        if self.keys:
            answered(self.keys.pop(0))

    def withdraw(self):
        self.withdrawn += 1


@pytest.fixture
def left(desk, qtbot):
    """A session that ended with two edits that were not saved; the next one, not begun."""
    desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.paint((4, 30, 6), structure=1)
    mask = desk.open_case.mask.copy()
    desk.session.close_project()
    later = DrivenDesk(qtbot, desk.folder)
    yield later, mask
    later.close()


def journal_files(folder):
    return sorted(path.name for path in (folder / "history").iterdir())


def test_19_edits_are_offered_with_number_and_time(left):
    later, mask = left
    person = Person(later.shell, "continue")
    case = later.start().show(AGREEING)
    now = time.strftime("%H:%M", time.localtime(case.journal.left))
    assert person.asked == [
        f"{AGREEING}: 2 edits from {now} that were not saved. They are in the mask shown."
    ]
    assert person.offers == [(["Discard…", "Continue with them"], "Decide later")]
    assert later.said == "Going on with 2 edits."
    assert np.array_equal(case.mask, mask)
    later.show(MISSING)
    later.show(AGREEING)
    assert len(person.asked) == 1, "a case is not asked about twice in one window"


def test_19_discarding_asks_once_more_and_keeps_the_file_aside(left):
    later, mask = left
    person = Person(later.shell, "discard", "discard")
    case = later.start().show(AGREEING)
    assert person.asked[1] == (
        f"Go back to the saved mask of {AGREEING} without 2 edits? The edit history is kept "
        "beside it as a file."
    )
    assert person.offers[1] == (["Discard 2 edits"], "Keep them")
    assert np.array_equal(case.mask, reference_of(AGREEING))
    assert case.unsaved == 0
    assert later.said == (
        f"2 edits of {AGREEING} discarded; kept in history/{AGREEING}.journal.discarded."
    )
    assert later.shell.saved == "All edits saved"
    assert journal_files(later.folder) == [f"{AGREEING}.journal", f"{AGREEING}.journal.discarded"]
    # The file aside is a whole journal: put back, it brings every edit back.
    later.session.close_project()
    history = later.folder / "history"
    shutil.copyfile(history / f"{AGREEING}.journal.discarded", history / f"{AGREEING}.journal")
    again = later.start().show(AGREEING)
    assert np.array_equal(again.mask, mask)


@pytest.mark.parametrize("keys", [("",), ("discard", "")])
def test_19_without_an_answer_nothing_changes_and_it_is_asked_again(left, qtbot, keys):
    later, mask = left
    person = Person(later.shell, *keys)
    case = later.start().show(AGREEING)
    assert np.array_equal(case.mask, mask)
    assert len(person.asked) == len(keys)
    later.session.close_project()
    third = DrivenDesk(qtbot, later.folder)
    person = Person(third.shell, "continue")
    third.start().show(AGREEING)
    assert "2 edits" in person.asked[0]
    third.close()


def test_19_a_question_about_a_case_that_was_left_is_withdrawn(left):
    later, _mask = left
    person = Person(later.shell)
    later.start().show(AGREEING)
    later.show(MISSING)
    assert person.withdrawn == 1


def test_20_a_mask_that_was_never_registered_is_offered_before_the_edits(left):
    later, mask = left
    _written_but_not_registered(later, mask)
    person = Person(later.shell, "recover")
    case = later.start().show(AGREEING)
    later.qtbot.waitUntil(lambda: later.session.case is not None, timeout=10000)
    later.rest()
    assert person.offers[0] == (["Recover it as r1"], "Leave it")
    changed = np.count_nonzero(mask != reference_of(AGREEING))
    assert (
        f"when the program ended before it was registered; {changed:,} voxels differ"
        in (person.asked[0])
    )
    case = later.open_case
    assert case.base.number == 1
    assert case.base.kind == "recovered"
    assert np.array_equal(case.mask, mask)
    assert "Recovered as r1." in later.shell.messages


def test_20_a_mask_that_is_left_stays_a_file_and_the_edits_are_offered(left):
    later, mask = left
    file = _written_but_not_registered(later, mask)
    person = Person(later.shell, "", "continue")
    case = later.start().show(AGREEING)
    assert len(person.asked) == 2
    assert case.base.number == 0
    assert file.exists()


def _written_but_not_registered(desk, mask):
    from desk_cases import GRID

    from trainer.imaging.mask_file import write_mask

    file = desk.folder / "masks" / AGREEING / "r0001.nii.gz"
    write_mask(file, mask, GRID)
    return file


def test_a_journal_of_another_mask_is_said_and_kept_aside(left):
    later, _mask = left
    mine = later.folder / "history" / f"{AGREEING}.journal"
    os.replace(mine, later.folder / "history" / f"{MISSING}.journal")
    case = later.start().show(MISSING)
    (problem,) = later.shell.problems
    assert problem.happened == (
        f"The edit history of {MISSING} belongs to another mask than the one saved last, so its "
        "edits did not come back."
    )
    assert f"history/{MISSING}.journal.refused" in problem.kept
    assert np.array_equal(case.mask, reference_of(MISSING))


def test_a_damaged_end_is_said_and_the_edits_before_it_are_there(left):
    later, _mask = left
    journal = later.folder / "history" / f"{AGREEING}.journal"
    data = bytearray(journal.read_bytes())
    data[-3] ^= 0xFF
    journal.write_bytes(bytes(data))
    case = later.start().show(AGREEING)
    (problem,) = later.shell.problems
    assert problem.happened == f"The end of the edit history of {AGREEING} is damaged."
    assert problem.kept.startswith("1 edit before it came back; the damaged end is kept as ")
    assert case.unsaved == 1


def test_a_cut_end_is_said_and_costs_one_edit(left):
    later, _mask = left
    journal = later.folder / "history" / f"{AGREEING}.journal"
    journal.write_bytes(journal.read_bytes()[:-3])
    case = later.start().show(AGREEING)
    (problem,) = later.shell.problems
    assert "at most the last second is missing" in problem.kept
    assert case.unsaved == 1


def test_read_only_windows_are_asked_nothing(left):
    later, _mask = left
    person = Person(later.shell)
    later.start(read_only=True).show(AGREEING)
    assert person.asked == []


def test_a_damaged_database_is_offered_to_be_rebuilt_and_opens_then(desk, qtbot):
    folder = desk.folder
    desk.session.close_project()
    (folder / STORE_NAME).write_bytes(b"nothing")
    later = DrivenDesk(qtbot, folder)
    person = Person(later.shell, "rebuild")
    opened = []
    later.project.open(folder, lambda: opened.append(True))
    qtbot.waitUntil(lambda: bool(opened), timeout=20000)
    later.rest()
    assert "Rebuild renal.kitsdesk from its backup of " in person.asked[0]
    assert person.offers == [(["Rebuild the project"], "Leave it as it is")]
    assert AGREEING in later.project.rows
    assert "project.sqlite cannot be opened" in later.shell.problems[0].happened
    assert "The project was rebuilt from the backup of" in later.shell.problems[1].happened
    later.close()
