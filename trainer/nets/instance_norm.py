"""Instance norm by the kernel that is fastest where it runs."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class InstanceNorm(nn.InstanceNorm3d):
    """Affine instance norm without running statistics (eps 1e-5).

    Group norm with one channel per group is the same function. On a CPU torch computes it
    without the copies of instance norm, which runs as a batch norm over samples x channels,
    and in the layout it finds (measured on one core, the demo preset's training step:
    214 ms, 194 ms with this kernel, 157 ms with it and channels last).
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-5, affine=True)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel of each sample of (batch, channels, z, y, x)."""
        if x.device.type == "cpu":
            return functional.group_norm(x, self.num_features, self.weight, self.bias, self.eps)
        return super().forward(x)
