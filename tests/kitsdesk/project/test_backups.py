"""project.sqlite: migrations with a copy before them, daily copies, network folders."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from kitsdesk.project import migrations
from kitsdesk.project.backups import DAYS_KEPT, BackupNotMade, backups, is_whole
from kitsdesk.project.network_folder import on_network
from kitsdesk.project.store import STORE_NAME, NewerProject, Store
from kitsdesk.project.workspace import Workspace

NEXT = "CREATE TABLE later (word TEXT NOT NULL); INSERT INTO later VALUES ('new');"


def version_of(path) -> int:
    with closing(sqlite3.connect(path)) as opened:
        return int(opened.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture
def newer_program(monkeypatch):
    """The program of tomorrow: one more version of the tables."""

    def update(script: str = NEXT) -> int:
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, script))
        return len(migrations.MIGRATIONS)

    return update


def test_a_migration_is_made_on_a_kept_and_proved_copy(project, newer_program):
    folder, before = project.folder, len(project.cases())
    project.close()
    newest = newer_program()
    with Workspace.open(folder) as migrated:
        assert migrated.store.query("SELECT word FROM later")[0]["word"] == "new"
        assert len(migrated.cases()) == before
    (backup,) = (one for one in backups(folder) if one.before_version)
    assert backup.before_version == newest
    assert f"before-version-{newest}" in backup.path.name
    assert is_whole(backup.path)
    assert version_of(backup.path) == newest - 1


def test_the_copy_can_be_put_back_and_opens_with_the_old_program(project, newer_program):
    folder = project.folder
    cases = [record.case for record in project.cases()]
    project.close()
    with pytest.MonkeyPatch.context() as later:
        later.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, NEXT))
        Workspace.open(folder).close()
    with pytest.raises(NewerProject, match=r"version \d+ of its tables; this program knows"):
        Workspace.open(folder)
    shutil.copyfile(backups(folder)[0].path, folder / STORE_NAME)
    with Workspace.open(folder) as old:
        assert [record.case for record in old.cases()] == cases
        assert old.audit.verify().whole


def test_a_migration_that_fails_leaves_the_old_version(project, newer_program):
    folder, version = project.folder, len(migrations.MIGRATIONS)
    project.close()
    newer_program("CREATE TABLE later (word TEXT); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(Exception, match=STORE_NAME):
        Workspace.open(folder)
    assert version_of(folder / STORE_NAME) == version
    assert is_whole(folder / STORE_NAME)


def test_no_migration_without_a_copy(project, newer_program):
    folder = project.folder
    project.close()
    shutil.rmtree(folder / "backups", ignore_errors=True)
    (folder / "backups").write_bytes(b"in the way")
    newer_program()
    with pytest.raises(BackupNotMade, match="has to be brought to a newer version") as caught:
        Workspace.open(folder)
    assert caught.value.kept == "The project was not changed."
    assert version_of(folder / STORE_NAME) == len(migrations.MIGRATIONS) - 1


def test_an_older_project_is_looked_at_without_being_changed(project, newer_program):
    folder, version = project.folder, len(migrations.MIGRATIONS)
    project.close()
    newer_program()
    with Workspace.open(folder, read_only=True) as looked:
        assert looked.store.query("SELECT word FROM later")
    assert version_of(folder / STORE_NAME) == version


def test_one_copy_a_day_is_kept_for_five_days(project):
    folder = project.folder
    project.close()
    (folder / "backups").mkdir()
    for day in range(1, 8):
        shutil.copyfile(folder / STORE_NAME, folder / f"backups/project-2001-01-{day:02}.sqlite")
    Workspace.open(folder).close()
    Workspace.open(folder).close()
    kept = [backup.path for backup in backups(folder)]
    assert len(kept) == DAYS_KEPT
    assert all(is_whole(path) for path in kept)


def test_a_copy_that_cannot_be_made_is_said_and_stops_nothing(project):
    folder = project.folder
    project.close()
    shutil.rmtree(folder / "backups", ignore_errors=True)
    (folder / "backups").write_bytes(b"in the way")
    with Workspace.open(folder) as opened:
        assert not opened.read_only
        assert any("backup of project.sqlite was not made" in word for word in opened.notices)


def test_a_network_folder_keeps_no_write_ahead_log(project):
    folder = project.folder
    project.close()
    store = Store(folder / STORE_NAME, network=True)
    assert not store.logged
    assert store.query("PRAGMA journal_mode")[0][0] == "delete"
    store.set_fact("word", "kept")
    other = Store(folder / STORE_NAME, read_only=True)
    assert other.fact("word") == "kept"
    other.close()
    store.close()
    assert not list(folder.glob("project.sqlite-*"))
    with Workspace.open(folder) as local:
        assert local.store.logged
        assert local.store.fact("word") == "kept"


def test_a_log_left_by_a_crash_is_taken_in_on_a_network_folder(project, tmp_path):
    """The folder of a crashed local program, copied with its log onto a network disk."""
    project.store.set_fact("word", "in the log")
    copy = tmp_path / "copied.kitsdesk"
    shutil.copytree(project.folder, copy)
    assert (copy / f"{STORE_NAME}-wal").stat().st_size
    store = Store(copy / STORE_NAME, network=True)
    assert store.fact("word") == "in the log"
    store.close()


MOUNTS = """22 1 8:1 / / rw - ext4 /dev/sda1 rw
40 22 0:33 / /mnt/team\\040share rw - nfs4 server:/x rw
41 22 0:34 / /mnt/win rw - cifs //server/x rw
42 40 0:35 / /mnt/team\\040share/local rw - xfs /dev/sdb rw
"""


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("/home/anna/a.kitsdesk", False),
        ("/mnt/team share/a.kitsdesk", True),
        ("/mnt/win", True),
        ("/mnt/windows", False),
        ("/mnt/team share/local/a.kitsdesk", False),
    ],
)
def test_network_folders_are_known_by_their_mount(tmp_path, folder, network):
    assert on_network(tmp_path.__class__(folder), MOUNTS) is network


def test_a_project_on_a_network_says_so_once(project, monkeypatch):
    folder = project.folder
    project.close()
    monkeypatch.setattr("kitsdesk.project.workspace.on_network", lambda _folder: True)
    with Workspace.open(folder) as opened:
        assert opened.notices == (
            "renal lies in a network folder: saving is as safe and a little slower. "
            "Open it on one computer at a time.",
        )
