"""The curation report: one HTML file that says what was changed, why, and how it looks."""

from __future__ import annotations

import base64
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from numpy.typing import NDArray

from kitsdesk import __version__
from kitsdesk.paths import resources
from kitsdesk.project.curation_facts import CurationFacts, curation_facts
from kitsdesk.project.report_look import report_look
from kitsdesk.project.workspace import Workspace
from kitsdesk.review.claims import number
from kitsdesk.review.png_bytes import png_bytes
from kitsdesk.review.recall import advice
from trainer.imaging.safe_write import safe_write

TEMPLATE = "curation.html.j2"
UNKNOWN = "–"


def write_report(workspace: Workspace, path: Path) -> Generator[str, None, Path]:
    """Write the report of a project to `path`, yielding each case before it is read.

    One file, pictures inside, no script, nothing fetched from elsewhere. It names cases by
    their id and people by the name they work under; paths, DICOM fields and patients'
    numbers are in none of it.
    """
    facts = yield from curation_facts(workspace)
    text = render(facts)
    safe_write(path, lambda target: _write(target, text))
    return path


def render(facts: CurationFacts) -> str:
    """Return the report as HTML."""
    environment = Environment(
        loader=FileSystemLoader(resources() / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "picture": _data_uri,
        "day": lambda stamp: str(stamp)[:10],
        "minute": lambda stamp: str(stamp)[:16].replace("T", " "),
        "number": _number,
        "thousands": lambda count: f"{count:,}",
        "percent": lambda share: f"{100 * share:.0f} %",
    }
    environment.filters.update(filters)
    return environment.get_template(TEMPLATE).render(
        facts=facts,
        look=report_look("curation_report"),
        advice=advice(facts.estimate),
        version=__version__,
        reviewed=facts.total - facts.counts["unreviewed"] - facts.counts["deferred"],
    )


def _number(value: float | None, decimals: int = 1) -> str:
    return UNKNOWN if value is None else number(value, decimals)


def _data_uri(picture: NDArray[np.uint8]) -> str:
    return f"data:image/png;base64,{base64.b64encode(png_bytes(picture)).decode()}"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
