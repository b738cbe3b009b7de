from __future__ import annotations

import shutil

import pytest
from desk_cases import DrivenDesk, make_project, make_source
from desk_queue import Queue


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """One project, made once; each test works on its own copy of it."""
    folder = tmp_path_factory.mktemp("controllers")
    source = make_source(folder / "source")
    return make_project(folder / "renal.kitsdesk", source)


@pytest.fixture
def closed(qtbot, template, tmp_path):
    """A desk with a project that is not open yet."""
    folder = tmp_path / "renal.kitsdesk"
    shutil.copytree(template, folder)
    driven = DrivenDesk(qtbot, folder)
    yield driven
    driven.close()


@pytest.fixture
def desk(closed):
    """A desk with the project open and scored."""
    return closed.start()


@pytest.fixture
def queue(closed):
    """The queue of a project that was just opened and compared."""
    made = Queue(closed)
    closed.start()
    made.rest()
    yield made
    made.search.close()
