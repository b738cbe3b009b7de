"""Decision lists: what somebody decided about a data set, as a file that others can apply."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kitsdesk.paths import resources
from kitsdesk.project.decisions import DecisionRecord, Decisions
from kitsdesk.project.store import now
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.export_manifest import Decision
from trainer.contract.jsonfile import read_json, write_json

KITS19_LISTS = "kits2019_decisions.json"
DataSet = Literal["", "kits19"]


class NotADecisionList(KitsDeskError):
    """A file is not a decision list."""


class ListedDecision(BaseModel):
    """One case. `source` is where the decision is told of; `since` is what happened to the
    public label afterwards, both for a person to read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    decision: Decision
    reason: str = ""
    source: str = ""
    since: str = ""


class DecisionList(BaseModel):
    """A list. `data_set` is the one it is about ("" = whatever project has the ids).

    `others` "reference": every case not named goes back to its reference mask, and an
    excluded one comes back in; "as they are" leaves them alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    title: str
    about: str = ""
    data_set: DataSet = ""
    made: str = ""
    author: str = ""
    others: Literal["as they are", "reference"] = "as they are"
    cases: tuple[ListedDecision, ...] = ()


def kits19_lists() -> dict[str, DecisionList]:
    """Return the lists that come with the program, by key: "paper" and "current"."""
    stored = read_json(resources() / KITS19_LISTS)
    return {key: DecisionList.model_validate(one) for key, one in stored["lists"].items()}


def read_list(path: Path) -> DecisionList:
    """Return the list in a file.

    Raises
    ------
    NotADecisionList : it cannot be read, or a case stands in it twice or without a reason.
    """
    try:
        found = DecisionList.model_validate(read_json(path))
    except (OSError, ValueError, ValidationError) as error:
        raise NotADecisionList(
            f"{path.name} is not a decision list.",
            kept="Nothing was changed.",
            advice="Choose a file that Save decisions as a list… wrote.",
        ) from error
    names = [entry.case for entry in found.cases]
    if len(set(names)) < len(names):
        raise NotADecisionList(
            f"{path.name} decides a case twice.",
            kept="Nothing was changed.",
            advice="Leave one line for each case.",
        )
    return found


def list_of(workspace: Workspace) -> DecisionList:
    """Return the project's own decisions as a list; undecided cases are not in it."""
    current = Decisions(workspace).all_current()
    records = [current.get(r.case, DecisionRecord(r.case)) for r in workspace.cases()]
    return DecisionList(
        title=f"Decisions of {workspace.name}",
        made=now(),
        author=workspace.author,
        cases=tuple(
            ListedDecision(
                case=record.case,
                decision=record.decision,
                reason=record.reason,
                source=f"{record.author}, {record.created[:10]}",
            )
            for record in records
            if record.decision != "unreviewed"
        ),
    )


def save_list(workspace: Workspace, path: Path) -> DecisionList:
    """Write the project's decisions to a file and return them; masks are not in it."""
    made = list_of(workspace)
    write_json(path, made)
    return made
