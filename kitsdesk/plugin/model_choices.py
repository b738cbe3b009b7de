"""The models that Predict offers: the demo model, and folders a person chose before."""

from __future__ import annotations

from pathlib import Path

from kitsdesk.paths import config_dir, demo_model
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.jsonfile import read_json, write_json

_FILE = "napari-models.json"
_MOST = 10


class NoModelFolder(KitsDeskError):
    """A folder is not that of a model."""


def model_choices() -> list[tuple[str, Path]]:
    """Return (words, folder), the one chosen last first, the demo model always there."""
    own = [(folder.name, folder) for folder in _remembered() if (folder / "model.json").is_file()]
    return [*own, ("Demo model, trained on phantoms", demo_model())]


def remember_model(folder: Path) -> None:
    """Offer a model's folder from now on, first.

    Raises
    ------
    NoModelFolder : it holds no model.json.
    """
    if not (folder / "model.json").is_file():
        raise NoModelFolder(
            f"{folder.name} is no model: it holds no model.json.",
            advice="Choose models/NAME of a project, or bring a model of nnU-Net's in with: "
            "kitsdesk-trainer model import-nnunet DIR --out M",
        )
    others = [known for known in _remembered() if known != folder]
    names = [str(known) for known in [folder, *others][:_MOST]]
    write_json(config_dir() / _FILE, {"models": names})


def _remembered() -> list[Path]:
    file = config_dir() / _FILE
    if not file.exists():
        return []
    try:
        stored = read_json(file)
    except DamagedFile:
        return []
    names = stored.get("models", []) if isinstance(stored, dict) else []
    return [Path(name) for name in names if isinstance(name, str)]
