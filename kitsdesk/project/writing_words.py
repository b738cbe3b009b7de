"""What a person reads where a step that writes several files meets a full or dead disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.contract.jsonfile import FileNotWritten
from trainer.imaging.safe_write import WriteFailed


@contextmanager
def writing(what: str, kept: str, folder: Path) -> Iterator[None]:
    """Turn every failed write inside into one WriteFailed: what was to be made ("The export"),
    what is as it was, and where to make room."""
    try:
        yield
    except (WriteFailed, FileNotWritten) as error:
        raise _failed(what, error.happened, kept, folder) from error
    except (OSError, shutil.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise _failed(what, reason or str(error), kept, folder) from error


def _failed(what: str, reason: str, kept: str, folder: Path) -> WriteFailed:
    return WriteFailed(
        f"{what} could not be written: {reason.rstrip('.')}.",
        kept=kept,
        advice=f"Check the free space and the permissions of {folder}, then do it again.",
    )
