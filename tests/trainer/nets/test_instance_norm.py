from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.nets.instance_norm import InstanceNorm


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
def test_it_is_instance_norm(layout: torch.memory_format) -> None:
    generator = torch.Generator().manual_seed(3)
    ours, theirs = InstanceNorm(5), nn.InstanceNorm3d(5, eps=1e-5, affine=True)
    for norm in (ours, theirs):
        norm.load_state_dict({"weight": torch.arange(5) + 0.5, "bias": torch.arange(5) - 2.0})
    images = 3 + 2 * torch.randn(2, 5, 4, 6, 6, generator=generator)
    given = [images.clone().to(memory_format=layout).requires_grad_() for _ in range(2)]
    results = [norm(image) for norm, image in zip((ours, theirs), given, strict=True)]
    torch.testing.assert_close(*results, rtol=1e-5, atol=1e-5)
    for result in results:
        (result**3).sum().backward()
    torch.testing.assert_close(given[0].grad, given[1].grad, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(ours.weight.grad, theirs.weight.grad, rtol=1e-4, atol=1e-2)


def test_what_hardly_varies_is_divided_by_its_deviation_and_the_epsilon() -> None:
    image = 0.003 * torch.randn(1, 1, 4, 6, 6, generator=torch.Generator().manual_seed(5))
    exact = image.double()
    expected = (exact - exact.mean()) / (exact.var(correction=0) + 1e-5).sqrt()
    torch.testing.assert_close(InstanceNorm(1)(image).double(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
def test_many_voxels_cost_no_digits(layout: torch.memory_format) -> None:
    generator = torch.Generator().manual_seed(4)
    image = 5 + torch.randn(1, 2, 40, 80, 80, generator=generator)
    exact = nn.functional.instance_norm(image.double())
    given = image.to(memory_format=layout)
    torch.testing.assert_close(InstanceNorm(2)(given).double(), exact, rtol=0, atol=1e-5)
