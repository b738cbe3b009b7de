"""What nnU-Net v2's plans.json and dataset.json say about preparing an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from trainer.contract.presets import PreprocessingPlan
from trainer.models.nnunet_labels import GuestLabels
from trainer.models.nnunet_refusals import (
    Cascade,
    NotThreeDimensional,
    OtherNormalisation,
    OtherPreparation,
    SeveralChannels,
    UnknownReader,
    UnreadablePlans,
)

# The order in which each of nnU-Net's readers delivers a volume's axes.
READERS: dict[str, Literal["SAR", "file"]] = {
    "SimpleITKIO": "file",
    "NibabelIO": "file",
    "NibabelIOWithReorient": "SAR",
    "SimpleITKIOWithReorient": "SAR",
}
_RESAMPLING = {
    "resampling_fn_data": ("resample_data_or_seg_to_shape", False, 3),
    "resampling_fn_probabilities": ("resample_data_or_seg_to_shape", False, 1),
}
_CHECK = "Check that plans.json and dataset.json are nnU-Net v2's own."


@dataclass(frozen=True)
class GuestPlans:
    """plans.json with the configuration that the checkpoints were trained for, inherited
    settings filled in."""

    plans: dict[str, Any]
    configuration: dict[str, Any]

    @property
    def reader(self) -> str:
        """Return the name of nnU-Net's reader."""
        return str(self.plans.get("image_reader_writer", ""))


def resolve(plans: dict[str, Any], name: str) -> GuestPlans:
    """Return the plans with the configuration `name`, whatever it inherits from.

    Raises
    ------
    UnreadablePlans : there is no such configuration, or it inherits from itself.
    """
    configurations = plans.get("configurations")
    chain: list[dict[str, Any]] = []
    names: list[str] = []
    current: Any = name
    while current is not None:
        known = configurations.get(current) if isinstance(configurations, dict) else None
        if not isinstance(known, dict) or current in names:
            raise UnreadablePlans(
                f"plans.json has no whole configuration {current}.", advice=_CHECK
            )
        names.append(current)
        chain.append(known)
        current = known.get("inherits_from")
    merged: dict[str, Any] = {}
    for known in reversed(chain):
        merged |= known
    return GuestPlans(plans, merged)


def require_known_kind(guest: GuestPlans, dataset: dict[str, Any]) -> None:
    """Refuse what this program does not do, by its name.

    Raises
    ------
    NotThreeDimensional, Cascade, SeveralChannels, OtherNormalisation, OtherPreparation,
    UnknownReader : see there. UnreadablePlans : something is missing.
    """
    _require_three_dimensions(guest)
    _require_one_channel(guest, dataset)
    _require_own_preparation(guest)
    if guest.reader not in READERS:
        raise UnknownReader(
            f"This model reads images with {guest.reader or 'an unnamed reader'}.",
            advice=f"KiTSDesk knows {', '.join(READERS)}.",
        )


def guest_preprocessing(guest: GuestPlans, labels: GuestLabels) -> PreprocessingPlan:
    """Return how an image becomes the input of a model of a known kind, as nnU-Net does it.

    Raises
    ------
    UnreadablePlans : something is missing or makes no sense.
    """
    structures = labels.structures
    highest = len(structures) - 1
    heads = () if labels.heads == tuple(range(highest + 1)) else labels.heads
    try:
        intensity = _intensity(guest.plans)
        return PreprocessingPlan(
            spacing=tuple(guest.configuration["spacing"]),
            patch=tuple(guest.configuration["patch_size"]),
            clip_low=intensity["percentile_00_5"],
            clip_high=intensity["percentile_99_5"],
            mean=intensity["mean"],
            deviation=max(intensity["std"], 1e-8),
            normalize_first=True,
            axes=READERS[guest.reader],
            transpose=tuple(guest.plans["transpose_forward"]),
            structures=structures,
            heads=heads,
            regions=labels.regions,
            label_map={value: value if value <= highest else 1 for value in range(4)},
        )
    except (KeyError, TypeError) as error:
        raise UnreadablePlans(f"plans.json lacks {error} or has it odd.", advice=_CHECK) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        reason = f"{where}: {first['msg'].removeprefix('Value error, ')}"
        raise UnreadablePlans(f"plans.json makes no sense ({reason}).", advice=_CHECK) from error


def _require_three_dimensions(guest: GuestPlans) -> None:
    patch = guest.configuration.get("patch_size")
    if not isinstance(patch, list):
        raise UnreadablePlans("plans.json gives no patch size.", advice=_CHECK)
    if len(patch) != 3:
        raise NotThreeDimensional(
            f"This is a {len(patch)}D model of nnU-Net's.",
            advice="Choose the folder of a 3d_fullres or 3d_lowres configuration.",
        )
    if guest.configuration.get("previous_stage") is not None:
        raise Cascade(
            "This model is the second stage of a cascade: it needs "
            f"{guest.configuration['previous_stage']}'s prediction first.",
            advice="Choose the folder of a 3d_fullres or 3d_lowres configuration.",
        )


def _require_one_channel(guest: GuestPlans, dataset: dict[str, Any]) -> None:
    channels = dataset.get("channel_names", dataset.get("modality"))
    schemes = guest.configuration.get("normalization_schemes")
    if not isinstance(channels, dict) or not channels or not isinstance(schemes, list):
        raise UnreadablePlans("The channels are not named or not normalised.", advice=_CHECK)
    if len(channels) != 1 or len(schemes) != 1:
        raise SeveralChannels(
            f"This model needs {len(channels)} images of each case "
            f"({', '.join(map(str, channels.values()))}).",
            advice="KiTSDesk predicts from one CT.",
        )
    if schemes[0] != "CTNormalization":
        raise OtherNormalisation(
            f"This model normalises with {schemes[0]}.",
            advice="KiTSDesk takes models of CTs, which nnU-Net normalises with CTNormalization.",
        )


def _require_own_preparation(guest: GuestPlans) -> None:
    configuration, plans = guest.configuration, guest.plans
    for what, known, found in (
        ("preprocessor", "DefaultPreprocessor", configuration.get("preprocessor_name")),
        ("label manager", "LabelManager", plans.get("label_manager", "LabelManager")),
    ):
        if found != known:
            raise OtherPreparation(
                f"This model's {what} is {found}.", advice=f"KiTSDesk knows {known}."
            )
    for key, (function, is_seg, order) in _RESAMPLING.items():
        options = {"is_seg": is_seg, "order": order, "order_z": 0, "force_separate_z": None}
        found = configuration.get(key), configuration.get(f"{key}_kwargs")
        if found != (function, options):
            raise OtherPreparation(
                f"This model resamples with {found[0]} {found[1]}.",
                advice=f"KiTSDesk knows {function} of order {order}.",
            )


def _intensity(plans: dict[str, Any]) -> dict[str, float]:
    for key in (
        "foreground_intensity_properties_per_channel",
        "foreground_intensity_properties_by_modality",
    ):
        if isinstance(plans.get(key), dict):
            found = plans[key]["0"]
            names = ("percentile_00_5", "percentile_99_5", "mean", "std")
            return {name: float(found[name]) for name in names}
    raise UnreadablePlans("plans.json has no intensities of the foreground.", advice=_CHECK)
