"""What the settings sheet shows: a plain record."""

from __future__ import annotations

from dataclasses import dataclass

Device = tuple[str, str]
AUTOMATIC: tuple[Device, ...] = (("auto", "fastest there is"), ("cpu", "CPU"))


@dataclass(frozen=True)
class SettingsFacts:
    """The settings as they are. `devices` are keys such as "cuda:0" with their words;
    `threads` 0 means all `cores`."""

    theme: str
    brush_mm: float
    device: str
    mirror: bool
    threads: int
    cores: int
    data_folder: str
    devices: tuple[Device, ...] = AUTOMATIC
    mouse: str = "radiology"
    text_percent: int = 100
