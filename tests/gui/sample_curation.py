"""Invented disagreements, lists and judgements for pictures of the pages that curate."""

from __future__ import annotations

import numpy as np
from canvas_pictures import phantom_case
from sample_records import picture

from kitsdesk.project.decision_lists import kits19_lists
from kitsdesk.review.alike import Alike, most_alike
from kitsdesk.review.components import Component
from kitsdesk.review.fault_model import Evidence, Planted
from kitsdesk.review.list_preview import ListPreview, ListRow
from kitsdesk.review.queue_rows import QueueRow
from kitsdesk.review.recall import FaultEstimate, estimate
from trainer.imaging.volume import Volume

SIDES, POLES = ("left", "right"), ("upper pole", "middle", "lower pole")
Pictures = dict[tuple[str, str], np.ndarray]


def component(number: int) -> Component:
    """Return one disagreement; the larger its number the smaller it is."""
    tumor, more = number % 3 != 2, number % 2 == 0
    side, pole = SIDES[number % 2], POLES[number % 3]
    ml, hu = 31.4 / (1 + 0.32 * number), 38.0 + 5 * (number * 7 % 9)
    agree = 5 - number % 3
    named = "Tumor" if tumor else "Kidney"
    title = f"{named} {'missing in the reference' if more else 'only in the reference'}, {side}"
    title += f" {pole}" if pole != "middle" else " kidney, middle"
    detail = f"{ml:.1f} ml, {agree} of 5 folds, {hu:.0f} HU against kidney 168"
    return Component(
        case=f"case_{700 + (number * 37) % 211:05d}",
        place=0,
        key=f"part{number}",
        title=title,
        detail=detail,
        sentence=f"{title}, {detail}",
        structure=2 if tumor else 1,
        prediction_only=more,
        boundary=False,
        ml=ml,
        centre=(40, 100, 100),
        mean_hu=hu,
        kidney_hu=168.0,
        distance_mm=0.0,
        folds_agree=agree,
        folds=5,
        side=side,
        pole=pole,
    )


def queue_rows(count: int = 60) -> tuple[list[QueueRow], Pictures]:
    """Return a queue, largest first, and its pictures."""
    rows = [
        QueueRow(component(n), reasons=("tumor missed",) if n % 4 == 0 else ())
        for n in range(count)
    ]
    return rows, {row.name: picture(n, row.component.prediction_only) for n, row in enumerate(rows)}


def alike_ones() -> tuple[Component, list[Alike], Pictures]:
    """Return a missed tumor, what is most like it, and their pictures."""
    known = [component(n) for n in range(0, 90)]
    found = most_alike(known[0], known[1:], known)[:9]
    parts = [known[0], *(one.component for one in found)]
    return (
        known[0],
        found,
        {(p.case, p.key): picture(n, p.prediction_only) for n, p in enumerate(parts)},
    )


def paper_list() -> ListPreview:
    """Return the KiTS2019 paper's list, as a project of all 210 cases would see it."""
    listed = kits19_lists()["paper"]
    refused = {"case_00037": "every fold has seen it"}
    rows = tuple(
        ListRow(
            entry.case,
            "unreviewed",
            entry.decision,
            entry.reason,
            entry.source,
            entry.since,
            refused.get(entry.case, ""),
        )
        for entry in listed.cases
    )
    return ListPreview(
        listed.title, listed.about, rows, folds="The folds are drawn with the first export."
    )


def fault_estimate() -> FaultEstimate:
    """Return what 90 decisions out of 210 and nine planted faults say."""
    rng = np.random.default_rng(4)
    scores = np.sort(rng.beta(1.2, 6, 210))[::-1]
    wrong = rng.random(210) < np.clip(1.6 * scores - 0.1, 0, 0.97)
    cases = [
        Evidence(f"case_{n:05d}", float(score), None, bool(wrong[n]) if n < 90 else None)
        for n, score in enumerate(scores)
    ]
    return estimate(cases, Planted(8, 9))


def blind_pair() -> tuple[Volume, np.ndarray, np.ndarray, int]:
    """Return a phantom, two masks of it that differ, and the slice where they do most."""
    volume, mask = phantom_case()
    other = np.where(mask == 2, 0, mask).astype(np.uint8)
    return volume, other, mask, int((mask == 2).sum(axis=(1, 2)).argmax())
