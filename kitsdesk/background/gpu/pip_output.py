"""What pip says while it works: bytes that came, what it is at, why it failed."""

from __future__ import annotations

import re
import time
from collections import deque

_PROGRESS = re.compile(r"^Progress (\d+) of (\d+)$")
_AT = re.compile(r"^\s*(Collecting|Downloading|Installing collected packages)[: ]+(\S+)")
_NETWORK = (
    "Max retries exceeded",
    "NewConnectionError",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "Read timed out",
    "ProxyError",
)
_KEPT_LINES = 40


class PipOutput:
    """Reads lines of one pip process; `fraction` and `eta_s` follow the bytes of
    `--progress-bar raw` against what is expected in all."""

    def __init__(self, expected_bytes: float) -> None:
        self._expected = max(expected_bytes, 1.0)
        self._finished = 0
        self._current = 0
        self._begun = time.monotonic()
        self._installing = False
        self._tail: deque[str] = deque(maxlen=_KEPT_LINES)
        self.at = ""

    def read(self, line: str) -> bool:
        """Take one line; return whether it belongs in the log."""
        progress = _PROGRESS.match(line)
        if progress:
            done, total = int(progress[1]), int(progress[2])
            self._current = done
            if done >= total:
                self._finished += total
                self._current = 0
            return False
        at = _AT.match(line)
        if at:
            self._installing = at[1].startswith("Installing")
            self.at = "unpacking" if self._installing else _package(at[2])
        if line.strip():
            self._tail.append(line.strip())
        return True

    @property
    def fraction(self) -> float:
        """Return the share of this step, 0–1: downloads are nine tenths of it."""
        if self._installing:
            return 0.9
        return 0.9 * min(1.0, (self._finished + self._current) / self._expected)

    @property
    def eta_s(self) -> float | None:
        """Return the seconds that the downloads still take; None before 2 % of them came."""
        done = self._finished + self._current
        if self._installing or done < 0.02 * self._expected or done >= self._expected:
            return None
        return (time.monotonic() - self._begun) * (self._expected - done) / done

    def reason(self) -> str:
        """Return why pip failed, in its own last words or in plain ones."""
        text = "\n".join(self._tail)
        if "No space left on device" in text:
            return "the disk is full"
        if any(word in text for word in _NETWORK):
            return "the network did not answer"
        errors = [line for line in self._tail if line.startswith("ERROR:")]
        last = (errors or list(self._tail) or ["it gave no reason"])[-1]
        return last.removeprefix("ERROR:").strip().rstrip(".")


def _package(words: str) -> str:
    """Return the name of a package from a requirement or the name of a wheel."""
    return re.split(r"[-=<>!~\[ ]", words.rpartition("/")[2])[0]
