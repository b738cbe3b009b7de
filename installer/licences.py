"""List what is inside the bundle as SPDX and put everybody's licence texts beside it.

The list is made from the files that PyInstaller took (inside.json), not from what happens to be
installed. A file of which nobody knows the owner ends the build.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path

from license_expression import ExpressionError, get_spdx_licensing
from spdx_tools.spdx.model import (
    Actor,
    ActorType,
    CreationInfo,
    Document,
    Package,
    Relationship,
    RelationshipType,
    SpdxNoAssertion,
)
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from spdx_tools.spdx.writer.write_anything import write_file

_SPDX = get_spdx_licensing()
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)
# The classifiers that name one licence; the others ("BSD License") leave the version open.
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
}
_WORDS = {
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "New BSD": "BSD-3-Clause",
    "(new) BSD": "BSD-3-Clause",
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "LGPL v3": "LGPL-3.0-only",
    "GPL v3": "GPL-3.0-only",
    "PSF": "PSF-2.0",
    "OSI Approved :: Apache Software License": "Apache-2.0",
}


@dataclass
class Part:
    """One thing that is inside: a distribution, Python, or a Debian package."""

    name: str
    version: str
    licence: str
    home: str = ""
    texts: list[Path] = field(default_factory=list)
    copyrights: str = ""


def parts_inside(sources: Iterable[Path]) -> list[Part]:
    """Return what the files came from, by name.

    Raises
    ------
    SystemExit : a file belongs to nothing known.
    """
    owners = {path: one for one in distributions() for path in map(str, _files_of(one)) if path}
    found: dict[str, Part] = {}
    orphans = []
    for source in sources:
        owner = owners.get(str(source)) or owners.get(str(source.resolve()))
        if owner is not None:
            name = owner.metadata["Name"]
            if name not in found:
                found[name] = _of_distribution(owner)
        elif _is_python(source):
            found.setdefault("CPython", _of_python())
        else:
            debian = _debian_package(source)
            if debian:
                found.setdefault(debian, _of_debian(debian))
            else:
                orphans.append(source)
    if orphans:
        raise SystemExit(f"Of unknown origin: {', '.join(map(str, orphans[:20]))}")
    return sorted(found.values(), key=lambda part: part.name.lower())


def _files_of(one: Distribution) -> list[Path]:
    return [Path(str(one.locate_file(file))).resolve() for file in one.files or ()]


def _is_python(source: Path) -> bool:
    bases = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve()}
    return any(base in source.resolve().parents for base in bases) and (
        "site-packages" not in source.parts
    )


def _debian_package(source: Path) -> str:
    if shutil.which("dpkg") is None:
        return ""  # Windows, macOS: no package of Debian's owns anything.
    for path in dict.fromkeys((source, source.resolve(), Path("/usr") / str(source).lstrip("/"))):
        asked = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.partition(":")[0]
    return ""


def _of_python() -> Part:
    library = Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    text = library / "LICENSE.txt"
    texts = [text] if text.exists() else []
    version = platform.python_version()
    return Part("CPython", version, "PSF-2.0", "https://www.python.org", texts)


def _of_debian(name: str) -> Part:
    asked = ["dpkg-query", "-W", "-f", "${Version}\t${Homepage}\n", name]
    facts = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    version, _, home = facts.splitlines()[0].partition("\t")
    text = Path("/usr/share/doc") / name / "copyright"
    return Part(name, version, "", home, [text] if text.exists() else [])


def _of_distribution(one: Distribution) -> Part:
    texts = [
        Path(str(one.locate_file(file)))
        for file in one.files or ()
        if _LICENCE_FILE.search(file.name) and file.suffix not in (".py", ".pyc", ".pyi", ".so")
    ]
    home = one.metadata.get("Home-page") or ""
    return Part(one.metadata["Name"], one.version, licence_of(one), home, texts)


def licence_of(one: Distribution) -> str:
    """Return the SPDX expression of a distribution, "" where its metadata give none."""
    stated = one.metadata.get("License-Expression") or ""
    short = (one.metadata.get("License") or "").strip()
    short = _WORDS.get(short, short if len(short) < 60 else "")
    named = [
        _CLASSIFIERS[word]
        for line in one.metadata.get_all("Classifier") or ()
        for word in [line.rpartition(" :: ")[2]]
        if word in _CLASSIFIERS
    ]
    for text in (stated, short, " AND ".join(dict.fromkeys(named))):
        if text and _is_expression(text):
            return text
    return ""


def _is_expression(text: str) -> bool:
    try:
        return not _SPDX.validate(text).errors
    except (ExpressionError, AttributeError):
        return False


def spdx_document(parts: list[Part], version: str) -> Document:
    """Return the SPDX 2.3 document of the bundle."""
    nobody = SpdxNoAssertion()
    made = CreationInfo(
        spdx_version="SPDX-2.3",
        spdx_id="SPDXRef-DOCUMENT",
        name=f"kitsdesk-{version}",
        document_namespace=f"https://kitsdesk.invalid/spdx/kitsdesk-{version}",
        creators=[Actor(ActorType.TOOL, "spdx-tools")],
        created=datetime.now(UTC).replace(microsecond=0, tzinfo=None),
        data_license="CC0-1.0",
    )
    packages, relations = [], []
    for part in parts:
        name = re.sub(r"[^A-Za-z0-9.-]", "-", part.name)
        licence = _SPDX.parse(part.licence) if part.licence else nobody
        packages.append(
            Package(
                spdx_id=f"SPDXRef-{name}",
                name=part.name,
                version=part.version,
                download_location=nobody,
                files_analyzed=False,
                license_declared=licence,
                license_concluded=nobody,
                copyright_text=nobody,
                comment=f"Licence texts: licences/{name}" if part.texts else None,
            )
        )
        relations.append(
            Relationship("SPDXRef-DOCUMENT", RelationshipType.DESCRIBES, f"SPDXRef-{name}")
        )
    return Document(made, packages=packages, relationships=relations)


def write_licences(inside: Path, out: Path, version: str) -> list[Part]:
    """Write out/kitsdesk.spdx.json and out/NAME/TEXT for everything inside."""
    entries = json.loads(inside.read_text("utf-8"))
    sources = [Path(source) for _name, source in entries if Path(source).is_absolute()]
    ours = inside.parent.resolve()
    parts = parts_inside(
        path for path in sources if path.exists() and ours not in path.resolve().parents
    )
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for part in parts:
        folder = out / re.sub(r"[^A-Za-z0-9.-]", "-", part.name)
        for number, text in enumerate(part.texts):
            folder.mkdir(exist_ok=True)
            name = text.name if not (folder / text.name).exists() else f"{number}-{text.name}"
            shutil.copyfile(text, folder / name)
    document = spdx_document(parts, version)
    problems = validate_full_spdx_document(document)
    if problems:
        raise SystemExit("\n".join(problem.validation_message for problem in problems))
    write_file(document, str(out / "kitsdesk.spdx.json"), validate=False)
    return parts


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("inside", type=Path)
    words.add_argument("out", type=Path)
    words.add_argument("--version", required=True)
    options = words.parse_args()
    inside_it = write_licences(options.inside, options.out, options.version)
    bare = [part.name for part in inside_it if not part.texts and not part.licence]
    unnamed = [part.name for part in inside_it if not part.licence]
    sys.stdout.write(f"{len(inside_it)} parts; by their texts alone: {', '.join(unnamed)}\n")
    if bare:
        raise SystemExit(f"Neither a licence nor a text: {', '.join(bare)}")
