"""Finds the CT volumes in folders of DICOM slices; no word about the patient leaves here."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pydicom

from kitsdesk.project.case_source import CaseSource
from trainer.imaging.dicom import SeriesRecord, find_series, is_dicom_file, is_dicom_folder
from trainer.imaging.series_path import series_path

_DEPTH = 4
_TELLING = ["PatientID", "PatientName", "PatientBirthDate", "AccessionNumber"]
_SHORTEST = 3


def dicom_sources(path: Path, case_name: Callable[[Path], str]) -> list[CaseSource]:
    """Return one source per usable CT volume in a DICOM folder, or in folders up to four deep.

    A folder with several volumes gives one source each, with its `volume`; so does a slice
    (a `.dcm` file), which stands for the volume it belongs to. A folder whose name tells who
    the patient is gives a case id made from a hash instead.
    """
    if path.is_file():
        return _of_slice(path, case_name) if is_dicom_file(path) else []
    return [
        source
        for folder in _folders(path)
        if is_dicom_folder(folder)
        for source in _of_folder(folder, case_name)
    ]


def _of_folder(folder: Path, case_name: Callable[[Path], str]) -> list[CaseSource]:
    who = _patient(_first_slice(folder))
    case = who.case_id(folder, case_name)
    volumes = [record for record in find_series(folder) if record.usable]
    if len(volumes) < 2:
        return [CaseSource(case, "", folder, None, who.patient_id)]
    volumes.sort(key=_as_numbered)
    people = [_patient(each.stack.slices[0].path) for each in volumes]
    return [
        CaseSource(
            person.case_id(folder, case_name),
            "",
            series_path(folder, each.key),
            None,
            person.patient_id,
            each,
        )
        for person, each in zip(people, volumes, strict=True)
    ]


def _of_slice(path: Path, case_name: Callable[[Path], str]) -> list[CaseSource]:
    folder, who = path.parent, _patient(path)
    volumes = [record for record in find_series(folder) if record.usable]
    own = [record for record in volumes if _holds(record, path)]
    if len(volumes) < 2 or not own:
        return [CaseSource(who.case_id(folder, case_name), "", folder, None, who.patient_id)]
    image = series_path(folder, own[0].key)
    return [CaseSource(who.case_id(folder, case_name), "", image, None, who.patient_id)]


def _as_numbered(record: SeriesRecord) -> tuple[int, str]:
    number = re.search(r"series (\d+)", record.description)
    return int(number[1]) if number else 0, record.description


def _holds(record: SeriesRecord, path: Path) -> bool:
    return any(each.path == path for each in record.stack.slices)


@dataclass(frozen=True)
class _Patient:
    patient_id: str
    words: tuple[str, ...]

    def case_id(self, folder: Path, case_name: Callable[[Path], str]) -> str:
        """Return the folder's name as a case id, or a hash where the name tells too much."""
        name = case_name(folder)
        plain = re.sub(r"[^a-z0-9]", "", name.casefold())
        if not any(word in plain for word in self.words):
            return name
        return f"ct_{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"


def _patient(path: Path | None) -> _Patient:
    if path is None:
        return _Patient("", ())
    header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(_TELLING))
    texts = [str(header.get(tag, "") or "") for tag in _TELLING]
    words = [word for text in texts for word in re.split(r"[^a-z0-9]+", text.casefold())]
    words += [re.sub(r"[^a-z0-9]", "", text.casefold()) for text in texts]
    telling = {word for word in words if len(word) >= _SHORTEST}
    return _Patient(texts[0], tuple(sorted(telling)))


def _first_slice(folder: Path) -> Path | None:
    return next((path for path in sorted(folder.iterdir()) if is_dicom_file(path)), None)


def _folders(path: Path) -> Iterator[Path]:
    for folder, inner, _ in os.walk(path):
        here = Path(folder)
        yield here
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        if len(here.relative_to(path).parts) >= _DEPTH:
            inner.clear()
