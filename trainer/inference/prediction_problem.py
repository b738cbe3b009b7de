"""Any failure of a prediction in words that a person can act on."""

from __future__ import annotations

from trainer.contract.errors import KitsDeskError
from trainer.contract.out_of_memory import is_out_of_memory


def in_words(error: Exception) -> KitsDeskError:
    """Return the error as it is shown; out of memory is named, whoever ran out of it."""
    if isinstance(error, KitsDeskError):
        return error
    if is_out_of_memory(error):
        return KitsDeskError(
            "There is not enough memory for this prediction.",
            kept="Masks and earlier predictions are unchanged.",
            advice="Predict on the CPU, or close other programs.",
        )
    return KitsDeskError(
        f"The prediction failed: {type(error).__name__}: {error}.",
        kept="Masks and earlier predictions are unchanged.",
    )
