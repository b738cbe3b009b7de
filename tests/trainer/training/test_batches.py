"""Streams of batches: the same whenever they are made, read ahead, leaving nothing behind."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from trainer.preprocessing.cached_case import CachedCase
from trainer.training.augment import AUGMENTATIONS, Augmentation
from trainer.training.batches import BatchSettings, BatchSource

CPU = torch.device("cpu")
PATCH = (12, 16, 16)
SETTINGS = BatchSettings(PATCH, 2, 0.5, 3, seed=1, fold=0, stream=0)
TABLE = AUGMENTATIONS["nnunet-v2"]
SECONDS = 20


@pytest.fixture
def cases(make_case):
    rng = np.random.default_rng(0)
    made = []
    for name in ("a", "b", "c"):
        mask = np.zeros((30, 34, 38), np.uint8)
        mask[8:20, 10:22, 12:30] = 1
        mask[12:16, 12:18, 14:20] = 2
        image = rng.normal(0, 0.3, mask.shape) + mask * 0.5
        made.append(make_case(name, image.astype(np.float32), mask))
    return made


def source(cases, augmentation: Augmentation = TABLE, **changes) -> BatchSource:
    return BatchSource(cases, replace(SETTINGS, **changes), augmentation, CPU)


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("read-ahead")]


def assert_nobody_reads() -> None:
    gc.collect()
    for thread in readers():
        thread.join(SECONDS)
    assert readers() == []


def assert_same(first, second) -> None:
    for (image, mask), (other_image, other_mask) in zip(first, second, strict=True):
        assert torch.equal(image, other_image)
        assert torch.equal(mask, other_mask)


def test_a_stream_that_begins_in_the_middle_goes_on_as_the_whole_one(cases) -> None:
    whole = list(source(cases).batches(3, 0, 12))
    assert len(whole) == 12
    for first in (1, 5, 11):
        assert_same(list(source(cases).batches(3, first, 12)), whole[first:])
    assert_same(list(source(cases[::-1]).batches(3, 0, 3)), whole[:3])
    assert list(source(cases).batches(0, 5, 5)) == []


def test_every_epoch_fold_run_and_stream_has_batches_of_its_own(cases) -> None:
    first = [
        next(source(cases).batches(0, 0, 1)),
        next(source(cases).batches(1, 0, 1)),
        next(source(cases).batches(0, 1, 2)),
        next(source(cases, fold=1).batches(0, 0, 1)),
        next(source(cases, seed=2).batches(0, 0, 1)),
        next(source(cases, stream=1).batches(0, 0, 1)),
    ]
    for place, (image, _) in enumerate(first):
        assert not any(torch.equal(image, other) for other, _ in first[:place])


def test_what_is_drawn_does_not_depend_on_the_device(cases) -> None:
    elsewhere = BatchSource(cases, SETTINGS, TABLE, torch.device("meta"))
    for step in range(20):
        patches, draw = source(cases).draw(2, step)
        assert source(cases).cases(2, step) == tuple(patch.case.id for patch in patches)
        other_patches, other = elsewhere.draw(2, step)
        assert [(p.case.id, p.low, p.structure) for p in patches] == [
            (p.case.id, p.low, p.structure) for p in other_patches
        ]
        assert draw.noise_seed == other.noise_seed
        assert np.array_equal(draw.mirrored, other.mirrored)
        for name, values in draw.numbers.items():
            assert np.array_equal(values, other.numbers[name], equal_nan=True)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_makes_the_cpus_batches_but_for_the_noise_field(cases) -> None:
    table = replace(TABLE, noise=None)
    on_gpu = BatchSource(cases, SETTINGS, table, torch.device("cuda"))
    pairs = zip(source(cases, table).batches(0, 0, 30), on_gpu.batches(0, 0, 30), strict=True)
    for (image, mask), (other_image, other_mask) in pairs:
        assert other_image.is_cuda
        assert (image - other_image.cpu()).abs().max() < 1e-3
        assert (mask != other_mask.cpu()).float().mean() < 1e-3


def test_no_augmentation_is_the_plain_patch(cases) -> None:
    plain = source(cases, Augmentation())
    patches, _ = plain.draw(0, 0)
    image, mask = next(plain.batches(0, 0, 1))
    assert image.shape == (2, 1, *PATCH)
    assert mask.shape == (2, *PATCH)
    for sample, patch in enumerate(patches):
        expected_image, expected_mask = patch.case.read_box(patch.low, PATCH)
        assert np.array_equal(image[sample, 0].numpy(), expected_image)
        assert np.array_equal(mask[sample].numpy(), expected_mask)


def test_a_batch_is_the_callers_own(cases) -> None:
    kept = [image for image, _ in source(cases, Augmentation()).batches(0, 0, 4)]
    for image in kept:
        image.fill_(9.0)
    again = [image for image, _ in source(cases, Augmentation()).batches(0, 0, 4)]
    assert not any((image == 9.0).any() for image in again)


class WatchedCase(CachedCase):
    """A case that tells when it is read, and fails to be when asked for."""

    reads = 0
    fails_at = -1

    def read_box(self, low, size):
        type(self).reads += 1
        if type(self).reads == type(self).fails_at:
            raise OSError("the disk is gone")
        return super().read_box(low, size)


@pytest.fixture
def watched(cases):
    """Cases that count their reads from 0."""

    class Fresh(WatchedCase):
        pass

    made = [Fresh(c.id, c.record, c.image, c.packed_mask, c.locations) for c in cases]
    return made, Fresh


def test_the_next_batch_is_read_while_one_is_used(watched) -> None:
    cases, counter = watched
    batches = source(cases).batches(0, 0, 3)
    next(batches)
    end = time.monotonic() + SECONDS
    while counter.reads < 4 and time.monotonic() < end:
        time.sleep(0.01)
    assert counter.reads == 4, "the second batch was read without being asked for"
    next(batches)
    next(batches)
    assert next(batches, None) is None
    assert counter.reads == 6, "and nothing beyond the last"


def test_no_thread_stays_when_the_batches_are_used_up_or_given_up(cases) -> None:
    list(source(cases).batches(0, 0, 4))
    assert_nobody_reads()
    given_up = source(cases).batches(0, 0, 100)
    next(given_up)
    del given_up
    assert_nobody_reads()


def test_no_thread_stays_after_an_error_in_the_loop(cases) -> None:
    def train() -> None:
        for _ in source(cases).batches(0, 0, 100):
            raise RuntimeError("stopped by a person")

    with pytest.raises(RuntimeError, match="stopped by a person") as stopped:
        train()
    # Until then its traceback holds the loop, and so the batches and their thread, alive.
    del stopped
    assert_nobody_reads()


def test_a_failed_read_is_raised_at_its_step_and_leaves_no_thread(watched) -> None:
    cases, counter = watched
    counter.fails_at = 6
    batches = source(cases).batches(0, 0, 100)
    next(batches)
    next(batches)
    with pytest.raises(OSError, match="the disk is gone"):
        next(batches)
    del batches
    assert_nobody_reads()
