"""Every command that a page shows: found in its fenced blocks, and told apart."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
FENCE = re.compile(r"^```([\w-]*)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
COMMANDS = {"", "sh", "bash", "console", "shell"}
NO_COMMANDS = {"text", "json", "python", "toml", "ini", "yaml"}
# Programs of other people; a page may name them, their arguments are their own.
FOREIGN = {
    "apptainer", "apt", "apt-get", "bash", "cat", "cd", "chmod", "curl", "docker", "export", "git",
    "gunzip", "ln", "ls", "makensis", "mkdir", "munge", "napari", "npe2", "pip", "pipx", "podman",
    "rsync", "sacct", "sbatch", "scancel", "scontrol", "sinfo", "singularity", "squeue", "ssh",
    "source", "srun", "sudo", "systemctl", "tar", "tensorboard", "uv", "xvfb-run", "zstd", "bsub",
    "bkill", "bjobs", "qsub", "qstat", "qdel", "sftp", "scp", "sha256sum", "dpkg", "cp", "mv",
    "python3", "echo", "umask", "module", "rm",
}  # fmt: skip
CONTAINERS = {"apptainer", "docker", "podman", "singularity"}
# Its name as the pages' own build commands give it; it starts the trainer.
IMAGE = re.compile(r"kitsdesk-trainer(\.sif)?")


@dataclass(frozen=True)
class Command:
    """One command of a page with its words."""

    page: str
    text: str

    @property
    def words(self) -> list[str]:
        """Return the words as a shell divides them, without variables set before."""
        words = shlex.split(self.text, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        return words

    @property
    def program(self) -> str:
        """Return what runs: kitsdesk, kitsdesk-trainer, make, python -m, a script, or a name."""
        words = self.words
        name = Path(words[0]).name if words else ""
        if name in ("python", "python3") and words[1:2] == ["-m"]:
            module = words[2]
            return {"kitsdesk": "kitsdesk", "trainer": "kitsdesk-trainer"}.get(module, "module")
        if name in ("python", "python3") and words[1:2] and words[1].endswith(".py"):
            return "script"
        return name

    @property
    def arguments(self) -> list[str]:
        """Return what follows the program."""
        own = Path(self.words[0]).name in ("kitsdesk", "kitsdesk-trainer", "make")
        return self.words[1:] if own else self.words[3:]

    @property
    def contained(self) -> Command | None:
        """Return the trainer's command that a container runs: what follows the image; None for
        every other command."""
        words = self.words
        if self.program not in CONTAINERS or "run" not in words[1:2]:
            return None
        image = next((at for at, word in enumerate(words) if IMAGE.fullmatch(word)), None)
        assert image is not None, f"{self.page}: no image of ours in “{self.text}”"
        return Command(self.page, shlex.join(["kitsdesk-trainer", *words[image + 1 :]]))


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the page's fenced blocks: language and text."""
    return FENCE.findall(page.read_text("utf-8"))


def commands(page: Path) -> list[Command]:
    """Return the commands of a page in order."""
    found = []
    for language, text in blocks(page):
        if language in COMMANDS:
            joined = re.sub(r"\\\n\s*", " ", text)
            lines = (line.strip().removeprefix("$ ") for line in joined.splitlines())
            found += [Command(page.name, line) for line in lines if line and line[0] != "#"]
    return found


def spoken_of(page: Path) -> list[Command]:
    """Return our own commands within a page's sentences and tables: `make …`, `kitsdesk …`,
    `kitsdesk-trainer …` and `python -m …`. A name alone is not one."""
    found = []
    for span in SPAN.findall(FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"(\S*/)?(make|kitsdesk|kitsdesk-trainer|python3? -m)\s", span):
            found.append(Command(page.name, " ".join(span.split())))
    return found


def all_commands() -> list[Command]:
    """Return the commands of all pages."""
    return [command for page in PAGES for command in commands(page)]
