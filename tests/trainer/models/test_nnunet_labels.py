"""Names of labels, as KiTS and nnU-Net data sets have them, to structures."""

from __future__ import annotations

from typing import Any

import pytest

from trainer.models.nnunet_labels import guest_labels
from trainer.models.nnunet_refusals import TooManyStructures, UnknownLabels, UnreadablePlans

KITS23 = {"background": 0, "kidney": [1, 2, 3], "masses": [2, 3], "tumor": 2}


@pytest.mark.parametrize(
    ("labels", "order", "heads"),
    [
        ({"background": 0, "kidney": 1, "tumor": 2}, None, (0, 1, 2)),
        ({"background": 0, "Tumor": 1, "Kidney": 2}, None, (0, 2, 1)),
        ({"background": 0, "kidney": 1, "tumor": 2, "cyst": 3}, None, (0, 1, 2, 3)),
        ({"background": 0, "kidney": 1, "cyst": 2, "tumour": 3}, None, (0, 1, 3, 2)),
        ({"background": 0, "left kidney": 1, "right kidney": 2, "tumor": 3}, None, (0, 1, 1, 2)),
        ({"background": 0, "kidney_tumor": 1}, None, (0, 2)),
        ({"background": 0, "kidney": [1], "tumor": [2], "ignore": 3}, None, (0, 1, 2)),
        (KITS23, [1, 3, 2], (1, 3, 2)),
        ({"background": 0, "kidney": [1, 2], "tumor": 2}, [1, 2], (1, 2)),
        ({"background": 0, "kidney_and_masses": [1, 2, 3], "masses": [2, 3], "tumor": 2},
         [1, 3, 2], (1, 3, 2)),
        ({"background": 0, "kidney": [1, 2, 3], "masses": [2, 3], "cyst": 3}, [1, 2, 3], (1, 2, 3)),
    ],
)  # fmt: skip
def test_known_names(labels: dict[str, Any], order: Any, heads: tuple[int, ...]) -> None:
    found = guest_labels({"labels": labels, "regions_class_order": order})
    assert found.heads == heads
    assert found.regions == (order is not None)


def test_a_persons_word_wins_over_names() -> None:
    labels = {"background": 0, "a": 1, "b": 2}
    with pytest.raises(UnknownLabels, match="'a'"):
        guest_labels({"labels": labels})
    assert guest_labels({"labels": labels}, ["tumor", "kidney"]).heads == (0, 2, 1)
    with pytest.raises(UnknownLabels, match="2 labels"):
        guest_labels({"labels": labels}, ["tumor"])


@pytest.mark.parametrize(
    ("labels", "error"),
    [
        ({"background": 0, "a": 1, "b": 2, "c": 3, "d": 4}, TooManyStructures),
        ({"background": 0, "mass": 1}, UnknownLabels),
        ({"background": 0, "kidney": 2}, UnreadablePlans),
        ({"background": 1, "kidney": 2}, UnreadablePlans),
        ({"kidney": 1}, UnreadablePlans),
        ({"background": 0, "kidney": "1"}, UnreadablePlans),
        ({"background": 0, "kidney": []}, UnreadablePlans),
        ([1, 2], UnreadablePlans),
    ],
)
def test_what_cannot_be_told_is_refused(labels: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        guest_labels({"labels": labels})


@pytest.mark.parametrize("order", [None, [1, 3], [1, 3, 7], "132"])
def test_regions_without_their_order_are_refused(order: Any) -> None:
    with pytest.raises(UnreadablePlans, match="regions"):
        guest_labels({"labels": KITS23, "regions_class_order": order})
