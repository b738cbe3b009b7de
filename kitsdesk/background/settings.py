"""The user's settings: one typed record; a bad key falls back, it never stops the program."""

from __future__ import annotations

import getpass
import logging
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kitsdesk.project.engine_defaults import EngineDefaults
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.jsonfile import FileNotWritten, read_json, write_json

_LOG = logging.getLogger(__name__)
SETTINGS_NAME = "settings.json"
_RECENT_MAXIMUM = 10


class Settings(BaseModel):
    """Everything a person can choose that outlives the window."""

    # What a newer program added stays in the file when an older one writes it.
    model_config = ConfigDict(validate_assignment=True, extra="allow")

    version: Literal[1] = 1
    theme: Literal["system", "dark", "light"] = "system"
    # Of the size of every text, from the next start on.
    text_percent: int = Field(default=100, ge=90, le=130)
    author: str = Field(default_factory=getpass.getuser, min_length=1)
    recent: list[str] = []
    notice_seen: bool = False
    tour_offered: bool = False
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    mirror: bool = False
    # "fast" looks where one fold finds kidneys; "exact" looks everywhere.
    mode: Literal["exact", "fast"] = "exact"
    threads: int = Field(default=0, ge=0, le=1024)
    data_folder: str = ""
    former_data_folders: list[str] = []
    brush_mm: float = Field(default=12.0, ge=0.5, le=100.0)
    fill: bool = False
    opacity: float = Field(default=1.0, ge=0.0, le=1.0)
    linked: bool = True
    mouse: Literal["radiology", "research"] = "radiology"
    # What differs from the standard keys: an action's id with its keys.
    keys: dict[str, list[str]] = {}
    # Clusters, other queues and SSH, as Retrain folds… and Predict all… offer them.
    engines: EngineDefaults = EngineDefaults()
    geometry: str = ""


def load_settings(path: Path) -> Settings:
    """Return the settings in `path`; each key that makes no sense takes its default."""
    if not path.exists():
        return Settings()
    try:
        stored = read_json(path)
    except DamagedFile:
        path.replace(path.with_suffix(".damaged.json"))
        _LOG.warning("the settings file was damaged; defaults are used, the old one is kept")
        return Settings()
    return _salvaged(stored if isinstance(stored, dict) else {})


def save_settings(path: Path, settings: Settings) -> KitsDeskError | None:
    """Write the settings safely; a full disk does not stop the program: it is logged, and
    returned for the person to read."""
    try:
        write_json(path, settings)
    except FileNotWritten as error:
        _LOG.warning("settings could not be written: %s", error)
        return error
    return None


def remember_recent(settings: Settings, project: Path) -> None:
    """Put `project` first among the recent ones."""
    others = [name for name in settings.recent if name != str(project)]
    settings.recent = [str(project), *others][:_RECENT_MAXIMUM]


def _salvaged(stored: dict[str, Any]) -> Settings:
    good: dict[str, Any] = {}
    for key, value in stored.items():
        try:
            Settings.model_validate({**good, key: value})
        except ValidationError:
            _LOG.warning("setting %s has no usable value and takes its default", key)
            continue
        good[key] = value
    return Settings.model_validate(good)
