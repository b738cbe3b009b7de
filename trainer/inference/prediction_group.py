"""The models of one prediction of a case: who is held out, who learnt it, who is mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trainer.contract.prediction_work import PredictionWish
from trainer.contract.scores import MembersKind, PredictionMode
from trainer.inference.loaded_model import LoadedModel
from trainer.inference.members import Member, fitted_members
from trainer.inference.sliding_window import FLIPS, NO_FLIP, Flip

# "as members": mirrored where one fold is held out, whose passes are then the members.
HeldoutPasses = Literal["as members", "mirrored", "plain"]


@dataclass(frozen=True)
class PredictionSettings:
    """`mirror` averages the flipped passes of each fold. `mode` "fast" lets one fold find where
    the others have to look, and runs in 16 bits where the device has them. `detailed` also
    makes the members, the held-out and fitted masks and the entropy that a project keeps;
    without it only the ensemble's mask is made. `heldout` says how the folds that did not see
    the case run where `mirror` is off."""

    mirror: bool = False
    mode: PredictionMode = "exact"
    detailed: bool = True
    heldout: HeldoutPasses = "as members"


def wish_of(settings: PredictionSettings, image_hash: str) -> PredictionWish:
    """Return the same for a forecast."""
    return PredictionWish(settings.mirror, settings.mode, settings.detailed, image_hash=image_hash)


def allowed_flips(axes: tuple[int, ...]) -> tuple[Flip, ...]:
    """Return the passes of a network that was trained mirrored along `axes`, unflipped first."""
    return tuple(flip for flip in FLIPS if set(flip) <= set(axes))


class PredictionGroup:
    """The members of one prediction, and what each is asked for.

    `held` are those that did not see the case, `alone` the only one of them whose mirrored
    passes stand in as members, `fitted` those that were trained on one mask of the case.
    """

    def __init__(self, members: Sequence[Member], settings: PredictionSettings) -> None:
        self.members = list(members)
        self.settings = settings
        self.held = [member for member in members if not member.saw]
        single = settings.detailed and settings.heldout != "plain" and len(self.held) == 1
        self.alone = self.held[0] if single else None
        self.fitted = fitted_members(members) if settings.detailed else []

    @property
    def models(self) -> dict[str, LoadedModel]:
        """Return the models by name, in order."""
        return {member.model.manifest.name: member.model for member in self.members}

    def flips(self, member: Member) -> tuple[Flip, ...]:
        """Return the mirrored passes that `member` has to run."""
        settings = self.settings
        unseen = not member.saw and settings.detailed and settings.heldout == "mirrored"
        mirrored = settings.mirror or unseen or member is self.alone
        return allowed_flips(member.model.manifest.mirror_axes) if mirrored else (NO_FLIP,)

    @property
    def fitted_mask_hash(self) -> str | None:
        """Return the hash of the mask that the fitted members learnt, None without any."""
        return self.fitted[0].trained_mask_hash if self.fitted else None

    @property
    def heldout_mirrored(self) -> bool:
        """Return whether the held-out mask is a mean of mirrored passes."""
        return any(len(self.flips(member)) > 1 for member in self.held)

    @property
    def heldout_is_ensemble(self) -> bool:
        """Return whether nothing tells the held-out mask from the ensemble's."""
        same_passes = self.settings.mirror or not self.heldout_mirrored
        return len(self.held) == len(self.members) and same_passes

    @property
    def members_kind(self) -> MembersKind | None:
        """Return what the members of the held-out prediction are, None without one."""
        if not self.held or not self.settings.detailed:
            return None
        if self.alone is not None:
            return "mirrors"
        return "folds" if len(self.held) > 1 else "one"
