"""The rotating log file. Case ids and numbers only: no patient data is ever logged."""

from __future__ import annotations

import faulthandler
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_log(folder: Path) -> Path:
    """Send the program's log to `folder`/kitsdesk.log (1 MB, three kept); return its path.

    Crashes of the interpreter leave their stacks in `folder`/crash.log.
    """
    path = folder / "kitsdesk.log"
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger = logging.getLogger("kitsdesk")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    faulthandler.enable((folder / "crash.log").open("a"))
    return path
