"""Where the mask of a case opened alone goes besides its project: a file of the person's choice."""

from __future__ import annotations

from pathlib import Path

from kitsdesk.project.revisions import Revision
from kitsdesk.project.workspace import Workspace
from trainer.contract.errors import DamagedFile, KitsDeskError
from trainer.imaging.geometry import Geometry
from trainer.imaging.hashing import volume_hash
from trainer.imaging.mask_file import read_mask, write_mask
from trainer.imaging.series_path import split_series

MASK_SUFFIX = ".nii.gz"
_FACT = "mask_place:"


class SourceProtected(KitsDeskError):
    """A mask was to be written over a file of the source data set."""


def mask_place(workspace: Workspace, case: str) -> Path | None:
    """Return the file that every save of the case is also written to, None where none is."""
    stored = workspace.store.fact(_FACT + case)
    return Path(stored) if stored else None


def remember_mask_place(workspace: Workspace, case: str, path: Path) -> Path:
    """Write every save of the case to `path` from now on; returns it with the extension.

    Raises
    ------
    SourceProtected : the file belongs to the source data set, which is never written to.
    ReadOnlyProject : the project is open read-only.
    """
    target = path.absolute()
    if not target.name.lower().endswith(MASK_SUFFIX):
        target = target.with_name(target.name.removesuffix(".nii") + MASK_SUFFIX)
    refuse_sources(workspace, target)
    workspace.store.set_fact(_FACT + case, str(target))
    return target


def refuse_sources(workspace: Workspace, target: Path) -> None:
    """Raise SourceProtected where `target` is a file of the source data set."""
    if target.resolve() in _source_files(workspace):
        raise SourceProtected(
            f"{target.name} belongs to the source data set.",
            kept="It was not changed; the edits are in the case's history.",
            advice="Choose another name or folder for the mask.",
        )


def suggested_place(image: Path, case: str) -> Path:
    """Return the file to offer first: beside the image, named after the case."""
    return split_series(image)[0].parent / f"{case}_mask{MASK_SUFFIX}"


def write_revision(revision: Revision, target: Path, geometry: Geometry) -> None:
    """Write a saved revision's voxels to `target` on the source's own grid, proved by reading.

    Raises
    ------
    DamagedFile : the revision's file is not what was saved.
    WriteFailed : the target could not be written whole; what it held before is unchanged.
    """
    mask = read_mask(revision.path, like=geometry)
    if volume_hash(mask) != revision.voxels_hash:
        raise DamagedFile(
            f"Revision {revision.number} of {revision.case} is not what was saved.",
            kept=f"{target.name} was not changed.",
        )
    write_mask(target, mask.array, geometry)


def _source_files(workspace: Workspace) -> set[Path]:
    files: set[Path] = set()
    for record in workspace.cases():
        image, _series = split_series(record.image)
        inside = image.iterdir() if image.is_dir() else (image,)
        files |= {path.resolve() for path in inside}
        if record.reference is not None:
            files.add(record.reference.resolve())
    return files
