"""Pictures of the help and of the sheets that ask before work begins: guide, tour, system
report, several series of a folder, the start of a second look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QPoint, QRect, Qt

from kitsdesk.guide.guide_html import page_html
from kitsdesk.guide.guide_pages import read_guide
from kitsdesk.guide.system_report import ReportFacts, report_text
from kitsdesk.guide.tour_steps import STEPS
from kitsdesk.paths import docs
from kitsdesk.project.case_source import CaseSource
from kitsdesk.review.kappa import agreement
from kitsdesk.ui.guide.guide_window import GuideWindow
from kitsdesk.ui.main_window import MainWindow
from kitsdesk.ui.report_sheet import ReportSheet
from kitsdesk.ui.tour.tour_card import TourCard
from trainer.imaging.dicom_series import SeriesRecord

WORDS = ("reference", "prediction", "neither")
REPORT = ReportFacts(
    program=(("KiTSDesk", "0.1.0"), ("trainer", "of this bundle, CPU")),
    libraries=(("Python", "3.11.2"), ("Qt", "6.10.1"), ("napari", "0.9.2"), ("torch", "2.12.0")),
    machine=(
        ("system", "Linux 6.1.0-28-amd64 x86_64"),
        ("processors", "16"),
        ("GPUs", "NVIDIA RTX A5000, 24 GB"),
        ("predicts on", "NVIDIA RTX A5000"),
        ("screens", "2560×1440, 1920×1080"),
    ),
    self_test="38.0 s per case (5 folds, a small phantom)",
    settings={"theme": "dark", "device": "cuda:0", "mirror": False, "threads": 16},
    edited_keys=2,
    project=(("cases", "210"), ("models in use", "1"), ("read-only", "False")),
    folders=(("settings", "~/.config/kitsdesk"), ("log", "~/.local/state/kitsdesk/log")),
)


def guide(window: MainWindow) -> None:
    """The guide at the page of clusters. It is a window of its own; here it lies over this one."""
    pages = read_guide(docs())
    reader = GuideWindow(window)
    reader.setWindowFlags(Qt.WindowType.Widget)
    reader.set_folder(docs())
    reader.show_contents(pages.chapters, {n: page.title for n, page in pages.pages.items()})
    reader.show_page("cluster", page_html(pages.pages["cluster"]), "")
    reader.set_history(True, False)
    free = window.rect().size() - reader.size()
    reader.move(max(0, free.width() // 2), max(0, free.height() // 2))
    reader.show()
    reader.raise_()


def tour(window: MainWindow) -> None:
    """The first step of the tour: the card beside the case list, the rest of the window dimmed."""
    cases = window.cases

    def place(_step: object) -> QRect:
        return QRect(cases.mapTo(window, QPoint(0, 0)), cases.size())

    TourCard(window, place).show_step(STEPS[0], 1, len(STEPS))


def system_report(window: MainWindow) -> None:
    """The system report, to be read before it is copied."""
    sheet = ReportSheet()
    sheet.show_report(report_text(REPORT))
    window.centre.show_sheet(sheet)


def series_of(case: str, key: str, phase: str, words: str, notes: tuple[str, ...]) -> CaseSource:
    """Return one volume of a DICOM folder; no picture reads its slices."""
    record = SeriesRecord(key, words, 107, 321.0, phase, "", False, notes, None)
    return CaseSource(case, "", Path("/data/ct") / case / key, volume=record)


def series(window: MainWindow) -> None:
    """Two DICOM folders with several volumes each, one of them ticked."""
    coarse, fine = "107 slices of 512×512, 3 mm apart", "214 slices of 512×512, 1.5 mm apart"
    offered = [
        series_of("patient_07", "2", "arterial", coarse, ()),
        series_of("patient_07", "3", "venous", coarse, ()),
        series_of("patient_07", "4", "", fine, ("2 slices missing",)),
        series_of("patient_11", "5", "arterial", coarse, ()),
        series_of("patient_11", "6", "delayed", coarse, ("a gantry tilt of 12°",)),
    ]
    window.ask_series(offered, lambda _chosen: None)
    window.series._rows[0].set_ticked(True)


def second_look(window: MainWindow) -> None:
    """The start of a second look: how many cases, and how far two looks agreed so far."""
    from kitsdesk.compose.curation import FloatingLook

    first = ["reference"] * 12 + ["prediction"] * 7 + ["neither"]
    second = ["reference"] * 10 + ["prediction"] * 9 + ["neither"]
    sheet = FloatingLook(window)
    sheet.show_start(24, agreement(first, second, WORDS))
    sheet.open()


HELP_PICTURES: tuple[Callable[[MainWindow], None], ...] = (
    guide,
    tour,
    system_report,
    series,
    second_look,
)
