from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.evaluation.dice import mean_pairwise_dice
from trainer.inference.member_bits import add_member, member, members_agreement


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sets(st.integers(0, 7), min_size=1))
def test_members_come_back_as_they_went_in(seed, slots):
    masks = np.random.default_rng(seed).integers(0, 4, (8, 3, 4, 5)).astype(np.uint8)
    bits = np.zeros((3, 4, 5), np.uint16)
    for slot in slots:
        add_member(bits, masks[slot], slot)
    for slot in range(8):
        expected = masks[slot] if slot in slots else np.zeros_like(masks[slot])
        assert np.array_equal(member(bits, slot), expected)


def test_there_is_no_ninth_member():
    with pytest.raises(ValueError, match="slot 8"):
        add_member(np.zeros((1, 1, 1), np.uint16), np.zeros((1, 1, 1), np.uint8), 8)


def test_agreement_runs_over_the_members_of_all_models():
    generator = np.random.default_rng(0)
    masks = [generator.integers(0, 3, (4, 5, 6)).astype(np.uint8) for _ in range(3)]
    one, other = np.zeros((4, 5, 6), np.uint16), np.zeros((4, 5, 6), np.uint16)
    add_member(one, masks[0], 0)
    add_member(one, masks[1], 3)
    add_member(one, masks[2], 4)
    add_member(other, masks[2], 1)
    agreement = members_agreement([(one, [0, 3]), (other, [1])])
    for structure in ("kidney", "tumor"):
        assert agreement[structure] == pytest.approx(mean_pairwise_dice(masks, structure))
    assert members_agreement([(one, [0])]) == {"kidney": 1.0, "tumor": 1.0}
