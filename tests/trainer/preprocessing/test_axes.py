"""The axes in which guests see a volume: what their own reader and transpose deliver."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import SimpleITK as sitk

from trainer.contract.presets import PreprocessingPlan
from trainer.imaging.geometry import Geometry
from trainer.imaging.orientation import to_spl
from trainer.preprocessing.axes import NetworkAxes, network_axes

DIRECTIONS = [
    tuple(
        float(sign) if row == axis else 0.0
        for row in range(3)
        for axis, sign in zip(axes, signs, strict=True)
    )
    for axes in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]


def stored(direction: tuple[float, ...]) -> sitk.Image:
    array = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    image = sitk.GetImageFromArray(array)
    image.SetSpacing((0.5, 1.0, 3.0))
    image.SetDirection(direction)
    return image


def plan(axes: str, transpose: tuple[int, ...] = (0, 1, 2)) -> PreprocessingPlan:
    return PreprocessingPlan(spacing=(1, 1, 1), patch=(8, 8, 8), axes=axes, transpose=transpose)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_file_order_is_what_simpleitk_delivers_whatever_the_direction(
    direction: tuple[float, ...],
) -> None:
    image = stored(direction)
    geometry = Geometry.from_sitk(image)
    inner = to_spl(sitk.GetArrayViewFromImage(image), geometry)
    axes = network_axes(plan("file"), geometry)
    assert np.array_equal(axes.to_network(inner), sitk.GetArrayFromImage(image))
    assert np.array_equal(axes.from_network(axes.to_network(inner)), inner)


@pytest.mark.parametrize("transpose", itertools.permutations(range(3)))
def test_transpose_is_numpys(transpose: tuple[int, int, int]) -> None:
    image = stored((0, 0, 1, 0, 1, 0, -1, 0, 0))
    geometry = Geometry.from_sitk(image)
    inner = to_spl(sitk.GetArrayViewFromImage(image), geometry)
    axes = network_axes(plan("file", transpose), geometry)
    expected = sitk.GetArrayFromImage(image).transpose(transpose)
    assert np.array_equal(axes.to_network(inner), expected)
    assert np.array_equal(axes.from_network(expected), inner)
    mm = [(3.0, 1.0, 0.5)[axis] for axis in transpose]
    inner_mm = [mm[place] for place in axes.places]
    assert list(axes.spacing(inner_mm)) == mm


def test_our_own_models_see_superior_anterior_right() -> None:
    image = stored((-1, 0, 0, 0, -1, 0, 0, 0, 1))
    assert network_axes(plan("SAR"), Geometry.from_sitk(image)) == NetworkAxes()
