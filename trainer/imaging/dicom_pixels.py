"""The pixels of DICOM slices in HU: decoded by SimpleITK (GDCM), else by pydicom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.pixels.utils import iter_pixels, pixel_array

from trainer.imaging.dicom_slice import Slice
from trainer.imaging.image_errors import UnreadableSeries
from trainer.imaging.image_memory import free_memory


def hu_of(slices: tuple[Slice, ...]) -> NDArray[Any]:
    """Return (slices, rows, columns) HU in the order given, each with its own rescale;
    int16 or int32 where all of them are whole numbers, else float32.

    Raises
    ------
    UnreadableSeries : a slice cannot be decoded (it is named), or has another size.
    """
    _require_memory(slices)
    rows, columns = slices[0].shape
    stack: NDArray[Any] = np.empty((len(slices), rows, columns), np.int16)
    pictures = _frames(slices) if slices[0].frames > 1 else map(_single, slices)
    for n, (item, picture) in enumerate(zip(slices, pictures, strict=True)):
        if picture.shape != item.shape:
            raise _undecodable(item, "it has another size than its header says")
        kind = np.result_type(stack, _whole(picture))
        if kind != stack.dtype:
            stack = stack.astype(np.float32 if kind.kind == "f" else np.int32)
        stack[n] = picture
    return stack


def _require_memory(slices: tuple[Slice, ...]) -> None:
    rows, columns = slices[0].shape
    needed = 4 * len(slices) * rows * columns
    if needed > free_memory() // 2:
        raise UnreadableSeries(
            f"The series needs {needed / 1e9:.1f} GB, more than half of the memory.",
            advice="Close other programs or use a computer with more memory.",
        )


def _whole(picture: NDArray[Any]) -> np.dtype[Any]:
    """Return int16, int32 or float32, the smallest that holds the values."""
    if picture.dtype.kind == "f" and not np.array_equal(picture, np.rint(picture)):
        return np.dtype(np.float32)
    low, high = float(picture.min()), float(picture.max())
    return np.dtype(np.int16 if low >= -32768 and high <= 32767 else np.int32)


def _single(item: Slice) -> NDArray[Any]:
    reader = sitk.ImageFileReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileName(str(item.path))
    try:
        picture: NDArray[Any] = sitk.GetArrayFromImage(reader.Execute())
        return picture[0] if picture.ndim == 3 else picture
    except RuntimeError as first:
        try:
            return _stored(item.path) * np.float64(item.slope) + item.intercept
        except Exception as error:  # noqa: BLE001 (codecs raise what they like)
            raise _undecodable(item, _reason(item.path)) from (first if error else None)


def _frames(slices: tuple[Slice, ...]) -> Iterator[NDArray[Any]]:
    """Yield the frames asked for in HU, each with its own rescale; GDCM would take the first's."""
    path, wanted, done = slices[0].path, [item.frame for item in slices], 0
    try:
        for item, stored in zip(slices, iter_pixels(path, raw=True, indices=wanted), strict=True):
            yield stored * np.float64(item.slope) + item.intercept
            done += 1
    except Exception:  # noqa: BLE001 (codecs raise what they like)
        if done or len({(item.slope, item.intercept) for item in slices}) > 1:
            raise _undecodable(slices[done], _reason(path)) from None
        yield from _frames_by_gdcm(slices)


def _frames_by_gdcm(slices: tuple[Slice, ...]) -> Iterator[NDArray[Any]]:
    try:
        image = sitk.ReadImage(str(slices[0].path), imageIO="GDCMImageIO")
    except RuntimeError as error:
        raise _undecodable(slices[0], _reason(slices[0].path)) from error
    pictures = sitk.GetArrayViewFromImage(image)
    for item in slices:
        yield np.array(pictures[item.frame])


def _stored(path: Path) -> NDArray[Any]:
    return np.asarray(pixel_array(path, raw=True))


def _reason(path: Path) -> str:
    syntax = pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID
    return f"its pixels are packed as {syntax.name}"


def _undecodable(item: Slice, reason: str) -> UnreadableSeries:
    return UnreadableSeries(
        f"The pixels of {item.name} cannot be decoded: {reason}.",
        kept="The files were not changed.",
        advice="Ask for an uncompressed copy of the series.",
    )
