"""How long the rest of a review will take at the reader's own pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

# A gap between two actions longer than this is a pause and counts for nothing.
PAUSE_S = 60.0
# After the last action before a pause a reader still looked for about this long.
LOOK_S = 10.0
FEWEST_CASES = 3
# The pace is that of lately: a reader becomes faster over the first cases.
LATEST_CASES = 40


@dataclass
class ActiveTime:
    """Adds up the time a reader is at work on one case; every clock is in seconds."""

    seconds: float = 0.0
    _last: float | None = field(default=None, repr=False)

    def touch(self, clock: float) -> None:
        """Note an action (a key, a click, the wheel, the pointer) at `clock`."""
        if self._last is not None:
            gap = clock - self._last
            self.seconds += gap if gap <= PAUSE_S else LOOK_S
        self._last = clock

    def stop(self, clock: float) -> float:
        """End the case at `clock` and return its active seconds."""
        self.touch(clock)
        self._last = None
        return self.seconds


def seconds_per_case(times: Sequence[float]) -> float | None:
    """Return the median active seconds of the latest cases, None with fewer than three.

    `times` are oldest first. The median, since a coffee or one hard case must not count for
    the 170 that are left.
    """
    latest = [seconds for seconds in times[-LATEST_CASES:] if seconds > 0]
    return float(np.median(latest)) if len(latest) >= FEWEST_CASES else None


def time_left(times: Sequence[float], cases_left: int) -> float | None:
    """Return the seconds that `cases_left` cases will take, None where not known yet."""
    pace = seconds_per_case(times)
    return None if pace is None else pace * cases_left


def pace_words(seconds: float | None) -> str:
    """Return for example "about 2 h 10 min at your pace"; "" where it is not known.

    Rounded to what such an estimate is worth: five minutes above an hour, else one.
    """
    if seconds is None:
        return ""
    minutes = seconds / 60
    if minutes < 1:
        return "under a minute at your pace"
    if minutes < 60:
        return f"about {round(minutes)} min at your pace"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    return f"about {hours} h {rest} min at your pace" if rest else f"about {hours} h at your pace"


def progress_sentence(reviewed: int, total: int, seconds: float | None) -> str:
    """Return for example "38 of 210 reviewed, about 2 h 10 min at your pace"."""
    words = f"{reviewed} of {total} reviewed"
    left = pace_words(seconds) if reviewed < total else ""
    return f"{words}, {left}" if left else words
