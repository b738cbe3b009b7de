"""The CTs that a prediction is asked for, whatever they are given as."""

from __future__ import annotations

from pathlib import Path

from trainer.contract.errors import KitsDeskError
from trainer.contract.jsonfile import read_json
from trainer.datasets.source import find_cases


class BadInputList(KitsDeskError):
    """A JSON file of cases is not {case: path of an image}."""


def input_cases(path: Path) -> dict[str, Path]:
    """Return case id → image (a file or a DICOM folder), sorted by id.

    `path` is anything that `find_cases` understands, or a JSON file {case: path} whose
    relative paths are taken from the file's folder.

    Raises
    ------
    NoCases : nothing is there.
    BadInputList : the JSON file is of another form.
    """
    if path.suffix.lower() != ".json" or not path.is_file():
        return {case.case: case.image for case in find_cases(path).cases}
    content = read_json(path)
    if not isinstance(content, dict) or not content:
        raise BadInputList(
            f"{path.name} lists no cases.", advice='It must be {"case_00000": "image.nii.gz", …}.'
        )
    for case in content:
        if Path(case).name != case or case.startswith("."):
            raise BadInputList(f"{case} in {path.name} cannot be the name of a case.")
    return {case: path.parent / str(image) for case, image in sorted(content.items())}
