"""Pictures of where masks are reviewed, corrected and compared, each put into a filled window."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QApplication
from sample_curation import alike_ones, blind_pair, fault_estimate, paper_list, queue_rows
from sample_records import case_rows, comparison, review_facts

from kitsdesk.ui.main_window import MainWindow
from trainer.contract.errors import KitsDeskError


def review(window: MainWindow) -> None:
    """The review of one case."""


def settled(window: MainWindow) -> None:
    """All disagreements settled, a question open."""
    window.review.set_facts(review_facts(settled=True))
    window.review.begin_decision("excluded")


def tools(window: MainWindow) -> None:
    """Painting."""
    window.side.show_tab("tools")
    window.tools.set_tool("brush")
    window.tools.set_locked(3, True)
    window.toolbar.set_fill(True)
    window.toolbar.set_legend("working", "Working mask r1")
    names = [
        ("Fill holes, kidney", 1),
        ("Take prediction, tumor, right kidney, middle", None),
        ("Interpolate tumor, 4 slices", None),
        ("Erase tumor, 2 slices", None),
        ("Brush tumor, 12 mm, 3 slices", None),
        ("Brush kidney, 12 mm", None),
    ]
    window.tools.set_history(names, 5)
    from kitsdesk.editing.gates import Gates

    window.tools.set_gates(Gates((10, 90), frozenset({0, 1}), frozenset({3}), 3))
    window.set_saved("4 edits not saved as a revision", True)


def islands(window: MainWindow) -> None:
    """An operation's options, no gates."""
    window.side.show_tab("tools")
    window.tools.set_tool("islands")


def info(window: MainWindow) -> None:
    """The Info tab, and a problem."""
    window.side.show_tab("info")
    window.show_problem(
        KitsDeskError(
            "The disk is full.",
            kept="The old mask is unchanged.",
            advice="Free 2 GB and save again.",
        ),
        "details",
        "Save again",
    )


def side_by_side(window: MainWindow) -> None:
    """Reference and prediction in two axial views."""


def measures(window: MainWindow) -> None:
    """A ruler and an ellipse."""
    window.side.show_tab("tools")
    window.tools.set_tool("ruler")
    window.toolbar.set_legend("working", "Working mask r1")


def compare(window: MainWindow) -> None:
    """Compare models."""
    facts = comparison()
    window.show_comparison(facts)
    window.compare.set_current("case_00744")


def scatter(window: MainWindow) -> None:
    """Scatter, with a case under the pointer."""
    rows = case_rows()
    window.scatter.set_rows(rows)
    window.scatter.set_current(rows[0].case)
    window.show_page("scatter")
    QApplication.processEvents()
    window.scatter._hover(rows[0].case, 60, 120)


def queue(window: MainWindow) -> None:
    """The disagreements of all cases as one queue."""
    rows, pictures = queue_rows()
    window.queue.set_progress(210, 210)
    window.queue.set_rows(rows)
    window.show_page("queue")
    window.queue.set_pictures(pictures)
    window.queue.select(rows[1].name)


def alike(window: MainWindow) -> None:
    """More like this: a contact sheet."""
    anchor, found, pictures = alike_ones()
    window.alike.show_alike(anchor, found)
    window.alike.set_pictures(pictures)
    first = found[0].component
    window.alike.set_state((first.case, first.key), "taken")
    window.show_page("alike")


def decision_list(window: MainWindow) -> None:
    """The KiTS2019 paper's decisions, before they are applied."""
    from kitsdesk.compose.curation import FloatingList

    told = "This is KiTS19: 210 of 210 ids, and the sizes of 209 cases agree."
    FloatingList(window).show_list(paper_list(), told, False)


def fault_chance(window: MainWindow) -> None:
    """How likely is a fault: found, left, recall, advice."""
    from kitsdesk.compose.curation import FloatingEstimate
    from kitsdesk.review.recall import advice

    told = fault_estimate()
    window.cases.set_sort("chance of a fault")
    FloatingEstimate(window).show_estimate(
        told, advice(told), "90 of 210 reviewed, about 2 h 40 min left at your pace", 0, ""
    )


def blind_look(window: MainWindow) -> None:
    """The second look: two masks, sides swapped, no names."""
    from kitsdesk.compose.curation import FloatingLook

    sheet = FloatingLook(window)
    sheet.show_look((3, 12), *blind_pair())
    sheet.open()


REVIEW_PICTURES: tuple[Callable[[MainWindow], None], ...] = (
    review,
    settled,
    tools,
    islands,
    info,
    side_by_side,
    measures,
    compare,
    scatter,
    queue,
    alike,
    decision_list,
    fault_chance,
    blind_look,
)
