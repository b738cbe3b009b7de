"""What the mask on the canvases is called, before and after it was changed."""

from __future__ import annotations

import numpy as np
import pytest
from desk_cases import AGREEING, BARE, KIDNEY_AT, MISSING, reference_of

from kitsdesk.controllers.mask_names import MaskNames
from kitsdesk.project.component_finding import ComponentFinder


class Named:
    """Canvas and legend without widgets."""

    def __init__(self):
        self.caption, self.legend, self.origin = "", ("none", ""), None

    def set_mask_caption(self, text, origin=None):
        self.caption, self.origin = text, origin

    def set_legend(self, kind, text=""):
        self.legend = (kind, text)


@pytest.fixture
def named(desk):
    view = Named()
    view.names = MaskNames(desk.session, view, view)
    return view


def test_the_reference_is_called_so_until_it_is_edited_and_again_after_undo(desk, named):
    desk.show(MISSING)
    assert (named.caption, named.legend) == ("reference", ("comparison", "Reference"))
    desk.paint((16, 20, 30))
    assert named.caption == "working mask, edited from the reference"
    assert named.legend == ("comparison", "Working mask")
    working, reference = named.origin
    assert working is desk.open_case.mask
    assert np.array_equal(reference, reference_of(MISSING))
    desk.editing.undo()
    assert (named.caption, named.legend) == ("reference", ("comparison", "Reference"))
    assert named.origin is None


def test_a_revision_has_its_number_and_a_restored_reference_is_the_reference(desk, named):
    desk.show(AGREEING)
    desk.paint((4, 6, 6))
    desk.decisions.save_correction()
    desk.rest()
    assert (named.caption, named.legend[1]) == ("working mask r1", "Working mask r1")
    assert np.array_equal(named.origin[1], reference_of(AGREEING))
    desk.paint((6, 8, 8))
    assert named.caption == "working mask r1, edited"
    desk.decisions.restore_reference()
    desk.rest()
    assert desk.open_case.base.number == 2
    assert (named.caption, named.legend[1]) == ("reference", "Reference")
    assert named.origin is None


def test_a_case_without_reference_has_a_working_mask(desk, named):
    desk.show(BARE)
    assert (named.caption, named.legend) == ("working mask", ("working", "Working mask"))
    desk.paint(KIDNEY_AT, structure=1)
    desk.case.save()
    desk.rest()
    assert named.caption == "working mask r1"
    assert named.origin is None, "there is no reference"


def test_sentences_say_what_the_prediction_was_held_against(desk):
    desk.show(MISSING)
    assert " missing in the reference, " in desk.panels.facts.disagreements[0].sentence
    desk.paint((20, 20, 30))
    desk.decisions.save_correction()
    desk.rest()
    rows = desk.panels.facts.disagreements
    assert desk.panels.facts.against == "Working mask against held-out prediction"
    told = [row for row in rows if "Boundary" not in row.title]
    assert told
    for row in told:
        assert " in the working mask, " in row.title
        assert " in the working mask, " in row.sentence


def test_the_queue_says_the_same_as_the_panel(desk):
    def told():
        finder = ComponentFinder(desk.session.project)
        return [(found.title, found.sentence) for found in finder.find(MISSING)]

    desk.show(MISSING)
    assert told()[0][0].startswith("Tumor missing in the reference, ")
    desk.paint((20, 20, 30))
    desk.decisions.save_correction()
    desk.rest()
    assert told() == [(row.title, row.sentence) for row in desk.panels.facts.disagreements]
    assert any(" in the working mask, " in title for title, _sentence in told())
