"""Whether an error says that memory ran out, whoever ran out of it."""

from __future__ import annotations

# What torch says of a GPU and of a CPU, and OpenVINO, Linux and Windows.
_NO_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "bad_alloc",
    "bad allocation",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether a device or the computer had too little memory."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(words in said for words in _NO_MEMORY)
