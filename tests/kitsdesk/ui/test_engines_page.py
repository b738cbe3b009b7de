"""The settings' page for clusters: what makes sense is kept, what does not is explained."""

from __future__ import annotations

import pytest
from PyQt6.QtTest import QTest
from sample_places import engine_defaults

from kitsdesk.project.engine_defaults import EXAMPLES, EngineDefaults
from kitsdesk.ui.settings.engines_page import EnginesPage


@pytest.fixture
def page(shown):
    return shown(EnginesPage(), 640, 800)


@pytest.fixture
def told(page):
    said = []
    page.enginesChanged.connect(said.append)
    return said


def test_each_example_is_complete_and_is_kept_at_once(page, told):
    for example, action in zip(EXAMPLES, page.example.menu().actions(), strict=True):
        action.trigger()
        assert told[-1].template_name == example.name
        assert "{script}" in told[-1].template.submit
        assert "{job}" in told[-1].template.poll
        assert "{job}" in told[-1].template.cancel


def test_half_a_queue_is_not_used_and_says_what_is_missing(page, told):
    QTest.keyClicks(page.submit, "qsub {script}")
    page.submit.editingFinished.emit()
    assert all(one.template is None for one in told)
    assert "poll and cancel" in page.queue_problem.text()


def test_a_host_needs_an_absolute_folder_unless_it_is_shared(page, told):
    QTest.keyClicks(page.host, "login")
    QTest.keyClicks(page.folder, "runs")
    page.folder.editingFinished.emit()
    assert "absolute" in page.ssh_problem.text()
    page.shared.click()
    assert told[-1].remote.shared
    assert page.ssh_problem.isHidden()


def test_what_was_set_comes_back(page, told):
    page.set_defaults(engine_defaults())
    assert not told
    page.slurm.at_once.setValue(7)
    assert told[-1] == engine_defaults().model_copy(
        update={"slurm": engine_defaults().slurm.model_copy(update={"tasks_at_once": 7})}
    )
    page.set_defaults(EngineDefaults())
    assert page.host.text() == ""


def test_the_trainer_on_the_nodes_is_kept_for_slurm_and_for_another_queue(page, told):
    page.example.menu().actions()[0].trigger()
    page.slurm.more.click()
    QTest.keyClicks(page.slurm.trainer, "/opt/kitsdesk/bin/kitsdesk-trainer")
    page.slurm.trainer.editingFinished.emit()
    assert told[-1].slurm.trainer == "/opt/kitsdesk/bin/kitsdesk-trainer"
    QTest.keyClicks(page.node_trainer, "apptainer run /shared/kitsdesk.sif ")
    page.node_trainer.editingFinished.emit()
    assert told[-1].template.trainer == "apptainer run /shared/kitsdesk.sif"
    kept = told[-1]
    page.set_defaults(EngineDefaults())
    assert (page.slurm.trainer.text(), page.node_trainer.text()) == ("", "")
    page.set_defaults(kept)
    assert page.slurm.trainer.text() == "/opt/kitsdesk/bin/kitsdesk-trainer"
    assert page.node_trainer.text() == "apptainer run /shared/kitsdesk.sif"
