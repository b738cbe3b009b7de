from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from desk_cases import AGREEING, MISSING, SEEN, true_mask

from kitsdesk.controllers.estimating import EstimateController
from kitsdesk.controllers.listing import ListController
from kitsdesk.controllers.looking_again import SecondLookController
from kitsdesk.controllers.reporting import ReportController
from kitsdesk.project.decision_lists import DecisionList, ListedDecision
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.review_times import ReviewTimes
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.second_looks import SecondLooks
from trainer.contract.jsonfile import write_json


@dataclass
class Kept:
    """Every view of curation: keeps what it was told."""

    lists: list[Any] = field(default_factory=list)
    estimates: list[Any] = field(default_factory=list)
    looks: list[Any] = field(default_factory=list)
    starts: list[Any] = field(default_factory=list)
    pace: str = ""
    chances: dict[str, float] = field(default_factory=dict)

    def show_list(self, *told):
        self.lists.append(told)

    def show_estimate(self, *told):
        self.estimates.append(told)

    def show_look(self, *told):
        self.looks.append(told)

    def show_start(self, *told):
        self.starts.append(told)

    def set_estimate(self, words):
        self.pace = words

    def set_chances(self, chances):
        self.chances = chances

    def close_sheet(self):
        pass


@pytest.fixture
def view():
    return Kept()


@pytest.fixture
def lists(desk, view):
    return ListController(desk.session, desk.pool, desk.decisions.many, view, desk.shell)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def estimates(desk, view, clock):
    made = EstimateController(
        desk.session, desk.pool, desk.decisions, view, view, desk.shell, clock
    )
    made.refresh()
    desk.qtbot.waitUntil(lambda: made.told is not None, timeout=10000)
    return made


def write_list(folder, *entries):
    path = folder / "list.json"
    write_json(path, DecisionList(title="Theirs", cases=tuple(entries)))
    return path


def test_a_list_changes_nothing_before_it_is_asked_for(desk, lists, view, tmp_path):
    path = write_list(
        tmp_path,
        ListedDecision(case=MISSING, decision="replaced", reason="tumor missed"),
        ListedDecision(case=SEEN, decision="replaced", reason="wrong"),
        ListedDecision(case=AGREEING, decision="excluded", reason="second phase"),
    )
    desk.show(MISSING)
    lists.show_file(path)
    desk.rest()
    shown, recognised, warning = view.lists[0]
    assert [(row.case, bool(row.refused)) for row in shown.rows] == [
        (MISSING, False),
        (SEEN, True),
        (AGREEING, False),
    ]
    assert not warning
    assert "any project" in recognised
    assert desk.decision(MISSING) == "unreviewed"
    lists.apply()
    desk.rest()
    assert [desk.decision(c) for c in (MISSING, SEEN, AGREEING)] == [
        "replaced",
        "unreviewed",
        "excluded",
    ]
    assert desk.open_case.case == MISSING
    assert np.array_equal(desk.open_case.mask, true_mask())
    assert "every fold has seen it" in desk.said
    desk.cases.selected = [AGREEING]
    desk.decisions.undo_decision()
    assert desk.decision(MISSING) == desk.decision(AGREEING) == "unreviewed"


def test_the_paper_s_list_is_not_offered_to_another_data_set(desk, lists, view):
    lists.show_kits19("paper")
    desk.rest()
    assert view.lists == []
    assert desk.said.startswith("This project is not KiTS19")


def test_one_s_own_decisions_are_written(desk, lists, tmp_path):
    desk.show(AGREEING)
    desk.decisions.keep()
    lists.save(tmp_path / "mine.json")
    desk.rest()
    assert desk.said == "1 decision written to mine.json."
    assert json.loads((tmp_path / "mine.json").read_text())["cases"][0]["decision"] == "kept"


def test_the_estimate_follows_the_decisions(desk, estimates, view):
    assert view.chances == {}
    desk.show(MISSING)
    desk.decisions.exclude("tumor missed")
    desk.qtbot.waitUntil(lambda: estimates.told.found == 1, timeout=10000)
    desk.rest()
    assert view.chances[MISSING] == 1.0
    assert view.chances[AGREEING] < 0.3
    estimates.show()
    told, advice, progress, planted, plantable = view.estimates[-1]
    assert told.reviewed == 1
    assert "rests on 1 decisions" in advice or "rests on 1 decision" in advice
    assert progress == "1 of 4 reviewed"
    assert (planted, plantable) == (0, "")


def test_only_work_counts_for_the_pace(desk, estimates, clock, view):
    for case, seconds in ((AGREEING, 30), (SEEN, 40), (MISSING, 50)):
        desk.show(case)
        for _step in range(seconds // 10):
            clock.now += 10
            estimates.touch()
        clock.now += 4000
        desk.decisions.keep()
        desk.rest()
    times = ReviewTimes(desk.session.project).of("anna")
    assert times == [40.0, 50.0, 60.0]
    desk.qtbot.waitUntil(lambda: view.pace == "under a minute at your pace", timeout=10000)


def test_planting_shows_and_removing_takes_back(desk, estimates, view):
    estimates.plant(0.5)
    desk.rest()
    active = desk.session.planted.active()
    assert set(active) == {AGREEING}
    assert "Each goes by itself" in desk.said or view.estimates
    case = desk.show(AGREEING)
    assert case.planted is not None
    estimates.remove_planted()
    desk.rest()
    assert desk.session.planted.active() == {}
    assert desk.session.case is None
    assert np.array_equal(desk.show(AGREEING).mask, true_mask())


def test_the_chance_shown_does_not_give_a_planted_fault_away(desk, estimates, view):
    desk.show(MISSING)
    desk.decisions.exclude("tumor missed")
    desk.qtbot.waitUntil(lambda: estimates.told.found == 1, timeout=10000)
    desk.rest()
    plain = view.chances[AGREEING]
    for _case in PlantedFaults(desk.session.project).plant(0.1, seed=5):
        pass
    desk.session.casesChanged.emit([AGREEING])
    desk.qtbot.waitUntil(lambda: view.chances[AGREEING] > plain, timeout=10000)


@pytest.fixture
def looks(desk, view):
    desk.session.decisions.decide([MISSING], "replaced", "tumor missed")
    desk.session.decisions.decide([AGREEING], "kept")
    return SecondLookController(desk.session, desk.pool, view, desk.shell)


def test_a_second_look_names_nothing_and_changes_no_decision(desk, looks, view):
    before = desk.session.decisions.all_current()
    looks.show()
    assert view.starts[0][0] == 2
    looks.begin(1.0)
    desk.rest()
    seen = []
    for number in (1, 2):
        place, volume, left, right, _index = view.looks[-1]
        assert place == (number, 2)
        assert left.shape == right.shape == volume.shape
        waiting = SecondLooks(desk.session.project).open()[0]
        reference = Revisions(desk.session.project).load_reference(waiting.case)
        on_left = left if waiting.left_side == "reference" else right
        assert np.array_equal(on_left, reference)
        seen.append(waiting.case)
        looks.answer("left" if waiting.left_side == waiting.first else "right")
        desk.rest()
    assert set(seen) == {MISSING, AGREEING}
    fit, told = view.starts[-1]
    assert fit == 0
    assert (told.same, told.cases) == (2, 2)
    assert desk.session.decisions.all_current() == before


def test_a_round_can_be_ended_and_its_answers_stay(desk, looks, view):
    looks.begin(1.0)
    desk.rest()
    looks.answer(None)
    desk.rest()
    looks.stop()
    assert view.starts[-1][1].cases == 1
    assert SecondLooks(desk.session.project).open() == []


def test_the_report_is_one_file_without_paths_or_patients(desk, tmp_path):
    project = desk.session.project
    desk.show(MISSING)
    desk.decisions.use_prediction("tumor missed, see /data/hospital/Miller John/scan.dcm")
    desk.rest()
    desk.decisions.undo_decision()
    desk.session.decisions.decide([MISSING], "replaced", "missed, see /data/hospital/Miller/a.dcm")
    desk.session.decisions.decide([SEEN], "excluded", "kidney cut short")
    written = []
    ReportController(desk.session, desk.pool, desk.shell).write(
        tmp_path / "report.html", written.append
    )
    desk.qtbot.waitUntil(lambda: bool(written), timeout=60000)
    assert written == [tmp_path / "report.html"]
    text = written[0].read_text(encoding="utf-8")
    assert text.count("data:image/png;base64,") == 3 + 2
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "Miller" not in text
    assert str(project.folder) not in text
    assert str(tmp_path) not in text
    assert "kidney cut short" in text
    assert project.audit.head() in text
    assert "1 of 4" not in text
    assert "voxels changed" in text
