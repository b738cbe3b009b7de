"""A bare Debian in a chroot and a display in it; what the test of the installer works with."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageGrab

ROOT = Path(__file__).resolve().parent.parent.parent
USER = "radiologist"
HOME = Path("/home") / USER
DISPLAY = ":77"
WINDOW = "KiTSDesk"
_CHROOT = shutil.which("chroot") or "/usr/sbin/chroot"
_MOUNTS = (
    ("proc", "proc"),
    ("sysfs", "sys"),
    ("devpts", "dev/pts"),
    ("tmpfs", "dev/shm"),
    ("tmpfs", "tmp"),
)


def real_ct() -> Path:
    """Return the real CT of the folder KITSDESK_REAL_DATA (else ../shared/data)."""
    folder = Path(os.environ.get("KITSDESK_REAL_DATA") or ROOT.parent / "shared" / "data")
    found = folder / "ct" / "abdomen_3mm.nii.gz"
    if not found.exists():
        raise SystemExit(f"The test opens a real CT: {found} is not there.")
    return found


class BareDebian:
    """The chroot: what runs in it as root and as its only user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mount(self) -> None:
        """Bring /proc, /dev and /dev/shm; they go with the namespace."""
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        for kind, place in _MOUNTS:
            target = self.folder / place
            target.mkdir(exist_ok=True)
            subprocess.run(["mount", "-t", kind, kind, target], check=True)
        (self.folder / "tmp").chmod(0o1777)
        (self.folder / "dev/shm").chmod(0o1777)
        shutil.copyfile("/etc/resolv.conf", self.folder / "etc/resolv.conf")

    def root(self, *words: str) -> str:
        """Run a command as root; what it printed."""
        done = subprocess.run(
            [_CHROOT, self.folder, *words],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}:\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
        return done.stdout

    def start(self, *words: str, log: Path) -> subprocess.Popen[bytes]:
        """Start a command as the user, on the display."""
        settings = {
            "HOME": str(HOME),
            "DISPLAY": DISPLAY,
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        # By its path: the user's own PATH does not lead to it.
        whole = [_CHROOT, self.folder, "setpriv", "--reuid", USER, "--regid", USER]
        with log.open("ab") as output:
            return subprocess.Popen(
                [*whole, "--init-groups", "--", *words],
                env=settings,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def user(self, *words: str, log: Path, seconds: float = 600) -> None:
        """Run a command as the user to its end, which must be good."""
        code = self.start(*words, log=log).wait(seconds)
        if code:
            raise SystemExit(f"{' '.join(words)} ended with {code}:\n{log.read_text()[-3000:]}")

    def files(self) -> set[str]:
        """Return every file and folder of the system's own disk."""
        listed = self.root("find", "/", "-xdev", "-print")
        return set(listed.splitlines())

    def packaged(self) -> set[str]:
        """Return every file of the installed packages."""
        listed = self.root("sh", "-c", "cat /var/lib/dpkg/info/*.list")
        return set(listed.splitlines())


def wait_for(what: str, found: Callable[[], bool], seconds: float = 90) -> float:
    """Wait until `found`; the seconds it took."""
    begun = time.monotonic()
    while not found():
        if time.monotonic() - begun > seconds:
            raise SystemExit(f"{what} did not happen in {seconds:.0f} s.")
        time.sleep(0.02)
    return time.monotonic() - begun


def window_is_open() -> bool:
    """Return whether the program's window is mapped on the display."""
    words = ["xdotool", "search", "--onlyvisible", "--name", WINDOW]
    done = subprocess.run(words, env=on_display(), capture_output=True, text=True, check=False)
    return bool(done.stdout.split())


def on_display() -> dict[str, str]:
    """Return the environment for a program of this side that works on the display."""
    return {"PATH": os.environ["PATH"], "DISPLAY": DISPLAY}


def press(*words: str) -> None:
    """Send real events to the display."""
    subprocess.run(["xdotool", *words], env=on_display(), check=True)


def picture() -> Image.Image:
    """Return what is on the display."""
    return ImageGrab.grab(xdisplay=DISPLAY).convert("RGB")


def is_painted(image: Image.Image) -> bool:
    """Return whether a CT is in the middle of the window: many greys, and a good part of the
    axial view brighter than air."""
    width, height = image.size
    middle = image.crop((width // 4, height // 8, width * 7 // 16, height * 2 // 5))
    counts = middle.convert("L").histogram()
    greys = [count for count in counts if count > 20]
    return len(greys) >= 100 and sum(counts[60:]) > 0.2 * sum(counts)


def stays_painted() -> bool:
    """Return whether a CT is on the display, now and a moment later: a window that has just been
    laid out anew is empty again."""
    if not is_painted(picture()):
        return False
    time.sleep(0.5)
    return is_painted(picture())


def end(process: subprocess.Popen[bytes]) -> None:
    """Close the window as a person does; its exit code must be 0."""
    # Without a window manager keys go to the window under the pointer.
    press("mousemove", "800", "500", "sleep", "0.5", "key", "--clearmodifiers", "ctrl+q")
    code = process.wait(60)
    if code:
        raise SystemExit(f"The window ended with {code}.")
