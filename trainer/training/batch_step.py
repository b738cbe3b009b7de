"""One optimizer step, on the whole batch or, where that does not fit, sample by sample."""

from __future__ import annotations

import gc
from collections.abc import Callable

import torch
from torch import Tensor

from trainer.contract.out_of_memory import is_out_of_memory
from trainer.training.compute import Compute
from trainer.training.fold_state import FoldState
from trainer.training.loss import head_losses
from trainer.training.step_result import StepResult, joined


class BatchStep:
    """Takes steps of one fold.

    Norms and Dice know one sample each, and the loss is the mean over samples, so the mean
    of the samples' gradients is the batch's gradient: taking samples one by one changes
    nothing but rounding, and needs the memory of one.
    """

    def __init__(
        self,
        state: FoldState,
        compute: Compute,
        clip_norm: float,
        say_by_sample: Callable[[], None],
    ) -> None:
        self._state, self._compute, self._clip_norm = state, compute, clip_norm
        self._say_by_sample = say_by_sample

    def take(self, image: Tensor, mask: Tensor) -> StepResult:
        """Move the weights by one batch: image (samples, 1, S, A, R), mask (samples, S, A, R).

        Raises
        ------
        RuntimeError : not even one sample fits (`is_out_of_memory` knows it).
        """
        result = None if self._state.by_sample else self._try_whole(image, mask)
        if result is None:
            result = self._gradients_by_sample(image, mask)
        state = self._state
        state.scaler.unscale_(state.optimizer)
        torch.nn.utils.clip_grad_norm_(state.network.parameters(), self._clip_norm)
        state.scaler.step(state.optimizer)
        state.scaler.update()
        return result

    @torch.no_grad()
    def judge(self, image: Tensor, mask: Tensor) -> StepResult:
        """Return what the present weights make of a batch, and move nothing."""
        if not self._state.by_sample:
            return self._forward(image, mask)
        parts = [self._forward(image[i : i + 1], mask[i : i + 1]) for i in range(len(image))]
        return joined(parts)

    def _try_whole(self, image: Tensor, mask: Tensor) -> StepResult | None:
        """Return None, and remember it, where the batch does not fit the memory."""
        self._state.optimizer.zero_grad(set_to_none=True)
        try:
            result = self._forward(image, mask)
            self._backward(result, 1)
        except (RuntimeError, MemoryError) as error:
            if len(image) == 1 or not is_out_of_memory(error):
                raise
        else:
            return result.detached()
        # Only here are the activations gone, which the error's traceback held; some of its
        # frames hold each other.
        self._state.by_sample = True
        self._state.optimizer.zero_grad(set_to_none=True)
        gc.collect()
        if self._compute.device.type == "cuda":
            torch.cuda.empty_cache()
        self._say_by_sample()
        return None

    def _gradients_by_sample(self, image: Tensor, mask: Tensor) -> StepResult:
        self._state.optimizer.zero_grad(set_to_none=True)
        parts = []
        for sample in range(len(image)):
            part = self._forward(image[sample : sample + 1], mask[sample : sample + 1])
            self._backward(part, len(image))
            parts.append(part.detached())
        return joined(parts)

    def _forward(self, image: Tensor, mask: Tensor) -> StepResult:
        with self._compute.autocast():
            heads = self._state.network(image)
        losses = head_losses(heads, mask)
        return StepResult(losses.supervised, losses.finest, heads[0].detach())

    def _backward(self, result: StepResult, parts: int) -> None:
        torch.autograd.backward(self._state.scaler.scale(result.losses.mean() / parts))
