"""Why a trained-model folder of nnU-Net v2 cannot become a model here, each by its name."""

from __future__ import annotations

from trainer.contract.errors import KitsDeskError

NOTHING_IMPORTED = "Nothing was imported, and nothing in the folder was run or changed."


class GuestRefused(KitsDeskError):
    """A model of nnU-Net v2's that this program does not take."""

    def __init__(self, happened: str, *, advice: str = "") -> None:
        super().__init__(happened, kept=NOTHING_IMPORTED, advice=advice)


class NoTrainedModel(GuestRefused):
    """The folder is not a trained-model folder, or has no finished fold."""


class UnreadablePlans(GuestRefused):
    """plans.json or dataset.json is missing something, or is not what nnU-Net writes."""


class DamagedCheckpoint(GuestRefused):
    """A checkpoint is cut, is no archive of torch's, or lacks its weights."""


class CheckpointHasCode(GuestRefused):
    """A checkpoint asks for code to be run, or for kinds of objects that none needs."""


class OutsideTheFolder(GuestRefused):
    """A file of the folder is a link that leads out of it."""


class TooManyStructures(GuestRefused):
    """More than three structures besides the background."""


class UnknownLabels(GuestRefused):
    """It cannot be told from a label's name which structure it is."""


class TooManyFolds(GuestRefused):
    """More than five folds."""


class NotThreeDimensional(GuestRefused):
    """A configuration whose patches are flat."""


class Cascade(GuestRefused):
    """A configuration that needs another one's prediction."""


class SeveralChannels(GuestRefused):
    """A network of more than one image per case."""


class OtherNormalisation(GuestRefused):
    """Intensities are prepared in another way than nnU-Net's CTNormalization."""


class OtherPreparation(GuestRefused):
    """A preprocessor, a resampling or a label manager other than nnU-Net's own."""


class UnknownReader(GuestRefused):
    """A reader of which it is not known in which order it delivers a volume's axes."""


class UnknownNetwork(GuestRefused):
    """A network other than nnU-Net's plain and residual-encoder U-Nets."""


class BadSplits(GuestRefused):
    """A file of splits is not nnU-Net's splits_final.json."""
