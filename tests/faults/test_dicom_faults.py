"""Real broken DICOM series: refused with slice and millimetre, taken apart, or read right.

The numbers are those of the list of 30 fault cases that the program promises to meet.
"""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest
from dicom_files import (
    BOTTOM,
    PATIENT,
    STEP,
    ct_slice,
    hu_at,
    is_right,
    packed,
    series,
    write,
)
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from trainer.__main__ import main
from trainer.imaging.dicom import SeveralSeries, UnreadableSeries, find_series, read_record
from trainer.imaging.reader import read_image, read_with_notes


def moved(slices, n, **changes):
    for name, value in changes.items():
        setattr(slices[n], name, value)
    return slices


def cut(folder, slices, n, share):
    path = write(folder, *slices)[n]
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


REFUSED = {
    "13 missing slice": (
        lambda: [s for s in series() if s.InstanceNumber != 4],
        r"1 slice is missing at -81\.0 mm \(after slice 3 of 7\).*6\.00 mm apart instead of 3\.00",
    ),
    "13 two missing slices": (
        lambda: [s for s in series(12) if s.InstanceNumber not in (5, 6)],
        r"2 slices are missing from -78\.0 mm on",
    ),
    "15 duplicate position": (
        lambda: [*series(), ct_slice(9, BOTTOM + 2 * STEP)],
        r"slices 3 and 9 lie at one position, -84\.0 mm",
    ),
    "16 shifted slice": (
        lambda: moved(series(), 4, ImagePositionPatient=[-47.0, -60.0, BOTTOM + 4 * STEP]),
        r"shifted sideways, by 3\.0 mm at -78\.0 mm",
    ),
    "17 no position": (
        lambda: [_without(s, "ImagePositionPatient") for s in series()],
        "no CT slices with a position",
    ),
    "17 single slice": (lambda: series(1), "single slice"),
    "17 only a scout": (
        lambda: series(1, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]),
        "it is a scout",
    ),
    "17 MR": (lambda: series(Modality="MR", SOPClassUID="1.2.840.10008.5.1.4.1.1.4"), "MR, not CT"),
    "17 pixel spacing of zero": (
        lambda: moved(series(), 2, PixelSpacing=[0.0, 0.75]),
        "pixel spacing 0×0.75|1 slice is missing",
    ),
    "18 inverted grey": (
        lambda: series(PhotometricInterpretation="MONOCHROME1"),
        "MONOCHROME1, not HU",
    ),
}


def _without(data, name):
    delattr(data, name)
    return data


@pytest.mark.parametrize("fault", REFUSED)
def test_a_broken_series_is_refused_with_its_place(tmp_path, fault, capsys):
    make, words = REFUSED[fault]
    write(tmp_path / "ct", *make())
    with pytest.raises(UnreadableSeries, match=words) as caught:
        read_image(tmp_path / "ct")
    assert caught.value.advice
    assert main(["inspect", str(tmp_path / "ct")]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["happened"] == caught.value.happened


@pytest.mark.parametrize(
    "syntax", [None, JPEG2000Lossless, RLELossless, DeflatedExplicitVRLittleEndian]
)
@pytest.mark.parametrize("share", [0.7, 0.95])
def test_14_a_cut_slice_is_named_and_not_dropped(tmp_path, syntax, share):
    slices = series()
    if syntax:
        slices = [packed(s, syntax) for s in slices]
    cut(tmp_path / "ct", slices, 4, share)
    with pytest.raises(UnreadableSeries) as caught:
        read_image(tmp_path / "ct")
    said = caught.value.happened
    assert ("slice 5 at -78.0 mm is cut" in said) or ("missing at -78.0 mm" in said), said


def test_14_a_file_cut_in_its_header_leaves_a_named_gap(tmp_path):
    cut(tmp_path / "ct", series(), 4, 0.3)
    with pytest.raises(UnreadableSeries, match=r"missing at -78\.0 mm"):
        read_image(tmp_path / "ct")
    assert "number 5 in name order" in find_series(tmp_path / "ct")[0].notes[0]


def test_13_a_gap_can_be_looked_at_with_its_flag(tmp_path):
    write(tmp_path / "ct", *(s for s in series() if s.InstanceNumber != 4))
    (record,) = find_series(tmp_path / "ct")
    assert (record.usable, record.gap) == (False, True)
    array, geometry = read_record(record, bridge_gaps=True)
    assert geometry.spacing[2] == pytest.approx(STEP)
    assert all(np.array_equal(array[n], hu_at(BOTTOM + STEP * n)) for n in range(8))


def test_16_a_tilted_gantry_is_straightened(tmp_path):
    tilt = np.radians(14.0)
    row, column = np.array([1.0, 0, 0]), np.array([0, np.cos(tilt), -np.sin(tilt)])
    normal = np.cross(row, column)
    slices = series(24)
    for n, data in enumerate(slices):
        data.ImageOrientationPatient = [*row, *column]
        data.ImagePositionPatient = [-50.0, -60.0, BOTTOM + STEP * n]
        place = np.array(data.ImagePositionPatient, float)
        rows, columns = np.mgrid[:16, :20]
        world = place + columns[..., None] * 0.75 * row + rows[..., None] * 0.5 * column
        data.PixelData = (
            (1024 + np.rint(5 * world[..., 1] + 3 * world[..., 2])).astype(np.int16).tobytes()
        )
    write(tmp_path / "ct", *slices)
    volume, notes = read_with_notes(tmp_path / "ct")
    assert any("tilted by 14.0°" in note for note in notes)
    assert volume.spacing[0] == pytest.approx(STEP * float(normal[2]))
    checked = 0
    for index in np.argwhere(volume.array > -1024)[::37]:
        low, high = index - 1, index + 2
        around = volume.array[tuple(slice(max(a, 0), b) for a, b in zip(low, high, strict=True))]
        if around.min() <= -1024:
            continue
        _, y, z = volume.to_mm(index)
        assert volume.array[tuple(index)] == pytest.approx(5 * y + 3 * z, abs=2.0)
        checked += 1
    assert checked > 50


def test_16_variable_spacing_is_resampled(tmp_path):
    places = [*np.arange(0, 20, 2.0), *np.arange(20, 51, 5.0)]
    write(tmp_path / "ct", *(ct_slice(n + 1, BOTTOM + mm) for n, mm in enumerate(places)))
    volume, notes = read_with_notes(tmp_path / "ct")
    assert any("2.00 to 5.00 mm apart: resampled" in note for note in notes)
    assert volume.to_mm((volume.shape[0] - 1, 0, 0))[2] == pytest.approx(BOTTOM + 50, abs=2.0)
    assert is_right(volume)


def test_16_jitter_of_a_micrometre_is_no_fault(tmp_path):
    rng = np.random.default_rng(0)
    write(
        tmp_path / "ct",
        *(ct_slice(n + 1, BOTTOM + STEP * n + rng.uniform(-1e-3, 1e-3)) for n in range(8)),
    )
    volume, notes = read_with_notes(tmp_path / "ct")
    assert volume.spacing[0] == pytest.approx(STEP, abs=1e-3)
    assert not any("resampled" in note for note in notes)


def test_17_scout_other_orientation_and_other_size_stand_apart(tmp_path):
    coronal = [
        ct_slice(
            n, BOTTOM, ImageOrientationPatient=[1, 0, 0, 0, 0, -1],
            ImagePositionPatient=[-50, -60 + 2.0 * n, BOTTOM],
        )
        for n in range(2)
    ]  # fmt: skip
    scout = ct_slice(1, BOTTOM, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    write(tmp_path / "ct", scout, *coronal, *series())
    assert is_right(read_image(tmp_path / "ct"))
    records = find_series(tmp_path / "ct")
    assert [record.slices for record in records] == [8, 2, 1]
    assert "scout" in records[2].why_not


def test_17_the_order_of_names_and_numbers_does_not_matter(tmp_path):
    slices = series(10)
    for n, data in enumerate(slices):
        data.InstanceNumber = (n * 7) % 10
    write(tmp_path / "ct", *(slices[(n * 3) % 10] for n in range(10)))
    assert is_right(read_image(tmp_path / "ct"))


def test_a_choice_among_series_is_offered_without_patient_data(tmp_path, capsys):
    write(tmp_path / "ct", *series(), named=PATIENT)
    write(tmp_path / "ct", *series(12, SeriesInstanceUID="1.2.9", SeriesNumber=5,
                                   SeriesDescription=f"Portal venous {PATIENT}"))  # fmt: skip
    with pytest.raises(SeveralSeries) as caught:
        read_image(tmp_path / "ct")
    first, second = caught.value.records
    assert (first.slices, first.phase, first.mm) == (12, "portal venous", 36.0)
    assert read_image(tmp_path / "ct", series=second.key).shape[0] == 8
    assert main(["inspect", str(tmp_path / "ct")]) == 0
    said = capsys.readouterr().out.replace(str(tmp_path), "")
    said += repr(caught.value.records) + str(caught.value)
    for secret in ("Doe", "Jane", "MRN", "4711", "1950", "Who", "1.2.826"):
        assert secret not in said
    assert main(["inspect", str(tmp_path / "ct"), "--series", first.key]) == 0
    assert json.loads(capsys.readouterr().out)["shape_zyx"] == [12, 16, 20]


def test_errors_of_a_broken_series_say_nothing_about_the_patient(tmp_path):
    folder = tmp_path / PATIENT
    slices = [packed(data, RLELossless) for data in series()]
    slices[3].PixelData = slices[3].PixelData[:40]
    write(folder, *slices, named=PATIENT)
    with pytest.raises(UnreadableSeries) as caught:
        read_image(folder)
    assert "Doe" not in str(caught.value)


def test_3_an_element_of_two_gigabytes_takes_no_memory(tmp_path):
    paths = write(tmp_path / "ct", *series())
    data = bytearray(paths[4].read_bytes())
    place = data.index(b"\x08\x00\x60\x00CS")
    data[place + 4 : place + 12] = b"OB\0\0\xff\xff\xff\x7f"
    paths[4].write_bytes(data)
    tracemalloc.start()
    with pytest.raises(UnreadableSeries, match=r"missing at -78\.0 mm"):
        read_image(tmp_path / "ct")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("name", ["BitsStored", "PixelRepresentation", "PhotometricInterpretation"])
def test_5_pixels_that_are_not_described_are_named(tmp_path, name):
    write(tmp_path / "ct", *(_without(data, name) for data in series()))
    with pytest.raises(UnreadableSeries, match=f"slice 1 at -90.0 mm does not say.*{name}"):
        read_image(tmp_path / "ct")


def test_4_a_deflated_bomb_is_set_apart(tmp_path):
    bomb = ct_slice(1, BOTTOM, SeriesInstanceUID="1.2.9", PixelData=b"")
    bomb.PixelData = bytes(300_000_000)
    write(tmp_path / "ct", packed(bomb, DeflatedExplicitVRLittleEndian))
    write(tmp_path / "ct", *series())
    del bomb
    tracemalloc.start()
    volume, notes = read_with_notes(tmp_path / "ct")
    assert tracemalloc.get_traced_memory()[1] < 80_000_000
    tracemalloc.stop()
    assert is_right(volume)
    assert "expands to more" in notes[0]


@pytest.mark.real_data
def test_the_real_series_is_two_mm_apart_and_misses_a_removed_slice(tmp_path, real_data):
    files = sorted((real_data / "dicom_abdomen").glob("*.dcm"))
    (record,) = find_series(real_data / "dicom_abdomen")
    assert (record.slices, record.stack.step, record.mm) == (20, 2.0, 40.0)
    for n, path in enumerate(files):
        if n != 7:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(UnreadableSeries, match=r"1 slice is missing at -780\.5 mm"):
        read_image(tmp_path)
    assert find_series(tmp_path)[0].gap
