"""DICOM headers that say something else than their pixels are, or too little about them.

The numbers are those of the list of 30 fault cases that the program promises to meet.
"""

from __future__ import annotations

import os
import tracemalloc

import numpy as np
import pytest
from dicom_files import (
    BOTTOM,
    STEP,
    ct_slice,
    enhanced,
    hu_at,
    packed,
    series,
    write,
)
from pydicom.fileset import FileSet
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless

from kitsdesk.project.case_sources import NoCasesFound, discover
from trainer.contract.errors import KitsDeskError
from trainer.imaging.dicom import UnreadableSeries, find_series, is_dicom_folder, read_record
from trainer.imaging.reader import read_image, read_with_notes


def with_rows(slices, rows):
    for data in slices:
        data.Rows = rows
    return slices


def without(slices, name):
    for data in slices:
        delattr(data, name)
    return slices


def at(places):
    return [ct_slice(n, BOTTOM + mm) for n, mm in enumerate(places, 1)]


REFUSED = {
    "12 iodine map": (lambda: series(RescaleType="MGML"), "values are MGML .RescaleType., not HU"),
    "12 slope with no intercept": (
        lambda: without(series(RescaleSlope=2), "RescaleIntercept"),
        "slice 1 at -90.0 mm does not say how .*it has no RescaleIntercept",
    ),
    "14 half as many rows": (lambda: with_rows(series(), 8), "holds more pixels.*20×8"),
    "14 JPEG-LS of more rows": (
        lambda: with_rows([packed(each, JPEGLSLossless) for each in series()], 8),
        "compressed picture of 20×16, its header says 20×8",
    ),
    "14 JPEG of more rows": (
        lambda: with_rows([packed(each, JPEGLosslessSV1) for each in series()], 8),
        "compressed picture of 20×16, its header says 20×8",
    ),
    "14 RLE of more rows": (
        lambda: with_rows([packed(each, RLELossless) for each in series()], 8),
        "slice 1 at -90.0 mm holds more pixels than its header says .20×8",
    ),
    "14 RLE of fewer rows": (
        lambda: with_rows([packed(each, RLELossless) for each in series()], 32),
        "slice 1 at -90.0 mm is cut after 50 % of its pixels",
    ),
    "13 a wide hole": (
        lambda: at([*np.arange(0, 30, 3.0), *np.arange(130.5, 160, 3.0)]),
        r"slices are missing from -60\.0 mm on .after slice 10 of 20.*103\.50 mm apart",
    ),
    "13 holes in every third": (
        lambda: at([0, 3, 6, 12, 15, 18, 24, 27, 30, 36, 39, 42]),
        r"1 slice is missing at -81\.0 mm.*; 1 slice is missing at -69\.0 mm",
    ),
    "13 a slice alone in a hole": (
        lambda: at([*np.arange(0, 30, 3.0), 50.0, *np.arange(71.0, 100, 3.0)]),
        "slices are missing",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_the_pixels_do_not_bear_out_is_refused(tmp_path, fault):
    make, words = REFUSED[fault]
    paths = write(tmp_path / "ct", *make())
    before = [path.read_bytes() for path in paths]
    with pytest.raises(UnreadableSeries, match=words) as caught:
        read_image(tmp_path / "ct")
    assert caught.value.advice
    assert [path.read_bytes() for path in paths] == before


def test_13_a_wide_hole_can_be_looked_at_with_its_flag(tmp_path):
    write(tmp_path / "ct", *at([*np.arange(0, 30, 3.0), *np.arange(60.0, 90, 3.0)]))
    (record,) = find_series(tmp_path / "ct")
    assert (record.usable, record.gap) == (False, True)
    assert "10 slices are missing" in record.why_not
    array, _geometry = read_record(record, bridge_gaps=True)
    assert len(array) == 30


def test_4_a_picture_larger_than_its_header_is_never_decoded(tmp_path):
    """166 bytes of JPEG 2000 that decode to 128 MB."""
    bomb = ct_slice(5, BOTTOM + 4 * STEP)
    bomb.Rows = bomb.Columns = 8000
    bomb.PixelData = bytes(8000 * 8000 * 2)
    picture = packed(bomb, JPEG2000Lossless).PixelData
    slices = [packed(each, JPEG2000Lossless) for each in series()]
    slices[4].PixelData = picture
    slices[4]["PixelData"].is_undefined_length = True
    write(tmp_path / "ct", *slices)
    del bomb
    tracemalloc.start()
    with pytest.raises(UnreadableSeries, match=r"slice 5 at -78\.0 mm has a .* of 8000×8000"):
        read_image(tmp_path / "ct")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("name", [b"-50.0\\-60.0\\-78.0", b"-1024.0 "])
def test_17_a_value_that_is_text_is_not_repeated(tmp_path, name):
    """It may be a name that somebody put in the wrong place."""
    paths = write(tmp_path / "ct", *series(RescaleIntercept="-1024.0"))
    whole = paths[4].read_bytes()
    assert whole.count(name) == 1
    paths[4].write_bytes(whole.replace(name, b"PLANTED^NAME PLANTED"[: len(name)]))
    with pytest.raises(UnreadableSeries, match=r"missing at -78\.0 mm") as caught:
        read_image(tmp_path / "ct")
    (record,) = find_series(tmp_path / "ct")
    assert "its header is cut or damaged): number 5" in record.notes[0]
    assert "PLAN" not in str(caught.value) + repr(record)


def test_30_a_slice_that_the_disk_does_not_give_is_named(tmp_path):
    """A file whose bytes cannot be read, also by the owner of everything."""
    paths = write(tmp_path / "ct", *series())
    paths[4].unlink()
    paths[4].symlink_to("/proc/self/mem")
    with pytest.raises(UnreadableSeries, match=r"missing at -78\.0 mm"):
        read_image(tmp_path / "ct")
    (record,) = find_series(tmp_path / "ct")
    assert "it cannot be read: Input/output error): number 5" in record.notes[0]
    assert len(discover(tmp_path / "ct")) == 1


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
@pytest.mark.parametrize("name", ["a.nii.gz", "a.dcm"])
def test_30_what_never_ends_is_never_read(tmp_path, make, name):
    make(tmp_path / name)
    with pytest.raises(KitsDeskError, match=r"not a file|not an image"):
        read_image(tmp_path / name)
    for place in (tmp_path, tmp_path / name):
        with pytest.raises(NoCasesFound):
            discover(place)


def test_30_a_name_that_no_disk_takes_is_said(tmp_path):
    with pytest.raises(NoCasesFound, match="cannot be read: File name too long"):
        discover(tmp_path / ("x" * 300))


def test_12_a_unit_that_the_header_leaves_open_is_noted(tmp_path):
    write(tmp_path / "ct", *series(RescaleType="US"))
    assert any("no unit" in note for note in read_with_notes(tmp_path / "ct")[1])


def test_15_two_patients_in_one_folder_stay_two(tmp_path):
    write(tmp_path / "ct", *series(PatientID="A"), *series(PatientID="B"))
    found = discover(tmp_path / "ct")
    assert sorted(source.patient_id for source in found) == ["A", "B"]
    for source in found:
        assert read_image(source.image).shape[0] == 8


def test_17_the_index_of_a_disc_is_no_series(tmp_path):
    disc = FileSet()
    for data in series():
        disc.add(data)
    disc.write(tmp_path / "disc")
    assert (tmp_path / "disc/DICOMDIR").is_file()
    assert not is_dicom_folder(tmp_path / "disc")
    (source,) = discover(tmp_path / "disc")
    volume = read_image(source.image)
    assert all(np.array_equal(volume.array[n], hu_at(volume.to_mm((n, 0, 0))[2])) for n in range(8))


def test_3_no_series_takes_more_than_twice_its_voxels(tmp_path):
    """Single slices, frames of one file, slices of a tilted gantry."""
    zeros = np.zeros((60, 128, 128), np.int16)
    slices = series(60)
    for data in slices:
        data.Rows = data.Columns = 128
        data.PixelData = zeros[0].tobytes()
    frames = enhanced(60)
    frames.Rows = frames.Columns = 128
    frames.PixelData = zeros.tobytes()
    write(tmp_path / "slices", *slices)
    write(tmp_path / "frames", frames)
    for n, data in enumerate(slices):
        data.ImagePositionPatient = [-50, -60 + 0.25 * STEP * n, BOTTOM + STEP * n]
    write(tmp_path / "tilted", *slices)
    for name in ("slices", "frames", "tilted"):
        read_image(tmp_path / name)
        tracemalloc.start()
        volume = read_image(tmp_path / name)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert volume.array.dtype == np.int16
        assert peak < 2 * volume.array.nbytes + 1_500_000, name
