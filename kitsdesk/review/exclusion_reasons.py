"""Why a case is left out: for its mask, or for something that is no fault of the mask.

The kind stands before the reason, as in "Bad image: motion", so that it can be read in every
export, audit and report. A reason with no such word is about the mask, as in lists of others.
"""

from __future__ import annotations

WRONG_MASK = "Wrong mask"
NOT_THE_MASK = ("Bad image", "Duplicate", "Second phase", "Other")
KINDS = (WRONG_MASK, *NOT_THE_MASK)


def worded(kind: str, text: str) -> str:
    """Return the reason that is stored for a kind of KINDS and what a person wrote."""
    text = text.strip()
    if kind == WRONG_MASK:
        return text
    return f"{kind}: {text}" if text else kind


def needs_text(kind: str) -> bool:
    """Return whether the kind alone is no reason yet."""
    return kind in (WRONG_MASK, "Other")


def is_about_the_mask(reason: str) -> bool:
    """Return whether an exclusion for this reason called the mask wrong."""
    kind = reason.split(":", 1)[0].strip().casefold()
    return kind not in {name.casefold() for name in NOT_THE_MASK}
