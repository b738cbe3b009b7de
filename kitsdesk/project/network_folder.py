"""Which folders lie on another computer: there, SQLite's write-ahead log does not work."""

from __future__ import annotations

import os
import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(
    r"^(nfs\d*|cifs|smb\w*|ncpfs|afs|9p|ceph|lustre|gpfs|beegfs|glusterfs|ocfs2|gfs2|davfs2?"
    r"|fuse\.(sshfs|rclone|s3fs|davfs2?|glusterfs|cephfs|ceph-fuse|smbnetfs|gvfsd-fuse)"
    r"|virtiofs|vboxsf|prl_fs)$"
)
_OCTAL = re.compile(r"\\(\d{3})")


def on_network(folder: Path, mounts: str | None = None) -> bool:
    """Return whether `folder` lies on a network disk (or one shared with another system).

    `mounts` is the text of /proc/self/mountinfo; read from there where it is None. Where the
    system does not tell, a folder counts as local.
    """
    if os.name == "nt":
        return str(folder.absolute()).startswith("\\\\")
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
    return bool(_NETWORK.match(_file_system(folder.absolute(), mounts)))


def _file_system(folder: Path, mounts: str) -> str:
    """Return the type of the file system that is mounted nearest above `folder`."""
    best, found = -1, ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields, kind = left.split(" "), right.split(" ")[0]
        if len(fields) < 5:
            continue
        place = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if folder.is_relative_to(place) and len(place.parts) >= best:
            best, found = len(place.parts), kind
    return found
