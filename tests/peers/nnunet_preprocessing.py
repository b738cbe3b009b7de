"""A CT and its mask through nnU-Net v2's own DefaultPreprocessor, with our plan."""

from __future__ import annotations

import numpy as np
from nnunetv2.preprocessing.preprocessors.default_preprocessor import DefaultPreprocessor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager
from numpy.typing import NDArray

from tests.peers.nnunet_plans import CONFIGURATION, DATASET, plans
from trainer.contract.presets import PreprocessingPlan, preset
from trainer.imaging.volume import Volume
from trainer.preprocessing.axes import to_network


def plans_manager(plan: PreprocessingPlan) -> PlansManager:
    """Return nnU-Net's plans with the grid and the intensities of `plan`."""
    return PlansManager(plans(preset("kits2019").network("plain"), plan, 2))


def prepare_theirs(
    ct: Volume, mask: Volume, plan: PreprocessingPlan
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return image and mask (S, A, R) as nnU-Net prepares them, -1 (outside) as background."""
    return prepare_array(to_network(ct.array), to_network(mask.array), ct.spacing, plan)


def prepare_array(
    image: NDArray[np.generic],
    mask: NDArray[np.generic],
    spacing: tuple[float, ...],
    plan: PreprocessingPlan,
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the same for arrays (S, A, R) of a spacing in mm."""
    manager = plans_manager(plan)
    data, seg, _ = DefaultPreprocessor(verbose=False).run_case_npy(
        image[None].astype(np.float32),
        mask[None].astype(np.int16),
        {"spacing": list(spacing)},
        manager,
        manager.get_configuration(CONFIGURATION),
        DATASET,
    )
    return data[0], np.maximum(seg[0], 0)
