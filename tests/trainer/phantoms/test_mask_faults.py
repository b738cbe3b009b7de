from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.dice import kits_dice
from trainer.phantoms.mask_faults import FAULT_KINDS, make_fault


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_a_strong_fault_halves_a_dice_and_says_by_how_much(kind, coarse_phantoms):
    made = 0
    for phantom in coarse_phantoms:
        truth = phantom.mask.copy()
        fault = make_fault(phantom, kind, "strong", np.random.default_rng(0))
        assert np.array_equal(phantom.mask, truth)
        if fault is None:
            continue
        made += 1
        measured = kits_dice(truth, fault.mask)
        assert (fault.kidney_dice, fault.tumor_dice) == (measured.kidney, measured.tumor)
        assert min(measured.kidney, measured.tumor) <= 0.5
        assert fault.strong
        assert fault.mask.dtype == np.uint8
        assert fault.mask.max() <= 2
    assert made >= 5


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_any_fault_changes_the_mask(kind, coarse_phantoms):
    fault = make_fault(coarse_phantoms[0], kind, "any", np.random.default_rng(1))
    assert fault is not None
    assert not np.array_equal(fault.mask, coarse_phantoms[0].mask)


def test_kinds_do_what_their_names_say(coarse_phantoms):
    phantom, rng = coarse_phantoms[0], np.random.default_rng(2)
    tumor = phantom.mask == 2
    missed = make_fault(phantom, "missed tumor", "strong", rng)
    assert not (missed.mask[tumor] == 1).any()
    assert missed.tumor_dice <= 0.5
    renamed = make_fault(phantom, "tumor as kidney", "strong", rng)
    assert renamed.kidney_dice == 1.0
    spleen = make_fault(phantom, "spleen as kidney", "any", rng)
    assert (spleen.mask[phantom.regions["spleen"] & (phantom.mask == 0)] == 1).all()
    shifted = make_fault(phantom, "slice shift", "strong", rng)
    planes = [(phantom.mask == 1).sum(axis=(1, 2)), (shifted.mask == 1).sum(axis=(1, 2))]
    assert sorted(planes[0])[-10:] == sorted(planes[1])[-10:]
    holes = make_fault(phantom, "holes", "strong", rng)
    assert ((holes.mask == 0) | (holes.mask == phantom.mask)).all()
