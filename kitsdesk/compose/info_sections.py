"""The Info tab's facts about the open case, in words."""

from __future__ import annotations

from pathlib import Path

from kitsdesk.controllers.session import OpenCase, Session
from kitsdesk.review.hu_figures import hu_figures
from trainer.contract.scores import Scores
from trainer.imaging.nifti import is_image_file

Section = tuple[str, list[tuple[str, str]]]


def info_sections(case: OpenCase, session: Session) -> list[Section]:
    """Return sections of name and value: image, mask, prediction, decision."""
    return [
        ("Image", _image(case)),
        ("Mask", _mask(case)),
        ("Prediction", _prediction(case)),
        ("Decision", _decision(case, session)),
    ]


def _image(case: OpenCase) -> list[tuple[str, str]]:
    volume = case.volume
    told = case.figures or hu_figures(volume.array)
    z, y, x = volume.spacing
    return [
        ("Voxels", "×".join(str(n) for n in volume.shape)),
        ("Spacing", f"{z:.2f}×{y:.2f}×{x:.2f} mm"),
        ("File grid", case.volume.geometry.describe()),
        ("HU", f"{told.lowest:.0f} to {told.highest:.0f}"),
        ("File", _file(case.record.image)),
    ]


def _file(image: Path) -> str:
    # A DICOM folder is often called after its patient; a picture of the window may be shared.
    return image.name if is_image_file(image) else "DICOM series"


def _mask(case: OpenCase) -> list[tuple[str, str]]:
    reference = case.record.reference
    rows = [("Reference", reference.name if reference is not None else "none")]
    if case.base is not None:
        rows += [
            ("Revision", f"r{case.base.number}, {case.base.kind}"),
            ("By", f"{case.base.author}, {case.base.created}"),
        ]
    rows.append(("Edits not saved", str(case.unsaved)))
    return rows


def _prediction(case: OpenCase) -> list[tuple[str, str]]:
    scores = case.scores
    if scores is None:
        return [("Made by", "no prediction")]
    held_out = ", ".join(f"{use.model} {use.fold}" for use in scores.heldout_folds)
    return [
        ("Made by", " + ".join(scores.models)),
        ("When", scores.made),
        ("Mode", _mode(scores)),
        ("Held-out folds", held_out or "none: every fold has seen the case"),
        ("Trained on it", _trained(case, scores)),
        ("Device", scores.device or "–"),
    ]


def _mode(scores: Scores) -> str:
    """Return how the prediction was made, and what fast mode left out."""
    passes = ", mirrored" if scores.mirrored else ""
    if scores.fast is None:
        return f"{scores.mode}{passes}"
    if scores.fast.region is None:
        return f"exact{passes}: fast mode found nothing"
    return f"fast{passes}: {scores.fast.tiles} tiles, exact has {scores.fast.exact_tiles}"


def _trained(case: OpenCase, scores: Scores) -> str:
    """Return the folds that misfit is measured with, or why it cannot be."""
    if scores.fitted_mask_hash is None:
        saw = any(use.saw and use.trained_mask_hash for use in scores.folds)
        return "not stored: predict again for the misfit" if saw else "none"
    folds = ", ".join(f"{use.model} {use.fold}" for use in scores.fitted_folds)
    same = case.base is not None and case.base.voxels_hash == scores.fitted_mask_hash
    return folds if same else f"{folds}, with another mask"


def _decision(case: OpenCase, session: Session) -> list[tuple[str, str]]:
    record = session.decisions.current(case.case)
    rows: list[tuple[str, str]] = [("Decision", record.decision)]
    if record.reason:
        rows.append(("Reason", record.reason))
    if record.decision != "unreviewed":
        rows.append(("By", f"{record.author}, {record.created}"))
    return rows
