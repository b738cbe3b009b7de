"""Small cases with known faults, predictions of them, and a desk without a window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kitsdesk.compose.desk import Views, build_desk
from kitsdesk.demo.silent_views import (
    SilentCanvas,
    SilentCaseList,
    SilentExport,
    SilentPanels,
    SilentPlaces,
    SilentSeries,
    SilentShell,
)
from kitsdesk.project.case_sources import discover
from kitsdesk.project.workspace import Workspace
from trainer.contract.jsonfile import write_json
from trainer.contract.scores import FoldUse, Scores
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import write_image, write_mask
from trainer.imaging.reader import read_image

SHAPE = (32, 40, 40)  # z, y, x; index × spacing is LPS mm, back to front
SPACING = (3.0, 2.0, 2.0)
GRID = Geometry(
    size=(40, 40, 32),
    spacing=(2.0, 2.0, 3.0),
    origin=(0.0, 0.0, 0.0),
    direction=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
)
MISSING, AGREEING, SEEN, BARE = "case_00700", "case_00701", "case_00702", "case_00703"
TUMOR_AT = (12, 20, 30)
KIDNEY_AT = (16, 20, 10)


def ball(centre, radius):
    grid = np.ogrid[tuple(slice(0, n) for n in SHAPE)]
    return sum(((g - c) / r) ** 2 for g, c, r in zip(grid, centre, radius, strict=True)) <= 1


def true_mask():
    """Two kidneys, a tumor in the left one (larger x)."""
    mask = np.zeros(SHAPE, np.uint8)
    mask[ball((16, 20, 10), (8, 6, 5))] = 1
    mask[ball((16, 20, 30), (8, 6, 5))] = 1
    mask[ball(TUMOR_AT, (3, 4, 4))] = 2
    return mask


def reference_of(case):
    mask = true_mask()
    if case == MISSING:
        mask[mask == 2] = 1
    if case == SEEN:
        mask[:14, :, :20] = 0
    return mask


def make_source(folder: Path) -> Path:
    """Four cases: a tumor missing, all right, a kidney cut short, no reference."""
    truth = true_mask()
    for number, case in enumerate((MISSING, AGREEING, SEEN, BARE)):
        noise = np.random.default_rng(number).normal(0, 5, SHAPE)
        image = np.choose(truth, (-20.0, 170.0, 60.0)) + noise
        write_image(folder / case / "imaging.nii.gz", np.round(image).astype(np.int16), GRID)
        if case != BARE:
            write_mask(folder / case / "segmentation.nii.gz", reference_of(case), GRID)
    return folder


def make_project(folder: Path, source: Path) -> Path:
    """The project with predictions of five folds: fold 4 misses the tumor."""
    with Workspace.create(folder, discover(source), author="anna") as workspace:
        for case in (MISSING, AGREEING, SEEN):
            predict(workspace, case)
        workspace.store.set_fact("predictions_key", "foreign")
    return folder


def predict(workspace, case) -> None:
    out = workspace.predictions_folder / "foreign" / case
    truth = true_mask()
    uses = tuple(FoldUse(model="foreign", fold=f, saw=case == SEEN) for f in range(5))
    blind = np.where(truth == 2, 1, truth).astype(np.uint8)
    bits = np.zeros(SHAPE, np.uint16)
    for fold in range(5):
        says = blind if fold == 4 else truth
        bits |= says.astype(np.uint16) << np.uint16(2 * fold)
    write_mask(out / "ensemble.nii.gz", truth, GRID)
    write_mask(out / "folds-foreign.nii.gz", bits, GRID)
    write_mask(out / "entropy.nii.gz", np.zeros(SHAPE, np.uint8), GRID)
    if case != SEEN:
        write_mask(out / "heldout.nii.gz", truth, GRID)
    unseen = tuple(use for use in uses if not use.saw)
    scores = Scores(
        case=case,
        image_hash=volume_hash(read_image(workspace.case(case).image)),
        models=("foreign",),
        made="2026-11-23T10:00:00+00:00",
        folds=uses,
        heldout_folds=unseen,
        members="folds" if unseen else None,
        agreement={"kidney": 0.98, "tumor": 0.9} if unseen else None,
    )
    write_json(out / "scores.json", scores)


class AskedShell(SilentShell):
    """Answers questions as the test says and keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = True
        self.questions: list[str] = []

    def ask(self, question, yes, answered) -> None:
        self.questions.append(question)
        answered(self.answer)


class DrivenDesk:
    """A desk with silent views, and the few steps that tests repeat."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.shell, self.cases = AskedShell(), SilentCaseList()
        self.canvas, self.panels = SilentCanvas(), SilentPanels()
        self.places, panels = SilentPlaces(), self.panels
        views = Views(
            self.shell,
            self.cases,
            self.canvas,
            panels,
            panels,
            panels,
            panels,
            panels,
            panels,
            self.places,
            SilentSeries(),
            SilentExport(),
            panels,
        )
        self.desk = build_desk(views, author="anna")

    def __getattr__(self, name):
        return getattr(self.desk, name)

    @property
    def open_case(self):
        assert self.session.case is not None
        return self.session.case

    @property
    def said(self) -> str:
        return self.shell.messages[-1] if self.shell.messages else ""

    def rest(self) -> None:
        """Wait until nothing runs any more."""
        quiet = []

        def idle() -> bool:
            quiet.append(not self.pool.busy)
            return len(quiet) > 2 and all(quiet[-3:])

        self.qtbot.waitUntil(idle, timeout=10000)

    def start(self, *, read_only: bool = False) -> DrivenDesk:
        """Open the project and let the list be scored."""
        workspace = Workspace.open(self.folder, read_only=read_only, author="anna")
        self.project.show_opened(workspace)
        self.rest()
        return self

    def show(self, case: str):
        self.case.open(case)

        def opened() -> None:
            said = [problem.happened for problem in self.shell.problems]
            assert self.session.case is not None, said
            assert self.session.case.case == case, said

        self.qtbot.waitUntil(opened, timeout=10000)
        self.rest()
        return self.open_case

    def decision(self, case: str) -> str:
        return self.session.decisions.current(case).decision

    def point(self, kind, index, view="axial", modifiers=(), buttons=("left",)) -> None:
        """Tell both pointer controllers, as the canvases do."""
        z, y, x = (at * step for at, step in zip(index, SPACING, strict=True))
        event = self.told(kind, (x, y, z), view, modifiers, buttons)
        self.editing.on_pointer(event)
        self.operations.on_pointer(event)
        self.boxes.on_pointer(event)

    def told(self, kind, mm, view="axial", modifiers=(), buttons=("left",)):
        """What the canvases would tell of the pointer at an LPS place."""
        return PointerTold(kind, view, mm, frozenset(buttons), frozenset(modifiers))

    def drag(self, *indices, view="axial", modifiers=()) -> None:
        """Press at the first place, move over the others, release at the last."""
        self.point("press", indices[0], view, modifiers)
        for index in indices[1:]:
            self.point("move", index, view, modifiers)
        self.point("release", indices[-1], view, modifiers, ())

    def click(self, index, view="axial", modifiers=()) -> None:
        self.drag(index, view=view, modifiers=modifiers)
        self.rest()

    def paint(self, *indices, structure=2, mm=9.0, **how) -> None:
        """One brush stroke."""
        self.editing.choose_tool("brush")
        self.editing.choose_structure(structure)
        self.editing.set_diameter(mm)
        self.drag(*indices, **how)

    def apply(self, tool, **parameters) -> None:
        """Press an operation's button and wait for its end."""
        self.editing.choose_tool(tool)
        self.operations.run(tool, parameters)
        self.rest()

    def history(self) -> list[str]:
        return [entry.name for entry in self.open_case.history.entries()]


@dataclass(frozen=True)
class PointerTold:
    kind: str
    view: str
    mm: tuple[float, float, float]
    buttons: frozenset[str]
    modifiers: frozenset[str]
