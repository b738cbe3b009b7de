"""Which page of the guide F1 opens from where in the window."""

from __future__ import annotations

from typing import Literal

from kitsdesk.guide.guide_pages import START

Place = Literal[
    "start",
    "cases",
    "tools",
    "review",
    "info",
    "jobs",
    "scatter",
    "queue",
    "compare",
    "retrain",
    "runs",
    "predict_all",
    "keys",
    "settings",
    "estimate",
    "second_look",
]
PAGES: dict[str, tuple[str, str]] = {
    "start": ("first_hour", ""),
    "cases": ("review_day", "the-case-list"),
    "tools": ("editing", ""),
    "review": ("review_day", "one-case"),
    "info": ("safety", "what-the-info-tab-shows"),
    "jobs": ("retraining", "while-it-runs"),
    "scatter": ("review_day", "scatter"),
    "queue": ("review_day", "the-queue-of-all-disagreements"),
    "compare": ("retraining", "compare-the-models"),
    "retrain": ("retraining", ""),
    "runs": ("cluster", "following-the-runs"),
    "predict_all": ("cluster", "predicting-many-cases"),
    "keys": ("keys", ""),
    "settings": ("first_hour", "settings"),
    "estimate": ("calibration", ""),
    "second_look": ("review_day", "a-second-look"),
}


def page_for(place: str) -> tuple[str, str]:
    """Return page and anchor for a place of the window; the start page where none is known."""
    return PAGES.get(place, (START, ""))
