from __future__ import annotations

from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtTest import QAbstractItemModelTester

from kitsdesk.review.rows import CaseRow, Chip
from kitsdesk.ui.case_list.case_model import ROW_ROLE, CaseModel
from kitsdesk.ui.tools.history_list import HistoryLine, HistoryModel


def test_records_come_back_by_row_and_words_by_role(qapp):
    model = HistoryModel()
    tester = QAbstractItemModelTester(model)
    lines = [HistoryLine("Paint tumor", 1, "now"), HistoryLine("Opened", 0, "done")]
    model.set_records(lines)
    assert model.rowCount() == 2
    assert model.rowCount(model.index(0)) == 0
    assert model.index(1).data(HistoryModel.record_role) is lines[1]
    assert model.index(0).data() == "Paint tumor"
    assert model.data(QModelIndex(), Qt.ItemDataRole.DisplayRole) is None
    assert tester is not None


def test_one_row_that_changes_is_the_only_one_told(qapp, qtbot):
    model = CaseModel()
    model.set_rows([CaseRow("case_00700"), CaseRow("case_00701")])
    told = []
    model.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))
    model.update_rows([CaseRow("case_00701", unsaved=True), CaseRow("case_00999")])
    assert told == [(1, 1)]
    assert model.record(1).unsaved


def test_a_cases_tooltip_says_its_reasons_with_their_numbers(qapp):
    why = "Never fitted in training by folds 0, 1, 3 of 4"
    model = CaseModel()
    chips = (Chip("tumor missed", "warning"), Chip("never fitted", why=why))
    model.set_rows([CaseRow("a", chips=chips), CaseRow("b"), CaseRow("c", problem="No file.")])
    tips = [model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)]
    assert tips == [why, None, "No file."]
    assert why in model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert model.index(0).data(ROW_ROLE).chips == chips
