"""The operating system's lock on an open file: it ends with the process that holds it."""

from __future__ import annotations

import errno
import sys
from io import FileIO
from typing import Literal

Answer = Literal["taken", "refused", "unsupported"]
_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP}


def answer_to(error: OSError) -> Answer:
    """Return what a refused lock means: somebody has it, or this folder knows no locks."""
    return "unsupported" if error.errno in _UNSUPPORTED else "refused"


if sys.platform == "win32":
    import msvcrt

    def try_lock(file: FileIO) -> Answer:
        """Lock an open file without waiting."""
        # The locked byte lies far behind the text, so that others can still read who holds it.
        file.seek(1 << 20)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return answer_to(error)
        return "taken"

else:
    import fcntl

    def try_lock(file: FileIO) -> Answer:
        """Lock an open file without waiting."""
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return answer_to(error)
        return "taken"
