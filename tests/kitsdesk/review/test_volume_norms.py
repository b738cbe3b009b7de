from __future__ import annotations

import numpy as np

from kitsdesk.review.volume_norms import MaskVolumes, VolumeNorms, mask_volumes

KIDNEYS = (440, 547, 353, 350, 326, 206, 510, 204, 504, 293, 443, 316)
TUMORS = (19, 19, 15, 24, 113, 1464, 80, 65, 6, 10, 451, 5)


def norms():
    return VolumeNorms(MaskVolumes(*pair) for pair in zip(KIDNEYS, TUMORS, strict=True))


def test_no_case_of_a_real_spread_is_an_outlier():
    told = norms()
    assert not any(told.chips(MaskVolumes(*pair)) for pair in zip(KIDNEYS, TUMORS, strict=True)), (
        "volumes of twelve KiTS19 masks, one tumor of 1.5 l among them"
    )


def test_a_spleen_more_or_a_kidney_less_is_an_outlier():
    told = norms()
    [chip] = told.chips(MaskVolumes(2900, 19))
    assert chip.text == "outlier volume"
    assert chip.why == "Kidney tissue has 2900.0 ml, half of the cases have less than 351.5"
    assert told.chips(MaskVolumes(40, 19))
    [chip] = told.chips(MaskVolumes(400, 0.01))
    assert chip.why.startswith("The tumor has 0.0 ml")
    assert not told.chips(MaskVolumes(400, 0)), "no tumor at all is another reason's"


def test_few_cases_have_no_outlier():
    told = VolumeNorms([MaskVolumes(100, 10)] * 5)
    assert told.chips(MaskVolumes(5000, 5000)) == ()


def test_cases_that_are_all_alike_still_differ_a_little():
    told = VolumeNorms([MaskVolumes(100, 10)] * 20)
    assert not told.chips(MaskVolumes(125, 8))
    assert told.chips(MaskVolumes(160, 10))


def test_cysts_count_with_the_kidney():
    mask = np.array([0, 1, 1, 2, 3], np.uint8)
    assert mask_volumes(mask, 0.5) == MaskVolumes(1.5, 0.5)
