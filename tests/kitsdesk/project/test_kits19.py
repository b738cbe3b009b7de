"""A project is KiTS19 where its ids and the headers of its images are those of the public files."""

from __future__ import annotations

import gzip
import struct

import pytest

from kitsdesk.paths import resources
from kitsdesk.project.case_sources import CaseSource
from kitsdesk.project.decision_lists import KITS19_LISTS
from kitsdesk.project.kits19 import TRAINING_CASES, recognise
from kitsdesk.project.workspace import Workspace
from trainer.contract.jsonfile import read_json

UNKNOWN = "case_00160"
LAST = "case_00209"


def write_header(path, shape, spacing):
    """Write what the header of a KiTS19 image says: the slice axis is the file's first one.
    Not one voxel follows."""
    data = bytearray(352)
    (slices, rows, columns), (z, y, x) = shape, spacing
    struct.pack_into("<i", data, 0, 348)
    struct.pack_into("<8h", data, 40, 3, slices, rows, columns, 1, 1, 1, 1)
    struct.pack_into("<2h", data, 70, 4, 16)
    struct.pack_into("<8f", data, 76, 1, z, y, x, 0, 0, 0, 0)
    struct.pack_into("<3f", data, 108, 352, 1, 0)
    data[123] = 2
    struct.pack_into("<2h", data, 252, 0, 1)
    struct.pack_into("<12f", data, 280, 0, 0, -x, 0, 0, -y, 0, 0, -z, 0, 0, 0)
    data[344:348] = b"n+1\0"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(bytes(data), 1))


@pytest.fixture
def made(tmp_path):
    """Return what makes a project of given headers, case → (shape, spacing)."""
    projects = []

    def make(grids):
        sources = []
        for case, (shape, spacing) in grids.items():
            image = tmp_path / "source" / case / "imaging.nii.gz"
            write_header(image, shape, spacing)
            sources.append(CaseSource(case, "", image, None))
        projects.append(Workspace.create(tmp_path / "kits.kitsdesk", sources))
        return projects[-1]

    yield make
    for project in projects:
        project.close()


@pytest.fixture(scope="module")
def public():
    """Return the grids of all 210 cases as their public files say them."""
    facts = read_json(resources() / KITS19_LISTS)["facts"]
    grids = {case: (tuple(fact["shape"]), tuple(fact["spacing"])) for case, fact in facts.items()}
    return {**grids, UNKNOWN: ((252, 512, 796), (1.0, 0.4512, 0.4512))}


def test_all_210_headers_make_it_certain(made, public):
    assert sorted(public) == [f"case_{number:05d}" for number in range(TRAINING_CASES)]
    found = recognise(made(public))
    assert (found.certainty, found.cases, found.shapes) == ("sure", 210, 209)
    assert "210 of 210 ids, and the sizes of 209 cases agree" in found.why


def test_a_part_of_it_is_certain_too(made, public):
    part = {case: public[case] for case in ("case_00003", "case_00015", LAST)}
    found = recognise(made(part))
    assert (found.certainty, found.cases, found.shapes) == ("sure", 3, 3)


@pytest.mark.parametrize("axis", range(3))
def test_one_case_with_one_slice_or_row_more_is_not_kits19(made, public, axis):
    shape, spacing = public[LAST]
    more = tuple(n + (place == axis) for place, n in enumerate(shape))
    found = recognise(made({**public, LAST: (more, spacing)}))
    assert found.certainty == "no"
    assert f"{LAST} has another size" in found.why


@pytest.mark.parametrize("axis", range(3))
def test_one_case_with_other_voxels_is_not_kits19(made, public, axis):
    shape, spacing = public[LAST]
    other = tuple(mm * (1.02 if place == axis else 1.0) for place, mm in enumerate(spacing))
    found = recognise(made({**public, LAST: (shape, other)}))
    assert found.certainty == "no"
    assert f"{LAST} has voxels of another size" in found.why


def test_cases_that_changed_places_are_not_kits19(made, public):
    swapped = {**public, "case_00000": public["case_00001"], "case_00001": public["case_00000"]}
    assert recognise(made(swapped)).certainty == "no"


def test_one_case_too_many_is_not_kits19(made, public):
    found = recognise(made({**public, "case_00210": public[LAST]}))
    assert found.certainty == "no"
    assert "1 of 211 ids" in found.why


def test_without_a_size_to_compare_the_ids_make_it_likely(made, public):
    assert recognise(made({UNKNOWN: public[UNKNOWN]})).certainty == "likely"


def test_other_ids_are_not_kits19(project):
    assert recognise(project).certainty == "no"
