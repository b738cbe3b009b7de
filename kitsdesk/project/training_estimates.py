"""What a training will need, estimated without starting it: disk, memory and time."""

from __future__ import annotations

import os
import shutil
from math import prod
from pathlib import Path

from kitsdesk.project.retrain_facts import ArchitectureChoice
from kitsdesk.project.run_specs import runs
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import KitsDeskError
from trainer.contract.network_config import Architecture, NetworkConfig
from trainer.contract.presets import PRESETS, Preset
from trainer.contract.run_folder import read_run, read_status

# As `kitsdesk-trainer describe` prints them (a test compares): parameters, GMAC per patch.
_SIZES: dict[tuple[str, Architecture], tuple[int, float]] = {
    ("kits2019", "plain"): (29_688_080, 616.7),
    ("kits2019", "residual"): (62_095_375, 536.1),
    ("kits2019", "preact"): (62_094_143, 536.1),
    ("nnunet-v2", "plain"): (31_188_207, 699.7),
    ("nnunet-v2", "residual"): (62_001_191, 536.1),
    ("demo", "residual"): (431_785, 1.1),
}
# method.md: all 210 KiTS19 cases are 1.687e9 voxels at the preset kits2019's spacing.
_KITS_VOXELS, _KITS_CASES = 1.687e9, 210
_IMAGE_BYTES, _MASK_BYTES = 2.0, 0.25
# Weights, momentum and gradients in memory; weights and momentum in each of two checkpoints.
_STATES_IN_MEMORY, _STATES_ON_DISK = 3, 4
_FLOAT_BYTES = 4


def network_choices(preset: Preset) -> tuple[ArchitectureChoice, ...]:
    """Return the preset's networks with their sizes."""
    return tuple(ArchitectureChoice(name, *_SIZES[(preset.name, name)]) for name in preset.features)


def disk_gb(workspace: Workspace, preset: Preset, folds: int = 5) -> float:
    """Return the GB (1e9 bytes) of prepared cases and of the checkpoints of `folds` folds."""
    architecture = next(iter(preset.features))
    parameters = _SIZES[(preset.name, architecture)][0]
    voxels = sum(_voxels(workspace, preset).values())
    checkpoints = folds * parameters * _FLOAT_BYTES * _STATES_ON_DISK
    return (voxels * (_IMAGE_BYTES + _MASK_BYTES) + checkpoints) / 1e9


def memory_gb(network: NetworkConfig, preset: Preset, parameters: int) -> float:
    """Return the GB that training one fold takes, from the activations that are kept.

    Counted are the convolutions' and norms' outputs of encoder and decoder in fp32, once for
    the forward pass and once for their gradients.
    """
    voxels = float(prod(preset.plan.patch))
    values = 0.0
    for level, features in enumerate(network.features):
        voxels /= prod(network.strides[level])
        per_block = 2 if network.architecture == "plain" else 4
        encoder = network.blocks[level] * per_block
        decoder = 0 if level == len(network.features) - 1 else 2 * network.decoder_blocks + 2
        values += voxels * features * (encoder + decoder)
    activations = values * preset.schedule.batch * 2
    return (activations + parameters * _STATES_IN_MEMORY) * _FLOAT_BYTES / 1e9


def seconds_per_fold(workspace: Workspace) -> dict[str, float | None]:
    """Return seconds for one fold by "PRESET/ARCHITECTURE", from this project's own runs.

    None where no run of this computer has trained an epoch yet: nothing is guessed.
    """
    measured: dict[str, float | None] = {
        f"{preset.name}/{name}": None for preset in PRESETS.values() for name in preset.features
    }
    for run in runs(workspace):
        try:
            spec = read_run(run)
            for task in spec.tasks:
                key = f"{spec.details.get('preset', '')}/{task.key.split('/')[0]}"
                seconds = read_status(run, task.key).seconds_per_epoch
                if key in measured and measured[key] is None and seconds is not None:
                    epochs = PRESETS[spec.details["preset"]].schedule.epochs
                    measured[key] = seconds * epochs
        except (KitsDeskError, ValueError):
            continue
    return measured


def free_disk_gb(folder: Path) -> float:
    """Return the free GB of the disk that holds `folder`."""
    return shutil.disk_usage(folder).free / 1e9


def free_memory_gb() -> float:
    """Return the GB of memory that are free now, 0 where the system does not say."""
    names = getattr(os, "sysconf_names", {})
    if "SC_AVPHYS_PAGES" not in names or "SC_PAGE_SIZE" not in names:
        return 0.0
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9


def _voxels(workspace: Workspace, preset: Preset) -> dict[str, float]:
    """Return each case's voxels at the preset's spacing; the KiTS mean where not read yet."""
    scale = prod(PRESETS["kits2019"].plan.spacing) / prod(preset.plan.spacing)
    typical = _KITS_VOXELS / _KITS_CASES * scale
    found = {}
    for record in workspace.cases():
        grid = record.geometry
        if grid is None:
            found[record.case] = typical
        else:
            found[record.case] = prod(grid.size) * prod(grid.spacing) / prod(preset.plan.spacing)
    return found
