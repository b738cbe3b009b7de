"""The models of a project: which are there, which are in use, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from kitsdesk.project.model_facts import ShelfFacts, facts_of, hindrance
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from kitsdesk.project.writing_words import writing
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.contract.model_manifest import (
    MANIFEST_NAME,
    ModelManifest,
    read_manifest,
    write_manifest,
)
from trainer.imaging.hashing import file_hash


class UnknownModel(KitsDeskError):
    """The project has no model of that name."""


class ModelNotUsable(KitsDeskError):
    """Models cannot be used together or cannot be put on the shelf."""


class Models:
    """The models under PROJECT/models and the pointer to those in use."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def folder(self, name: str) -> Path:
        """Return the folder of a model."""
        return self._workspace.models_folder / name

    def available(self) -> list[tuple[str, ModelManifest]]:
        """Return name and manifest of every readable model, oldest first."""
        found = []
        for path in self._workspace.models_folder.glob(f"*/{MANIFEST_NAME}"):
            if path.parent.name.startswith("."):
                continue
            try:
                found.append((path.parent.name, read_manifest(path.parent)))
            except DamagedFile:
                continue
        return sorted(found, key=lambda item: (item[1].created, item[0]))

    def manifest(self, name: str) -> ModelManifest:
        """Return a model's manifest.

        Raises
        ------
        UnknownModel : there is none of that name. DamagedFile : its manifest is unreadable.
        """
        if not (self.folder(name) / MANIFEST_NAME).is_file():
            raise UnknownModel(f"The project has no model {name}.", kept="Nothing was changed.")
        return read_manifest(self.folder(name))

    def in_use(self) -> tuple[str, ...]:
        """Return the names of the models in use, empty where there are none."""
        rows = self._workspace.store.query(
            "SELECT names FROM models_in_use ORDER BY id DESC LIMIT 1"
        )
        return tuple(json.loads(rows[0]["names"])) if rows else ()

    def previous(self) -> tuple[str, ...] | None:
        """Return what Roll back would go to, None where there is nothing before."""
        rows = self._workspace.store.query(
            "SELECT names FROM models_in_use WHERE id = "
            "(SELECT previous FROM models_in_use ORDER BY id DESC LIMIT 1)"
        )
        return tuple(json.loads(rows[0]["names"])) if rows else None

    def facts(self) -> ShelfFacts:
        """Return what there is to tell of every model."""
        used, readable = self.in_use(), self.available()
        found = tuple(facts_of(name, manifest, in_use=name in used) for name, manifest in readable)
        folders = self._workspace.models_folder.glob(f"*/{MANIFEST_NAME}")
        there = {path.parent.name for path in folders if not path.parent.name.startswith(".")}
        unreadable = sorted(there - {name for name, _manifest in readable})
        return ShelfFacts(found, self.previous() or (), tuple(unreadable))

    def use(self, names: Sequence[str]) -> tuple[str, ...]:
        """Make one to three models the ones in use; nothing is deleted.

        Raises
        ------
        UnknownModel : one is missing.
        ModelNotUsable : none, more than three, one without folds, or different structures.
        """
        chosen = tuple(dict.fromkeys(names))
        problem = hindrance([facts_of(name, self.manifest(name)) for name in chosen])
        if problem:
            raise ModelNotUsable(
                problem, kept="The models in use stay.", advice="Choose others in Tools, Models…."
            )
        if chosen == self.in_use():
            return chosen
        with self._workspace.store.transaction() as connection:
            newest = connection.execute("SELECT max(id) AS id FROM models_in_use").fetchone()["id"]
            self._point_to(chosen, newest, "models used")
        return chosen

    def roll_back(self) -> tuple[str, ...]:
        """Go back to the models used before; again goes one further.

        Raises
        ------
        ModelNotUsable : nothing was used before.
        UnknownModel : a model used before is no longer in the project.
        """
        with self._workspace.store.transaction() as connection:
            row = connection.execute(
                "SELECT names, previous FROM models_in_use WHERE id = "
                "(SELECT previous FROM models_in_use ORDER BY id DESC LIMIT 1)"
            ).fetchone()
            if row is None:
                raise ModelNotUsable("No model was used before this one.", kept="It stays in use.")
            names = tuple(json.loads(row["names"]))
            for name in names:
                self.manifest(name)
            self._point_to(names, row["previous"], "models rolled back")
        return names

    def install(self, folder: Path, name: str) -> ModelManifest:
        """Copy a model into the project as `name`, every weight file's hash checked.

        Raises
        ------
        ModelNotUsable : the name is taken or not fit for a folder.
        DamagedFile : a file is missing or does not match the manifest.
        """
        self._workspace.store.require_writable()
        target = self.folder(name)
        if not name or name != Path(name).name or name.startswith(".") or "+" in name:
            raise ModelNotUsable(f"{name!r} is not a name for a model.")
        if target.exists():
            raise ModelNotUsable(
                f"The project already has a model {name}.", advice="Choose another name."
            )
        manifest = read_manifest(folder).model_copy(update={"name": name})
        temporary = self._workspace.models_folder / f".{uuid.uuid4().hex}.tmp"
        try:
            kept = "Nothing was installed."
            with writing(f"The model {name}", kept, self._workspace.models_folder):
                temporary.mkdir(parents=True)
                for entry in manifest.folds:
                    _copy_checked(folder / entry.file, temporary / entry.file, entry.sha256)
                write_manifest(temporary, manifest)
                os.replace(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        self._workspace.audit.append(
            "model installed", self._workspace.author, model=name, folds=len(manifest.folds)
        )
        return manifest

    def _point_to(self, names: tuple[str, ...], previous: int | None, action: str) -> None:
        author = self._workspace.author
        with self._workspace.store.transaction() as connection:
            connection.execute(
                "INSERT INTO models_in_use (names, previous, author, created) VALUES (?, ?, ?, ?)",
                (json.dumps(names), previous, author, now()),
            )
            self._workspace.store.set_fact("predictions_key", "+".join(names))
            self._workspace.audit.append(action, author, models=list(names))


def _copy_checked(source: Path, target: Path, sha256: str) -> None:
    if not source.is_file():
        raise DamagedFile(f"{source.name} is missing from the model {source.parent.name}.")
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    if file_hash(target) != sha256:
        raise DamagedFile(
            f"{source.name} of the model {source.parent.name} is not the file its manifest names.",
            kept="Nothing was installed.",
            advice="Copy or import the model again.",
        )
