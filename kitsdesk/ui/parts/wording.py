"""Values in words, as every panel writes them."""

from __future__ import annotations

import os

UNKNOWN = "–"
MINUS = "−"


def dice_text(value: float | None) -> str:
    """Return two decimals, "–" where not known. Rounds down below 1, so 1.00 means equal."""
    if value is None:
        return UNKNOWN
    shown = min(value, 0.994) if value < 1 else value
    return f"{shown:.2f}"


def ml_text(value: float | None) -> str:
    """Return millilitres with one decimal, "0.0" for zero, "–" where not known."""
    return UNKNOWN if value is None else f"{value:.1f}"


def signed_text(value: float, decimals: int) -> str:
    """Return a difference with its sign, minus as "−"."""
    if abs(value) < 0.5 * 10**-decimals:
        return f"{0:.{decimals}f}"
    return ("+" if value > 0 else MINUS) + f"{abs(value):.{decimals}f}"


def number_text(value: float, decimals: int = 0) -> str:
    """Return a number with a real minus."""
    text = f"{abs(value):.{decimals}f}"
    return MINUS + text if value < 0 and float(text) != 0 else text


def duration_text(seconds: float | None) -> str:
    """Return a duration as "6 d 20 h", "19 h 20 min", "40 s"; "–" where not known."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    if minutes:
        return f"{minutes} min {left} s" if minutes < 5 and left else f"{minutes} min"
    return f"{left} s"


def count_text(number: int, one: str, many: str = "") -> str:
    """Return "1 case", "210 cases"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def device_words(device: str) -> str:
    """Return "CPU · 16 cores" or "GPU 0" for the trainer's names of devices."""
    kind, _, number = device.partition(":")
    cores = os.cpu_count() or 1
    names = {"cpu": f"CPU · {count_text(cores, 'core')}", "cuda": f"GPU {number or 0}"}
    return names.get(kind, device)
