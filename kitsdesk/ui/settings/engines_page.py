"""The page of the settings for clusters: Slurm, another queue, a computer over SSH."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kitsdesk.project.engine_defaults import EXAMPLES, EngineDefaults, QueueExample
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.fixed_font import use_fixed_font
from kitsdesk.ui.parts.labels import section_label, text_label, wrapped_label
from kitsdesk.ui.parts.switch import Switch
from kitsdesk.ui.places.slurm_form import SlurmForm, trainer_line
from kitsdesk.ui.spacing import SPACE_6, SPACE_8, SPACE_12, SPACE_16, SPACE_24
from trainer.contract.engine_plan import make_plan
from trainer.contract.errors import KitsDeskError

_PART = part_sizes("engines_page")
LABEL: int = _PART["label"]
SLURM_NOTE = "What Retrain folds… and Predict all… begin with; each run can have its own."
QUEUE_NOTE = (
    "Three command lines. {script}, {name} and {log} are filled in by the program, {job} is the "
    "first number that submitting prints. What polling prints is shown as the reason."
)
SSH_NOTE = (
    "A host of ~/.ssh/config that needs no password. Runs are copied there and back by rsync, "
    "unless the folder is shared."
)
Field = tuple[str, QWidget]


class EnginesPage(QWidget):
    """`enginesChanged(EngineDefaults)` after each change that makes sense; one that does not
    is explained below its fields and changes nothing."""

    enginesChanged = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._defaults = EngineDefaults()
        self.slurm = SlurmForm()
        self.name = _line("Name of the queue", "such as LSF")
        self.submit = _line("Command to submit", EXAMPLES[0].submit, code=True)
        self.poll = _line("Command to ask for a job", EXAMPLES[0].poll, code=True)
        self.stop = _line("Command to cancel a job", EXAMPLES[0].cancel, code=True)
        self.node_trainer = trainer_line()
        self.example = DropButton("Fill in an example")
        self.host = _line("SSH host", "login.cluster or me@login")
        self.folder = _line("Folder on the host", "/home/me/kitsdesk-runs")
        self.trainer = _line("Trainer on the host", "kitsdesk-trainer")
        self.shared = Switch("The folder is shared")
        self.queue_problem = wrapped_label("", "small", "error")
        self.ssh_problem = wrapped_label("", "small", "error")
        self._lay_out()
        self._connect()
        self.set_defaults(EngineDefaults())

    def _lay_out(self) -> None:
        for example in EXAMPLES:
            action = self.example.add_choice(example.name)
            action.triggered.connect(lambda _on, example=example: self._fill(example))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_12, SPACE_24, SPACE_12)
        column.setSpacing(SPACE_8)
        self._section(column, "Slurm", SLURM_NOTE)
        column.addWidget(self.slurm)
        column.addSpacing(SPACE_8)
        self._section(column, "Another queue: LSF, PBS, SGE", QUEUE_NOTE, self.example)
        queue = (
            ("Name", self.name),
            ("Submit", self.submit),
            ("Poll", self.poll),
            ("Cancel", self.stop),
            ("Trainer", self.node_trainer),
        )
        column.addLayout(_rows(queue))
        column.addWidget(self.queue_problem)
        column.addSpacing(SPACE_8)
        self._section(column, "Over SSH", SSH_NOTE)
        ssh = (
            ("Host", self.host),
            ("Folder there", self.folder),
            ("Trainer there", self.trainer),
            ("Folder is shared", self.shared),
        )
        column.addLayout(_rows(ssh))
        column.addWidget(self.ssh_problem)
        column.addStretch(1)

    def _section(
        self, column: QVBoxLayout, title: str, note: str, beside: QWidget | None = None
    ) -> None:
        head = QHBoxLayout()
        head.addWidget(section_label(title), 1)
        if beside is not None:
            head.addWidget(beside)
        column.addLayout(head)
        column.addWidget(wrapped_label(note, "small", "muted"))

    def _connect(self) -> None:
        self.slurm.changed.connect(self._changed)
        texts = (self.name, self.submit, self.poll, self.stop, self.node_trainer)
        for field in (*texts, self.host, self.folder, self.trainer):
            field.editingFinished.connect(self._changed)
        self.shared.clicked.connect(self._changed)

    def set_defaults(self, defaults: EngineDefaults) -> None:
        """Show these, without a signal."""
        self._defaults = defaults
        self.blockSignals(True)
        self.slurm.set_options(defaults.slurm)
        template, remote = defaults.template, defaults.remote
        for field, text in (
            (self.name, defaults.template_name),
            (self.submit, template.submit if template else ""),
            (self.poll, template.poll if template else ""),
            (self.stop, template.cancel if template else ""),
            (self.node_trainer, template.trainer if template else ""),
            (self.host, remote.host if remote else ""),
            (self.folder, remote.folder if remote else ""),
            (self.trainer, remote.trainer if remote else ""),
        ):
            field.setText(text)
            field.setCursorPosition(0)
        self.shared.setChecked(remote.shared if remote else False)
        for label in (self.queue_problem, self.ssh_problem):
            label.setText("")
            label.hide()
        self.blockSignals(False)

    def _fill(self, example: QueueExample) -> None:
        for field, text in (
            (self.name, example.name),
            (self.submit, example.submit),
            (self.poll, example.poll),
            (self.stop, example.cancel),
        ):
            field.setText(text)
            field.setCursorPosition(0)
        self._changed()

    def _changed(self) -> None:
        found: dict[str, object] = {"slurm": self.slurm.options()}
        found["template_name"] = self.name.text().strip()
        found["template"] = self._template()
        found["remote"] = self._remote()
        defaults = self._defaults.model_copy(update=found)
        if defaults != self._defaults:
            self._defaults = defaults
            self.enginesChanged.emit(defaults)

    def _template(self) -> object:
        words = {
            "submit": self.submit.text().strip(),
            "poll": self.poll.text().strip(),
            "cancel": self.stop.text().strip(),
        }
        if not any(words.values()):
            _tell(self.queue_problem, "")
            return None
        missing = [name for name, text in words.items() if not text]
        if missing:
            _tell(self.queue_problem, f"Not used yet: {' and '.join(missing)} are missing.")
            return None
        if "{script}" not in words["submit"]:
            _tell(self.queue_problem, "Not used yet: {script} is missing in the first line.")
            return None
        _tell(self.queue_problem, "")
        words["trainer"] = self.node_trainer.text().strip()
        return make_plan("template", dict(words)).options

    def _remote(self) -> object:
        host = self.host.text().strip()
        if not host:
            _tell(self.ssh_problem, "")
            return None
        remote: dict[str, object] = {"host": host, "folder": self.folder.text().strip()}
        remote["shared"] = self.shared.isChecked()
        if self.trainer.text().strip():
            remote["trainer"] = self.trainer.text().strip()
        try:
            plan = make_plan("local", {}, remote)
        except KitsDeskError as error:
            _tell(self.ssh_problem, f"Not used yet. {error.happened}")
            return None
        _tell(self.ssh_problem, "")
        return plan.remote


def _tell(label: QWidget, text: str) -> None:
    label.setProperty("text", text)
    label.setVisible(bool(text))


def _line(name: str, example: str, *, code: bool = False) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(example)
    if code:
        use_fixed_font(field)
    return field


def _rows(fields: tuple[Field, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_16)
    grid.setVerticalSpacing(SPACE_6)
    grid.setColumnMinimumWidth(0, LABEL)
    grid.setColumnStretch(1, 1)
    for row, (word, field) in enumerate(fields):
        grid.addWidget(text_label(word), row, 0)
        side = Qt.AlignmentFlag.AlignLeft if isinstance(field, Switch) else Qt.AlignmentFlag(0)
        grid.addWidget(field, row, 1, side)
    return grid
