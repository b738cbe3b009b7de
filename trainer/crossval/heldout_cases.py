"""Predicts every case with the folds that did not see it, networks alone and together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trainer.contract.errors import Cancelled, KitsDeskError
from trainer.contract.model_manifest import read_manifest
from trainer.contract.shards import shard_of
from trainer.crossval.case_proof import CaseProof, is_proved, prove
from trainer.crossval.crossval_request import CrossvalRequest
from trainer.crossval.evaluated_cases import EVERY_FOLD, excluded_cases, heldout_cases
from trainer.datasets.training_set import TrainingCase
from trainer.imaging.hashing import file_hash
from trainer.imaging.reader import read_image
from trainer.inference.case_batch import BatchProgress, Patience, at_once
from trainer.inference.case_prediction import CasePrediction, Seconds
from trainer.inference.loaded_model import LoadedModel, choose_device, load_model
from trainer.inference.predict_case import predict_each_and_all
from trainer.inference.prediction_group import PredictionSettings
from trainer.inference.project_layout import remove_leftovers, write_project_prediction
from trainer.models.model_store import fold_entry

Observe = Callable[[BatchProgress], None]


class NotHeldOut(KitsDeskError):
    """A case that a fold validates was seen by that fold after all."""


@dataclass
class HeldoutOutcome:
    """The cases predicted now, those that were there already, and what failed."""

    predicted: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    problems: dict[str, dict[str, str]] = field(default_factory=dict)


class HeldoutPredictions:
    """Predicts the held-out cases into the predictions' folder, each one proved.

    The models are loaded when the first case needs them: where all is proved, they are not.
    """

    def __init__(self, request: CrossvalRequest, patiently: Patience = at_once) -> None:
        self._request = request
        self._patiently = patiently
        self._weights = _weights(request)
        self._models: list[LoadedModel] = []

    def run(self, observe: Observe, shard: tuple[int, int] = (1, 1)) -> HeldoutOutcome:
        """Predict what is not proved; a case that fails is noted and the rest goes on.

        Parameters
        ----------
        shard : (2, 5) is the second of five parts of the cases.

        Raises
        ------
        Cancelled : `observe` raised it; the cases finished so far stay.
        """
        outcome = HeldoutOutcome()
        cases = shard_of([*heldout_cases(self._request), *excluded_cases(self._request)], *shard)
        for key in self._request.keys.values():
            remove_leftovers(self._request.predictions / key)
        for index, case in enumerate(cases):

            def tick(
                phase: str, done: float, total: float, case: str = case.id, index: int = index
            ) -> None:
                fraction = done / total if total else 0.0
                observe(BatchProgress(case, index, len(cases), phase, fraction))

            try:
                tick("read", 0, 0)
                made = self._predict(case, tick)
            except Cancelled:
                raise
            except KitsDeskError as error:
                outcome.problems[case.id] = error.as_dict()
            else:
                (outcome.predicted if made else outcome.kept).append(case.id)
        return outcome

    def _predict(self, case: TrainingCase, tick: Callable[[str, float, float], None]) -> bool:
        """Predict one case unless it is proved; return whether there was something to do."""
        request = self._request
        proof = request.proof(case.id)
        made_from = CaseProof(
            image=file_hash(case.image), weights=self._weights, mirrored=request.mirror, files={}
        )
        if is_proved(proof, made_from, request.predictions):
            return False
        proof.unlink(missing_ok=True)
        seconds = Seconds()
        with seconds.timed("read"):
            volume = read_image(case.image)
        settings = PredictionSettings(heldout="mirrored" if request.mirror else "plain")
        made = predict_each_and_all(case.id, volume, self._loaded(), settings, tick, seconds)
        _require_held_out(case, made, request.folds)
        tick("write", 1, 1)

        def write() -> None:
            for key, prediction in made.items():
                folder = request.predictions / key / case.id
                write_project_prediction(folder, prediction, volume.geometry, seconds.rounded())
            prove(proof, made_from, request.predictions, list(made), case.id)

        self._patiently(request.predictions, write)
        return True

    def _loaded(self) -> list[LoadedModel]:
        if not self._models:
            request, device = self._request, choose_device(self._request.device)
            self._models = [
                load_model(request.models / name, request.folds, device)
                for name in request.networks.values()
            ]
        return self._models


def _weights(request: CrossvalRequest) -> dict[str, str]:
    """Return the hash of every fold's weights, as the models' manifests have them.

    Raises
    ------
    DamagedFile, NoSuchFold : a network was not trained yet.
    """
    found = {}
    for name in request.networks.values():
        manifest = read_manifest(request.models / name)
        for fold in request.folds:
            found[f"{name}/fold_{fold}"] = fold_entry(manifest, fold).sha256
    return found


def _require_held_out(
    case: TrainingCase, made: dict[str, CasePrediction], folds: tuple[int, ...]
) -> None:
    wanted = set(folds) if case.fold == EVERY_FOLD else {case.fold}
    for key, prediction in made.items():
        uses = prediction.scores.heldout_folds
        each = len(prediction.scores.models) * len(wanted)
        if {use.fold for use in uses} != wanted or len(uses) != each:
            raise NotHeldOut(
                f"{case.id} is not held out by {_words(wanted)} of {key} as it should be.",
                kept="It is left out of the table.",
                advice="The same CT may be in the data set twice, in two folds.",
            )


def _words(folds: set[int]) -> str:
    numbers = ", ".join(str(fold) for fold in sorted(folds))
    return f"fold {numbers}" if len(folds) == 1 else f"folds {numbers}"


def predicted_mask(request: CrossvalRequest, key: str, case: str) -> Path:
    """Return the held-out mask of `case` by the predictions `key`."""
    return request.predictions / key / case / "heldout.nii.gz"
