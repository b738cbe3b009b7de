"""Networks that were converted once, kept on the disk: whole and proved, or not there."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from trainer.contract.cache_folder import cache_folder
from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import read_json, write_json
from trainer.imaging.hashing import file_hash
from trainer.inference.file_turn import file_turn

NETWORK = "network.xml"
_PROOF = "hashes.json"
# Five folds of each of three full-size networks are 3.7 GB.
LIMIT_BYTES = 6_000_000_000
# A full-size network takes four seconds, on a slow and busy computer a minute.
_PATIENCE_S = 120.0
_ABANDONED_S = 3600.0


class ConvertedNetworks:
    """FOLDER/KEY holds `network.xml`, what belongs to it, and the hashes of all that.

    Two processes that ask for one key convert it once: the second waits for the first. The
    networks that were used longest ago are removed where all are larger than `limit_bytes`.
    """

    def __init__(self, folder: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self._folder = folder or cache_folder("networks")
        self._limit = limit_bytes

    def get(self, key: str, convert: Callable[[Path], None]) -> Path:
        """Return the .xml of `key`, converted now if it is not there or damaged.

        Parameters
        ----------
        convert : writes the network to the .xml path it is given, and files beside it.

        Raises
        ------
        OSError : the cache cannot be written.
        """
        with file_turn(self._folder / f"{key}.lock", _PATIENCE_S):
            place = self._folder / key
            if not _is_whole(place):
                self._make(place, convert)
            os.utime(place)
        self._shrink(place)
        return place / NETWORK

    def _make(self, place: Path, convert: Callable[[Path], None]) -> None:
        fresh = self._folder / f".{place.name}.{uuid.uuid4().hex}.new"
        fresh.mkdir(parents=True)
        try:
            convert(fresh / NETWORK)
            hashes = {path.name: file_hash(path) for path in sorted(fresh.iterdir())}
            write_json(fresh / _PROOF, hashes)
            shutil.rmtree(place, ignore_errors=True)
            fresh.rename(place)
        except OSError:
            # Where the folder's file system has no locks another process may have been first.
            if not _is_whole(place):
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _shrink(self, used: Path) -> None:
        """Remove the oldest until the rest fits, and what a killed process left."""
        folders = [path for path in self._folder.iterdir() if path.is_dir()]
        total = 0
        for path in sorted(folders, key=_last_use, reverse=True):
            if path.name.startswith("."):
                if time.time() - _last_use(path) > _ABANDONED_S:
                    shutil.rmtree(path, ignore_errors=True)
                continue
            total += _size(path)
            if total > self._limit and path != used:
                shutil.rmtree(path, ignore_errors=True)


def _is_whole(place: Path) -> bool:
    """Return whether every file is there as it was written."""
    try:
        hashes = read_json(place / _PROOF)
        return NETWORK in hashes and all(
            file_hash(place / name) == value for name, value in hashes.items()
        )
    except (DamagedFile, OSError, TypeError):
        return False


def _last_use(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return sum(file.stat().st_size for file in path.iterdir())
    except FileNotFoundError:
        return 0
