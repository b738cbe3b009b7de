"""MetaImage and NRRD headers that SimpleITK reads as something else than they say.

The numbers are those of the list of 30 fault cases that the program promises to meet.
"""

from __future__ import annotations

import gzip
import json
import zlib

import numpy as np
import pytest
import SimpleITK as sitk

from trainer.__main__ import main
from trainer.imaging.image_errors import UnreadableImage
from trainer.imaging.reader import read_image, read_with_notes

VOXELS = np.arange(120, dtype=np.int16).reshape(4, 5, 6) - 60
META = {
    "ObjectType": "Image",
    "NDims": "3",
    "BinaryData": "True",
    "BinaryDataByteOrderMSB": "False",
    "CompressedData": "False",
    "TransformMatrix": "1 0 0 0 1 0 0 0 1",
    "Offset": "1 2 3",
    "ElementSpacing": "0.8 0.8 3",
    "DimSize": "6 5 4",
    "ElementType": "MET_SHORT",
}
NRRD = {
    "type": "short",
    "dimension": "3",
    "space": "left-posterior-superior",
    "sizes": "6 5 4",
    "space directions": "(0.8,0,0) (0,0.8,0) (0,0,3)",
    "kinds": "domain domain domain",
    "endian": "little",
    "encoding": "raw",
    "space origin": "(1,2,3)",
}


def meta(body: bytes = VOXELS.tobytes(), without: str = "", **changes: str) -> bytes:
    fields = {name: value for name, value in (META | changes).items() if name != without}
    lines = [f"{name} = {value}\n" for name, value in fields.items()]
    return "".join([*lines, "ElementDataFile = LOCAL\n"]).encode() + body


def nrrd(body: bytes = VOXELS.tobytes(), without: str = "", line: str = "", **changes: str):
    spaced = {name.replace("_", " "): value for name, value in changes.items()}
    fields = {name: value for name, value in (NRRD | spaced).items() if name != without}
    lines = [f"{name}: {value}\n" for name, value in fields.items()]
    return "".join(["NRRD0004\n", *lines, line, "\n"]).encode() + body


BIG = VOXELS.astype(">i2").tobytes()
PACKED = zlib.compress(VOXELS.tobytes())
BOMB = gzip.compress(VOXELS.tobytes() + bytes(50_000_000))
REFUSED = {
    "5 values as text": ("a.mha", meta(b"1 2 3 4 " * 30, BinaryData="False"), "written as text"),
    "5 scaled values": (
        "a.mha",
        meta(ElementToIntensityFunctionSlope="2", ElementToIntensityFunctionOffset="-1000"),
        "scales the voxels by 2 and -1000",
    ),
    "7 centimetres": ("a.mha", meta(DistanceUnits="cm"), "lengths in cm"),
    "7 NRRD in centimetres": ("a.nrrd", nrrd(space_units='"cm" "cm" "cm"'), "lengths in cm"),
    "8 no direction": ("a.mha", meta(without="TransformMatrix"), "which way its axes run"),
    "8 NaN direction": ("a.mha", meta(TransformMatrix="nan 0 0 0 1 0 0 0 1"), "direction 'nan"),
    "8 NaN place": ("a.mha", meta(Offset="nan 0 0"), "place or direction 'nan 0 0'"),
    "8 NRRD with a NaN place": ("a.nrrd", nrrd(space_origin="(nan,0,0)"), "origin 'nan,0,0'"),
    "8 a scanner's space": ("a.nrrd", nrrd(space="scanner-xyz"), "where the patient's left is"),
    "8 any right hand": ("a.nrrd", nrrd(space="3D-right-handed"), "where the patient's left is"),
    "9 voxels elsewhere in capitals": (
        "a.nrrd",
        nrrd(line="Data File: ../../etc/passwd\n"),
        "in another file",
    ),
    "9 skipped bytes in capitals": (
        "a.nrrd",
        nrrd(b"xx" + VOXELS.tobytes(), line="Byte Skip: 2\n"),
        "do not follow its header",
    ),
    "2 bytes behind the packed ones": (
        "a.mha",
        meta(PACKED + b"junk", CompressedData="True"),
        "foreign bytes follow",
    ),
    "4 NRRD bomb": ("a.nrrd", nrrd(BOMB, encoding="gzip"), "more than its header says"),
    "5 NRRD named .mha": ("a.mha", nrrd(), "its header cannot be read"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_header_that_is_read_as_something_else_is_refused(tmp_path, fault, capsys):
    name, data, words = REFUSED[fault]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableImage, match=words) as caught:
        read_image(path)
    assert str(tmp_path) not in caught.value.happened, "folders may be named after patients"
    assert path.read_bytes() == data
    assert main(["inspect", str(path)]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["happened"] == caught.value.happened


READ = {
    "5 capitals in NRRD": nrrd(BIG, endian="BIG", encoding="Raw", type="Short"),
    "5 remarks in NRRD": nrrd(line="type:=a remark of somebody\nspace:=another\n"),
    "8 NRRD in right-anterior-superior": nrrd(space="RAS"),
    "8 NRRD in millimetres": nrrd(space_units='"mm" "mm" "mm"'),
    "5 MetaImage of the other byte order": meta(BIG, BinaryDataByteOrderMSB="T"),
    "5 MetaImage packed in one letter": meta(PACKED, CompressedData="T", CompressedDataSize=""),
}


@pytest.mark.parametrize("kind", READ)
def test_an_odd_header_is_read_as_simpleitk_reads_it(tmp_path, kind):
    path = tmp_path / ("a.nrrd" if READ[kind].startswith(b"NRRD") else "a.mha")
    data = READ[kind].replace(b"CompressedDataSize = \n", b"")
    path.write_bytes(data)
    volume, other = read_image(path), sitk.ReadImage(str(path))
    for index in ((0, 0, 0), (5, 4, 3), (2, 3, 1)):
        place = np.round(volume.to_index(other.TransformIndexToPhysicalPoint(index))).astype(int)
        assert volume.array[tuple(place)] == VOXELS[index[::-1]]


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.mha", meta(without="Offset")), ("a.nrrd", nrrd(without="space origin"))],
)
def test_8_a_missing_place_is_noted(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    volume, notes = read_with_notes(tmp_path / name)
    assert volume.geometry.origin == (0, 0, 0)
    assert any("gives no origin" in note for note in notes)
