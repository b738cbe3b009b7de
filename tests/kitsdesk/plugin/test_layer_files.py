"""Files as napari layers and back, judged by nibabel."""

from __future__ import annotations

import nibabel
import numpy as np
import pydicom
import pytest

from kitsdesk.plugin.layer_reader import read_layers, reader_of
from kitsdesk.plugin.layer_writer import NoMask, write_labels
from kitsdesk.plugin.segmentation_writer import write_segmentation
from tests.faults.dicom_files import STUDY, series, write
from trainer.imaging.image_errors import UnreadableImage

SHAPE = (7, 6, 5)


def oblique(degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


AFFINES = {
    "RAS": np.diag([1.5, 2.0, 3.0, 1]),
    "LPS": np.diag([-1.5, -2.0, 3.0, 1]),
    "feet first": np.diag([-1.5, -2.0, -3.0, 1]),
    "KiTS": np.array([[0, 0, -0.8, 0], [0, -0.8, 0, 0], [-3.0, 0, 0, 0], [0, 0, 0, 1]]),
    "sagittal": np.array([[0, 0, 3.0, 0], [-1.5, 0, 0, 0], [0, 2.0, 0, 0], [0, 0, 0, 1]]),
    "oblique": np.block(
        [
            [oblique(17) @ np.diag([-1.5, -2.0, 3.0]), np.zeros((3, 1))],
            [np.zeros((1, 3)), np.ones((1, 1))],
        ]
    ),
}


@pytest.fixture(params=AFFINES)
def scan(request, tmp_path):
    """A CT whose every voxel differs, in one of several axis orders."""
    affine = AFFINES[request.param].copy()
    affine[:3, 3] = (11.5, -20.25, 130.0)
    voxels = np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE) - 50
    path = tmp_path / "scan.nii.gz"
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)
    return path


def world_of(layer: dict) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = np.asarray(layer.get("rotate", np.eye(3))) @ np.diag(layer["scale"])
    matrix[:3, 3] = layer["translate"]
    return matrix


def test_every_voxel_lies_where_nibabel_puts_it(scan):
    ((data, layer, kind),) = read_layers(scan)
    image = nibabel.load(scan)
    assert kind == "image"
    assert layer["axis_labels"] == ("S", "P", "L")
    assert layer["units"] == ("mm", "mm", "mm")
    for index in np.ndindex(data.shape):
        s, p, left = (world_of(layer) @ [*index, 1])[:3]
        place = np.linalg.inv(image.affine) @ [-left, -p, s, 1]
        nearest = tuple(np.round(place[:3]).astype(int))
        np.testing.assert_allclose(place[:3], nearest, atol=1e-3)
        assert image.dataobj[nearest] == data[index]


def test_labels_drawn_over_a_scan_are_written_on_its_own_grid(scan, tmp_path):
    ((data, layer, _kind),) = read_layers(scan)
    labels = (data % 4 + 4) % 4
    drawn = {name: layer[name] for name in ("scale", "translate")}
    drawn["rotate"] = layer.get("rotate", np.eye(3))
    target = tmp_path / "mask.nii.gz"
    assert write_labels(str(target), labels, drawn | {"metadata": {}}) == [str(target)]
    mask, image = nibabel.load(target), nibabel.load(scan)
    np.testing.assert_allclose(mask.affine, image.affine, atol=1e-4)
    expected = (np.asarray(image.dataobj) % 4 + 4) % 4
    assert np.array_equal(np.asarray(mask.dataobj), expected)


def test_a_mask_opens_as_labels_and_comes_back_as_it_was(scan, tmp_path):
    image = nibabel.load(scan)
    stored = (np.asarray(image.dataobj) % 4).astype(np.uint8)
    path = tmp_path / "segmentation.nii.gz"
    nibabel.save(nibabel.Nifti1Image(stored, image.affine), path)
    ((data, layer, kind),) = read_layers(path)
    assert kind == "labels"
    assert layer["name"] == "segmentation"
    write_labels(str(tmp_path / "again.nii.gz"), data, layer)
    again = nibabel.load(tmp_path / "again.nii.gz")
    np.testing.assert_allclose(again.affine, image.affine, atol=1e-4)
    assert np.array_equal(np.asarray(again.dataobj), stored)


def test_labels_that_lie_elsewhere_are_written_where_they_lie(tmp_path):
    labels = np.zeros((4, 5, 6), np.int32)
    labels[1, 2, 3] = 300
    layer = {"scale": (2.0, 1.0, 0.5), "translate": (1234.0, -5.0, 17.0)}
    write_labels(str(tmp_path / "own.nii.gz"), labels, layer)
    mask = nibabel.load(tmp_path / "own.nii.gz")
    place = np.argwhere(np.asarray(mask.dataobj) == 300)
    assert len(place) == 1
    ras = mask.affine @ [*place[0], 1]
    s, p, left = np.array([1234.0, -5.0, 17.0]) + np.array([1, 2, 3]) * (2.0, 1.0, 0.5)
    np.testing.assert_allclose(ras[:3], [-left, -p, s], atol=1e-4)


def test_a_dicom_folder_and_one_of_its_slices_open_as_the_same_scan(real_data):
    folder = real_data / "dicom_abdomen"
    ((whole, layer, _kind),) = read_layers(folder)
    ((same, again, _kind2),) = read_layers(sorted(folder.iterdir())[3])
    assert np.array_equal(whole, same)
    assert np.array_equal(layer["scale"], again["scale"])


def test_labels_over_a_dicom_series_are_written_as_its_segmentation(tmp_path):
    folder = tmp_path / "ct"
    write(folder, *series())
    ((ct, layer, _kind),) = read_layers(folder)
    labels = np.zeros(ct.shape, np.int64)
    labels[2:6, 3:10, 4:12] = 1
    labels[3:5, 5:8, 6:9] = 2
    drawn = {name: layer[name] for name in ("scale", "translate")}
    drawn["rotate"] = layer.get("rotate", np.eye(3))
    target = tmp_path / "mask.dcm"
    assert write_segmentation(str(target), labels, drawn) == [str(target)]
    made = pydicom.dcmread(target)
    assert (made.Modality, made.StudyInstanceUID) == ("SEG", STUDY)
    assert [str(each.SegmentLabel) for each in made.SegmentSequence] == ["kidney", "tumor"]
    assert int(made.pixel_array.sum()) == int((labels > 0).sum())
    assert str(made.PatientName) == ""
    labels[0, 0, 0] = 7
    with pytest.raises(NoMask, match="Label 7"):
        write_segmentation(str(tmp_path / "strange.dcm"), labels, drawn)


def test_a_segmentation_needs_the_series_it_points_at(scan, tmp_path):
    ((data, layer, _kind),) = read_layers(scan)
    with pytest.raises(NoMask, match="no DICOM series"):
        write_segmentation(str(tmp_path / "mask.dcm"), np.ones(data.shape, np.uint8), layer)
    assert not (tmp_path / "mask.dcm").exists()


def test_a_cut_file_is_refused_in_words(scan, tmp_path):
    cut = tmp_path / "cut.nii.gz"
    cut.write_bytes(scan.read_bytes()[:-40])
    with pytest.raises(UnreadableImage, match=r"cut\.nii\.gz"):
        read_layers(cut)


def test_what_is_not_ours_is_left_to_other_plugins(tmp_path):
    assert reader_of(str(tmp_path)) is None
    assert reader_of([str(tmp_path / "a.nii.gz"), str(tmp_path / "b.nii.gz")]) is None


def test_labels_no_file_can_hold_are_refused(tmp_path):
    layer = {"scale": (1.0, 1.0, 1.0), "translate": (0.0, 0.0, 0.0)}
    with pytest.raises(NoMask, match="-1"):
        write_labels(str(tmp_path / "m.nii.gz"), np.full((2, 2, 2), -1), layer)
    assert not list(tmp_path.iterdir())
