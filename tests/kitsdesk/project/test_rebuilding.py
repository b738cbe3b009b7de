"""A damaged project.sqlite: said in words, kept, and made again from what there is."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from kitsdesk.__main__ import main
from kitsdesk.project.decisions import Decisions
from kitsdesk.project.orphan_masks import find_orphan
from kitsdesk.project.project_opening import open_project
from kitsdesk.project.rebuilding import rebuild_project, rebuild_question
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.store import STORE_NAME
from kitsdesk.project.store_connection import DamagedStore
from kitsdesk.project.workspace import Workspace


def paint(workspace, case, value=1):
    mask, _ = Revisions(workspace).load(case)
    mask[0] = value
    return Revisions(workspace).save(case, mask)


@pytest.fixture
def worked(project):
    """A project closed and opened again, so that it has a backup, with work before and after."""
    paint(project, "case_00700")
    project.close()
    with Workspace.open(project.folder, author="anna") as again:
        paint(again, "case_00701")
        Decisions(again).decide(["case_00701"], "corrected")
    return project.folder


def overwrite(path, start, length):
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * length)


DAMAGES = {
    "no database": lambda path: path.write_bytes(b"not a database at all" * 400),
    "empty head": lambda path: overwrite(path, 0, 100),
    "of no bytes": lambda path: path.write_bytes(b""),
    "of one byte": lambda path: path.write_bytes(b"S"),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "a page in the middle": lambda path: overwrite(path, 4096 * 3, 4096),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_said_kept_and_put_right(worked, damage):
    path = worked / STORE_NAME
    DAMAGES[damage](path)
    spoilt = path.read_bytes()
    with pytest.raises(DamagedStore, match=r"project\.sqlite cannot be opened") as caught:
        Workspace.open(worked)
    assert caught.value.kept == "Masks, history and predictions beside it were not touched."
    assert path.read_bytes() == spoilt, "looking at it changes nothing"
    assert "Rebuild renal.kitsdesk from its backup of " in rebuild_question(worked, caught.value)

    rebuilt = rebuild_project(worked, "anna")
    assert (rebuilt.kept / STORE_NAME).read_bytes() == spoilt
    assert rebuilt.cases == 6
    assert "6 cases" in rebuilt.words()
    with open_project(worked) as workspace:
        assert np.all(Revisions(workspace).load("case_00700")[0][0] == 1)
        assert workspace.audit.verify().whole
        entry = workspace.audit.entries()[-1]
        assert (entry.action, entry.details["backup"]) == ("project rebuilt", rebuilt.backup)
        offered = find_orphan(workspace, "case_00701")
        known = Revisions(workspace).all("case_00701")
        assert offered is not None or known[-1].number == 1, "offered, or read from the file"
        if offered is not None:
            assert offered.number == 1
            assert offered.voxels > 0
            recovered = Revisions(workspace).recover("case_00701", offered.path)
            assert recovered.kind == "recovered"
            assert np.all(Revisions(workspace).load("case_00701")[0][0] == 1)


def test_a_database_cut_at_any_512th_byte_is_never_taken_for_a_project(worked, capsys):
    """SQLite takes one of no bytes for an empty one: all cases would be gone in silence."""
    path = worked / STORE_NAME
    whole = path.read_bytes()
    for length in (0, 1, 99, *range(512, len(whole), 512)):
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedStore, match=r"project\.sqlite cannot be opened"):
            Workspace.open(worked, read_only=True)
    path.write_bytes(b"")
    assert main(["audit", str(worked)]) == 2
    assert "cannot be opened: it is cut in its first bytes" in capsys.readouterr().err


def test_another_programs_database_is_not_filled_with_our_tables(worked):
    path = worked / STORE_NAME
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    with pytest.raises(DamagedStore, match="no tables of a project"):
        Workspace.open(worked)
    with closing(sqlite3.connect(path)) as other:
        names = other.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("bookmarks",)]


def test_values_that_are_no_text_any_more_are_shown_as_a_broken_chain(project, capsys):
    with closing(sqlite3.connect(project.folder / STORE_NAME)) as other:
        for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            other.execute(f"DROP TRIGGER {name}")
        other.execute("UPDATE audit SET details = x'd2b3', author = x'ff00' WHERE id = 1")
        other.execute("UPDATE cases SET geometry = '{cut'")
        other.commit()
    assert main(["audit", str(project.folder)]) == 1
    assert "entry 1 was changed" in capsys.readouterr().out
    assert project.cases()[0].geometry is None
    assert project.geometry(project.cases()[0].case).size, "found again from the image"


def test_a_path_that_no_system_has_is_said_without_a_traceback(capsys):
    assert main(["audit", "x" * 300]) == 2
    assert capsys.readouterr().err.endswith("File name too long.\n")


def test_readable_rows_behind_the_backup_are_kept(worked):
    """Only a cache is damaged: nothing that a person did is lost."""
    path = worked / STORE_NAME
    overwrite(path, 24, 8)
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 100)
    rebuild_project(worked)
    with Workspace.open(worked) as workspace:
        assert Decisions(workspace).current("case_00701").decision == "corrected"
        assert Revisions(workspace).all("case_00701")[-1].number == 1


def test_without_a_backup_the_data_set_is_added_again_and_work_is_found(worked, source):
    from kitsdesk.project.case_sources import discover

    shutil.rmtree(worked / "backups")
    (worked / STORE_NAME).write_bytes(b"nothing")
    with pytest.raises(DamagedStore) as caught:
        Workspace.open(worked)
    assert "from its folders?" in rebuild_question(worked, caught.value)
    rebuilt = rebuild_project(worked)
    assert rebuilt.backup == ""
    assert "Add the data set again" in rebuilt.words()
    with open_project(worked) as workspace:
        workspace.add_cases(discover(source))
        orphan = find_orphan(workspace, "case_00700")
        assert orphan is not None
        Revisions(workspace).recover("case_00700", orphan.path)
        assert np.all(Revisions(workspace).load("case_00700")[0][0] == 1)


def test_a_project_that_is_open_elsewhere_is_not_rebuilt(project):
    with pytest.raises(Exception, match="is open elsewhere"):
        rebuild_project(project.folder)


def test_orphans_are_offered_only_where_whole_and_newer(project):
    case = "case_00700"
    assert find_orphan(project, case) is None
    first = paint(project, case)
    folder = project.masks_folder(case)
    shutil.copyfile(first.path, folder / "r0003.nii.gz")
    assert find_orphan(project, case) is None, "the same voxels as the working mask"
    other = paint(project, "case_00701", 2)
    shutil.copyfile(other.path, folder / "r0004.nii.gz")
    found = find_orphan(project, case)
    assert found is not None
    assert found.number == 4
    (folder / "r0004.nii.gz").write_bytes(other.path.read_bytes()[:-9])
    assert find_orphan(project, case) is None, "a cut file is not offered"
