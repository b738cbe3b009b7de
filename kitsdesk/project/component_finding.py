"""Find the disagreements of cases that are not open, one case after the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.component_store import Components
from kitsdesk.project.disagreement_reading import read_disagreements
from kitsdesk.project.planted_faults import PlantedFaults
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.components import Component, components_of
from kitsdesk.review.pictures import disagreement_picture

# Begins what components are made from since each fold's vote is kept with them.
_WITH_PATTERNS = "patterns "


class ComponentFinder:
    """Keeps the components of a project's cases true; callable from any thread.

    Found in the working mask as saved, and in the held-out prediction, else that by all
    folds: what the Review panel compares when a case has no unsaved edits. Where a fault is
    planted for display it is found in the faulty copy, as the panel does, so that the queue
    neither hides the fault nor betrays it; with the fault its components go out of date.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._scores = CaseScores(workspace)
        self._components = Components(workspace)
        self._planted = PlantedFaults(workspace)

    def known(self, cases: Sequence[str]) -> list[Component]:
        """Return what is kept of these cases and still holds, the largest first; also what was
        kept without fold patterns, until it is found again."""
        made, wanted = self._components.made_from(), self._made_from(cases)
        former = {case: text.removeprefix(_WITH_PATTERNS) for case, text in wanted.items()}
        holding = {
            case: former[case] if made.get(case) == former[case] else text
            for case, text in wanted.items()
        }
        return self._components.all(holding)

    def missing(self, cases: Sequence[str]) -> list[str]:
        """Return those of the cases that have to be compared (again), in their order."""
        made = self._components.made_from()
        wanted = self._made_from(cases)
        return [case for case in cases if made.get(case) != wanted[case]]

    def find(self, case: str) -> list[Component]:
        """Compare one case, keep what was found with its pictures, and return it.

        A case without mask or prediction has none.

        Raises
        ------
        KitsDeskError : the CT or a mask cannot be trusted.
        """
        mask, base = Revisions(self._workspace).load(case)
        planted = self._planted.shown(case, mask, base)
        if planted is not None:
            mask = planted.mask
        made_from = self._made_from([case])[case]
        predictions = Predictions(self._workspace)
        heldout = predictions.heldout(case)
        prediction = heldout if heldout is not None else predictions.ensemble(case)
        if base is None or prediction is None:
            self._keep(case, made_from, [], [])
            return []
        volume = self._workspace.read_case(case)
        scores = predictions.scores(case)
        found = read_disagreements(case, mask, prediction, volume, scores, predictions)
        pictures = [
            disagreement_picture(volume, mask, prediction, item.parts[0] if item.parts else item)
            for item in found
        ]
        against = "reference" if base.is_reference else "working mask"
        components = components_of(case, found, mask, prediction, volume, against)
        self._keep(case, made_from, components, pictures)
        return components

    def _made_from(self, cases: Sequence[str]) -> dict[str, str]:
        """Return what the components of each case are to be found in; a planted copy by its
        hash."""
        active = self._planted.active()
        return {
            case: f"{_WITH_PATTERNS}{made}"
            + (f" planted {active[case].planted_hash}" if case in active else "")
            for case, made in self._scores.made_from_all(cases).items()
        }

    def _keep(
        self,
        case: str,
        made_from: str,
        components: list[Component],
        pictures: Sequence[NDArray[np.uint8]],
    ) -> None:
        if not self._workspace.read_only:
            self._components.put(case, made_from, components, pictures)
