"""JSON files that are either the old or the new version, never a mixture."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from io import FileIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from trainer.contract.errors import DamagedFile, KitsDeskError


class FileNotWritten(KitsDeskError, OSError):
    """A file could not be written; what was there before is unchanged.

    It is an OSError with its number too, for those who wait until a disk has room again.
    """

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path.name} could not be written: {error.strerror or error}.",
            kept="The file that was there before is unchanged.",
            advice=f"Check the free space and the permissions of {path.parent}, then do it again.",
        )
        self.errno = error.errno


def write_json(path: Path, content: BaseModel | dict[str, Any] | list[Any]) -> None:
    """Write `content` to `path` through a temporary file, fsync and rename.

    Raises
    ------
    FileNotWritten : the disk is full or the folder cannot be written; the old file is unchanged.
    """
    if isinstance(content, BaseModel):
        text = content.model_dump_json(indent=1)
    else:
        text = json.dumps(content, indent=1, ensure_ascii=False)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise FileNotWritten(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """Return the parsed content of `path`.

    Raises
    ------
    DamagedFile : the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedFile(
            f"{path.name} cannot be read: {error}.", advice=f"Look at {path.parent}."
        ) from error


def append_line(path: Path, record: dict[str, Any]) -> None:
    """Append one JSON object as one line; a crash can cut at most the last line.

    Raises
    ------
    FileNotWritten : the disk is full or the folder cannot be written; the file is unchanged.
    """
    line = (json.dumps(record, ensure_ascii=False) + "\n").encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as file:
            _append_whole(file, line)
    except OSError as error:
        raise FileNotWritten(path, error) from error


def _append_whole(file: FileIO, line: bytes) -> None:
    """Append all of `line`; take back what a full disk let in of it."""
    before = file.seek(0, os.SEEK_END)
    try:
        left = memoryview(line)
        while left:
            left = left[file.write(left) :]
    except OSError:
        file.truncate(before)
        raise


def read_lines(path: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Return the complete records from byte `offset` on, and the offset behind them.

    An unfinished last line (a writer at work, or a crash) is left for the next call.
    """
    if not path.exists():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read()
    end = data.rfind(b"\n") + 1
    records = []
    for line in data[:end].splitlines():
        try:
            records.append(json.loads(line))
        except ValueError:
            continue
    return records, offset + end
