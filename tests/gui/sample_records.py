"""Invented records for pictures of the panels; every number and id is made up."""

from __future__ import annotations

import numpy as np

from kitsdesk.project.job_rows import FoldCurve, JobRow
from kitsdesk.project.retrain_facts import ArchitectureChoice, FoldSize, RetrainFacts
from kitsdesk.review.model_comparison import ComparedCase, ComparisonFacts, PairedDifference
from kitsdesk.review.rows import (
    CaseRow,
    Chip,
    DisagreementRow,
    FoldChip,
    ReviewFacts,
    VolumeRow,
)

DECISIONS = (
    "unreviewed",
    "excluded",
    "replaced",
    "unreviewed",
    "corrected",
    "unreviewed",
    "deferred",
    "unreviewed",
    "kept",
    "unreviewed",
)


def thumbnail(seed: int) -> np.ndarray:
    """Return a body-like picture: an ellipse with a bright spine and two kidneys."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[-1:1:96j, -1:1:96j]
    picture = np.where((x / 0.95) ** 2 + (y / 0.75) ** 2 < 1, 90, 0).astype(float)
    picture[(x / 0.2) ** 2 + ((y - 0.35) / 0.22) ** 2 < 1] = 230
    for side in (-0.5, 0.5):
        shift = rng.normal(0, 0.05)
        picture[((x - side - shift) / 0.17) ** 2 + ((y - 0.15) / 0.28) ** 2 < 1] = 160
    picture += rng.normal(0, 8, picture.shape) * (picture > 0)
    return np.clip(picture, 0, 255).astype(np.uint8)


def case_rows(count: int = 210, predicted: bool = True) -> list[CaseRow]:
    """Return a project's rows: a few faults, a few hard cases, many good ones."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(count):
        tumor = float(np.clip((number / 12) * 0.47 if number < 14 else rng.beta(12, 1.2), 0, 1))
        drawn = float(np.clip(rng.normal(0.93, 0.03) - (0.4 if number % 17 == 9 else 0), 0, 1))
        agreement = 0.93 if number == 0 else drawn
        chips = (Chip("tumor missed", "warning"),) if number < 2 else ()
        chips += (Chip("misfit"),) if number in (0, 2, 3, 7) else ()
        decision = DECISIONS[number % 10] if number < 60 else "unreviewed"
        rows.append(
            CaseRow(
                f"case_{700 + (number * 37) % 211:05d}",
                decision,
                tumor if predicted else None,
                0.97 - number % 9 / 100 if predicted else None,
                agreement if predicted else None,
                (1 - tumor) * agreement if predicted else None,
                None,
                3.0,
                (*chips, Chip("by mirroring")) if predicted else (),
                number == 0,
                True,
                predicted,
                "",
                thumbnail(number),
            )
        )
    return rows


def picture(seed: int, prediction_only: bool) -> np.ndarray:
    """Return a small RGB crop with the hatch of what only one of the masks has."""
    grey = thumbnail(seed)[30:78, 8:56]
    colour = np.stack([grey] * 3, axis=-1)
    y, x = np.mgrid[0:48, 0:48]
    inside = (x - 24) ** 2 + (y - 26) ** 2 < 130
    hatch = inside & ((x + y) % 6 < 2)
    colour[hatch] = (200, 255, 61) if prediction_only else (255, 77, 141)
    return colour.astype(np.uint8)


def review_facts(settled: bool = False) -> ReviewFacts:
    """Return the review of one case with three disagreements."""
    words = (
        (
            "Tumor missing in the reference, right kidney, middle",
            "18.6 ml, 5 of 5 folds, 41 HU against kidney 168",
            2,
            True,
        ),
        (
            "Kidney missing in the reference, left upper pole",
            "1.8 ml, 5 of 5 folds, 32 HU against kidney 168",
            1,
            True,
        ),
        (
            "Kidney only in the reference, right lower pole",
            "1.4 ml, 4 of 5 folds, −74 HU against kidney 168",
            1,
            False,
        ),
    )
    rows = tuple(
        DisagreementRow(
            n, title, detail, structure, only, "kept" if settled else "", picture(n, only)
        )
        for n, (title, detail, structure, only) in enumerate(words)
    )
    volumes = (
        VolumeRow(1, "Kidney", 141.4, 140.0, 95.3, 97.1),
        VolumeRow(2, "Tumor", 0.0, 18.6, 0.0, 0.0),
        VolumeRow(3, "Cyst", 0.0, 0.0, 0.0, 0.0),
    )
    folds = tuple(
        FoldChip("residual-2", n, "held_out" if n == 3 else "saw", n == 3) for n in range(5)
    )
    return ReviewFacts(
        "case_00700",
        "unreviewed",
        0.93,
        1,
        210,
        0.0,
        0.97,
        0.93,
        mark="by mirroring: only fold 3 has not seen this case",
        volumes=volumes,
        disagreements=rows,
        disagreeing_ml=21.8,
        folds=folds,
        has_prediction=True,
    )


def curve(fold: int, epochs: int, state: str, total: int = 1000) -> FoldCurve:
    """Return a fold's curves up to `epochs`."""
    rng = np.random.default_rng(fold)
    epoch = np.arange(0, epochs, max(1, total // 60))
    loss = 0.2 - np.log1p(epoch / 40) / 3 + rng.normal(0, 0.01, len(epoch))
    dice = 0.86 * (1 - np.exp(-epoch / 120)) + rng.normal(0, 0.012, len(epoch))
    note = {"done": "1000 epochs · 32 h 50 min", "running": "epoch 412 of 1000 · 19 h 20 min left"}
    return FoldCurve(
        fold,
        "residual",
        state,
        total,
        tuple(map(int, epoch)),
        tuple(loss),
        tuple(loss + 0.06),
        tuple(np.clip(dice, 0, 1)),
        note.get(state, ""),
    )


def training_job() -> JobRow:
    """Return a training run in its third fold."""
    curves = (
        curve(0, 1000, "done"),
        curve(1, 1000, "done"),
        curve(2, 412, "running"),
        curve(3, 0, "waiting"),
        curve(4, 0, "waiting"),
    )
    return JobRow(
        "run-1",
        "train",
        "Training · residual, fold 2",
        "export of 12 November, 206 cases",
        "running",
        "training epoch 412 of 1000",
        0.48,
        69600,
        "118 s per epoch · 9.8 GB",
        curves,
        True,
        True,
    )


def retrain_facts() -> RetrainFacts:
    """Return a sheet for three architectures and five folds."""
    folds = tuple(
        FoldSize(n, r, s - r)
        for n, (r, s) in enumerate(((9, 42), (7, 41), (5, 41), (5, 41), (4, 41)))
    )
    choices = (
        ArchitectureChoice("plain", 29_700_000, 617.0),
        ArchitectureChoice("residual", 62_100_000, 536.0),
        ArchitectureChoice("preact", 62_100_000, 536.0),
    )
    return RetrainFacts(
        206,
        210,
        4,
        "export of 12 November",
        {"corrected": 6, "replaced": 3, "excluded": 1, "kept": 12},
        folds,
        "172 unreviewed and 4 deferred cases go in with their reference mask.",
        ("kits2019", "nnunet-v2", "demo"),
        {"kits2019": choices, "nnunet-v2": choices[:2], "demo": choices[1:2]},
        {"kits2019": "80×160×160 patch, 1000 epochs", "demo": "small, for the demo"},
        "residual-2",
        "",
        6.3,
        412.0,
        9.8,
        24.0,
        {"residual": 118_000.0},
        "GPU",
    )


def comparison() -> ComparisonFacts:
    """Return a comparison of 206 cases, mostly better."""
    rng = np.random.default_rng(5)
    cases = []
    for number in range(206):
        before = {
            "tumor": float(np.clip(rng.beta(6, 1.2), 0.05, 0.99)),
            "kidney": float(np.clip(rng.normal(0.96, 0.015), 0.8, 0.99)),
        }
        shift = rng.normal(0.02, 0.03) - (0.25 if number % 43 == 1 else 0)
        after = {
            "tumor": float(np.clip(before["tumor"] + shift, 0, 0.99)),
            "kidney": float(np.clip(before["kidney"] + rng.normal(0.004, 0.006), 0, 0.99)),
        }
        cases.append(
            ComparedCase(
                f"case_{700 + number:05d}", DECISIONS[number % 10], before, after, thumbnail(number)
            )
        )
    return ComparisonFacts(
        "residual-1",
        "residual-2",
        ("residual-1", "residual-2"),
        "curated",
        tuple(cases),
        {
            "tumor": PairedDifference(0.791, 0.819, 0.028, 0.019, 0.036, 0.0002, 153, 15, 38),
            "kidney": PairedDifference(0.964, 0.969, 0.005, 0.003, 0.008, 0.0004, 140, 30, 36),
        },
        (
            "4 excluded cases are scored on the reference only",
            "3 replaced cases are marked in the table",
        ),
        "Interval: paired bootstrap, 95 %. Both models have 5 folds.",
    )


INFO = (
    (
        "Image",
        (
            ("File", "/data/kits/case_00700/imaging.nii.gz"),
            ("Size", "512 × 512 × 112"),
            ("Spacing", "0.78 × 0.78 × 3.00 mm"),
            ("Direction", "L, P, S"),
        ),
    ),
    (
        "Working mask",
        (
            ("Revision", "r1, corrected"),
            ("Saved", "12 November, 09:31"),
            ("Author", "a radiologist"),
        ),
    ),
)
