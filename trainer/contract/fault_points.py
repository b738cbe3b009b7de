"""Named points in work that must survive a kill, where a test can stop the process.

KITSDESK_STOP_AT=training.step stops the process when it comes there, by SIGSTOP, which ends
nothing: whoever started it learns of it from the system, looks at what is on the disk, and
kills it or lets it go on. `safe_write.synced@model.json` stops it there for one file alone,
`training.step:3` the third time. Without the variable, and where there is no SIGSTOP
(Windows), nothing happens.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

STOP_AT = "KITSDESK_STOP_AT"
_PASSED: Counter[str] = Counter()


def reach(point: str, what: str = "") -> None:
    """Say that `point` is reached, with the file `what`; where the process was asked to stop
    there, it stops."""
    wanted = os.environ.get(STOP_AT)
    if wanted is None or not hasattr(signal, "SIGSTOP"):
        return
    place, _, number = wanted.partition(":")
    if place not in (point, f"{point}@{what}"):
        return
    _PASSED[place] += 1
    if _PASSED[place] == int(number or 1):
        os.kill(os.getpid(), signal.SIGSTOP)
