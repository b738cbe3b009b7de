"""A forecast in sentences: how long, how much memory, and what happens without it."""

from __future__ import annotations

from trainer.contract.forecast import Forecast


def time_words(seconds: float) -> str:
    """Return "about 40 s", "about 6 min", "about 2 h 10 min", rounded to what it is worth."""
    if seconds < 55:
        return f"about {max(5, 5 * round(seconds / 5))} s"
    minutes = seconds / 60
    if minutes < 60:
        return f"about {max(1, round(minutes))} min"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    return f"about {hours} h {rest} min" if rest else f"about {hours} h"


def forecast_words(seconds: float, memory_gb: float, *, measured: bool) -> str:
    """Return for example "about 2 min and 2.4 GB of memory"; what is only reckoned from another
    network says so."""
    told = f"{time_words(seconds)} and {memory_gb:.1f} GB of memory"
    return told if measured else f"{told} (reckoned: these networks have not run here yet)"


def case_words(told: Forecast) -> str:
    """Return a case's forecast in words."""
    return forecast_words(told.seconds, told.memory_gb, measured=told.basis == "measured")


def no_room_words(memory_gb: float, least_gb: float, free_gb: float) -> str:
    """Return what happens where the memory is too small: with fewer tiles at once it is
    slower, or it may be ended by the system."""
    needs = f"This needs {memory_gb:.1f} GB of memory and {free_gb:.1f} GB are free. "
    if least_gb <= free_gb:
        return needs + "It then runs one tile at a time, which is slower and changes no result."
    return needs + (
        f"Even one tile at a time takes {least_gb:.1f} GB: the system may end the prediction. "
        "Masks stay as they are. Close other programs, or predict a region."
    )
