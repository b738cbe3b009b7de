from __future__ import annotations

import pytest

from kitsdesk.review.pace import (
    LOOK_S,
    PAUSE_S,
    ActiveTime,
    pace_words,
    progress_sentence,
    seconds_per_case,
    time_left,
)


def test_pauses_are_left_out():
    time = ActiveTime()
    for clock in (0.0, 10.0, 25.0):
        time.touch(clock)
    time.touch(25.0 + PAUSE_S + 3000)
    assert time.stop(25.0 + PAUSE_S + 3020) == pytest.approx(25.0 + LOOK_S + 20.0)


def test_one_long_case_does_not_change_the_pace():
    assert seconds_per_case([40.0, 50.0, 60.0]) == 50.0
    assert seconds_per_case([40.0, 50.0, 60.0, 50.0, 3600.0]) == 50.0
    assert seconds_per_case([40.0, 50.0]) is None


def test_only_the_latest_cases_count():
    assert seconds_per_case([600.0] * 100 + [30.0] * 40) == 30.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (20, "under a minute at your pace"),
        (61, "about 1 min at your pace"),
        (2820, "about 47 min at your pace"),
        (7790, "about 2 h 10 min at your pace"),
        (7180, "about 2 h at your pace"),
    ],
)
def test_an_estimate_is_told_as_roughly_as_it_is_known(seconds, words):
    assert pace_words(seconds) == words


def test_the_sentence_of_progress():
    left = time_left([45.0, 45.0, 45.0], 172)
    assert progress_sentence(38, 210, left) == "38 of 210 reviewed, about 2 h 10 min at your pace"
    assert progress_sentence(2, 210, None) == "2 of 210 reviewed"
    assert progress_sentence(210, 210, 0.0) == "210 of 210 reviewed"
