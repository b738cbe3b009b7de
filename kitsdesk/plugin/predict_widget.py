"""Predict in plain napari: a CT layer in, a Labels layer out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kitsdesk.plugin.layer_geometry import transforms
from kitsdesk.plugin.layer_prediction import LayerInput, LayerPrediction
from kitsdesk.plugin.layer_reader import mask_layer
from kitsdesk.plugin.model_choices import model_choices, remember_model
from trainer.contract.errors import KitsDeskError
from trainer.contract.events import ProgressEvent
from trainer.contract.scores import PredictionMode
from trainer.imaging.volume import Volume

NOTICE = "Research use only. Not a medical device."
DEVICES = (("auto", "fastest there is"), ("cpu", "CPU"))
_STEPS = 1000
_WORDS = {"load": "Loading the model", "read": "Reading the CT", "resample": "Resampling"}
_PLACED = ("scale", "translate", "rotate", "shear", "affine", "axis_labels", "units")


class PredictWidget(QWidget):
    """Runs `kitsdesk-trainer serve` beside napari; progress, time left and cancel."""

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__()
        self._viewer = napari_viewer
        self._source: Any = None
        self.prediction = LayerPrediction()
        self.layers = QComboBox()
        self.models = QComboBox()
        self.devices = QComboBox()
        self.fast = QCheckBox("Fast: one fold finds the kidneys, then all look there")
        self.go = QPushButton("Predict")
        self.stop = QPushButton("Cancel")
        self.bar = QProgressBar()
        self.words = QLabel()
        self._choose = QPushButton("Choose…")
        self._lay_out()
        self._connect()
        self._fill_models()
        self._fill_layers()

    def _lay_out(self) -> None:
        for key, words in DEVICES:
            self.devices.addItem(words, key)
        self.words.setWordWrap(True)
        self.bar.setRange(0, _STEPS)
        model = QHBoxLayout()
        model.addWidget(self.models, 1)
        model.addWidget(self._choose)
        form = QFormLayout()
        form.addRow("CT", self.layers)
        form.addRow("Model", model)
        form.addRow("Device", self.devices)
        form.addRow("", self.fast)
        buttons = QHBoxLayout()
        buttons.addWidget(self.go, 1)
        buttons.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addLayout(buttons)
        column.addWidget(self.bar)
        column.addWidget(self.words)
        column.addStretch(1)
        column.addWidget(QLabel(NOTICE))

    def _connect(self) -> None:
        self.go.clicked.connect(self.predict)
        self.stop.clicked.connect(self.prediction.cancel)
        self._choose.clicked.connect(self._choose_model)
        self.prediction.progressed.connect(self._on_progress)
        self.prediction.predicted.connect(self._on_predicted)
        self.prediction.failed.connect(self._on_failed)
        self.prediction.cancelled.connect(lambda: self._settle("Cancelled."))
        for event in (self._viewer.layers.events.inserted, self._viewer.layers.events.removed):
            event.connect(self._fill_layers)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.prediction.close)

    def predict(self) -> None:
        """Predict the chosen layer with the chosen model."""
        layer = self.layers.currentData()
        if layer is None or self.prediction.busy:
            return
        try:
            source = LayerInput.of(layer)
        except KitsDeskError as error:
            self._on_failed(error)
            return
        self._source = layer
        self._settle("Preparing…", busy=True)
        mode: PredictionMode = "fast" if self.fast.isChecked() else "exact"
        model: Path = self.models.currentData()
        self.prediction.start(source, model, self.devices.currentData(), mode)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """End the process with the widget."""
        self.prediction.close()
        super().closeEvent(event)

    def _fill_layers(self, _event: Any = None) -> None:
        chosen = self.layers.currentData()
        self.layers.clear()
        scans = [each for each in self._viewer.layers if each._type_string == "image"]
        for layer in scans:
            self.layers.addItem(layer.name, layer)
        if chosen in scans:
            self.layers.setCurrentIndex(scans.index(chosen))
        if not self.prediction.busy:
            self._settle("" if scans else "Open a CT first: File ▸ Open File(s)…")

    def _fill_models(self) -> None:
        self.models.clear()
        for words, folder in model_choices():
            self.models.addItem(words, folder)

    def _choose_model(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Model")
        if not folder:
            return
        try:
            remember_model(Path(folder))
        except KitsDeskError as error:
            self.words.setText(str(error))
        else:
            self._fill_models()

    def _on_progress(self, event: ProgressEvent) -> None:
        share = event.done / event.total if event.total else 0.0
        self.bar.setValue(int(_STEPS * share))
        left = "" if event.eta_s is None else f", {event.eta_s:.0f} s left"
        self.words.setText(f"{_WORDS.get(event.phase, event.phase.capitalize())}{left}")

    def _on_predicted(self, mask: Volume) -> None:
        data, placed, _kind = mask_layer(mask, f"{self._source.name} prediction")
        if data.shape == self._source.data.shape:
            # A CT that was moved in napari keeps its mask with it.
            placed |= {name: getattr(self._source, name) for name in _PLACED}
        else:
            placed |= transforms(mask.geometry)
        self._viewer.add_labels(data, **placed)
        self._settle("Done.")

    def _on_failed(self, error: KitsDeskError) -> None:
        self._settle(str(error))

    def _settle(self, words: str, *, busy: bool = False) -> None:
        self.go.setEnabled(not busy and self.layers.count() > 0)
        self.stop.setEnabled(busy)
        self.bar.setVisible(busy)
        self.bar.setValue(0)
        self.words.setText(words)
