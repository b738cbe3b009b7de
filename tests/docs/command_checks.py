"""Reads a page's command with the real argument parser of what it starts, without running it."""

from __future__ import annotations

import argparse
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

from kitsdesk.__main__ import audit_parser, demo_parser
from kitsdesk.__main__ import parser as window_parser
from tests.docs.doc_commands import FOREIGN, ROOT, TARGETS, Command
from trainer.__main__ import build_parser
from trainer.contract.engine_plan import make_plan

_OURS = ("tests", "kitsdesk", "trainer")


class _Read(Exception):
    """A program has read its arguments; it goes no further."""


def readable(command: Command) -> list[str]:
    """Return the arguments with the placeholders of numbers as numbers."""
    return ["3" if word in ("N", "K", "S", "Z", "Y", "X") else word for word in command.arguments]


def check(command: Command, whole: bool = True) -> None:
    """Have the program's own parser read a command, or find the target or file it names.

    whole : every argument that the program needs must be there; within a sentence a command
        may stand with those alone that are spoken of.

    Raises
    ------
    SystemExit, BadEngineOptions : the parser, or the engine that is named, refuses it.
    AssertionError : there is no such program, target, module or script.
    """
    program, words = command.program, readable(command)
    if program == "kitsdesk-trainer":
        if words not in ([], ["--help"]):
            _check_trainer(words, whole)
    elif program == "kitsdesk":
        special = {"demo": demo_parser, "audit": audit_parser}
        make = special.get(words[0] if words else "", window_parser)
        make().parse_args(words[1:] if make is not window_parser else words)
    elif program == "make":
        assert {word for word in words if "=" not in word} <= TARGETS, command
    elif program == "module":
        _check_module(command.words[2], words, whole)
    elif program == "script":
        assert (ROOT / command.words[1]).is_file(), command
    else:
        assert program in FOREIGN, f"{command.page}: what is “{command.text}”?"
        if command.contained is not None:
            check(command.contained, whole)


def _check_trainer(words: list[str], whole: bool) -> None:
    parser = build_parser(words[0])
    if not whole:
        _need_nothing(parser)
    read = parser.parse_args(words)
    if getattr(read, "engine", None) is not None:
        make_plan(read.engine, read.options, read.remote)


def _check_module(name: str, words: list[str], whole: bool) -> None:
    """Start one of our own modules with these words up to where it has read them. A module that
    has no parser, and takes folders by their order, is only looked for."""
    if name.split(".")[0] not in _OURS:
        return
    found = find_spec(name)
    assert found is not None, name
    if "parse_args(" not in Path(str(found.origin)).read_text("utf-8"):
        return
    read = argparse.ArgumentParser.parse_args

    def only_read(parser, args=None, namespace=None) -> NoReturn:
        if not whole:
            _need_nothing(parser)
        read(parser, args, namespace)
        raise _Read

    started = patch.object(sys, "argv", [name, *words])
    with started, patch.object(argparse.ArgumentParser, "parse_args", only_read):
        try:
            runpy.run_module(name, run_name="__main__")
        except _Read:
            return
    raise AssertionError(f"{name} ended before it had read its arguments.")


def _need_nothing(parser: argparse.ArgumentParser) -> None:
    for action in parser._actions:
        action.required = False
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                _need_nothing(below)
