"""Every command of the pages is run, or read by the real argument parser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from kitsdesk.__main__ import audit_parser, demo_parser
from kitsdesk.__main__ import parser as window_parser
from tests.docs.doc_commands import (
    COMMANDS,
    FOREIGN,
    NO_COMMANDS,
    PAGES,
    ROOT,
    Command,
    all_commands,
    blocks,
    commands,
)
from trainer.__main__ import build_parser

# What runs in well under a minute each on a quiet computer, and needs nothing but itself.
RUN = {
    "first_hour.md": ("phantom", "inspect"),
    "retraining.md": ("phantom", "plan", "train", "predict", "evaluate", "compare"),
    "method.md": ("describe",),
}
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def readable(command: Command) -> list[str]:
    """Return the arguments with the placeholders of numbers as numbers."""
    return ["3" if word in ("N", "K", "S", "Z", "Y", "X") else word for word in command.arguments]


def check(command: Command) -> None:
    """Have the program's own parser read a command, or find the target or file it names."""
    program, words = command.program, readable(command)
    if program == "kitsdesk-trainer":
        if words != ["--help"]:
            build_parser(words[0]).parse_args(words)
    elif program == "kitsdesk":
        special = {"demo": demo_parser, "audit": audit_parser}
        make = special.get(words[0] if words else "", window_parser)
        make().parse_args(words[1:] if make is not window_parser else words)
    elif program == "make":
        assert {word for word in words if "=" not in word} <= TARGETS, command
    elif program == "module":
        name = command.words[2]
        own = name.split(".")[0] in ("tests", "kitsdesk", "trainer")
        assert not own or find_spec(name) is not None, command
    elif program == "script":
        assert (ROOT / command.words[1]).is_file(), command
    else:
        assert program in FOREIGN, f"{command.page}: what is “{command.text}”?"


@pytest.mark.parametrize("command", all_commands(), ids=lambda c: f"{c.page}: {c.text}"[:90])
def test_a_command_of_the_pages_can_be_read(command, capsys):
    try:
        check(command)
    except SystemExit as end:
        pytest.fail(f"{command.page}: {command.text}: {capsys.readouterr().err or end}")


def test_every_block_says_what_it_is():
    known = COMMANDS | NO_COMMANDS
    odd = [(page.name, language) for page in PAGES for language, _ in blocks(page)]
    assert not [entry for entry in odd if entry[1] not in known]


def test_a_word_that_no_parser_knows_is_found():
    with pytest.raises(SystemExit):
        check(Command("x.md", "kitsdesk-trainer predict --model M --inputs IN --out OUT"))
    with pytest.raises(SystemExit):
        check(Command("x.md", "kitsdesk demo --without-head"))
    with pytest.raises(AssertionError):
        check(Command("x.md", "make tea"))
    with pytest.raises(AssertionError):
        check(Command("x.md", "kitsdesk-trainr predict"))


def test_commands_in_running_text_exist():
    """`kitsdesk-trainer NAME …` and `make NAME` within sentences name what there is."""
    lost = []
    for page in PAGES:
        for span in re.findall(r"`([^`\n]+)`", page.read_text("utf-8")):
            words = span.split()
            if words[0] == "make" and len(words) == 2 and words[1].islower():
                lost += [span] if words[1] not in TARGETS else []
            elif words[0] == "kitsdesk-trainer" and words[1:2] and words[1][0].isalpha():
                names = words[1].split("/")
                lost += [span for name in names if not _is_command(name)]
    assert not lost


def _is_command(name: str) -> bool:
    from trainer.commands import COMMANDS as TRAINER_COMMANDS

    return name in TRAINER_COMMANDS or name.isupper() or "…" in name


@pytest.mark.parametrize("page", sorted(RUN))
def test_the_commands_of_a_page_run_in_order(page, tmp_path):
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = 0
    for command in commands(ROOT / "docs" / page):
        words = command.arguments
        if command.program != "kitsdesk-trainer" or words[0] not in RUN[page]:
            continue
        done = subprocess.run(
            [sys.executable, "-m", "trainer", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=550,
            check=False,
        )
        assert done.returncode == 0, f"{command.text}\n{done.stderr[-2000:]}"
        ran += 1
    assert ran >= len(RUN[page])


def test_a_page_names_only_what_its_own_commands_made():
    """The commands that are run use no placeholder."""
    for page, programs in RUN.items():
        for command in commands(Path(ROOT / "docs" / page)):
            if command.program == "kitsdesk-trainer" and command.arguments[0] in programs:
                assert not re.search(r"\b[A-Z]{3,}\b", command.text), command.text
