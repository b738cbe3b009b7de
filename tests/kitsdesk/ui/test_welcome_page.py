from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt

from kitsdesk.project.self_test_facts import SelfTestFacts
from kitsdesk.ui.pages.welcome_page import WelcomePage, self_test_words
from trainer.contract.forecast import Forecast

FULL = Forecast(seconds=121.0, memory_gb=2.31, least_gb=2.0, basis="measured", tiles=30)
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (SelfTestFacts("running", phase="making a phantom"), "Self-test: making a phantom…"),
        (SelfTestFacts("running", "cuda:0", "predict"), "GPU 0: predicting a phantom…"),
        (SelfTestFacts("cancelled", "cpu"), "The self-test was cancelled"),
        (SelfTestFacts("failed", problem="No memory."), "The self-test did not end: No memory."),
        (
            SelfTestFacts("done", "cuda:0", folds=5, seconds_per_case=31.2),
            "GPU 0 works. The 5 folds of the demo model take about 31 s for a small phantom. "
            "A full CT takes longer.",
        ),
        (
            SelfTestFacts("done", "cuda:0", folds=5, seconds_per_case=9.0, full_size=FULL),
            "GPU 0 works. The 5 folds of the demo model take about 9 s for a small phantom, and "
            "about 2 min and 2.3 GB of memory for a CT of 512×512×107 voxels.",
        ),
    ],
)
def test_the_self_test_in_words(facts, words):
    assert self_test_words(facts).startswith(words)


def test_one_button_cancels_or_tests_again(shown, qtbot):
    page = shown(WelcomePage(), 1100, 800)
    page.show_self_test(SelfTestFacts("running", "cpu", "predict", 0.4))
    assert page._bar.isVisible()
    with qtbot.waitSignal(page.cancelAsked):
        qtbot.mouseClick(page._test, LEFT)
    page.show_self_test(SelfTestFacts("cancelled", "cpu"))
    assert not page._bar.isVisible()
    with qtbot.waitSignal(page.testAsked):
        qtbot.mouseClick(page._test, LEFT)


def test_the_demo_and_the_way_on(shown, qtbot):
    page = shown(WelcomePage(), 1100, 800)
    with qtbot.waitSignal(page.demoAsked):
        qtbot.mouseClick(page._demo, LEFT)
    with qtbot.waitSignal(page.goOnAsked):
        qtbot.mouseClick(page._go_on, LEFT)
