"""Real broken volume files: each refused in words that name what is wrong, or read right.

The numbers are those of the list of 30 fault cases that the program promises to meet.
"""

from __future__ import annotations

import json
import tracemalloc
import zlib

import nibabel
import numpy as np
import pytest
from nifti_bytes import (
    DIM,
    INFINITY,
    MAGIC,
    NAN,
    OFFSET,
    PIXDIM,
    QFORM,
    QUATERNION,
    ROWS,
    SFORM,
    SHAPE,
    SHEARED,
    SLOPE,
    TYPE,
    UNITS,
    VOXELS_AT,
    ct_voxels,
    good,
    patched,
    squeezed,
    with_rows,
)

from trainer.__main__ import main
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.mask_file import read_mask
from trainer.imaging.reader import read_image, read_with_notes


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


def left_against_right() -> bytes:
    """The sform says that the columns run left, the qform right."""
    rows = ((0.0, 0.0, 0.8, 9.0), (0.0, -0.8, 0.0, 8.0), (-3.0, 0.0, 0.0, 7.0))
    return with_rows(*rows, qform=1)


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
