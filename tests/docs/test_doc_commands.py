"""Every command of the pages is run, or read by the real argument parser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from tests.docs.command_checks import check
from tests.docs.doc_commands import (
    COMMANDS,
    CONTAINERS,
    NO_COMMANDS,
    PAGES,
    ROOT,
    Command,
    all_commands,
    blocks,
    commands,
    spoken_of,
)
from trainer.contract.engine_plan import BadEngineOptions

# A module whose parser is asked may have been imported by another test.
pytestmark = pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
# What runs in well under a minute each on a quiet computer, and needs nothing but itself.
RUN = {
    "first_hour.md": ("phantom", "inspect"),
    "installing.md": ("phantom", "describe"),
    "retraining.md": (
        "phantom", "plan", "train", "model verify run/model", "predict", "evaluate", "compare",
    ),
    "method.md": ("describe",),
    "table_1.md": ("describe",),
}  # fmt: skip
WRITES_NOTHING = ("describe",)
# Every other command of the trainer in a block: why it is only read.
LEFT_OUT = {
    "cluster.md": {"run": "a run, a cluster"},
    "README.md": {
        "phantom unseen": "minutes: 24 phantoms",
        "predict": "minutes: 24 phantoms, five folds",
        "evaluate": "what the two before it write",
    },
    "installing.md": {"predict": "M stands for a model"},
    "retraining.md": {"model": "a model of nnU-Net's"},
    "table_1.md": {
        "inspect": "KiTS19's images",
        "plan": "KiTS19's images",
        "preprocess": "KiTS19's images",
        "crossval": "KiTS19's images, GPU-days",
        "run start": "what crossval prepared",
        "compare": "what crossval predicted",
    },
    "phantoms.md": {"phantom": "OUT stands for a folder; minutes"},
}


def begins(command: Command, starts: Iterable[str]) -> bool:
    """Return whether the arguments begin with the words of one of `starts`."""
    words = command.arguments
    return any(words[: len(start.split())] == start.split() for start in starts)


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


def test_the_options_of_an_engine_are_read_by_the_engine():
    start = "kitsdesk-trainer run start RUN --engine"
    with pytest.raises(BadEngineOptions, match="partitions"):
        check(Command("x.md", f"""{start} slurm --options '{{"partitions": "gpu"}}'"""))
    with pytest.raises(BadEngineOptions, match="folder"):
        check(Command("x.md", f"""{start} local --remote '{{"host": "login"}}'"""))


def test_what_a_container_runs_is_read_by_the_trainer():
    with pytest.raises(SystemExit):
        check(Command("x.md", "docker run --rm kitsdesk-trainer predict --model M --inputs IN"))
    with pytest.raises(SystemExit):
        check(Command("x.md", "apptainer run --nv kitsdesk-trainer.sif predicts --model M"))
    with pytest.raises(AssertionError, match="no image"):
        check(Command("x.md", "docker run kitsdesk-traner predict --model M"))


def test_a_container_runs_the_image_that_was_built():
    words = [c.words for c in all_commands() if c.program in CONTAINERS and "build" in c.words]
    docker = {each[each.index("-t") + 1] for each in words if "-t" in each}
    apptainer = {each[2] for each in words if "-t" not in each}
    assert (docker, apptainer) == ({"kitsdesk-trainer"}, {"kitsdesk-trainer.sif"})


SPOKEN = [command for page in PAGES for command in spoken_of(page)]


@pytest.mark.parametrize("command", SPOKEN, ids=lambda c: f"{c.page}: {c.text}"[:90])
def test_a_command_in_running_text_can_be_read(command, capsys):
    if command.arguments and command.arguments[0].isupper():
        return
    try:
        check(command, whole=False)
    except SystemExit as end:
        pytest.fail(f"{command.page}: {command.text}: {capsys.readouterr().err or end}")


def test_commands_in_running_text_are_found_and_what_no_parser_knows_is_refused():
    assert {c.program for c in SPOKEN} == {"make", "kitsdesk", "kitsdesk-trainer", "module"}
    for text in (
        "python -m tests.bench.scaling model --folds 15 --gpus 4",
        "python -m tests.bench.scaling print",
        "kitsdesk-trainer predict --fold 0 1 --modell M",
        "kitsdesk demo --without-head",
    ):
        with pytest.raises(SystemExit):
            check(Command("x.md", text), whole=False)
    with pytest.raises(AssertionError):
        check(Command("x.md", "python -m tests.bench.scalling"), whole=False)


@cache
def trainer(words: tuple[str, ...], folder: Path | None) -> subprocess.CompletedProcess[str]:
    """Run a command of the trainer in a folder; without one, once for all pages that show it."""
    return subprocess.run(
        [sys.executable, "-m", "trainer", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=550,
        check=False,
    )


@pytest.mark.parametrize("page", sorted(RUN))
def test_the_commands_of_a_page_run_in_order(page, tmp_path):
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    ran = []
    for command in commands(ROOT / "docs" / page):
        words = command.arguments
        if command.program != "kitsdesk-trainer" or not begins(command, RUN[page]):
            continue
        done = trainer(tuple(words), None if words[0] in WRITES_NOTHING else tmp_path)
        assert done.returncode == 0, f"{command.text}\n{done.stderr[-2000:]}"
        ran.append(command)
    assert all(any(begins(command, (start,)) for command in ran) for start in RUN[page])


def test_a_page_names_only_what_its_own_commands_made():
    """The commands that are run use no placeholder."""
    for page, starts in RUN.items():
        for command in commands(Path(ROOT / "docs" / page)):
            if command.program == "kitsdesk-trainer" and begins(command, starts):
                assert not re.search(r"\b[A-Z]{3,}\b", command.text), command.text


def test_what_is_not_run_has_a_reason():
    odd = []
    for command in all_commands():
        if command.program == "kitsdesk-trainer" and command.arguments != ["--help"]:
            known = (*RUN.get(command.page, ()), *LEFT_OUT.get(command.page, {}))
            odd += [] if begins(command, known) else [f"{command.page}: {command.text}"]
    assert not odd
