"""The one ordered history of the edits of a case: undo, redo, what is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kitsdesk.editing.box import Box, union
from kitsdesk.editing.patch import Mask, OpenedPatch, Patch

DEFAULT_BYTE_CAP = 256 * 2**20


class JournalSink(Protocol):
    """What keeps a history on disk. Each call is one event; events count from 1."""

    def committed(self, patch: Patch) -> None:
        """An edit was made; it ends whatever could be redone."""

    def moved(self, steps: int) -> None:
        """Undone (negative) or redone (positive) that many edits."""

    def saved(self, event: int, revision: int, voxels_hash: str) -> None:
        """The mask as it was after `event` was saved as `revision`."""

    def announced(self, event: int, voxels_hash: str) -> None:
        """The mask as it was after `event` is about to be saved."""


@dataclass(frozen=True)
class HistoryEntry:
    """One line of the history list; `saved_as` is the revision saved right after it."""

    name: str
    voxels: int
    saved_as: int | None = None


@dataclass
class _State:
    """A remembered state: `position` edits, of which `shared` are still in the history."""

    position: int
    shared: int
    event: int


class History:
    """Patches on one live mask, undone and redone by name, written through to a journal.

    Positions count from the first edit of the journal, also after old ones fell out of
    `byte_cap` (bytes of packed voxels; the newest edit always stays).

    Parameters
    ----------
    mask : live uint8 (z, y, x) array that the views share.
    sink : journal, or None to keep the history in memory only.
    """

    def __init__(
        self, mask: Mask, sink: JournalSink | None = None, byte_cap: int = DEFAULT_BYTE_CAP
    ) -> None:
        self._mask = mask
        self.sink = sink
        self._byte_cap = byte_cap
        self._patches: list[Patch] = []
        self._bytes = 0
        self._dropped = 0
        self._position = 0
        self._event = 0
        self._marks: dict[int, int] = {}
        self._saved = _State(0, 0, 0)
        self._saving: dict[int, _State] = {}
        self._tokens = 0
        self._opened: OpenedPatch | None = None

    def start_from(
        self, patches: Sequence[Patch], position: int, marks: dict[int, int], event: int
    ) -> None:
        """Take over an earlier history whose mask, after `position` edits, is this saved one."""
        self._patches = list(patches)
        self._bytes = sum(patch.size for patch in patches)
        self._position = position
        self._marks = dict(marks)
        self._event = event
        self._saved = _State(position, position, event)
        self._drop_oldest()

    def resume(self, mask: Mask, event: int, byte_cap: int) -> None:
        """Go on, after a replay on a copy, with the live `mask` and the journal's numbering."""
        self._mask = mask
        self._event = event
        self._byte_cap = byte_cap
        self._drop_oldest()

    def label(self, revision: int) -> None:
        """Write in the list that the mask of this position was once saved as `revision`."""
        self._marks[self._position] = revision

    @property
    def position(self) -> int:
        """Return how many of `entries()` are in effect."""
        return self._position - self._dropped

    @property
    def dropped(self) -> int:
        """Return how many of the oldest edits fell out of the byte cap for good."""
        return self._dropped

    @property
    def saved_position(self) -> int | None:
        """Return the position of the saved mask, None where undo cannot reach it."""
        reachable = self._saved.shared == self._saved.position >= self._dropped
        return self._saved.position - self._dropped if reachable else None

    @property
    def unsaved(self) -> int:
        """Return how many edits lie between the saved mask and the live one."""
        common = min(self._saved.shared, self._position)
        return self._position + self._saved.position - 2 * common

    @property
    def can_undo(self) -> bool:
        """Return whether there is an edit to take back."""
        return self.position > 0

    @property
    def can_redo(self) -> bool:
        """Return whether there is an edit to make again."""
        return self.position < len(self._patches)

    def entries(self) -> list[HistoryEntry]:
        """Return the edits, oldest first, those that can be redone at the end."""
        return [
            HistoryEntry(patch.name, patch.voxels, self._marks.get(self._dropped + number))
            for number, patch in enumerate(self._patches, start=1)
        ]

    def commit(self, patch: Patch, opened: OpenedPatch | None = None) -> Box:
        """Make the edit (a finished stroke has made it already) and remember it.

        `opened` saves unpacking it here, where its maker knows that the mask is still the one
        that the patch was computed from.

        Raises
        ------
        StalePatch : the mask changed since the patch was computed; nothing happened.
        KitsDeskError : the journal could not be written; the edit is made and remembered.
        """
        if opened is None:
            box = patch.apply(self._mask)
        else:
            box = opened.write(self._mask, backwards=False)
        self._forget_redo()
        self._patches.append(patch)
        self._bytes += patch.size
        self._position += 1
        self._event += 1
        self._drop_oldest()
        if self.sink is not None:
            self.sink.committed(patch)
        return box

    def next_patch(self, *, backwards: bool) -> Patch | None:
        """Return the edit that undo (backwards) or redo would move, None where there is none."""
        if backwards:
            return self._patches[self.position - 1] if self.can_undo else None
        return self._patches[self.position] if self.can_redo else None

    def between(self, position: int) -> list[Patch]:
        """Return the edits on the way to `position`, the first to be moved first."""
        if position < self.position:
            return self._patches[position : self.position][::-1]
        return self._patches[self.position : position]

    def undo(self, opened: OpenedPatch | None = None) -> Patch | None:
        """Take the newest edit back and return it, None where there is none."""
        patch = self.next_patch(backwards=True)
        if patch is not None:
            self._opened = opened
            self.go_to(self.position - 1)
        return patch

    def redo(self, opened: OpenedPatch | None = None) -> Patch | None:
        """Make the edit that was undone last again and return it, None where there is none."""
        patch = self.next_patch(backwards=False)
        if patch is not None:
            self._opened = opened
            self.go_to(self.position + 1)
        return patch

    def go_to(self, position: int) -> Box | None:
        """Undo or redo until `position` entries are in effect; returns where voxels changed.

        Raises
        ------
        IndexError : there is no such position.
        StalePatch : something else wrote the mask; it stays at the last good position.
        """
        if not 0 <= position <= len(self._patches):
            raise IndexError(position)
        start, box = self._position, None
        try:
            while self.position != position:
                box = union(box, self._step(backwards=position < self.position))
        finally:
            if self._position != start:
                self._event += 1
                if self.sink is not None:
                    self.sink.moved(self._position - start)
        return box

    def begin_save(self) -> int:
        """Remember the mask of this moment for `mark_saved`; call it when copying the mask."""
        self._tokens += 1
        self._saving[self._tokens] = _State(self._position, self._position, self._event)
        return self._tokens

    def announce_save(self, voxels_hash: str, token: int) -> None:
        """Note in the journal what is about to be saved: call it before the revision counts.

        A crash between the revision and `mark_saved` then loses neither history nor edits.
        """
        event = self._saving[token].event
        self._event += 1
        if self.sink is not None:
            self.sink.announced(event, voxels_hash)

    def mark_saved(self, revision: int, voxels_hash: str, token: int | None = None) -> None:
        """Say that the mask of `begin_save`'s `token` (None: of now) is saved as `revision`."""
        if token is None:
            token = self.begin_save()
        self._saved = self._saving.pop(token)
        self._saving = {k: state for k, state in self._saving.items() if k > token}
        if self._saved.shared == self._saved.position:
            self._marks[self._saved.position] = revision
        event = self._saved.event
        self._event += 1
        if self.sink is not None:
            self.sink.saved(event, revision, voxels_hash)

    def _step(self, *, backwards: bool) -> Box:
        patch = self._patches[self.position - 1 if backwards else self.position]
        opened, self._opened = self._opened, None
        if opened is not None and opened.patch is patch:
            box = opened.write(self._mask, backwards=backwards)
        else:
            box = patch.revert(self._mask) if backwards else patch.apply(self._mask)
        self._position += -1 if backwards else 1
        return box

    def _forget_redo(self) -> None:
        for patch in self._patches[self.position :]:
            self._bytes -= patch.size
        del self._patches[self.position :]
        self._marks = {at: rev for at, rev in self._marks.items() if at <= self._position}
        for state in (self._saved, *self._saving.values()):
            state.shared = min(state.shared, self._position)

    def _drop_oldest(self) -> None:
        while self._bytes > self._byte_cap and self.position > 1:
            self._bytes -= self._patches.pop(0).size
            self._dropped += 1
