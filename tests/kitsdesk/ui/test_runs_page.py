"""Train ▸ Runs: fifteen folds can be read, and each button asks for the right thing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from sample_runs import PRIORITY, cluster_run, local_run, older_run, sample_runs, waiting_run

from kitsdesk.ui.runs.run_words import may, runs_summary, task_words, tasks_summary
from kitsdesk.ui.runs.runs_page import RunsPage
from kitsdesk.ui.runs.task_table import column_edges

LEFT = Qt.MouseButton.LeftButton


def page_with(shown, rows):
    page = shown(RunsPage(), 1296, 812)
    page.set_runs(rows)
    return page


def texts(page):
    return page.detail._counts.text(), page.detail._facts.text()


def test_a_run_says_where_it_is_and_how_far(shown):
    page = page_with(shown, sample_runs())
    assert page.list.current() == waiting_run().job
    page.select(cluster_run().job)
    counts, facts = texts(page)
    assert "15 folds: 4 running, 5 waiting, 5 done, 1 failed" in counts
    assert "3 other tasks: 3 waiting" in counts
    assert "Slurm, gpu" in facts
    assert page._summary.text() == "4 runs: 1 running, 1 waiting, 1 done, 1 cancelled"


def test_a_narrow_table_gives_up_columns_so_that_the_state_can_be_read():
    wide, narrow, least = column_edges(1200), column_edges(740), column_edges(660)
    assert {"Job", "s per epoch"} <= wide.keys()
    assert "Job" not in narrow
    assert "s per epoch" in narrow
    assert not {"Job", "s per epoch"} & least.keys()
    for edges in (wide, narrow, least):
        left, right = edges["State"]
        assert right - left >= 96
        ends = sorted(edges.values())
        assert all(before[1] <= after[0] for before, after in pairwise(ends))


def test_fifteen_folds_are_all_in_sight_and_do_not_overlap(shown):
    page = page_with(shown, sample_runs())
    page.select(cluster_run().job)
    QTest.qWait(50)
    cells = page.detail.grid.cells()
    assert len(cells) == 15
    boxes = [cell.geometry() for cell in cells.values()]
    assert all(box.width() >= 116 and box.height() >= 96 for box in boxes)
    pairs = [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :]]
    assert not any(a.intersects(b) for a, b in pairs)
    assert page.detail.grid.visibleRegion().boundingRect().height() > 300


def test_a_click_on_a_fold_turns_to_that_task_alone(shown, qtbot):
    page = page_with(shown, [cluster_run()])
    QTest.mouseClick(page.detail.grid.cells()["residual/fold_3"], LEFT)
    assert page.detail.table.view.currentIndex().data() == "residual/fold_3"
    assert "time limit" in page.detail._chosen.text()
    with qtbot.waitSignal(page.asked) as signal:
        QTest.mouseClick(page.detail._task_buttons.button("requeue"), LEFT)
    assert signal.args == ["requeue", cluster_run().job, "residual/fold_3"]


def test_the_buttons_of_the_head_ask_for_the_whole_run(shown, qtbot):
    page = page_with(shown, [cluster_run()])
    for what in ("pause", "cancel", "log"):
        with qtbot.waitSignal(page.asked) as signal:
            QTest.mouseClick(page.detail._buttons.button(what), LEFT)
        assert signal.args == [what, cluster_run().job, ""]
    with qtbot.waitSignal(page.asked) as signal:
        QTest.mouseClick(page.detail._folder, LEFT)
    assert signal.args[0] == "folder"


def test_only_what_is_possible_is_offered():
    run = cluster_run()
    tasks = {task.key: task for task in run.tasks}
    assert may(run, None) == {"pause", "cancel"}
    assert may(run, tasks["residual/fold_3"]) == {"requeue"}
    assert may(run, tasks["plain/fold_0"]) == set()
    assert may(run, tasks["residual/fold_1"]) == {"pause", "cancel"}
    assert may(waiting_run(), None) == {"cancel", "requeue", "pause"}
    assert may(local_run(), None) == {"resume", "requeue"}
    assert may(older_run(), None) == set()


def test_a_waiting_task_says_why():
    assert task_words(waiting_run().tasks[0]) == PRIORITY
    assert "3 other tasks" in tasks_summary(cluster_run())
    assert runs_summary([]) == ""


def test_an_update_keeps_the_chosen_run_task_and_widgets(shown):
    page = page_with(shown, sample_runs())
    page.select(cluster_run().job)
    page.detail.choose_task("plain/fold_1")
    cells = dict(page.detail.grid.cells())
    rows = sample_runs()
    rows[1] = replace(rows[1], fraction=0.5)
    page.set_runs([replace(waiting_run(), job="2026-11-28_0900"), *rows])
    assert page.list.current() == cluster_run().job
    assert page.detail.task().key == "plain/fold_1"
    assert page.detail.grid.cells() == cells
    assert page.detail._share.text() == "50 %"


def test_a_log_takes_the_place_of_the_curves_until_another_run_is_chosen(shown, qtbot):
    page = page_with(shown, sample_runs())
    page.show_log("Log of plain, fold 0", "epoch 1\nepoch 2")
    assert page.detail.log_is_shown()
    assert page.detail._log.toPlainText().endswith("epoch 2")
    with qtbot.waitSignal(page.asked) as signal:
        page.list.select(older_run().job)
    assert signal.args[0] == "hide_log"
    assert not page.detail.log_is_shown()


def test_no_run_says_how_to_get_one(shown):
    page = page_with(shown, [])
    assert page._stack.currentIndex() == 0
    assert "Retrain folds" in page._nothing.text()


def test_what_is_held_in_the_queue_can_be_resumed_and_the_rest_of_it_paused(shown, qtbot):
    first, *others = waiting_run().tasks
    held = replace(first, held=True, reason="held by its owner; resume releases it")
    row = replace(waiting_run(), tasks=(held, *others))
    assert may(row, None) == {"cancel", "requeue", "pause", "resume"}
    assert may(row, held) == {"cancel", "requeue", "resume"}
    assert may(row, others[0]) == {"cancel", "requeue", "pause"}
    assert may(replace(row, queued=False), held) == {"cancel"}
    page = page_with(shown, [row])
    page.detail.choose_task(held.key)
    with qtbot.waitSignal(page.asked) as signal:
        QTest.mouseClick(page.detail._task_buttons.button("resume"), LEFT)
    assert signal.args == ["resume", row.job, held.key]
    assert page.detail._task_buttons.button("pause").isHidden()
    with qtbot.waitSignal(page.asked) as signal:
        QTest.mouseClick(page.detail._buttons.button("resume"), LEFT)
    assert signal.args == ["resume", row.job, ""]
