from __future__ import annotations

from dataclasses import replace

from sample_records import training_job

from kitsdesk.project.job_rows import JobRow
from kitsdesk.ui.jobs.job_strip import live_curve
from kitsdesk.ui.jobs.job_words import foremost, percent_text, summary
from kitsdesk.ui.jobs.jobs_panel import COLLAPSED, OPEN, STRIP, JobsPanel


def job(name, state, **values):
    return JobRow(name, "predict", name, "", state, **values)


def test_the_panel_has_three_heights(shown):
    panel = shown(JobsPanel(), 1600, 300)
    assert panel.height() == COLLAPSED
    panel.set_jobs([training_job()])
    assert panel.height() == STRIP
    panel.set_open(True)
    assert panel.height() == OPEN
    panel.set_open(False)
    panel.set_narrow(True)
    assert panel.height() == COLLAPSED


def test_the_strip_shows_what_runs_and_a_failure_is_not_lost():
    rows = [job("a", "done"), job("b", "failed"), job("c", "running")]
    assert foremost(rows).job == "c"
    assert foremost(rows[:2]).job == "b"
    assert foremost(rows[:1]) is None
    assert summary(rows) == "1 running, 1 failed"
    assert summary([]) == "nothing running"


def test_only_done_is_a_hundred_percent():
    assert percent_text(job("a", "running", fraction=0.9999)) == "99 %"
    assert percent_text(job("a", "done", fraction=1.0)) == "100 %"


def test_buttons_ask_for_the_job(shown, qtbot):
    panel = shown(JobsPanel(), 1600, 300)
    panel.set_jobs([training_job()])
    with qtbot.waitSignal(panel.asked) as signal:
        panel._strip.buttons._pause.click()
    assert signal.args == ["pause", "run-1"]
    panel.set_jobs([replace(training_job(), state="paused")])
    with qtbot.waitSignal(panel.asked) as signal:
        panel._strip.buttons._pause.click()
    assert signal.args == ["resume", "run-1"]


def test_one_that_waits_for_the_gpu_offers_the_cpu_and_to_pause_the_run(shown, qtbot):
    panel = shown(JobsPanel(), 1600, 300)
    waiting = job("a", "waiting", phase="waits for the GPU: in use by Retrain")
    panel.set_jobs([replace(waiting, kind="case", can_use_processor=True, blocked_by="run-1")])
    buttons = panel._strip.buttons
    for button, what in (
        (buttons._processor, "processor"),
        (buttons._pause_blocking, "pause_blocking"),
    ):
        with qtbot.waitSignal(panel.asked) as signal:
            button.click()
        assert signal.args == [what, "a"]
    panel.set_jobs([replace(waiting, can_use_processor=True)])
    assert buttons._processor.isVisible()
    assert not buttons._pause_blocking.isVisible()
    panel.set_jobs([waiting])
    assert not buttons._processor.isVisible()


def test_the_log_opens_with_its_text_and_closes_when_asked_again(shown, qtbot):
    panel = shown(JobsPanel(), 1600, 300)
    panel.set_jobs([training_job()])
    panel.show_log("run-1", "epoch 1\nepoch 2")
    assert panel.is_open()
    assert panel._page._log.toPlainText().endswith("epoch 2")
    panel.set_jobs([training_job()])
    assert panel._page.log_is_shown()
    with qtbot.assertNotEmitted(panel.asked):
        panel._buttons._log.click()
    assert not panel._page.log_is_shown()


def test_curves_are_kept_from_one_update_to_the_next(shown):
    panel = shown(JobsPanel(), 1600, 300)
    panel.set_jobs([training_job()])
    panel.set_open(True)
    first = list(panel._page._columns)
    panel.set_jobs([training_job()])
    assert panel._page._columns == first
    assert len(first) == 5
    assert live_curve(training_job()).fold == 2
