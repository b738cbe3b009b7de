"""Slices that come twice, in phantom CTs with noise as a scanner leaves it."""

from __future__ import annotations

import numpy as np
import pytest

from kitsdesk.review.image_reasons import ImageFacts, image_chips, image_facts
from trainer.imaging.reader import read_image
from trainer.imaging.volume import Volume
from trainer.phantoms.abdomen import make_phantom
from trainer.phantoms.phantom_set import kits_geometry

SPACING = (5.0, 3.0, 3.0)


@pytest.fixture(scope="module")
def scan():
    phantom = make_phantom((40, 128, 128), SPACING, (11, 0))
    return Volume(phantom.image, kits_geometry(phantom.image.shape, SPACING))


def stacked(scan, *parts):
    return Volume(np.concatenate(parts).astype(scan.array.dtype), scan.geometry)


def washed_out(part):
    """The same slices in a later phase: other noise, less contrast medium."""
    rng = np.random.default_rng(5)
    later = np.where(part > 100, part - 70, part)
    return later + np.rint(rng.normal(0, 12, part.shape))


def test_a_clean_phantom_has_no_reason(scan):
    assert image_facts(scan) == ImageFacts()
    assert image_chips(ImageFacts()) == ()


def test_a_repeated_slice_is_told(scan):
    array = scan.array.copy()
    array[20] = array[19]
    array[30] = array[5]
    facts = image_facts(Volume(array, scan.geometry))
    assert facts.repeated == ((5, 30), (19, 20))
    [chip] = image_chips(facts)
    assert (chip.text, chip.kind) == ("repeated slices", "warning")
    assert chip.why == "Slice 31 is a copy of slice 6 and 1 more: the stack is not one scan"


def test_a_second_phase_behind_or_before_the_scan_is_told(scan):
    later = washed_out(scan.array[10:30])
    behind = image_facts(stacked(scan, scan.array, later))
    assert behind == ImageFacts(second_phase=(40, 59))
    assert image_facts(stacked(scan, later, scan.array)).second_phase == (0, 19)
    [chip] = image_chips(behind)
    assert chip.text == "second phase"
    assert chip.why == "Slices 41 to 60 show again what other slices show: a second phase"


def test_a_few_slices_more_are_no_second_phase(scan):
    assert image_facts(stacked(scan, scan.array, washed_out(scan.array[10:14]))) == ImageFacts()


def test_padding_with_air_is_no_repetition(scan):
    air = np.full((6, *scan.array.shape[1:]), -1024)
    assert image_facts(stacked(scan, scan.array, air)) == ImageFacts()


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["ct/abdomen_3mm.nii.gz", "dicom_abdomen"])
def test_real_scans_have_no_reason(real_data, name):
    assert image_facts(read_image(real_data / name)) == ImageFacts()
