"""Sample models of a project, as Tools, Models… lists them."""

from __future__ import annotations

from dataclasses import replace

from kitsdesk.project.model_facts import ModelFacts, ShelfFacts

RESIDUAL = ModelFacts(
    name="residual-2",
    architecture="residual",
    folds=(0, 1, 2, 3, 4),
    structures=("kidney", "tumor"),
    spacing=(3.22, 1.62, 1.62),
    source="trained from 2026-11-20_093000, preset kits2019",
    created="2026-11-21T04:10:00+00:00",
    saw="saw 206 cases",
    in_use=True,
)
OLDER = replace(
    RESIDUAL,
    name="residual-1",
    source="trained from 2026-11-02_101500, preset kits2019",
    created="2026-11-03T05:40:00+00:00",
    saw="saw 210 cases",
    in_use=False,
)
PLAIN = replace(
    OLDER,
    name="plain-1",
    architecture="plain",
    source="trained from 2026-11-22_180000, preset kits2019",
    created="2026-11-23T14:05:00+00:00",
    saw="saw 206 cases",
)
GUEST = replace(
    PLAIN,
    name="kits23-guest",
    architecture="residual",
    source="nnU-Net: Dataset220_KiTS2023",
    spacing=(1.0, 0.78, 0.78),
)
SHELF = ShelfFacts((OLDER, RESIDUAL, PLAIN, GUEST), previous=("residual-1",))
