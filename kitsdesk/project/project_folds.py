"""Which fold holds each patient out: fixed at the first export, never moved afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from kitsdesk.project.workspace import Workspace
from trainer.datasets.folds import assign_folds, extend_folds


class Folds:
    """The project's five folds."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def stored(self) -> dict[str, int]:
        """Return patient -> fold, empty before the first export."""
        rows = self._workspace.store.query("SELECT patient, fold FROM folds")
        return {row["patient"]: int(row["fold"]) for row in rows}

    def preview(self, patients: Iterable[str]) -> dict[str, int]:
        """Return what `fix` would store, without storing it.

        Raises
        ------
        TooFewPatients : the first export needs at least five patients.
        """
        stored = self.stored()
        return extend_folds(stored, patients) if stored else assign_folds(patients)

    def fix(self, patients: Iterable[str]) -> dict[str, int]:
        """Store the folds at the first export, later only those of new patients; return all.

        Raises
        ------
        TooFewPatients : the first export needs at least five patients.
        """
        with self._workspace.store.transaction() as connection:
            stored = self.stored()
            folds = self.preview(patients)
            new = {patient: fold for patient, fold in folds.items() if patient not in stored}
            connection.executemany("INSERT INTO folds VALUES (?, ?)", sorted(new.items()))
            if new:
                action = "folds extended" if stored else "folds fixed"
                self._workspace.audit.append(action, self._workspace.author, folds=new)
        return folds
