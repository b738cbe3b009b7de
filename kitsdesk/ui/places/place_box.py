"""Where a run is to run: this computer, Slurm or another queue, also over SSH."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from kitsdesk.project.engine_defaults import EngineDefaults
from kitsdesk.project.place_facts import PlaceFacts
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.labels import text_label, wrapped_label
from kitsdesk.ui.parts.marks import MarkButton
from kitsdesk.ui.places.local_form import LocalForm
from kitsdesk.ui.places.place_lines import PlaceLines
from kitsdesk.ui.places.slurm_form import SlurmForm
from kitsdesk.ui.spacing import SPACE_2, SPACE_6, SPACE_24
from trainer.contract.engine_plan import EnginePlan

ASKING = "The place is being asked."


class PlaceBox(QWidget):
    """`changed()`: another plan; `askedAgain()`: the same plan, to be checked anew;
    `scriptAsked()`: show what would be written and called."""

    changed = pyqtSignal()
    askedAgain = pyqtSignal()
    scriptAsked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._defaults = EngineDefaults()
        self._facts: PlaceFacts | None = None
        self._asking = False
        self.local = LocalForm()
        self.slurm = SlurmForm()
        self._template_words = wrapped_label("", "small", "muted")
        self.engines = {
            "local": MarkButton("this computer", radio=True),
            "slurm": MarkButton("Slurm", radio=True),
            "template": MarkButton("", radio=True),
        }
        self.engines["local"].setChecked(True)
        self.remote = MarkButton("")
        self.lines = PlaceLines()
        self.script = KeyedButton("Show the script", "ph.code", size="small")
        self._lay_out()
        self._connect()
        self.set_defaults(EngineDefaults())

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        radios = QHBoxLayout()
        radios.setSpacing(SPACE_24)
        for button in self.engines.values():
            group.addButton(button)
            radios.addWidget(button)
        radios.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_6)
        column.addLayout(radios)
        column.addWidget(self.remote)
        self._forms: dict[str, QWidget] = {
            "local": self.local,
            "slurm": self.slurm,
            "template": self._template_words,
        }
        for form in self._forms.values():
            column.addWidget(form)
        column.addWidget(self.lines)
        foot = QHBoxLayout()
        foot.addWidget(self.script)
        foot.addWidget(text_label("Nothing is started by it.", "caption", "muted"))
        foot.addStretch(1)
        self._foot = QWidget()
        self._foot.setLayout(foot)
        foot.setContentsMargins(0, SPACE_2, 0, 0)
        column.addWidget(self._foot)

    def _connect(self) -> None:
        for button in self.engines.values():
            button.toggled.connect(lambda on: self._turned() if on else None)
        self.remote.toggled.connect(lambda _on: self._turned())
        self.local.changed.connect(self._edited)
        self.slurm.changed.connect(self._edited)
        self.lines.checkAsked.connect(self.askedAgain)
        self.script.clicked.connect(self.scriptAsked)

    def set_defaults(self, defaults: EngineDefaults) -> None:
        """Offer what the settings have; a choice that is gone falls back to this computer."""
        if defaults.slurm != self._defaults.slurm:
            self.slurm.set_options(defaults.slurm)
        self._defaults = defaults
        template, remote = defaults.template, defaults.remote
        self.engines["template"].setVisible(template is not None)
        self.engines["template"].setText(defaults.template_name or "own queue")
        self.engines["template"].updateGeometry()
        if template is not None:
            self._template_words.setText(template.submit)
        elif self.engines["template"].isChecked():
            self.engines["local"].setChecked(True)
        self.remote.setVisible(remote is not None)
        self.remote.setText(f"over SSH, on {remote.host}" if remote is not None else "")
        self.remote.updateGeometry()
        if remote is None:
            self.remote.setChecked(False)
        self._show()

    def engine(self) -> str:
        """Return local, slurm or template."""
        return next((name for name, button in self.engines.items() if button.isChecked()), "local")

    def plan(self) -> EnginePlan:
        """Return the plan as it is chosen now."""
        engine = self.engine()
        remote = self._defaults.remote if self.remote.isChecked() else None
        if engine == "slurm":
            return EnginePlan(engine=engine, options=self.slurm.options(), remote=remote)
        if engine == "template" and self._defaults.template is not None:
            return EnginePlan(engine=engine, options=self._defaults.template, remote=remote)
        if remote is not None:
            return EnginePlan(remote=remote)
        return EnginePlan(options=self.local.options())

    def set_facts(self, facts: PlaceFacts | None) -> None:
        """Show what the place said of itself; None while it is asked."""
        self._asking = facts is None
        self._facts = facts
        if facts is not None:
            if self.engine() == "slurm":
                self.slurm.set_partitions(facts.partitions)
            elif self.engine() == "local" and not self.remote.isChecked():
                self.local.set_gpus(facts.gpus)
        self._show()

    def facts(self) -> PlaceFacts | None:
        """Return what is known of the place."""
        return self._facts

    def problem(self) -> str:
        """Return why nothing can be started there now, "" where it can."""
        here = self.engine() == "local" and not self.remote.isChecked()
        if here:
            return self.local.problem()
        if self._asking:
            return ASKING
        return self._facts.problem if self._facts is not None else ""

    def _turned(self) -> None:
        self._facts, self._asking = None, True
        self._show()
        self.changed.emit()

    def _edited(self) -> None:
        self.updateGeometry()
        self.changed.emit()

    def _show(self) -> None:
        engine = self.engine()
        here = engine == "local" and not self.remote.isChecked()
        on_host = self.remote.isChecked() and self._defaults.remote is not None
        host = self._defaults.remote.host if self._defaults.remote is not None else ""
        self.engines["local"].setText("that computer itself" if on_host else "this computer")
        self.engines["local"].setToolTip(f"{host} without a queue" if on_host else "")
        self.engines["local"].updateGeometry()
        for name, form in self._forms.items():
            form.setVisible(name == engine and (name != "local" or here))
        self._foot.setVisible(not here)
        known = self._facts is not None or self._asking
        self.lines.setVisible(known)
        if known:
            self.lines.set_facts(self._facts, again=not here)
        self.updateGeometry()
