"""Drives napari itself, in a process of its own: `napari --plugin kitsdesk FILE`, then Predict.

    python napari_session.py OUT FILE [MODEL]

writes OUT/layers.json with what napari shows, OUT/window.png, and with MODEL the mask that
the Predict widget made, saved by the plugin's writer as OUT/mask.nii.gz. It needs napari and
the kitsdesk wheel in its environment, and nothing of the tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import napari
import numpy as np
from napari.__main__ import main
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication

WAIT_MS = 200


class Session:
    """Waits for the layers, notes them, predicts where asked, saves, closes."""

    def __init__(self, out: Path, model: str) -> None:
        self.out, self.model = out, model
        self.widget = None
        self.facts: dict[str, object] = {}

    def look(self) -> None:
        viewer = napari.current_viewer()
        if viewer is None or not len(viewer.layers):
            QTimer.singleShot(WAIT_MS, self.look)
            return
        self.facts["layers"] = [facts_of(layer) for layer in viewer.layers]
        viewer.window.resize(1300, 900)
        if self.model:
            self.predict(viewer)
        else:
            QTimer.singleShot(WAIT_MS, lambda: self.end(viewer))

    def predict(self, viewer) -> None:
        _dock, widget = viewer.window.add_plugin_dock_widget("kitsdesk")
        found = widget.models.findData(Path(self.model))
        if found < 0:
            widget.models.addItem("asked for", Path(self.model))
            found = widget.models.count() - 1
        widget.models.setCurrentIndex(found)
        widget.devices.setCurrentIndex(widget.devices.findData("cpu"))
        widget.prediction.predicted.connect(lambda _mask: QTimer.singleShot(WAIT_MS, self.save))
        widget.prediction.failed.connect(lambda error: self.fail(viewer, str(error)))
        widget.prediction.progressed.connect(self.note)
        self.widget = widget
        widget.go.click()

    def note(self, event) -> None:
        self.facts.setdefault("phases", [])
        if event.phase not in self.facts["phases"]:
            self.facts["phases"].append(event.phase)

    def save(self) -> None:
        viewer = napari.current_viewer()
        labels = viewer.layers[-1]
        self.facts["predicted"] = facts_of(labels)
        target = self.out / "mask.nii.gz"
        written = labels.save(str(target), plugin="kitsdesk")
        self.facts["written"] = [str(path) for path in written]
        self.end(viewer)

    def fail(self, viewer, words: str) -> None:
        self.facts["failed"] = words
        self.end(viewer)

    def end(self, viewer) -> None:
        self.facts["torch"] = "torch" in sys.modules
        viewer.window.screenshot(str(self.out / "window.png"), canvas_only=False, flash=False)
        (self.out / "layers.json").write_text(json.dumps(self.facts))
        viewer.close()


def facts_of(layer) -> dict[str, object]:
    """Return the kind, the world matrix and some voxels of a layer."""
    ndim = layer.ndim
    origin = np.asarray(layer.data_to_world((0,) * ndim))
    columns = [
        np.asarray(layer.data_to_world(tuple(np.eye(ndim)[axis]))) - origin for axis in range(ndim)
    ]
    rng = np.random.default_rng(0)
    places = [tuple(int(rng.integers(n)) for n in layer.data.shape) for _ in range(200)]
    return {
        "kind": layer._type_string,
        "name": layer.name,
        "shape": list(layer.data.shape),
        "columns": np.stack(columns, axis=1).tolist(),
        "origin": origin.tolist(),
        "units": [str(unit) for unit in layer.units],
        "axis_labels": list(layer.axis_labels),
        "voxels": [[place, float(layer.data[place])] for place in places],
    }


if __name__ == "__main__":
    out, file, *model = sys.argv[1:]
    session = Session(Path(out), model[0] if model else "")
    application = QApplication.instance() or QApplication(["napari"])
    QTimer.singleShot(WAIT_MS, session.look)
    sys.argv = ["napari", "--plugin", "kitsdesk", file]
    main()
