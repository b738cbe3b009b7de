"""What a person decided about a case, with reason, author and time; each can be undone."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kitsdesk.project.revisions import Revisions
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import DECISIONS, Decision

NEED_REASON: frozenset[Decision] = frozenset({"replaced", "excluded"})


class ReasonMissing(KitsDeskError):
    """Replacing and excluding need a reason."""


class NothingToUndo(KitsDeskError):
    """No decision was made on this case."""


@dataclass(frozen=True)
class Decided:
    """What is to be recorded of one case."""

    case: str
    decision: Decision
    reason: str = ""


@dataclass(frozen=True)
class DecisionRecord:
    """One decision. `revision` is the working mask's number at that moment, None without one."""

    case: str
    decision: Decision = "unreviewed"
    reason: str = ""
    author: str = ""
    created: str = ""
    revision: int | None = None


class Decisions:
    """The decisions of a project; callable from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def current(self, case: str) -> DecisionRecord:
        """Return what holds for a case now; "unreviewed" where nothing was decided."""
        rows = self._workspace.store.query(
            "SELECT * FROM decisions WHERE case_id = ? AND undone = 0 ORDER BY id DESC LIMIT 1",
            (case,),
        )
        return _record(rows[0]) if rows else DecisionRecord(case)

    def all_current(self) -> dict[str, DecisionRecord]:
        """Return what holds now for every case that was ever decided on, in one query."""
        rows = self._workspace.store.query(
            "SELECT * FROM decisions WHERE id IN "
            "(SELECT max(id) FROM decisions WHERE undone = 0 GROUP BY case_id)"
        )
        return {row["case_id"]: _record(row) for row in rows}

    def counts(self) -> dict[Decision, int]:
        """Return how many cases have each decision, zeros included."""
        current = self.all_current()
        counts: dict[Decision, int] = dict.fromkeys(DECISIONS, 0)
        for record in self._workspace.cases():
            counts[current.get(record.case, DecisionRecord(record.case)).decision] += 1
        return counts

    def decide(
        self, cases: Sequence[str], decision: Decision, reason: str = "", author: str = ""
    ) -> None:
        """Record one decision for one or several cases, all or none.

        Raises
        ------
        ReasonMissing : "replaced" and "excluded" need a reason.
        UnknownCase : one of the cases is not in the project.
        ReadOnlyProject : the project is open read-only.
        """
        self.decide_each([Decided(case, decision, reason) for case in cases], author)

    def decide_each(self, wanted: Iterable[Decided], author: str = "", source: str = "") -> None:
        """Record several decisions as one: all or none, and undone together.

        `source` names the list that they come from in the audit, "" for a person's own.
        Raises the same as `decide`.
        """
        chosen, author = list(wanted), author or self._workspace.author
        for item in chosen:
            _check(item)
        batch = secrets.token_hex(8)
        with self._workspace.store.transaction() as connection:
            for item in chosen:
                number, mask_hash = self._mask(item.case)
                reason = item.reason.strip()
                connection.execute(
                    "INSERT INTO decisions "
                    "(case_id, decision, reason, author, created, revision, batch) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (item.case, item.decision, reason, author, now(), number, batch),
                )
                details = {"source": source} if source else {}
                self._workspace.audit.append(
                    "decision",
                    author,
                    item.case,
                    decision=item.decision,
                    reason=reason,
                    revision=number,
                    mask_hash=mask_hash,
                    **details,
                )

    def made_with(self, case: str) -> list[str]:
        """Return the cases whose newest decision was made together with this case's newest,
        itself among them; empty where nothing was decided."""
        rows = self._workspace.store.query(
            "SELECT case_id, batch FROM decisions WHERE id IN "
            "(SELECT max(id) FROM decisions WHERE undone = 0 GROUP BY case_id)"
        )
        batches = {str(row["case_id"]): str(row["batch"]) for row in rows}
        if case not in batches:
            return []
        same = {name for name, batch in batches.items() if batch and batch == batches[case]}
        return sorted(same | {case})

    def undo_all(self, cases: Sequence[str]) -> list[str]:
        """Take the newest decision of each case back, all or none; return those that had one."""
        with self._workspace.store.transaction():
            decided = set(self.all_current())
            undone = [case for case in cases if case in decided]
            for case in undone:
                self.undo(case)
        return undone

    def undo(self, case: str) -> DecisionRecord:
        """Take the newest decision on a case back and return what holds then.

        Raises
        ------
        NothingToUndo : there is none.
        """
        with self._workspace.store.transaction() as connection:
            rows = connection.execute(
                "SELECT id, decision FROM decisions WHERE case_id = ? AND undone = 0 "
                "ORDER BY id DESC LIMIT 1",
                (case,),
            ).fetchall()
            if not rows:
                raise NothingToUndo(f"No decision on {case} to undo.")
            connection.execute("UPDATE decisions SET undone = 1 WHERE id = ?", (rows[0]["id"],))
            current = self.current(case)
            self._workspace.audit.append(
                "decision undone",
                self._workspace.author,
                case,
                undone=rows[0]["decision"],
                decision=current.decision,
            )
        return current

    def history(self, case: str) -> list[DecisionRecord]:
        """Return every decision ever made on a case in order, undone ones included."""
        rows = self._workspace.store.query(
            "SELECT * FROM decisions WHERE case_id = ? ORDER BY id", (case,)
        )
        return [_record(row) for row in rows]

    def _mask(self, case: str) -> tuple[int | None, str]:
        self._workspace.case(case)
        known = Revisions(self._workspace).all(case)
        return (known[-1].number, known[-1].voxels_hash) if known else (None, "")


def _check(item: Decided) -> None:
    if item.decision not in DECISIONS:
        raise ValueError(f"{item.decision} is not a decision")
    if item.decision in NEED_REASON and not item.reason.strip():
        raise ReasonMissing(
            f"A case is {item.decision} only with a reason.",
            kept="Nothing was decided.",
            advice="Write one sentence that a reader of the data set will understand.",
        )


def _record(row: sqlite3.Row) -> DecisionRecord:
    return DecisionRecord(
        row["case_id"],
        row["decision"],
        row["reason"],
        row["author"],
        row["created"],
        row["revision"],
    )
