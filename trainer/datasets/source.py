"""Find the cases of a data set, whatever the layout of its folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.datasets.flat import find_dicom_case, find_flat_cases
from trainer.datasets.kits import find_kits_cases
from trainer.datasets.nnunet_raw import is_nnunet_raw, read_nnunet_raw
from trainer.datasets.source_case import SourceCase
from trainer.imaging.series_path import split_series


class NoCases(KitsDeskError):
    """A folder holds nothing that can be read as a data set."""


@dataclass(frozen=True)
class Source:
    """The cases of a folder, sorted by id, and the layout they were found in."""

    layout: str
    cases: tuple[SourceCase, ...]


def find_cases(path: Path) -> Source:
    """Return the cases at `path`.

    Parameters
    ----------
    path : a KiTS folder (layout "kits"), nnU-Net's raw layout ("nnunet"), a DICOM series or
        one volume of a folder of several ("dicom"), a folder of loose image files, masks
        beside them or not ("flat"), or one image file ("flat").

    Raises
    ------
    NoCases : none of these.
    """
    folder, key = split_series(path)
    if key is not None and (one := find_dicom_case(folder)):
        return Source("dicom", (replace(one, case=f"{one.case}_{key}", image=path),))
    if not path.exists():
        raise NoCases(f"{path} does not exist.", advice="Check the path.")
    if path.is_file():
        return Source("flat", find_flat_cases(path))
    if kits := find_kits_cases(path):
        return Source("kits", kits)
    if is_nnunet_raw(path):
        return Source("nnunet", read_nnunet_raw(path))
    if flat := find_flat_cases(path):
        return Source("flat", flat)
    if series := find_dicom_case(path):
        return Source("dicom", (series,))
    raise NoCases(
        f"{path.name} holds no cases.",
        advice="It may be a KiTS folder (case_00000/imaging.nii.gz), a folder of NIfTI files, "
        "nnU-Net's raw layout, or the folder of one DICOM series.",
    )
