"""The report of `kitsdesk audit`."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from kitsdesk import __version__
from kitsdesk.project.audit_report import UnknownReportFormat, run_audit
from kitsdesk.project.case_sources import discover
from kitsdesk.project.dataset_changes import changes_paragraph
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.exports import export
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.scratch import is_scratch, open_scratch
from kitsdesk.project.workspace import Workspace


def finished(steps):
    """Run a generator to its end and return its value."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


@pytest.fixture
def curated(project):
    decisions = Decisions(project)
    decisions.decide(["case_00700"], "kept")
    decisions.decide(["case_00701"], "excluded", "no kidney | in the field.")
    decisions.decide(["case_00702"], "replaced", "=tumor missed")
    return project


def paint(project, case, voxels):
    revisions = Revisions(project)
    mask, _ = revisions.load(case)
    mask[0, 0, :voxels] = 1
    revisions.save(case, mask)


def today(workspace) -> str:
    return workspace.audit.entries()[-1].created[:10]


def test_a_first_mask_is_no_change_of_a_reference(tmp_path, source):
    for mask in source.rglob("segmentation.nii.gz"):
        mask.unlink()
    with Workspace.create(tmp_path / "new.kitsdesk", discover(source), author="anna") as project:
        case = project.cases()[0].case
        mask = np.zeros(project.read_case(case).shape, np.uint8)
        mask[0, 0, :5] = 1
        Revisions(project).save(case, mask)
        Decisions(project).decide([case], "corrected")
        said = changes_paragraph(project)
        assert f"corrected by hand: {case} (anna, {today(project)}, no mask before)." in said
        assert said.endswith(
            "1 case came without a mask and got a first one. "
            "No voxel of a reference mask was changed, no case left out."
        )
        assert "not known" not in said


def test_the_paragraph_says_who_when_which_why_and_how_many_voxels(curated):
    paint(curated, "case_00702", 7)
    paint(curated, "case_00703", 1)
    Decisions(curated).decide(["case_00703"], "corrected", author="ben")
    paint(curated, "case_00704", 30)
    day = today(curated)
    assert changes_paragraph(curated) == (
        f"The data set holds 6 cases. 4 cases were reviewed on {day} by anna and ben with "
        f"KiTSDesk {__version__}. "
        f"1 case was excluded: case_00701 (no kidney | in the field, anna, {day}). "
        f"1 case was replaced by a model's prediction: case_00702 (=tumor missed, anna, {day}, "
        "7 voxels changed). "
        f"1 case was corrected by hand: case_00703 (ben, {day}, 1 voxel changed). "
        f"1 case has a changed mask and no decision yet: case_00704 (anna, {day}, "
        "30 voxels changed). "
        "1 was reviewed and kept as it came. 1 was not reviewed. "
        "In all, 3 masks differ from the reference, in 38 voxels; every version is kept with "
        "author, time and hash."
    )


def test_nothing_changed_and_one_change_are_said_in_plain_words(project):
    assert changes_paragraph(project) == (
        "The data set holds 6 cases. 6 were not reviewed. No voxel was changed, no case left out."
    )
    paint(project, "case_00700", 5)
    Decisions(project).decide(["case_00700"], "corrected")
    day = today(project)
    assert changes_paragraph(project) == (
        f"The data set holds 6 cases. 1 case was reviewed on {day} by anna with KiTSDesk "
        f"{__version__}. 1 case was corrected by hand: case_00700 (anna, {day}, 5 voxels "
        "changed). 5 were not reviewed. In all, 1 mask differs from the reference, in 5 voxels; "
        "every version is kept with author, time and hash."
    )


def test_a_mask_that_cannot_be_read_makes_the_number_unknown(project):
    paint(project, "case_00700", 5)
    Revisions(project).newest("case_00700").path.write_bytes(b"cut")
    assert "voxels changed: not known" in changes_paragraph(project)


def test_a_whole_chain_is_said_to_be_whole(curated, tmp_path, capsys):
    assert run_audit(curated.folder) == 0
    shown = capsys.readouterr().out
    assert "is whole" in shown
    assert "| case_00701 |" in shown
    assert run_audit(curated.folder, tmp_path / "a.json") == 0
    content = json.loads((tmp_path / "a.json").read_text())
    assert content["whole"] is True
    assert content["faults"] == []
    assert [change["case"] for change in content["changes"]] == [
        f"case_0070{number}" for number in range(3)
    ]
    assert content["paragraph"] == changes_paragraph(curated)
    assert len(content["entries"]) == len(curated.audit.entries())


def test_the_table_has_a_line_per_changed_case_and_no_formulas(curated, tmp_path):
    run_audit(curated.folder, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["case"] for line in lines] == [f"case_0070{number}" for number in range(3)]
    assert lines[2]["reason"] == "'=tumor missed"
    assert lines[2]["author"] == "anna"
    assert not [cell for line in lines for cell in line.values() if cell[:1] in "=+-@" and cell]


def tamper(project, *statements):
    """Change the log as somebody with an SQLite browser could."""
    with project.store.transaction() as connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute("DROP TRIGGER audit_is_never_shortened")
        for statement in statements:
            connection.execute(statement)


TAMPERED = {
    "changed": (("UPDATE audit SET author = 'eve' WHERE id = 3",), 3, "entry 3 was changed"),
    "no JSON": (("UPDATE audit SET details = '{' WHERE id = 3",), 3, "entry 3 was changed"),
    "removed": (("DELETE FROM audit WHERE id = 3",), 3, "entry 3 was removed"),
    "two removed": (("DELETE FROM audit WHERE id IN (2, 3)",), 2, "entries 2 to 3 were removed"),
    "cut off": (("DELETE FROM audit WHERE id = 5",), 5, "entry 5 was removed (the end of the log)"),
    "reordered": (
        (
            "UPDATE audit SET id = 99 WHERE id = 3",
            "UPDATE audit SET id = 3 WHERE id = 4",
            "UPDATE audit SET id = 4 WHERE id = 99",
        ),
        3,
        "entry 3 was moved: it was written as entry 4",
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_done_to_the_log_is_named_and_exits_1(curated, capsys, how):
    statements, first, words = TAMPERED[how]
    assert len(curated.audit.entries()) == 5
    tamper(curated, *statements)
    assert run_audit(curated.folder) == 1
    shown = capsys.readouterr().out
    assert f"broken at entry {first}" in shown
    assert words in shown


def test_an_end_cut_with_all_its_traces_in_the_table_is_found_from_outside(project, capsys):
    """The counter is set back too: only what lies outside the table knows the later entry."""
    folder = project.folder
    stamp = finished(export(project, stamp="first")).name
    project.close()
    with Workspace.open(folder) as again:
        last = len(again.audit.entries())
        tamper(
            again,
            f"DELETE FROM audit WHERE id > {last - 2}",
            f"UPDATE sqlite_sequence SET seq = {last - 2} WHERE name = 'audit'",
        )
        assert again.audit.verify().whole
        assert run_audit(folder) == 1
        shown = capsys.readouterr().out
        assert f"export {stamp} was made when the log ended with" in shown
        assert "the last closing of the project was made when the log ended with" in shown


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
