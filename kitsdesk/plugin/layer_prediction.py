"""One napari layer through the trainer's warm process; nothing is computed in the window."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from kitsdesk.background.serve_process import ServeProcess
from kitsdesk.background.tasks import TaskPool
from kitsdesk.plugin.layer_geometry import AXIS_LABELS, geometry_of, layer_matrix
from kitsdesk.plugin.layer_reader import METADATA
from kitsdesk.plugin.layer_writer import grid_of
from trainer.contract.errors import KitsDeskError
from trainer.contract.events import PredictCommand, ProgressEvent, ResultEvent
from trainer.contract.scores import PredictionMode
from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import read_mask, write_image
from trainer.imaging.orientation import to_spl
from trainer.imaging.volume import Volume

ENSEMBLE = "ensemble.nii.gz"
_CASE = "layer"


class NotAScan(KitsDeskError):
    """A layer says nothing of where its patient's left and head are, or is no volume."""


@dataclass(frozen=True)
class LayerInput:
    """What is predicted: voxels (z, y, x) and what napari says of the layer."""

    name: str
    data: Any
    state: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, layer: Any) -> LayerInput:
        """Return the input of a napari Image layer.

        Raises
        ------
        NotAScan : not a 3D volume whose axes this plugin named when it opened it.
        """
        if getattr(layer, "multiscale", False) or layer.ndim != 3 or getattr(layer, "rgb", False):
            raise NotAScan(
                f"{layer.name} is not one 3D volume.", advice="Choose the layer of a CT."
            )
        if tuple(layer.axis_labels) != AXIS_LABELS:
            raise NotAScan(
                f"{layer.name} was not opened by KiTSDesk, so its orientation is unknown.",
                kept="Nothing was predicted.",
                advice="Open the file again with File ▸ Open File(s)… and choose KiTSDesk.",
            )
        return cls(layer.name, layer.data, layer_state(layer))


def layer_state(layer: Any) -> dict[str, Any]:
    """Return the transforms and the metadata of a napari layer."""
    names = ("scale", "translate", "rotate", "shear", "axis_labels", "units", "metadata")
    state = {name: getattr(layer, name) for name in names}
    return state | {"affine": np.asarray(layer.affine)}


class LayerPrediction(QObject):
    """One prediction at a time.

    `progressed(ProgressEvent)`; then `predicted(Volume)`, `failed(KitsDeskError)` or
    `cancelled()`, once.
    """

    progressed = pyqtSignal(object)
    predicted = pyqtSignal(object)
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._pool = TaskPool(1)
        self._serve = ServeProcess()
        self._folder: Path | None = None
        self._job = ""
        self._serve.progressed.connect(self._on_progress)
        self._serve.finished.connect(self._on_result)
        self._serve.failed.connect(lambda _job, error: self._end(self.failed, error))
        self._serve.cancelled.connect(lambda _job: self._end(self.cancelled))

    @property
    def busy(self) -> bool:
        """Return whether a prediction is under way."""
        return bool(self._job)

    def start(self, layer: LayerInput, model: Path, device: str, mode: PredictionMode) -> None:
        """Predict a layer with every fold of the model in the folder `model`."""
        self._job = f"{_CASE}-{time.monotonic_ns()}"
        self._folder = folder = Path(tempfile.mkdtemp(prefix="kitsdesk-"))
        job = self._job

        def prepared(image: Path) -> None:
            if self._job != job:
                return
            self._serve.predict(
                PredictCommand(
                    id=job,
                    models=(str(model),),
                    case=_CASE,
                    image=str(image),
                    out=str(folder / "prediction"),
                    device=device,
                    mode=mode,
                )
            )

        self._pool.start(
            "Preparing the layer",
            lambda: image_of(layer, folder),
            done=prepared,
            failed=lambda error: self._end(self.failed, error),
        )

    def cancel(self) -> None:
        """Stop at once; nothing is left behind."""
        if self._job in self._serve.running:
            self._serve.cancel(self._job)
        elif self._job:
            self._end(self.cancelled)

    def close(self) -> None:
        """End the process and take the temporary files away."""
        self._job = ""
        self._serve.close()
        self._pool.close()
        self._clean()

    def _on_progress(self, event: ProgressEvent) -> None:
        if event.id == self._job:
            self.progressed.emit(event)

    def _on_result(self, event: ResultEvent) -> None:
        if event.id == self._job:
            self._pool.start(
                "Reading the mask",
                lambda: read_mask(Path(event.folder) / ENSEMBLE),
                done=lambda mask: self._end(self.predicted, mask),
                failed=lambda error: self._end(self.failed, error),
            )

    def _end(self, signal: Any, *arguments: Any) -> None:
        if self._job:
            self._job = ""
            self._clean()
            signal.emit(*arguments)

    def _clean(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def image_of(layer: LayerInput, folder: Path) -> Path:
    """Return the file or series that the layer came from, else a copy written into `folder`."""
    known = layer.state.get("metadata", {}).get(METADATA, {})
    source = known.get("image", "")
    if source:
        return Path(source)
    data: NDArray[Any] = np.asarray(layer.data)
    matrix = layer_matrix(layer.state)
    geometry: Geometry | None = grid_of(data.shape, matrix, layer.state)
    if geometry is None:
        geometry = geometry_of(data.shape, matrix)
        data = to_spl(data, geometry)
    target = folder / f"{_CASE}.nii.gz"
    write_image(target, Volume(data, geometry).array, geometry)
    return target
