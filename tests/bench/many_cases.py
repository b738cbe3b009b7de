"""2,000 cases with ten disagreements each: open, sort, filter, walk.

python -m tests.bench.many_cases FOLDER [CASES]     (needs an X display)

The cases are tiny and share their files by hard links; list, queue and database are as long
as those of a real project of that many cases.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from kitsdesk.project.case_scores import CaseScores
from kitsdesk.project.case_sources import CaseSource
from kitsdesk.project.component_finding import ComponentFinder
from kitsdesk.project.picture_store import PICTURES_NAME
from kitsdesk.project.workspace import Workspace
from trainer.contract.scores import FoldUse, Scores
from trainer.imaging.mask_file import write_image, write_mask
from trainer.phantoms.phantom_set import kits_geometry

SHAPE, SPACING = (12, 48, 64), (5.0, 3.0, 3.0)
KINDS = 8
COMPONENTS = 10
RUNS = 9
COPIED = (
    "revisions",
    "case_scores",
    "thumbnails",
    "image_facts",
    "component_sets",
    "components",
)


def masks_of(kind: int) -> tuple[np.ndarray, np.ndarray]:
    """Two kidneys; the prediction has ten tumors more, of sizes that depend on the kind."""
    mask = np.zeros(SHAPE, np.uint8)
    mask[1:11, 8:40, 4:28] = 1
    mask[1:11, 8:40, 36:60] = 1
    prediction = mask.copy()
    for number in range(COMPONENTS):
        row, side = divmod(number, 2)
        y, x = 9 + 6 * row, (6, 38)[side]
        prediction[3 : 5 + (kind + number) % 4, y : y + 3, x : x + 3 + kind % 3] = 2
    return mask, prediction


def make(folder: Path, cases: int) -> Path:
    """Write the files of a few kinds, link them for every case, and make the project."""
    geometry, rng = kits_geometry(SHAPE, SPACING), np.random.default_rng(1)
    kinds = folder / "kinds"
    for kind in range(KINDS):
        mask, prediction = masks_of(kind)
        image = np.where(mask > 0, 150, 20) + np.rint(rng.normal(0, 10, SHAPE))
        write_image(kinds / f"{kind}.image.nii.gz", image.astype(np.int16), geometry)
        write_mask(kinds / f"{kind}.mask.nii.gz", mask, geometry)
        write_mask(kinds / f"{kind}.prediction.nii.gz", prediction, geometry)
    sources = []
    for number in range(cases):
        case, kind = f"case_{number:05d}", number % KINDS
        place = folder / "source" / case
        place.mkdir(parents=True)
        os.link(kinds / f"{kind}.image.nii.gz", place / "imaging.nii.gz")
        os.link(kinds / f"{kind}.mask.nii.gz", place / "segmentation.nii.gz")
        image, mask = place / "imaging.nii.gz", place / "segmentation.nii.gz"
        sources.append(CaseSource(case, case, image, mask))
    with Workspace.create(folder / "many.kitsdesk", sources, author="bench") as workspace:
        names = [source.case for source in sources]
        for number, case in enumerate(names):
            predict(workspace, kinds, number, case)
        workspace.store.set_fact("predictions_key", "foreign")
        scores, finder = CaseScores(workspace), ComponentFinder(workspace)
        for case in names[:KINDS]:
            write_scores(workspace, case, workspace.image_hash(case))
            scores.row(case)
            finder.find(case)
        for number, case in enumerate(names[KINDS:], start=KINDS):
            copy_rows(workspace, names[number % KINDS], case)
        copy_pictures(workspace.folder, names)
    return folder / "many.kitsdesk"


def predict(workspace: Workspace, kinds: Path, number: int, case: str) -> None:
    """Link the prediction of the case's kind."""
    out = workspace.predictions_folder / "foreign" / case
    out.mkdir(parents=True)
    for name in ("heldout", "ensemble"):
        os.link(kinds / f"{number % KINDS}.prediction.nii.gz", out / f"{name}.nii.gz")


def write_scores(workspace: Workspace, case: str, image_hash: str) -> None:
    """Five folds that saw nothing; all files of one time, which is part of the cache's key."""
    uses = tuple(FoldUse(model="foreign", fold=fold, saw=False) for fold in range(5))
    scores = Scores(
        case=case,
        image_hash=image_hash,
        models=("foreign",),
        made="2026-11-23T10:00:00+00:00",
        folds=uses,
        heldout_folds=uses,
        members="folds",
        agreement={"kidney": 0.98, "tumor": 0.9},
    )
    path = workspace.predictions_folder / "foreign" / case / "scores.json"
    path.write_text(scores.model_dump_json(), encoding="utf-8")
    os.utime(path, (1.8e9, 1.8e9))


def copy_pictures(project: Path, names: list[str]) -> None:
    """Give every case the pictures of its kind."""
    with closing(sqlite3.connect(project / PICTURES_NAME)) as connection, connection:
        for number, case in enumerate(names[KINDS:], start=KINDS):
            connection.execute(
                "INSERT INTO pictures SELECT ?, key, picture FROM pictures WHERE case_id = ?",
                (case, names[number % KINDS]),
            )


def copy_rows(workspace: Workspace, like: str, case: str) -> None:
    """Give a case what was computed of another one of its kind."""
    write_scores(workspace, case, workspace.image_hash(like))
    with workspace.store.transaction() as connection:
        connection.execute(
            "UPDATE cases SET (image_hash, geometry) = "
            "(SELECT image_hash, geometry FROM cases WHERE case_id = ?) WHERE case_id = ?",
            (like, case),
        )
        for table in COPIED:
            for row in workspace.store.query(f"SELECT * FROM {table} WHERE case_id = ?", (like,)):
                values = [
                    value.replace(like, case) if isinstance(value, str) else value for value in row
                ]
                marks = ", ".join("?" * len(values))
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)


def main() -> int:
    """Make the project where it is not there, then measure and print."""
    folder, cases = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    project = folder / "many.kitsdesk"
    if not project.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        make(folder, cases)
    from PyQt6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    measure(application, project, cases)
    sys.stdout.flush()
    os._exit(0)


def measure(application: object, project: Path, cases: int) -> None:
    """Open the project in the whole window and work with list and queue."""
    from kitsdesk.background.settings import Settings
    from kitsdesk.compose.window_desk import WindowDesk
    from kitsdesk.ui.style import active_style
    from tests.bench.idle_loop import idle_turn

    host = WindowDesk(active_style(), Settings(), lambda _folder: None)
    window = host.window
    window.resize(1600, 1000)
    window.show()
    turn = application.processEvents  # type: ignore[attr-defined]

    def until(holds: Callable[[], bool]) -> float:
        began = time.perf_counter()
        while not holds():
            idle_turn()
        turn()
        return time.perf_counter() - began

    turn()
    opened = host.desk.project
    opened.open(project)
    seconds = until(lambda: len(window.cases.visible_cases()) == cases)
    print(f"| project open, {cases} rows in the list | {seconds:.2f} s |")
    seconds = until(lambda: len(host.queue.queue.rows) >= cases * COMPONENTS)
    print(f"| queue of {len(host.queue.queue.rows)} there, after that | {seconds:.2f} s |")
    until(lambda: not host.desk.pool.busy)
    told("sort by tumor Dice", lambda: list_sorted(window.cases, "tumor Dice"), turn)
    told("sort by suspicion", lambda: list_sorted(window.cases, "suspicion"), turn)
    told(
        "filter 1999 → 111",
        lambda: window.cases.head.field.setText("case_001"),
        turn,
        reset(window),
    )
    told("show all again", lambda: window.cases.head.field.setText(""), turn)
    host.queue.show_queue()
    turn()
    model = window.queue.list.model()
    told("queue: filter kidney, then all", lambda: queue_filtered(window.queue), turn)
    told("queue: one wheel step", lambda: scrolled_once(window.queue.list), turn)
    assert model is not None
    print(f"| database | {(project / 'project.sqlite').stat().st_size / 2**20:.0f} MiB |")


def told(
    name: str,
    action: Callable[[], object],
    turn: Callable[[], object],
    before: Callable[[], object] = lambda: None,
) -> None:
    """Print the median and the longest of some runs, painting included."""
    times = []
    for _ in range(RUNS):
        before()
        turn()
        began = time.perf_counter()
        action()
        turn()
        times.append(1000 * (time.perf_counter() - began))
    print(f"| {name} | {statistics.median(times):.0f} ms, longest {max(times):.0f} |", flush=True)


def reset(window: object) -> Callable[[], object]:
    """Return what shows all cases."""
    return lambda: window.cases.head.field.setText("")  # type: ignore[attr-defined]


def list_sorted(panel: object, key: str) -> None:
    """Sort the case list."""
    panel.set_sort(key)  # type: ignore[attr-defined]


def queue_filtered(page: object) -> None:
    """Turn to the kidney's rows and back."""
    for part in ("kidney", "all"):
        page._part.button(part).click()  # type: ignore[attr-defined]


def scrolled_once(view: object) -> None:
    """Move the list by three rows."""
    bar = view.verticalScrollBar()  # type: ignore[attr-defined]
    bar.setValue(bar.value() + 240)


if __name__ == "__main__":
    sys.exit(main())
