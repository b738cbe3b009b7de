"""A Slurm cluster: partition, tasks at once, time limit, and more where it is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from kitsdesk.project.place_facts import Partition
from kitsdesk.ui.design_tokens import part_sizes
from kitsdesk.ui.parts.buttons import KeyedButton
from kitsdesk.ui.parts.drop_button import DropButton
from kitsdesk.ui.parts.fixed_font import use_fixed_font
from kitsdesk.ui.parts.labels import text_label
from kitsdesk.ui.spacing import SPACE_6, SPACE_12
from kitsdesk.ui.style import active_style
from trainer.contract.engine_plan import SlurmOptions

DEFAULT = "the cluster's default"
_PART = part_sizes("slurm_form")
FIELD: int = _PART["field"]
EXTRA_HEIGHT: int = _PART["extra_height"]


class SlurmForm(QWidget):
    """`changed()` once a person has finished a change, not at each key."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self._partitions: tuple[Partition, ...] = ()
        self.partition = DropButton(DEFAULT)
        self.at_once = _number("GPUs at once", "no limit", 999)
        self.time = QLineEdit()
        self.time.setPlaceholderText("default")
        self.time.setToolTip("As sbatch takes it: minutes, HH:MM:SS or D-HH:MM:SS")
        self.time.setAccessibleName("Time limit")
        self.gpus = _number("GPUs for a task", "none", 8)
        self.gpus.setValue(1)
        self.cpus = _number("Cores for a task", "default", 256)
        self.memory = _number("Memory for a task", "default", 4096)
        self.memory.setSuffix(" GB")
        self.trainer = trainer_line()
        self.extra = QPlainTextEdit()
        self.extra.setPlaceholderText("#SBATCH --account=urology\nmodule load cuda")
        self.extra.setAccessibleName("Extra lines of the script")
        self.extra.setTabChangesFocus(True)
        use_fixed_font(self.extra)
        self.more = KeyedButton("More", "ph.caret-right", kind="quiet", size="small")
        self.more.setCheckable(True)
        self._lay_out()
        self._connect()
        self._show_more(False)

    def _lay_out(self) -> None:
        px = active_style().px
        for field in (self.at_once, self.time, self.gpus, self.cpus, self.memory):
            field.setFixedWidth(px(FIELD))
        self.extra.setFixedHeight(px(EXTRA_HEIGHT))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_12)
        grid.setVerticalSpacing(SPACE_6)
        grid.setColumnStretch(4, 1)
        self._more_parts: list[QWidget] = []
        self._put(grid, 0, 0, "Partition", self.partition, span=4)
        self._put(grid, 1, 0, "GPUs at once", self.at_once)
        self._put(grid, 1, 2, "Time limit", self.time)
        grid.addWidget(self.more, 2, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self._put(grid, 3, 0, "GPUs a task", self.gpus, more=True)
        self._put(grid, 3, 2, "Cores a task", self.cpus, more=True)
        self._put(grid, 4, 0, "Memory", self.memory, more=True)
        self._put(grid, 5, 0, "Trainer", self.trainer, span=4, more=True)
        self._put(grid, 6, 0, "Extra lines", self.extra, span=4, more=True)

    def _put(
        self,
        grid: QGridLayout,
        row: int,
        column: int,
        word: str,
        field: QWidget,
        span: int = 1,
        more: bool = False,
    ) -> None:
        label = text_label(word, "small", "muted")
        grid.addWidget(label, row, column)
        whole = field in (self.extra, self.trainer)
        side = Qt.AlignmentFlag(0) if whole else Qt.AlignmentFlag.AlignLeft
        grid.addWidget(field, row, column + 1, 1, span, side)
        if more:
            self._more_parts += [label, field]

    def _connect(self) -> None:
        for number in (self.at_once, self.gpus, self.cpus, self.memory):
            number.valueChanged.connect(lambda _value: self.changed.emit())
        for line in (self.time, self.trainer):
            line.editingFinished.connect(self.changed)
        self.extra.textChanged.connect(self.changed)
        self.more.toggled.connect(self._show_more)

    def _show_more(self, on: bool) -> None:
        for part in self._more_parts:
            part.setVisible(on)
        self.more.setText("Less" if on else "More")
        self.more.set_icon_name("ph.caret-down" if on else "ph.caret-right")
        self.updateGeometry()
        self.changed.emit()

    def set_partitions(self, partitions: Sequence[Partition]) -> None:
        """Offer what the cluster has."""
        self._partitions = tuple(partitions)
        self._fill()

    def set_options(self, options: SlurmOptions) -> None:
        """Show these, without a signal."""
        self.blockSignals(True)
        self._name = options.partition
        self.at_once.setValue(options.tasks_at_once)
        self.time.setText(options.time_limit)
        self.gpus.setValue(options.gpus_per_task)
        self.cpus.setValue(options.cpus_per_task or 0)
        self.memory.setValue(int(options.memory_gb or 0))
        self.trainer.setText(options.trainer)
        self.extra.setPlainText("\n".join(options.extra_lines))
        self._fill()
        self.blockSignals(False)

    def options(self) -> SlurmOptions:
        """Return what is chosen."""
        return SlurmOptions(
            partition=self._name,
            tasks_at_once=self.at_once.value(),
            time_limit="".join(self.time.text().split()),
            gpus_per_task=self.gpus.value(),
            cpus_per_task=self.cpus.value() or None,
            memory_gb=self.memory.value() or None,
            trainer=self.trainer.text().strip(),
            extra_lines=tuple(self.extra.toPlainText().splitlines()),
        )

    def _fill(self) -> None:
        self.partition.clear_choices()
        known = [(each.name, each.note) for each in self._partitions]
        if self._name and self._name not in dict(known):
            known.append((self._name, ""))
        for name, note in (("", ""), *known):
            action = self.partition.add_choice(name or DEFAULT, note)
            action.setChecked(name == self._name)
            action.triggered.connect(lambda _on, name=name: self._choose(name))
        self.partition.setText(self._name or DEFAULT)
        self.partition.setAccessibleName(f"Partition {self._name or DEFAULT}")
        self.partition.updateGeometry()

    def _choose(self, name: str) -> None:
        self._name = name
        self._fill()
        self.changed.emit()


def trainer_line() -> QLineEdit:
    """Return a field for the command that starts the trainer on a cluster's nodes."""
    field = QLineEdit()
    field.setPlaceholderText("this program's own, under the same path")
    field.setToolTip(
        "The command that starts kitsdesk-trainer on a node, such as "
        "/opt/kitsdesk/bin/kitsdesk-trainer or apptainer run --nv /shared/kitsdesk.sif"
    )
    field.setAccessibleName("Trainer on the nodes")
    use_fixed_font(field)
    return field


def _number(name: str, none: str, most: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(0, most)
    field.setSpecialValueText(none)
    field.setAccessibleName(name)
    field.setKeyboardTracking(False)
    return field
