"""Two contrast phases under one UID, and folders of several series: offered apart, never mixed."""

from __future__ import annotations

from pathlib import Path

import pytest
from dicom_files import (
    BOTTOM,
    STEP,
    ct_slice,
    is_right,
    series,
    write,
)

from trainer.commands.inspect import describe
from trainer.datasets.source import find_cases
from trainer.imaging.dicom import SeveralSeries, find_series, read_record
from trainer.imaging.reader import read_image, read_with_notes

PHASES = {
    "AcquisitionNumber": lambda n: {"AcquisitionNumber": n},
    "TemporalPosition": lambda n: {"TemporalPositionIdentifier": n},
    "TriggerTime": lambda n: {"TriggerTime": 1000 * n},
    "ContrastBolusAgent": lambda n: {"ContrastBolusAgent": ["", "NONE", "IODINE"][n]},
    "ConvolutionKernel": lambda n: {"ConvolutionKernel": f"B{n}0f"},
}


@pytest.mark.parametrize("named", PHASES)
@pytest.mark.parametrize("offset", [0.0, 1.3])
def test_15_two_phases_under_one_series_are_offered_apart(tmp_path, named, offset):
    for phase in (1, 2):
        slices = series(**PHASES[named](phase))
        for data in slices if phase == 2 else ():
            data.ImagePositionPatient[2] += offset
        write(tmp_path / "ct", *slices)
    with pytest.raises(SeveralSeries) as caught:
        read_image(tmp_path / "ct")
    records = caught.value.records
    assert [record.slices for record in records] == [8, 8]
    assert sorted(record.phase[-40:] for record in records)[0].endswith(f"part 1 of 2 by {named}")
    for record in records:
        assert read_image(tmp_path / "ct", series=record.key).spacing[0] == pytest.approx(STEP)


def test_15_inspect_lists_every_volume_with_a_path_that_reads_it(tmp_path):
    for phase in (1, 2):
        write(tmp_path / "ct", *series(AcquisitionNumber=phase))
    found = describe(tmp_path / "ct")
    assert found["kind"] == "DICOM volumes"
    assert [each["slices"] for each in found["volumes"]] == [8, 8]
    for each in found["volumes"]:
        assert not each["refused"]
        assert describe(Path(each["path"]))["shape_zyx"][0] == 8
        assert read_image(Path(each["path"])).shape[0] == 8
        (case,) = find_cases(Path(each["path"])).cases
        assert (case.case, case.image) == (f"ct_{each['series']}", Path(each["path"]))


def test_15_two_phases_without_any_mark_are_told_by_their_time(tmp_path):
    for phase in (1, 2):
        for n, data in enumerate(series()):
            data.ContentTime = f"12{phase:02d}{n:02d}"
            write(tmp_path / "ct", data)
    with pytest.raises(SeveralSeries, match="part 2 of 2 by time"):
        read_image(tmp_path / "ct")


@pytest.mark.parametrize("named", PHASES)
def test_15_of_two_phases_the_whole_one_is_read_where_the_other_lacks_a_slice(tmp_path, named):
    for phase in (1, 2):
        slices = series(**PHASES[named](phase))
        write(tmp_path / "ct", *(each for n, each in enumerate(slices) if (phase, n) != (2, 4)))
    whole, gapped = find_series(tmp_path / "ct")
    assert (whole.slices, whole.usable) == (8, True)
    assert (gapped.slices, gapped.usable, gapped.gap) == (7, False, True)
    assert "1 slice is missing at -78.0 mm" in gapped.why_not
    volume, notes = read_with_notes(tmp_path / "ct")
    assert volume.shape[0] == 8
    assert any(f" of 2 by {named}, which is refused: 1 slice is missing" in note for note in notes)
    assert read_record(gapped, bridge_gaps=True)[0].shape[0] == 8


def test_15_a_changing_acquisition_number_alone_splits_nothing(tmp_path):
    write(
        tmp_path / "ct",
        *(ct_slice(n, BOTTOM + STEP * n, AcquisitionNumber=n // 4) for n in range(8)),
    )
    assert is_right(read_image(tmp_path / "ct"))
