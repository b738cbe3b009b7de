"""Programs that are none of ours, asked with patience and quoted when they refuse."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from trainer.contract.errors import KitsDeskError
from trainer.contract.programs import outside_environment


class ProgramRefused(KitsDeskError):
    """A program of the system refused, is missing or does not answer."""


def ask(command: Sequence[str], patience_s: float = 30.0, text: str | None = None) -> str:
    """Run a short command of the system and return what it printed.

    Parameters
    ----------
    text : what it reads on its standard input.

    Raises
    ------
    ProgramRefused : it is missing, silent, or ended with an error; its own words are quoted.
    """
    name = command[0]
    try:
        done = subprocess.run(
            list(command),
            capture_output=True,
            text=True,
            input=text if text is not None else "",
            timeout=patience_s,
            check=False,
            errors="replace",
            env=outside_environment(),
        )
    except FileNotFoundError:
        raise ProgramRefused(
            f"{name} is not there.", advice=f"Install it, or work where {name} can be called."
        ) from None
    except subprocess.TimeoutExpired:
        raise ProgramRefused(f"{name} did not answer within {patience_s:.0f} s.") from None
    if done.returncode:
        words = " ".join((done.stderr.strip() or done.stdout.strip()).split())
        raise ProgramRefused(f"{name} says: {words or f'code {done.returncode}'}")
    return done.stdout


def ask_every_s(usual: float) -> float:
    """Return how many seconds a queue is left alone between two questions about one run: it is
    everybody's. KITSDESK_ASK_QUEUE_EVERY_S, else `usual`."""
    return float(os.environ.get("KITSDESK_ASK_QUEUE_EVERY_S") or usual)
