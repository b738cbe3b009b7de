"""Real broken volume files: each refused in words that name what is wrong, or read right.

The numbers are those of the list of 30 fault cases that the program promises to meet.
"""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from nifti_bytes import SHAPE, VOXELS_AT, ct_voxels, good, patched, squeezed

from trainer.__main__ import main
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image, read_with_notes

NAN, INFINITY = float("nan"), float("inf")
DIM, TYPE, PIXDIM, OFFSET, SLOPE = 40, 70, 76, 108, 112
QFORM, SFORM, QUATERNION, ROWS, MAGIC, UNITS = 252, 254, 256, 280, 344, 123


def zeros_nifti(dims: tuple[int, ...], bits: int = 16) -> bytes:
    """A header that asks for `dims` voxels, and nothing behind it."""
    return patched((DIM, "8h", (3, *dims, 1, 1, 1, 1)))[:VOXELS_AT]


def flipped(data: bytes, place: int) -> bytes:
    out = bytearray(data)
    out[place] ^= 0x10
    return bytes(out)


def floats(value: float) -> bytes:
    voxels = ct_voxels().astype(np.float32)
    voxels[3, 4, 5] = value
    return good(voxels)


def large() -> np.ndarray:
    voxels = ct_voxels().astype(np.int32)
    voxels[3, 4, 5] = 890_000_001
    return voxels


def sent_as_text() -> bytes:
    """A NIfTI-2 whose line ends a transfer has changed."""
    data = nibabel.Nifti2Image(ct_voxels(), np.diag([0.8, 0.8, 3.0, 1.0])).to_bytes()
    assert data[4:12] == b"n+2\0\r\n\x1a\n"
    return data[:8] + b"\n\n\x1a\n" + data[12:]


def coloured() -> bytes:
    kind = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
    return good(np.zeros(SHAPE, kind))


def with_rows(*rows: tuple[float, ...], qform: int = 0) -> bytes:
    values = [value for row in rows for value in row]
    return patched((QFORM, "h", (qform,)), (ROWS, "12f", tuple(values)))


def left_against_right() -> bytes:
    """The sform says that the columns run left, the qform right."""
    rows = ((0.0, 0.0, 0.8, 9.0), (0.0, -0.8, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))
    return with_rows(*rows, qform=1)


SHEARED = ((0.0, 0.08, -0.8, 9.0), (0.0, -0.8, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))
SINGULAR = ((0.0, 0.8, -0.8, 9.0), (0.0, 0.0, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))
NOT_NUMBERS = ((NAN,) * 4, (0.0, -0.8, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))

REFUSED = {
    "1 cut .nii": ("a.nii", lambda: good()[:2000], r"cut after \d+ % of its voxels"),
    "1 cut .nii.gz": ("a.nii.gz", lambda: squeezed(good())[:900], r"cut after \d+ % of its voxels"),
    "1 cut in its checksum": ("a.nii.gz", lambda: squeezed(good())[:-6], "checksum is missing"),
    "1 cut in its header": ("a.nii", lambda: good()[:200], "shorter than a NIfTI header"),
    "1 empty file": ("a.nii", lambda: b"", "shorter than a NIfTI header"),
    "1 one voxel too many": ("a.nii", lambda: good() + b"\1\1", "more than its header says"),
    "2 wrong checksum": ("a.nii.gz", lambda: flipped(squeezed(good()), -7), "damaged"),
    "2 flipped bit": ("a.nii.gz", lambda: flipped(squeezed(good()), 1200), "damaged"),
    "2 rubbish behind": ("a.nii.gz", lambda: squeezed(good()) + b"rubbish", "foreign bytes"),
    "2 gzip named .nii": ("a.nii", lambda: squeezed(good()), "gzip file named .nii"),
    "2 plain named .gz": ("a.nii.gz", lambda: good(), "not a gzip file"),
    "3 asks for 65 TB": ("a.nii", lambda: zeros_nifti((32000,) * 3), "32000×32000×32000"),
    "3 asks for 5 GB": ("a.nii.gz", lambda: squeezed(zeros_nifti((2000, 2000, 600))), "4.8 GB|cut"),
    "3 asks for 68 GB": ("a.nii", lambda: zeros_nifti((4096, 4096, 2048)), "68.7 GB"),
    "5 negative dimension": ("a.nii", lambda: patched((DIM + 4, "h", (-12,))), "dimensions.*-12"),
    "5 zero dimension": ("a.nii", lambda: patched((DIM + 4, "h", (0,))), "dimensions.*10, 0, 14"),
    "5 no dimensions": ("a.nii", lambda: patched((DIM, "h", (0,))), "gives 0 dimensions"),
    "5 vox_offset 1e9": ("a.nii", lambda: patched((OFFSET, "f", (1e9,))), "byte 1e.09 .vox_offset"),
    "5 vox_offset inside": ("a.nii", lambda: patched((OFFSET, "f", (12.0,))), "vox_offset"),
    "5 unknown type": ("a.nii", lambda: patched((TYPE, "h", (77,))), r"unknown type \(77\)"),
    "5 bits against type": (
        "a.nii",
        lambda: patched((TYPE + 2, "h", (8,))),
        "8 bits to voxels of 16",
    ),
    "5 infinite slope": (
        "a.nii",
        lambda: patched((SLOPE, "f", (INFINITY,))),
        "scales the voxels by inf",
    ),
    "5 no magic": ("a.nii", lambda: patched((MAGIC, "4s", (b"oops",))), "lacks the NIfTI magic"),
    "5 half of a pair": ("a.nii", lambda: patched((MAGIC, "4s", (b"ni1\0",))), "hdr/.img pair"),
    "5 Analyze": ("a.nii", lambda: patched((MAGIC, "4s", (b"\0" * 4,))), "which side is left"),
    "6 NaN voxel": ("a.nii", lambda: floats(NAN), r"1 voxels are not numbers.*\(3, 4, 5\)"),
    "6 infinite voxel": (
        "a.nii.gz",
        lambda: squeezed(floats(INFINITY)),
        "1 voxels are not numbers",
    ),
    "6 absurd value": ("a.nii", lambda: floats(1e30), "1e.30, which no image has"),
    "6 integers that floats round": ("a.nii", lambda: good(large()), "8.9e.08, which no image has"),
    "2 rubbish behind much padding": (
        "a.nii.gz",
        lambda: squeezed(good()) + bytes(3_000_000) + b"x",
        "foreign bytes",
    ),
    "2 sent as text": ("a.nii", sent_as_text, "transfer as text"),
    "7 NaN spacing": ("a.nii", lambda: patched((PIXDIM + 4, "f", (NAN,))), "spacing nan"),
    "7 zero spacing": ("a.nii", lambda: patched((PIXDIM + 8, "f", (0.0,))), "spacing 3×0×"),
    "7 negative spacing": ("a.nii", lambda: patched((PIXDIM + 12, "f", (-0.8,))), "×-0.8 mm"),
    "7 lengths in metres": ("a.nii", lambda: patched((UNITS, "B", (1,))), "in metres, not mm"),
    "7 two spacings": (
        "a.nii",
        lambda: patched((PIXDIM + 4, "f", (5.0,)), (QFORM, "h", (0,))),
        "sform gives the spacing 3×0.8×0.8 mm, its pixdim 5×0.8×0.8",
    ),
    "8 sheared sform": ("a.nii", lambda: with_rows(*SHEARED), r"sform is sheared by \d\.\d mm"),
    "8 singular sform": ("a.nii", lambda: with_rows(*SINGULAR), "sform is singular"),
    "8 NaN sform": ("a.nii", lambda: with_rows(*NOT_NUMBERS), "sform is not made of numbers"),
    "8 both transforms bad": (
        "a.nii",
        lambda: patched((QUATERNION, "f", (3.0,)), data=with_rows(*SHEARED, qform=1)),
        "sform is sheared.*qform is not a rotation",
    ),
    "8 no transform": ("a.nii", lambda: patched((QFORM, "2h", (0, 0))), "which way its axes run"),
    "8 odd handedness": (
        "a.nii",
        lambda: patched((PIXDIM, "f", (-0.5,)), (SFORM, "h", (0,))),
        r"handedness -0\.5",
    ),
    "8 unknown code": ("a.nii", lambda: patched((QFORM, "2h", (0, 17))), "unknown code 17"),
    "8 a light year away": (
        "a.nii",
        lambda: patched((ROWS + 12, "f", (1e19,)), (QFORM, "h", (0,))),
        "not made of numbers of mm",
    ),
    "8 left against right": ("a.nii", left_against_right, "axes run to IPR, its qform IPL"),
    "9 four phases": ("a.nii", lambda: good(np.zeros((*SHAPE, 3), np.int16)), "4-D.*10×12×14×3"),
    "9 vectors": ("a.nii", lambda: good(np.zeros((*SHAPE, 1, 3), np.int16)), "vector.*3 values"),
    "9 colours": ("a.nii", coloured, "voxels are colours"),
    "9 complex": ("a.nii", lambda: good(np.zeros(SHAPE, np.complex64)), "complex numbers"),
    "9 one slice": (
        "a.nii",
        lambda: patched((DIM, "8h", (2, 10, 12, 1, 1, 1, 1, 1))),
        "2 dimensions",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_broken_file_is_refused_by_name(tmp_path, fault, capsys):
    name, make, words = REFUSED[fault]
    path = tmp_path / name
    path.write_bytes(make())
    before = path.read_bytes()
    with pytest.raises(UnreadableImage, match=words) as caught:
        read_image(path)
    assert caught.value.happened.startswith(name)
    assert caught.value.advice
    assert path.read_bytes() == before
    assert main(["inspect", str(path)]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["happened"] == caught.value.happened


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_3_a_huge_header_is_refused_before_any_memory_is_taken(tmp_path, suffix):
    path = tmp_path / f"huge{suffix}"
    data = zeros_nifti((4000, 4000, 120))
    path.write_bytes(squeezed(data) if suffix.endswith("gz") else data)
    tracemalloc.start()
    with pytest.raises(UnreadableImage, match="3840000000 bytes"):
        read_image(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_4_a_gzip_bomb_is_stopped_at_the_size_its_header_gives(tmp_path):
    path = tmp_path / "bomb.nii.gz"
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 24)
    path.write_bytes(
        squeeze.compress(good())
        + b"".join(squeeze.compress(zeros) for _ in range(24))
        + squeeze.flush()
    )
    tracemalloc.start()
    with pytest.raises(UnreadableImage, match="more than its header says"):
        read_image(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size < 500_000
    assert peak < 20_000_000, "of the 400 MB it holds"


@pytest.mark.parametrize("kind", ["<i2", ">i2", "<f4", ">f4", "<f8", "scaled"])
def test_3_no_file_takes_more_than_twice_its_voxels(tmp_path, kind):
    voxels = np.zeros((64, 96, 128), "<i2" if kind == "scaled" else kind)
    voxels[::3] = -1000
    data = good(voxels)
    if kind == "scaled":
        data = patched((SLOPE, "2f", (1.5, -7.0)), data=data)
    (tmp_path / "a.nii").write_bytes(data)
    del data
    read_image(tmp_path / "a.nii")
    tracemalloc.start()
    read_image(tmp_path / "a.nii")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    honest = voxels.size * (4 if kind == "scaled" else voxels.itemsize)
    assert peak < 2 * honest + 500_000


def test_8_an_unusable_sform_gives_way_to_a_good_qform(tmp_path):
    path = tmp_path / "a.nii"
    path.write_bytes(with_rows(*SHEARED, qform=1))
    volume, notes = read_with_notes(path)
    assert np.allclose(volume.spacing, (3.0, 0.8, 0.8))
    assert any("the qform is used" in note for note in notes)


def test_8_a_shear_of_rounding_is_put_right_and_said(tmp_path):
    rows = ((0.0, 0.0005, -0.8, 9.0), (0.0, -0.8, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))
    (tmp_path / "a.nii").write_bytes(with_rows(*rows))
    volume, notes = read_with_notes(tmp_path / "a.nii")
    assert any("put right" in note for note in notes)
    cosines = np.array(volume.geometry.direction).reshape(3, 3)
    assert np.allclose(cosines @ cosines.T, np.eye(3), atol=1e-9)


def test_9_a_trailing_single_phase_is_one_volume(tmp_path):
    (tmp_path / "a.nii").write_bytes(good(ct_voxels()[..., None]))
    assert read_image(tmp_path / "a.nii").shape == (10, 12, 14)


@pytest.mark.parametrize("slope", [0.0, NAN])
def test_5_a_slope_of_none_means_no_scaling(tmp_path, slope):
    (tmp_path / "a.nii").write_bytes(patched((SLOPE, "2f", (slope, NAN))))
    (tmp_path / "b.nii").write_bytes(good())
    assert np.array_equal(
        read_image(tmp_path / "a.nii").array, read_image(tmp_path / "b.nii").array
    )


def test_2_a_file_of_several_gzip_members_is_one_file(tmp_path):
    data = good()
    members = gzip.compress(data[:700]) + gzip.compress(data[700:2500]) + gzip.compress(data[2500:])
    (tmp_path / "a.nii.gz").write_bytes(members + bytes(512))
    (tmp_path / "b.nii").write_bytes(data)
    assert np.array_equal(
        read_image(tmp_path / "a.nii.gz").array, read_image(tmp_path / "b.nii").array
    )


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", [nibabel.Nifti1Image, nibabel.Nifti2Image])
def test_every_type_byte_order_and_version_reads_as_nibabel_reads_it(
    tmp_path, kind, order, version
):
    voxels = np.random.default_rng(1).integers(0, 100, SHAPE).astype(order + kind)
    affine = nibabel.affines.from_matvec(np.diag([-0.7, 0.9, 2.5]), (1, 2, 3))
    header = version.header_class(endianness=order)
    header.set_data_dtype(voxels.dtype)
    image = version(voxels, affine, header)
    nibabel.save(image, tmp_path / "a.nii.gz")
    volume = read_image(tmp_path / "a.nii.gz")
    back = nibabel.load(tmp_path / "a.nii.gz").get_fdata()
    for index in ((0, 0, 0), (3, 5, 7), (9, 11, 13)):
        right, anterior, superior = (affine @ (*index, 1))[:3]
        place = np.round(volume.to_index((-right, -anterior, superior))).astype(int)
        assert volume.array[tuple(place)] == back[index]


@pytest.mark.parametrize(
    ("name", "voxels", "words"),
    [
        ("scaled 0..1", lambda v: np.clip((v + 1024.0) / 4000, 0, 1), "scaled to 0..1"),
        ("+1024", lambda v: v + np.int16(1024), "HU . 1024"),
        ("unsigned wrap", lambda v: v.astype(np.uint16), "64512 stands for −1024"),
        ("8-bit", lambda v: np.clip((v + 160) / 400 * 255, 0, 255).astype(np.uint8), "8-bit"),
        ("normalised", lambda v: (v - v.mean()) / v.std(), "normalised"),
        ("empty", lambda v: np.zeros_like(v), "empty"),
        ("MR", lambda v: np.abs(v) // 4, "not HU"),
    ],
)
def test_12_values_that_are_not_hu_are_noted_and_never_rescaled(
    tmp_path, capsys, name, voxels, words
):
    changed = voxels(ct_voxels())
    changed = changed.astype(np.float32) if changed.dtype.kind == "f" else changed
    (tmp_path / "a.nii").write_bytes(good(changed))
    assert main(["inspect", str(tmp_path / "a.nii")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert any(words.replace(" . ", " + ") in note for note in found["notes"]), found["notes"]
    assert found["lowest"] == pytest.approx(float(changed.min()))


def test_12_a_plausible_ct_has_no_notes(tmp_path):
    (tmp_path / "a.nii").write_bytes(good())
    assert read_with_notes(tmp_path / "a.nii")[1] == ()


def test_11_a_mask_with_nan_is_refused(tmp_path):
    voxels = np.zeros(SHAPE, np.float32)
    voxels[1, 1, 1] = NAN
    (tmp_path / "m.nii").write_bytes(good(voxels))
    with pytest.raises(UnreadableImage, match="not numbers"):
        read_mask(tmp_path / "m.nii")


def text_file(path, image=None, **changes):
    """Write a .mha or .nrrd by SimpleITK and replace lines of its header."""
    if image is None:
        image = sitk.GetImageFromArray(np.ascontiguousarray(ct_voxels().T))
        image.SetSpacing((3.0, 0.8, 0.8))
    sitk.WriteImage(image, str(path), useCompression=changes.pop("packed", False))
    data = path.read_bytes()
    for old, new in changes.pop("lines", ()):
        assert old in data
        data = data.replace(old, new, 1)
    path.write_bytes(data[: changes.pop("length", len(data))])


TEXT_REFUSED = {
    "1 cut .mha": ("a.mha", {"length": 2000}, "cut after"),
    "1 cut packed .mha": ("a.mha", {"length": 900, "packed": True}, "cut after"),
    "1 cut .nrrd": ("a.nrrd", {"length": 2000}, "cut after"),
    "1 cut packed .nrrd": ("a.nrrd", {"length": 900, "packed": True}, "cut after"),
    "3 huge .mha": ("a.mha", {"lines": [(b"10 12 14", b"32000 32000 32000")]}, "32000×32000"),
    "3 huge .nrrd": ("a.nrrd", {"lines": [(b"10 12 14", b"4000 4000 120")]}, "cut after 0 %"),
    "5 dimensions in words": ("a.mha", {"lines": [(b"10 12 14", b"ten 12 14")]}, "'ten 12 14'"),
    "7 no spacing": ("a.mha", {"lines": [(b"ElementSpacing", b"ElementSpacinc")]}, "spacing .none"),
    "7 zero spacing": ("a.mha", {"lines": [(b"= 3 0.8", b"= 3 0 0.8")]}, "spacing 3×0×0.8"),
    "7 NRRD with NaN": ("a.nrrd", {"lines": [(b"(3,0,0)", b"(nan,0,0)")]}, "spacing nan×0.8"),
    "8 NRRD without space": (
        "a.nrrd", {"lines": [(b"space: left-posterior-superior\n", b"")]}, "which way its axes"),
    "9 voxels elsewhere": (
        "a.mha", {"lines": [(b"= LOCAL", b"= ../../etc/secret.raw")]}, "in another file"),
    "9 NRRD voxels elsewhere": (
        "a.nrrd", {"lines": [(b"encoding: raw", b"data file: /etc/passwd\nencoding: raw")]},
        "in another file"),
}  # fmt: skip


@pytest.mark.parametrize("fault", TEXT_REFUSED)
def test_a_broken_metaimage_or_nrrd_is_refused_by_name(tmp_path, fault):
    name, changes, words = TEXT_REFUSED[fault]
    text_file(tmp_path / name, **changes)
    with pytest.raises(UnreadableImage, match=words) as caught:
        read_image(tmp_path / name)
    assert caught.value.happened.startswith(name)


@pytest.mark.parametrize("name", ["a.mha", "a.nrrd"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_good_metaimage_or_nrrd_reads_as_simpleitk_reads_it(tmp_path, name, packed):
    text_file(tmp_path / name, packed=packed)
    read = read_image(tmp_path / name)
    assert np.array_equal(read.array, sitk.GetArrayFromImage(sitk.ReadImage(str(tmp_path / name))))


@pytest.mark.parametrize("name", ["a.mha", "a.nrrd"])
def test_9_vectors_are_refused_in_text_formats_too(tmp_path, name):
    image = sitk.GetImageFromArray(np.zeros((4, 5, 6, 3), np.int16), isVector=True)
    text_file(tmp_path / name, image)
    with pytest.raises(UnreadableImage, match=r"several values per voxel|4 dimensions"):
        read_image(tmp_path / name)
