"""`make test-installer`: the .deb in a bare Debian, from apt install to removal.

Run as root in a mount and process namespace of its own, with the builder's Python:

    unshare --mount --pid --fork .venv-installer/bin/python -m tests.bundle.installed_deb DEB CHROOT

It prints what it measured as JSON, and ends with an error at the first thing that is not true.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageChops

from tests.bundle.bare_debian import (
    DISPLAY,
    HOME,
    USER,
    BareDebian,
    end,
    is_painted,
    picture,
    press,
    real_ct,
    stays_painted,
    wait_for,
    window_is_open,
)
from tests.bundle.newer_deb import ADDED, field, newer_deb

_CT = "abdomen_3mm.nii.gz"
# A file that the newer version of the upgrade has no more.
_TAKEN = "usr/share/doc/kitsdesk/licences/LICENSE.kitsdesk"
# Without what is only recommended: the system stays bare.
BARELY = ("install", "-y", "--no-install-recommends")
# What apt and dpkg themselves keep, caches of all desktops, and what is the user's.
_NOT_OURS = ("/var/lib/", "/var/cache/", "/var/log/", "/proc", "/dev", "/tmp", "/run", str(HOME))
_CACHES = ("mime/", "icon-theme.cache", "mimeinfo.cache")


class Test:
    """The steps, in order; `facts` is what they measured."""

    def __init__(self, bare: BareDebian, deb: Path, out: Path) -> None:
        self.bare = bare
        self.deb = deb
        self.out = out
        self.facts: dict[str, object] = {}

    def run(self) -> None:
        """Do every step."""
        self.prepare()
        before = self.bare.files()
        self.install()
        try:
            self.without_a_window()
            self.screenshot()
            self.window()
            self.demo()
            mine = self.user_files()
            self.upgrade(mine)
        finally:
            self.remove(before)

    def prepare(self) -> None:
        """Bring the package and the CT; take an earlier run's package away."""
        home = self.bare.folder / str(HOME).lstrip("/")
        with suppress(SystemExit):
            self.bare.root("apt-get", "purge", "-y", "kitsdesk")
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        shutil.copyfile(real_ct(), home / _CT)
        self.bare.root("chown", "-R", f"{USER}:{USER}", str(HOME))
        shutil.copyfile(self.deb, self.bare.folder / "root" / self.deb.name)
        self.bare.root("apt-get", "update")
        # What the package depends on stays after its removal: it is installed first, apart.
        simulated = self.bare.root("apt-get", "-s", *BARELY, f"/root/{self.deb.name}")
        needed = [line.split()[1] for line in simulated.splitlines() if line.startswith("Inst ")]
        others = [name for name in needed if name != "kitsdesk"]
        if others:
            self.bare.root("apt-get", *BARELY, *others)

    def install(self) -> None:
        """Install by apt."""
        begun = time.monotonic()
        self.bare.root("apt-get", *BARELY, f"/root/{self.deb.name}")
        self.facts["install_s"] = round(time.monotonic() - begun, 1)
        self.facts["deb_mb"] = round(self.deb.stat().st_size / 1e6)
        size = self.bare.root("du", "-sk", "--apparent-size", "/usr/lib/kitsdesk").split()[0]
        self.facts["installed_mb"] = round(int(size) * 1024 / 1e6)
        look = "find $P -name '*.so*' -type f | LD_LIBRARY_PATH=$P/_internal xargs -n 50 ldd"
        look = f"P=/usr/lib/kitsdesk; {look} 2>/dev/null | grep 'not found' | sort -u || true"
        missing = self.bare.root("sh", "-c", look)
        if missing.strip():
            self.facts["not_found_by_ldd"] = missing.strip().splitlines()
        for name in ("kitsdesk", "kitsdesk-trainer"):
            self.bare.root("test", "-s", f"/usr/share/man/man1/{name}.1.gz")
        self.bare.root("test", "-s", "/usr/share/doc/kitsdesk/licences/kitsdesk.spdx.json")

    def without_a_window(self) -> None:
        """The trainer alone reads the CT and predicts a phantom with the compiled runtime."""
        log = self.out / "trainer.txt"
        self.bare.user("kitsdesk-trainer", "inspect", f"{HOME}/{_CT}", log=log)
        words = [
            "phantom",
            "/tmp/phantoms",
            "--cases",
            "1",
            "--seed",
            "3",
            "--size",
            "24",
            "112",
            "112",
        ]
        self.bare.user("kitsdesk-trainer", *words, log=log)
        model = "/usr/lib/kitsdesk/_internal/resources/demo/model"
        words = ["predict", "--model", model, "--input", "/tmp/phantoms", "--out", "/tmp/masks"]
        words += ["--folds", "0", "--device", "cpu", "--runtime", "openvino"]
        self.bare.user("kitsdesk-trainer", *words, log=log)
        masks = list((self.bare.folder / "tmp/masks").glob("*.nii.gz"))
        if len(masks) != 1:
            raise SystemExit("The trainer wrote no mask.")
        timing = json.loads((self.bare.folder / "tmp/masks/timing.json").read_text())
        self.facts["runtime"] = sorted({str(each["runtime"]) for each in timing["runtimes"]})
        if self.facts["runtime"] != ["openvino"]:
            raise SystemExit(f"It was predicted with {self.facts['runtime']}, not with OpenVINO.")

    def screenshot(self) -> None:
        """`--screenshot` shows the CT."""
        shot = "/tmp/shot.png"
        words = ["kitsdesk", f"{HOME}/{_CT}", "--screenshot", shot, "--theme", "dark"]
        self.bare.user(*words, log=self.out / "screenshot.txt")
        made = self.out / "screenshot.png"
        shutil.copyfile(self.bare.folder / shot.lstrip("/"), made)
        if not is_painted(Image.open(made).convert("RGB")):
            raise SystemExit(f"The CT is not in {made}.")

    def window(self) -> None:
        """The window opens the CT; a stroke of the brush changes the picture; it closes."""
        for name in ("first_window_after_install_s", "first_window_warm_s"):
            log = self.out / f"{name}.txt"
            process = self.bare.start("kitsdesk", f"{HOME}/{_CT}", log=log)
            self.facts[name] = round(wait_for("The first window", window_is_open), 2)
            if name == "first_window_warm_s":
                took = wait_for("A painted CT", stays_painted)
                self.facts["painted_warm_s"] = round(float(str(self.facts[name])) + took, 2)
                self.stroke()
            time.sleep(3)
            end(process)

    def stroke(self) -> None:
        """Paint kidney with the brush by real events in the axial view."""
        time.sleep(4)
        image = picture()
        image.save(self.out / "window.png")
        x, y = image.width * 3 // 8, image.height * 3 // 10
        press("mousemove", str(x), str(y), "sleep", "0.5", "key", "1", "key", "b", "sleep", "0.5")
        time.sleep(1)
        before = picture()
        press("mousedown", "1", "mousemove_relative", "--sync", "25", "0", "sleep", "0.2")
        press("mousemove_relative", "--sync", "25", "10", "sleep", "0.3", "mouseup", "1")
        time.sleep(3)
        press("mousemove", str(image.width - 10), str(image.height - 10))
        time.sleep(2)
        after = picture()
        after.save(self.out / "stroke.png")
        box = (x - 40, y - 40, x + 110, y + 70)
        changed = ImageChops.difference(before.crop(box), after.crop(box)).convert("L")
        painted = sum(changed.histogram()[24:])
        self.facts["pixels_changed_by_a_stroke"] = painted
        if painted < 300:
            raise SystemExit(f"A stroke changed {painted} pixels; see {self.out}/stroke.png.")

    def demo(self) -> None:
        """The headless demo walks the whole loop."""
        log = self.out / "demo.txt"
        begun = time.monotonic()
        words = ["kitsdesk", "demo", "--headless", "--dir", f"{HOME}/demo"]
        self.bare.user(*words, "--report", "/tmp/report.json", log=log, seconds=1800)
        self.facts["demo_s"] = round(time.monotonic() - begun)
        report = (self.bare.folder / "tmp/report.json").read_text()
        (self.out / "demo-report.json").write_text(report)

    def user_files(self) -> dict[str, bytes]:
        """Return what must survive: the settings and the project's database and masks."""
        home = self.bare.folder / str(HOME).lstrip("/")
        chosen = [*home.rglob("settings.json"), *home.rglob("project.sqlite")]
        chosen += home.rglob("masks/*/*.nii.gz")
        if len(chosen) < 3:
            raise SystemExit("The demo left no settings or project to keep.")
        return {str(path): path.read_bytes() for path in chosen}

    def upgrade(self, mine: dict[str, bytes]) -> None:
        """A newer version over it brings its files, takes what it has no more, and keeps the
        user's, with which the program goes on."""
        newer = newer_deb(self.deb, self.out, _TAKEN)
        brought = Path(shutil.move(newer, self.bare.folder / "root" / newer.name))
        self.bare.root("apt-get", *BARELY, f"/root/{brought.name}")
        expected = field(brought, "Version")
        brought.unlink()
        version = self.bare.root("dpkg-query", "-W", "-f", "${Version}", "kitsdesk")
        if version != expected:
            raise SystemExit(f"After the upgrade kitsdesk {version} is installed.")
        self.facts["upgraded_to"] = version
        self.bare.root("test", "-s", f"/{ADDED}")
        self.bare.root("test", "!", "-e", f"/{_TAKEN}")
        self._kept(mine, "the upgrade")
        database = next(path for path in mine if path.endswith("project.sqlite"))
        project = "/" + str(Path(database).parent.relative_to(self.bare.folder))
        self.bare.user("kitsdesk", "audit", project, log=self.out / "audit.txt")
        self._kept({k: v for k, v in mine.items() if k.endswith(".nii.gz")}, "the audit")

    def _kept(self, mine: dict[str, bytes], what: str) -> None:
        for path, content in mine.items():
            if not Path(path).exists() or Path(path).read_bytes() != content:
                raise SystemExit(f"{path} did not survive {what}.")

    def remove(self, before: set[str]) -> None:
        """Removal leaves no file but the user's."""
        mine = {path for path in self.bare.files() if path.startswith(f"{HOME}/")}
        self.bare.root("apt-get", "remove", "-y", "kitsdesk")
        after = self.bare.files()
        left = {
            path
            for path in after - before - self.bare.packaged()
            if not path.startswith(_NOT_OURS) and not any(word in path for word in _CACHES)
        }
        named = {path for path in after if "kitsdesk" in path and not path.startswith(str(HOME))}
        named = {path for path in named if not path.startswith(("/root/", "/var/cache/apt"))}
        if left or named:
            raise SystemExit(f"Removal left {sorted(left | named)[:20]}.")
        if not mine <= after:
            raise SystemExit("Removal took files of the user's.")
        self.facts["left_after_removal"] = 0


def main() -> int:
    """Run the test; prints the facts."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("deb", type=Path)
    words.add_argument("chroot", type=Path)
    words.add_argument("--out", type=Path, default=Path("build/installer/test"))
    options = words.parse_args()
    if os.geteuid():
        raise SystemExit("A chroot needs root: run make test-installer as root.")
    options.out.mkdir(parents=True, exist_ok=True)
    bare = BareDebian(options.chroot.resolve())
    bare.mount()
    screen = ["Xvfb", DISPLAY, "-screen", "0", "1600x1000x24", "-ac", "-noreset"]
    display = subprocess.Popen(
        ["chroot", bare.folder, *screen], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    test = Test(bare, options.deb.resolve(), options.out)
    try:
        test.run()
    finally:
        display.terminate()
        text = json.dumps(test.facts, indent=1)
        (options.out / "facts.json").write_text(text + "\n")
        sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
