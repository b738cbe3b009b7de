"""What the soak kills: painting, undoing, saving, deciding and exporting over the program's own
project and history code, without Qt. Every step is told on a pipe before and after it is done.

    I CASE HASH        an edit is about to be committed that makes the mask HASH
    E CASE HASH        it was committed
    s CASE HASH / S …  a revision with these voxels is about to be saved / was saved
    d CASE WORD / D …  a decision is about to be made / was made
    x STAMP / X STAMP  an export is about to be begun / is finished
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from kitsdesk.editing.history import History
from kitsdesk.editing.strokes import Stroke
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.exports import export
from kitsdesk.project.journal import Journal, open_history
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from trainer.imaging.hashing import array_hash

SPACING = (5.0, 3.0, 3.0)
WORDS = ("kept", "corrected", "deferred")


class Worker:
    """One session at random on a project; `tell` writes a line."""

    def __init__(self, workspace: Workspace, seed: int, pipe: int) -> None:
        self._workspace = workspace
        self._rng = np.random.default_rng(seed)
        self._pipe = pipe
        self._seed = seed
        self._exports = 0
        self._open(str(self._rng.choice([record.case for record in workspace.cases()])))

    def tell(self, *words: str) -> None:
        """Write one line; a pipe takes it whole or not at all."""
        os.write(self._pipe, (" ".join(words) + "\n").encode())

    def go_on(self) -> None:
        """Do one thing after the other until killed."""
        while True:
            chance = self._rng.random()
            if chance < 0.72:
                self.paint()
            elif chance < 0.80:
                self.undo()
            elif chance < 0.90:
                self.save()
            elif chance < 0.94:
                self.decide()
            elif chance < 0.97:
                self.freeze()
            else:
                self.journal.close()
                self._open(str(self._rng.choice([r.case for r in self._workspace.cases()])))

    def paint(self) -> None:
        rng = self._rng
        structure, shape = int(rng.integers(0, 4)), self.mask.shape
        stroke = Stroke(self.mask, None, SPACING, structure, float(rng.uniform(6, 24)), "ball")
        for _ in range(int(rng.integers(1, 4))):
            stroke.add(tuple(float(rng.integers(0, n)) for n in shape))
        patch = stroke.finish()
        if patch is None:
            return
        self.tell("I", self.case, array_hash(self.mask))
        self.history.commit(patch)
        self.line.append(array_hash(self.mask))
        self.tell("E", self.case, self.line[-1])
        if rng.random() < 0.2:
            self.journal.sync()

    def undo(self) -> None:
        if len(self.line) < 2:
            return
        self.tell("I", self.case, self.line[-2])
        self.history.undo()
        self.line.pop()
        assert array_hash(self.mask) == self.line[-1]
        self.tell("E", self.case, self.line[-1])

    def save(self) -> None:
        revisions = Revisions(self._workspace)
        token, copy = self.history.begin_save(), self.mask.copy()
        voxels = _voxels_hash(self._workspace, self.case, copy)
        self.history.announce_save(voxels, token)
        self.tell("s", self.case, voxels)
        revision = revisions.save(self.case, copy)
        self.tell("S", self.case, voxels)
        self.history.mark_saved(revision.number, revision.voxels_hash, token)

    def decide(self) -> None:
        word = str(self._rng.choice(WORDS))
        self.tell("d", self.case, word)
        Decisions(self._workspace).decide([self.case], word)
        self.tell("D", self.case, word)

    def freeze(self) -> None:
        self._exports += 1
        stamp = f"soak-{self._seed}-{self._exports}"
        self.tell("x", stamp)
        for _ in export(self._workspace, stamp=stamp):
            pass
        self.tell("X", stamp)

    def _open(self, case: str) -> None:
        self.case = case
        self.mask, self.history, self.journal = opened(self._workspace, case)
        self.line = [array_hash(self.mask)]


def opened(workspace: Workspace, case: str) -> tuple[np.ndarray, History, Journal]:
    """Open a case as the window does: the newest revision, its journal replayed."""
    mask, base = Revisions(workspace).load(case)
    live = np.array(mask, np.uint8, order="C")
    found = base.voxels_hash if base is not None else None
    history, journal = open_history(workspace.journal_path(case), found, live)
    assert journal is not None
    return live, history, journal


def _voxels_hash(workspace: Workspace, case: str, mask: np.ndarray) -> str:
    from trainer.imaging.hashing import volume_hash
    from trainer.imaging.volume import Volume

    return volume_hash(Volume(mask, workspace.geometry(case)))


def work(folder: Path, seed: int, pipe: int) -> None:
    """Open the project and work at random until killed."""
    workspace = open_project(folder, "soak")
    assert not workspace.read_only, "the dead holder's lock was not retaken"
    Worker(workspace, seed, pipe).go_on()
