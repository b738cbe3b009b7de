"""The same package as a newer version of itself, so that an upgrade can be tested before there
is a next release."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

# What the newer version has and the older one has not.
ADDED = "usr/share/doc/kitsdesk/NEWS"


def newer_deb(deb: Path, out: Path, without: str) -> Path:
    """Write `deb` with a higher version, ADDED more and the file `without` less into `out`.

    It is packed fast, not small. `out` needs room for the unpacked files, 1.6 GB.

    Returns
    -------
    The package that was written.

    Raises
    ------
    SystemExit : the package has no version, or `without` is not in it.
    """
    with tempfile.TemporaryDirectory(dir=out) as made:
        root = Path(made) / "deb"
        subprocess.run(["dpkg-deb", "--raw-extract", deb, root], check=True)
        control = root / "DEBIAN" / "control"
        text = control.read_text("utf-8")
        found = re.search(r"^Version: (\S+)$", text, re.MULTILINE)
        if found is None:
            raise SystemExit(f"{deb} has no version.")
        version = f"{found[1]}+upgrade1"
        control.write_text(text.replace(found[0], f"Version: {version}"), "utf-8")
        if not (root / without).is_file():
            raise SystemExit(f"{deb} has no {without}.")
        (root / without).unlink()
        (root / ADDED).parent.mkdir(parents=True, exist_ok=True)
        (root / ADDED).write_text(f"{version}\n", "utf-8")
        packed = Path(made) / "newer.deb"
        words = ["--root-owner-group", "-Zzstd", "-z1", "--build", str(root), str(packed)]
        subprocess.run(["dpkg-deb", *words], check=True, stdout=subprocess.DEVNULL)
        written = out / f"kitsdesk_{version}_amd64.deb"
        shutil.move(packed, written)
    return written


def field(deb: Path, name: str) -> str:
    """Return a field of a package's control file."""
    asked = ["dpkg-deb", "--field", str(deb), name]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
