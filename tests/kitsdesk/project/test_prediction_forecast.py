from __future__ import annotations

import pytest

from kitsdesk.project.forecast_words import case_words, no_room_words, time_words
from kitsdesk.project.prediction_forecast import grid_of
from tests.trainer.tiny_models import kits_geometry, tiny_ct
from trainer.contract.forecast import Forecast
from trainer.inference.case_forecast import case_grid


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, "about 5 s"),
        (41, "about 40 s"),
        (58, "about 1 min"),
        (380, "about 6 min"),
        (7900, "about 2 h 10 min"),
        (7200, "about 2 h"),
    ],
)
def test_times_are_rounded_to_what_they_are_worth(seconds, said):
    assert time_words(seconds) == said


def test_what_is_reckoned_says_so():
    told = Forecast(seconds=120, memory_gb=2.43, least_gb=2, basis="measured", tiles=18)
    assert case_words(told) == "about 2 min and 2.4 GB of memory"
    assert "reckoned" in case_words(told.model_copy(update={"basis": "reckoned"}))


def test_too_little_memory_says_what_happens_then_and_what_to_do():
    slower = no_room_words(3.1, 2.2, 2.5)
    assert slower.startswith("This needs 3.1 GB of memory and 2.5 GB are free.")
    assert "one tile at a time" in slower
    ended = no_room_words(3.1, 2.8, 2.5)
    assert "predict a region" in ended


def test_a_grid_is_the_one_that_the_trainer_sees():
    volume = tiny_ct(1)
    assert grid_of(kits_geometry(volume.shape, (3.0, 1.5, 1.5))) == case_grid(volume)
