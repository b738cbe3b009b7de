"""Draws every panel, page and sheet in the whole window, dark and light, as PNG.

python -m tests.gui.gallery OUT [dark|light] [PICTURE …]

The canvases show a phantom, the panels sample records. It needs a display with OpenGL.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PyQt6.QtWidgets import QApplication, QWidget

sys.path.insert(0, str(Path(__file__).parent))

from canvas_pictures import Pictured, canvas_pictures
from sample_curation import (
    alike_ones,
    blind_pair,
    fault_estimate,
    paper_list,
    queue_rows,
)
from sample_places import dry_run, engine_defaults, slurm_place
from sample_records import (
    INFO,
    case_rows,
    comparison,
    retrain_facts,
    review_facts,
    training_job,
)
from sample_runs import cluster_run, sample_runs

from kitsdesk.ui.design_tokens import read_tokens
from kitsdesk.ui.main_window import MainWindow
from kitsdesk.ui.style import active_style, install_style
from trainer.contract.errors import KitsDeskError


def filled(views: QWidget | None = None) -> MainWindow:
    """Return a window with a project, a case under review and a running training."""
    window = MainWindow()
    window.resize(1600, 1000)
    window.set_views(views or QWidget())
    window.set_project("renal_ct.kitsdesk", "residual-2", 5, 210)
    window.cases.set_rows(case_rows())
    window.cases.select(window.cases.visible_cases()[0])
    window.toolbar.set_legend("comparison")
    window.toolbar.set_opacity(0.6)
    window.show_page("views")
    window.review.set_facts(review_facts())
    window.review.select_disagreement(0)
    window.info.set_info("case_00700", INFO)
    window.jobs.set_jobs([training_job()])
    window.status.set_position((84.0, 12.6, 321.1), 41)
    window.status.set_under_pointer("Reference: kidney · Prediction: tumor")
    window.status.set_device("GPU · 9.8 of 24 GB · training holds it")
    window.set_saved("All edits saved", False)
    axis = np.linspace(-160, 240, 400)
    counts = 200 * np.exp(-(((axis + 90) / 30) ** 2)) + 900 * np.exp(-(((axis - 45) / 28) ** 2))
    window.tools.set_histogram(counts, -160, 240)
    window.tools.set_members(5)
    return window


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


def train(window: MainWindow) -> None:
    """Retrain folds over the window, Jobs open."""
    window.jobs.set_open(True)
    window.show_facts(retrain_facts())
    window.retrain.set_note("The running training holds the GPU: this run waits for it.")


def train_slurm(window: MainWindow) -> None:
    """Retrain folds on a Slurm cluster: what it offers, what was found."""
    window.show_facts(retrain_facts())
    place = window.retrain.place
    place.engines["slurm"].setChecked(True)
    window.retrain.set_defaults(engine_defaults())
    window.retrain.set_place(slurm_place())
    window.centre.show_sheet(window.retrain)


def train_script(window: MainWindow) -> None:
    """The dry run: the script that a run on Slurm would write."""
    train_slurm(window)
    window.retrain.show_dry_run(dry_run())


def predict_all(window: MainWindow) -> None:
    """Predict all of many cases in parts on a cluster."""
    from kitsdesk.compose.runs_desk import FloatingPrediction
    from kitsdesk.project.place_facts import PredictAllFacts

    sheet = FloatingPrediction(window)
    sheet.set_defaults(engine_defaults())
    sheet.place.engines["slurm"].setChecked(True)
    sheet.set_place(slurm_place())
    sheet.show_prediction(PredictAllFacts(2000, "residual-2"))


def clusters(window: MainWindow) -> None:
    """Slurm, another queue and SSH in the settings."""
    settings(window)
    window.settings.engines.set_defaults(engine_defaults())
    window.settings.show_page("engines")


def runs(window: MainWindow) -> None:
    """Train ▸ Runs: fifteen folds on a cluster, one of them failed."""
    window.jobs.set_jobs([cluster_run()])
    window.runs.set_runs(sample_runs())
    window.show_page("runs")
    window.runs.select(cluster_run().job)
    window.runs.detail.choose_task("residual/fold_3")


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


def empty(window: MainWindow) -> None:
    """A project without a model."""
    window.cases.set_rows(case_rows(predicted=False))
    window.cases.set_sort("id")
    window.set_project("renal_ct.kitsdesk", "", 0, 210)
    window.jobs.set_jobs([])
    window.show_page("empty")
    window.status.set_position(None)


def start(window: MainWindow) -> None:
    """No project."""
    empty(window)
    window.cases.set_rows([])
    window.set_project("", "", 0, 0)


def welcome(window: MainWindow) -> None:
    """The first start: notice, self-test, demo."""
    from kitsdesk.project.self_test_facts import SelfTestFacts
    from trainer.contract.forecast import Forecast

    start(window)
    full = Forecast(seconds=200.0, memory_gb=3.1, least_gb=2.4, basis="measured", tiles=90)
    facts = SelfTestFacts(
        "done", "cuda:0", folds=5, fraction=1.0, seconds_per_case=38.0, full_size=full
    )
    window.welcome.show_self_test(facts)
    window.show_page("welcome")


def settings(window: MainWindow) -> None:
    """The settings sheet over a case."""
    from kitsdesk.ui.settings.settings_facts import AUTOMATIC, SettingsFacts

    devices = (*AUTOMATIC, ("cuda:0", "NVIDIA RTX A5000, 24 GB"))
    folder = "/home/anna/.local/share/kitsdesk"
    window.settings.show_settings(
        SettingsFacts(active_style().choice, 12.0, "cuda:0", False, 0, 16, folder, devices)
    )
    window.open_settings()


def keys_page(window: MainWindow) -> None:
    """The keys and the mouse in the settings."""
    settings(window)
    window.settings.show_page("keys")


def side_by_side(window: MainWindow) -> None:
    """Reference and prediction in two axial views."""


def measures(window: MainWindow) -> None:
    """A ruler and an ellipse."""
    window.side.show_tab("tools")
    window.tools.set_tool("ruler")
    window.toolbar.set_legend("working", "Working mask r1")


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


def jobs(window: MainWindow) -> None:
    """The jobs, opened: a training with its curves."""
    window.jobs.set_open(True)


def palette(window: MainWindow) -> None:
    """The command palette."""
    from kitsdesk.ui.actions.action_ids import ActionId

    window.registry.set_enabled(ActionId.PREDICT_CASE, False, "no model is in use")
    window.palette_sheet.open_palette()
    window.palette_sheet._field.setText("pre")


def keys(window: MainWindow) -> None:
    """The keys sheet."""
    window.keys.open_sheet()


PICTURES: dict[str, Callable[[MainWindow], None]] = {
    picture.__name__: picture
    for picture in (
        review,
        settled,
        tools,
        islands,
        info,
        train,
        train_slurm,
        train_script,
        predict_all,
        runs,
        compare,
        scatter,
        empty,
        start,
        welcome,
        settings,
        clusters,
        keys_page,
        side_by_side,
        measures,
        queue,
        alike,
        decision_list,
        fault_chance,
        blind_look,
        jobs,
        palette,
        keys,
    )
}


THEMES = ("dark", "light")
FREQUENT, GREYS = 48, 96
HEX = re.compile(r"#[0-9A-Fa-f]{6}")


def token_colours() -> np.ndarray:
    """Return every colour of the tokens, (n, 3)."""
    words = sorted({found.lower() for found in HEX.findall(json.dumps(read_tokens()))})
    return np.array([[int(word[i : i + 2], 16) for i in (1, 3, 5)] for word in words])


def small(picture: Image.Image) -> Image.Image:
    """Return a picture with 256 colours: the tokens' and the commonest as they are, greys for
    the CT, and what is left for the other colours, however few pixels they have."""
    rgb = np.asarray(picture.convert("RGB"), np.uint32)
    packed = (rgb[..., 0] << 16) | (rgb[..., 1] << 8) | rgb[..., 2]
    colours, counts = np.unique(packed, return_counts=True)
    found = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=1)
    own = token_colours()
    common = found[np.argsort(-counts)[:FREQUENT]]
    greys = np.repeat(np.linspace(0, 255, GREYS).round()[:, None], 3, axis=1)
    bright = found[found.max(axis=1) - found.min(axis=1) > 24].astype(np.uint8)
    left = 256 - len(common) - GREYS - len(own)
    chosen = Image.fromarray(bright[None]).quantize(left, dither=Image.Dither.NONE)
    colourful = np.array(chosen.getpalette()[: 3 * left]).reshape(-1, 3)
    table = Image.new("P", (1, 1))
    table.putpalette(np.concatenate([own, common, greys, colourful]).astype(np.uint8).tobytes())
    return picture.convert("RGB").quantize(palette=table, dither=Image.Dither.NONE)


def main(out: Path, words: list[str]) -> None:
    """Write PICTURE_dark.png and PICTURE_light.png, or one of them, for every picture asked
    for."""
    names = [word for word in words if word not in THEMES]
    themes = [word for word in words if word in THEMES] or THEMES
    app = QApplication(sys.argv[:1])
    style = install_style(app, "dark")
    canvases = canvas_pictures()
    for theme in themes:
        style.set_theme(theme)
        for name in names or list(PICTURES):
            shown = canvases.get(name, canvases["review"])
            window = filled(Pictured(shown))
            window.show()
            app.processEvents()
            PICTURES[name](window)
            for _ in range(6):
                app.processEvents()
            file = out / f"{name}_{theme}.png"
            window.grab().save(str(file))
            small(Image.open(file)).save(file, optimize=True)
            window.close()
            window.deleteLater()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    main(folder, sys.argv[2:])
    # The pictures are written; tearing OpenGL down at interpreter exit helps nobody.
    sys.stdout.flush()
    os._exit(0)
