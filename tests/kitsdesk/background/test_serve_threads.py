"""The number of CPU threads reaches the trainer's processes."""

from __future__ import annotations

from kitsdesk.background.serve_process import ServeProcess
from kitsdesk.background.trainer_command import trainer_environment
from trainer.contract.events import PredictCommand


def test_a_number_of_threads_is_told_and_none_leaves_the_environment(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert trainer_environment(3).value("OMP_NUM_THREADS") == "3"
    assert trainer_environment().value("OMP_NUM_THREADS") == "7"


def test_another_number_gives_the_next_prediction_a_process_of_its_own(qtbot, tmp_path):
    serve = ServeProcess()
    serve.set_threads(1)

    def predict(name):
        command = PredictCommand(
            id=name, models=(str(tmp_path / "no"),), case="c", image="no", out=str(tmp_path / "o")
        )
        with qtbot.waitSignal(serve.failed, timeout=60000):
            serve.predict(command)
        return serve._process.processId()

    try:
        first = predict("one")
        serve.set_threads(1)
        assert predict("two") == first
        serve.set_threads(2)
        assert predict("three") != first
    finally:
        serve.close()
