"""The report of `kitsdesk audit`."""

from __future__ import annotations

import csv
import json

import pytest

from kitsdesk.project.audit_report import UnknownReportFormat, changes_paragraph, run_audit
from kitsdesk.project.case_sources import discover
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.scratch import is_scratch, open_scratch


@pytest.fixture
def curated(project):
    decisions = Decisions(project)
    decisions.decide(["case_00700"], "kept")
    decisions.decide(["case_00701"], "excluded", "no kidney | in the field.")
    decisions.decide(["case_00702"], "replaced", "=tumor missed")
    return project


def test_the_paragraph_names_every_change_with_its_reason(curated):
    text = changes_paragraph(curated)
    assert text == (
        "The data set holds 6 cases. 1 case was excluded: case_00701 (no kidney | in the field). "
        "1 case was replaced by a model's prediction: case_00702 (=tumor missed). "
        "1 was reviewed and kept. 3 were not reviewed."
    )


def test_a_whole_chain_is_said_to_be_whole(curated, tmp_path, capsys):
    assert run_audit(curated.folder) == 0
    shown = capsys.readouterr().out
    assert "is whole" in shown
    assert "| case_00701 |" in shown
    assert run_audit(curated.folder, tmp_path / "a.json") == 0
    content = json.loads((tmp_path / "a.json").read_text())
    assert content["whole"] is True
    assert len(content["entries"]) == len(curated.audit.entries())


def test_csv_cells_are_never_formulas(curated, tmp_path):
    run_audit(curated.folder, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) == 1 + len(curated.audit.entries())
    assert not [cell for line in lines for cell in line if cell[:1] in "=+-@" and cell]


def test_a_changed_log_is_reported_and_exits_1(curated, capsys):
    with curated.store.transaction() as connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute("UPDATE audit SET author = 'eve' WHERE id = 3")
    assert run_audit(curated.folder) == 1
    assert "broken at entry 3" in capsys.readouterr().out


def test_other_formats_are_refused(curated, tmp_path):
    with pytest.raises(UnknownReportFormat):
        run_audit(curated.folder, tmp_path / "a.pdf")


def test_a_case_opened_alone_comes_back_to_its_scratch_project(source):
    image = source / "case_00703/imaging.nii.gz"
    with open_scratch(discover(image)) as project:
        assert is_scratch(project)
        assert [record.case for record in project.cases()] == ["case_00703"]
        mask, _ = Revisions(project).load("case_00703")
        mask[0] = 1
        Revisions(project).save("case_00703", mask)
        folder = project.folder
    with open_scratch(discover(image)) as again:
        assert again.folder == folder
        assert Revisions(again).newest("case_00703").number == 1
