"""From the events of a journal to the history that they left: pure, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kitsdesk.editing.history import DEFAULT_BYTE_CAP, History
from kitsdesk.editing.patch import Mask, Patch
from kitsdesk.project.journal_records import INTENT, Base, Event, Mark, Move, size_of

UNKNOWN = ""


@dataclass
class Line:
    """The edits that can be undone and redone at one moment, without their mask."""

    patches: list[Patch] = field(default_factory=list)
    position: int = 0
    marks: dict[int, Mark] = field(default_factory=dict)

    def feed(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, Patch):
            del self.patches[self.position :]
            self.marks = {at: m for at, m in self.marks.items() if at <= self.position}
            self.patches.append(event)
            self.position += 1
        elif isinstance(event, Move):
            self.position += event.steps


def base_event(base: Base, events: Sequence[Event], voxels_hash: str) -> int | None:
    """Return after how many events the newest revision was saved, None where it never was.

    Only the last save mark and what was announced after it count. An older hash that fits
    again means that a revision was made elsewhere (the reference restored, say): the edits
    after the older one were part of what was given up, and replaying them would bring it back.
    """
    for event in reversed(events):
        if isinstance(event, Mark):
            if event.voxels_hash == voxels_hash:
                return event.event
            if event.revision != INTENT:
                return None
    return 0 if base.voxels_hash == voxels_hash else None


def line_after(events: Sequence[Event], count: int) -> Line:
    """Return the line as it was after the first `count` events."""
    marks = _marks_by_event(events)
    line = Line()
    for number, event in enumerate(events[:count], start=1):
        line.feed(event)
        if number in marks:
            line.marks[line.position] = marks[number]
    return line


def replay(
    events: Sequence[Event], start: int, mask: Mask, byte_cap: int = DEFAULT_BYTE_CAP
) -> History:
    """Bring `mask`, which is as it was after `start` events, to the end of all events.

    Returns
    -------
    history : without a sink; its saved state is that of `start`.

    Raises
    ------
    StalePatch, IndexError : the events do not belong to this mask, which is unchanged.
    """
    marks = _marks_by_event(events)
    line = line_after(events, start)
    labels = {at: mark.revision for at, mark in line.marks.items() if mark.revision != INTENT}
    work = mask.copy() if start < len(events) else mask
    history = History(work, byte_cap=np.iinfo(np.int64).max)
    history.start_from(line.patches, line.position, labels, start)
    for number, event in enumerate(events[start:], start=start + 1):
        if isinstance(event, Patch):
            history.commit(event)
        elif isinstance(event, Move):
            history.go_to(history.position + event.steps)
        mark = marks.get(number)
        if mark is not None and mark.revision != INTENT:
            history.label(mark.revision)
    if work is not mask:
        np.copyto(mask, work)
    history.resume(mask, len(events), byte_cap)
    return history


def compacted(base: Base, events: Sequence[Event], start: int, byte_cap: int) -> list[Base | Event]:
    """Return the records of a smaller journal with the same unsaved edits.

    Edits up to `start` (a saved state) become one line that has lost its oldest edits,
    as many as `byte_cap` asks for; everything after `start` stays as it is.
    """
    line = line_after(events, start)
    after = list(events[start:])
    drop, size = 0, sum(map(size_of, after)) + sum(map(size_of, line.patches))
    while size > byte_cap and drop < line.position:
        size -= size_of(line.patches[drop])
        drop += 1
    records: list[Event] = []
    for position, patch in enumerate(line.patches[drop:], start=drop + 1):
        records.append(patch)
        if position in line.marks and position != line.position:
            records.append(_renumbered(line.marks[position], len(records)))
    if line.position < len(line.patches):
        records.append(Move(line.position - len(line.patches)))
    shift = len(records) - start
    for event in after:
        # A mark of a state before `start` names an event that is gone.
        known = not isinstance(event, Mark) or event.event >= start
        records.append(_moved(event, shift) if known else Move(0))
    return [Base(UNKNOWN, base.shape) if drop else base, *records]


def _marks_by_event(events: Sequence[Event]) -> dict[int, Mark]:
    return {event.event: event for event in events if isinstance(event, Mark)}


def _renumbered(mark: Mark, event: int) -> Mark:
    return Mark(event, mark.revision, mark.voxels_hash)


def _moved(event: Event, shift: int) -> Event:
    return _renumbered(event, event.event + shift) if isinstance(event, Mark) else event
