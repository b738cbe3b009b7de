"""The main thread reads the project while another thread writes into it."""

from __future__ import annotations

import threading

import pytest

from kitsdesk.project.workspace import Workspace

PATIENCE_S = 20


@pytest.fixture
def held(project):
    """A transaction of another thread with one fact in it, open until `end` is set."""
    begun, end, waited = threading.Event(), threading.Event(), []

    def hold():
        with project.store.transaction():
            project.store.set_fact("colour", "red")
            begun.set()
            waited.append(end.wait(PATIENCE_S))

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(PATIENCE_S)
    yield project.store, end, waited, thread
    end.set()
    thread.join()


def test_a_reader_waits_for_no_writer_and_sees_what_was_committed(held):
    store, end, waited, thread = held
    assert store.fact("colour") == "", "not committed yet"
    assert store.query("SELECT count(*) AS n FROM cases")[0]["n"] == 6
    end.set()
    thread.join()
    assert waited == [True], "it was read while the other thread wrote"
    assert store.fact("colour") == "red"


def test_a_transaction_reads_what_it_has_written_itself(project):
    with project.store.transaction():
        project.store.set_fact("colour", "blue")
        assert project.store.fact("colour") == "blue"
    assert project.store.fact("colour") == "blue"


def test_closing_folds_the_log_into_the_file(project):
    folder = project.folder
    project.store.set_fact("colour", "green")
    assert project.store.fact("colour") == "green"
    project.close()
    assert not (folder / "project.sqlite-wal").exists()
    with Workspace.open(folder) as again:
        assert again.store.fact("colour") == "green"
