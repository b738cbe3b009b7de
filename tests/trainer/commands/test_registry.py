from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from trainer.__main__ import build_parser
from trainer.commands import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_exists(name):
    module = importlib.import_module(f"trainer.commands.{name}")
    assert callable(module.run)
    build_parser(name)


def test_help_lists_all_commands_without_loading_torch():
    code = "import sys, trainer.__main__ as m\ntry: m.main(['--help'])\nexcept SystemExit: pass\n"
    code += "assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert all(name in done.stdout for name in COMMANDS)
