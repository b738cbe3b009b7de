"""The demo's data: phantoms with hidden mask faults, and the model trained on phantoms."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from kitsdesk.paths import demo_model
from kitsdesk.project.case_sources import discover
from kitsdesk.project.model_shelf import Models
from kitsdesk.project.workspace import Workspace
from trainer.phantoms.phantom_set import PhantomRequest, make_phantom_set

DEMO_MODEL = "demo"
CASES = 6
FAULTS = 2
SEED = 11
MINIMUM_TUMOR_ML = 2.0


def make_phantoms(folder: Path) -> Path:
    """Write the demo's phantoms, two of them with a hidden strong fault, into `folder`."""
    make_phantom_set(
        PhantomRequest(
            out=folder,
            cases=CASES,
            seed=SEED,
            faults=FAULTS,
            fault_strength="strong",
            minimum_tumor_ml=MINIMUM_TUMOR_ML,
        )
    )
    return folder


def make_demo_project(folder: Path, author: str) -> Generator[str, None, Workspace]:
    """Make phantoms and a project with the demo model in use; yields what it is doing.

    Returns (as the generator's value) the open project. `folder` holds phantoms/ and
    demo.kitsdesk/; a project that is there already is opened as it is.
    """
    project = folder / "demo.kitsdesk"
    if project.is_dir():
        yield "Opening the demo"
        return Workspace.open(project, author=author)
    phantoms = folder / "phantoms"
    if not phantoms.is_dir():
        yield "Making phantoms"
        make_phantoms(phantoms)
    yield "Making the project"
    workspace = Workspace.create(project, discover(phantoms), author=author)
    models = Models(workspace)
    models.install(demo_model(), DEMO_MODEL)
    models.use((DEMO_MODEL,))
    return workspace
