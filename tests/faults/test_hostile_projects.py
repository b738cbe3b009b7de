"""Names, links and databases that try to lead out of a project: nothing outside is written."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from kitsdesk.project.case_source import CaseSource
from kitsdesk.project.case_sources import NoCasesFound, discover
from kitsdesk.project.exports import export
from kitsdesk.project.journal import open_history
from kitsdesk.project.mask_places import mask_place
from kitsdesk.project.predictions import Predictions
from kitsdesk.project.revisions import Revisions
from kitsdesk.project.safe_places import LONGEST_ID, OutsideProject, require_inside, safe_case_id
from kitsdesk.project.scratch import is_scratch
from kitsdesk.project.workspace import Workspace
from tests.faults.conftest import write_source
from tests.kitsdesk.project.conftest import KITS, make_mask
from trainer.contract.errors import KitsDeskError
from trainer.imaging.mask_file import write_mask

HOSTILE = {
    "../x": "x",
    "../../../../etc/cron.d/job": "etc_cron.d_job",
    "/etc/passwd": "etc_passwd",
    "..\\..\\windows\\x": "windows_x",
    "CON": "case_CON",
    "nul.nii": "case_nul.nii",
    "com1": "case_com1",
    "a\nb\r\tc": "a_b_c",
    "": "case",
    "...": "case",
    "-rf": "rf",
    "Müller 患者": "Muller",
    "\u202egnp.exe": "gnp.exe",
    "ａｂｃ／..／x": "abc_.._x",
    "a\x00b": "a_b",
    "name with spaces.": "name_with_spaces",
    "🫘": "case",
    "$(reboot)`x`;|&": "reboot_x",
    "case_00015": "case_00015",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_30_hostile_names_become_plain_ones(name):
    assert safe_case_id(name) == HOSTILE[name]


def test_30_names_of_300_characters_are_cut_and_stay_apart():
    one, other = safe_case_id("x" * 300), safe_case_id("x" * 299 + "y")
    assert len(one) == len(other) == LONGEST_ID
    assert one != other


def test_30_twins_in_upper_and_lower_case_stay_apart():
    assert safe_case_id("Case_1", {"case_1"}) == "Case_1_2"


def listing(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def source(tmp_path) -> Path:
    return write_source(tmp_path / "source")


@pytest.fixture
def outside(tmp_path) -> Path:
    """What a hostile project is after."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "notes.txt").write_bytes(b"somebody's own")
    return folder


def test_30_hostile_ids_are_painted_saved_and_exported_inside(tmp_path, source, outside):
    image = source / "case_00700/imaging.nii.gz"
    names = ["../outside/x", "CON", "y" * 300, "a\nb", "\u202ec"]
    sources = []
    for number, name in enumerate(names):
        copy = shutil.copyfile(image, source / f"{number}.nii.gz")
        sources.append(CaseSource(name, "", copy, source / "case_00700/segmentation.nii.gz"))
    before = listing(outside)
    with Workspace.create(tmp_path / "p.kitsdesk", sources) as project:
        assert len(project.cases()) == len(names)
        for record in project.cases():
            mask, _ = Revisions(project).load(record.case)
            mask[0] = 1
            Revisions(project).save(record.case, mask)
            history, journal = open_history(project.journal_path(record.case), None, mask)
            assert history.unsaved == 0
            journal.close()
        for _ in export(project, "nnunet"):
            pass
        assert project.add_cases(sources) == [], "the same images are not added twice"
    assert listing(outside) == before
    assert not [path for path in tmp_path.iterdir() if path.name == "x"]


@pytest.fixture
def project(tmp_path, source):
    with Workspace.create(tmp_path / "renal.kitsdesk", discover(source)) as made:
        yield made


@pytest.mark.parametrize("case", ["../../outside", "../x", "a/../../../x"])
def test_30_a_database_with_ids_that_lead_out_is_refused(project, outside, case):
    before = listing(outside)
    with project.store.transaction() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute("UPDATE cases SET case_id = ? WHERE case_id = 'case_00700'", (case,))
    mask = make_mask(0)
    mask[0] = 1
    with pytest.raises(OutsideProject) as caught:
        Revisions(project).save(case, mask)
    assert "leads out of the project renal.kitsdesk" in caught.value.happened
    assert caught.value.kept == "Nothing was read or written there."
    with pytest.raises(OutsideProject):
        project.journal_path(case)
    with pytest.raises(OutsideProject):
        Predictions(project).folder(case, "demo")
    assert listing(outside) == before


def test_30_a_database_with_files_that_lead_out_is_refused(project, outside):
    saved = make_mask(0)
    saved[0] = 1
    revision = Revisions(project).save("case_00700", saved)
    shutil.copyfile(revision.path, outside / "r0001.nii.gz")
    with project.store.transaction() as connection:
        connection.execute("UPDATE revisions SET file = '../outside/r0001.nii.gz'")
    with pytest.raises(OutsideProject):
        Revisions(project).load("case_00700")


def test_30_an_image_elsewhere_is_only_ever_read(project, outside):
    """The database may name any file as an image: it is refused in words, never written."""
    with project.store.transaction() as connection:
        connection.execute(
            "UPDATE cases SET image = ?, reference = ? WHERE case_id = 'case_00700'",
            (str(outside / "notes.txt"), "/dev/zero"),
        )
    with pytest.raises(KitsDeskError):
        project.read_case("case_00700")
    assert not is_scratch(project)
    assert mask_place(project, "case_00700") is None
    assert listing(outside) == {"notes.txt": b"somebody's own"}


@pytest.mark.parametrize("room", ["masks", "masks/case_00700", "history"])
def test_30_links_that_lead_out_are_refused(project, outside, room):
    link = project.folder / room
    if link.is_dir():
        shutil.rmtree(link)
    link.symlink_to(outside, target_is_directory=True)
    mask = make_mask(0)
    mask[0] = 1
    attempt = partial(
        project.journal_path if room == "history" else Revisions(project).save, "case_00700"
    )
    with pytest.raises(OutsideProject):
        attempt(*([] if room == "history" else [mask]))
    assert listing(outside) == {"notes.txt": b"somebody's own"}


@pytest.mark.parametrize("there", [True, False])
def test_30_a_journal_that_is_a_link_is_refused(project, outside, there):
    target = outside / ("notes.txt" if there else "new.txt")
    link = project.folder / "history/case_00700.journal"
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target)
    with pytest.raises(OutsideProject):
        project.journal_path("case_00700")
    assert listing(outside) == {"notes.txt": b"somebody's own"}


def test_30_imported_predictions_bring_no_links_and_no_names_that_lead_out(project, outside):
    folder = outside.parent / "theirs"
    write_mask(folder / "case_00700.nii.gz", make_mask(0), KITS)
    (folder / "case_00701.nii.gz").symlink_to(outside / "notes.txt")
    problems = Predictions(project).import_folder(folder, "theirs", "unknown")
    assert list(problems) == ["case_00701"]
    for name in ("../outside", "a/b", "..", ""):
        with pytest.raises(KitsDeskError, match="is not a name for predictions"):
            Predictions(project).import_folder(folder, name, "unknown")
    (project.predictions_folder / "linked").mkdir()
    (project.predictions_folder / "linked/case_00700").symlink_to(outside)
    with pytest.raises(KitsDeskError, match="leads out of the project"):
        Predictions(project).import_folder(folder, "linked", "unknown")
    assert listing(outside) == {"notes.txt": b"somebody's own"}


def test_30_a_data_set_of_links_is_read_and_its_targets_stay_as_they_are(tmp_path, source):
    linked = tmp_path / "linked/case_00700"
    linked.mkdir(parents=True)
    for name in ("imaging.nii.gz", "segmentation.nii.gz"):
        (linked / name).symlink_to(source / "case_00700" / name)
    before = listing(source)
    with Workspace.create(tmp_path / "p.kitsdesk", discover(linked.parent)) as project:
        mask, _ = Revisions(project).load("case_00700")
        mask[0] = 1
        Revisions(project).save("case_00700", mask)
        assert np.array_equal(Revisions(project).load_reference("case_00700"), make_mask(0))
    assert listing(source) == before


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_30_archives_are_refused_unopened(tmp_path, kind):
    """Nothing is ever unpacked: an archive is no case, whatever it holds."""
    archive = tmp_path / f"cases.{kind}"
    evil = tmp_path / "evil.txt"
    evil.write_bytes(b"x")
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as file:
            file.write(evil, "../../evil.txt")
    else:
        with tarfile.open(archive, "w") as file:
            file.add(evil, "../../evil.txt")
    with pytest.raises(NoCasesFound, match="holds no cases"):
        discover(archive)
    assert sorted(path.name for path in tmp_path.iterdir()) == [archive.name, "evil.txt"]


def test_paths_inside_are_returned_as_they_are(tmp_path):
    inside = tmp_path / "masks/case/r0001.nii.gz"
    assert require_inside(tmp_path, inside) == inside
    with pytest.raises(OutsideProject):
        require_inside(tmp_path, tmp_path / "masks/../../x")
