"""Write kitsdesk.1 and kitsdesk-trainer.1 from the programs' own argument parsers."""

from __future__ import annotations

import argparse
import gzip
import importlib
from pathlib import Path

from argparse_manpage.manpage import Manpage

from kitsdesk import __version__
from kitsdesk.__main__ import audit_parser, demo_parser, parser
from trainer.__main__ import build_parser
from trainer.commands import COMMANDS


def trainer_parser() -> argparse.ArgumentParser:
    """Return the trainer's parser with the arguments of every command."""
    whole = build_parser(None)
    action = next(one for one in whole._actions if isinstance(one, argparse._SubParsersAction))
    action.choices.clear()
    action._choices_actions.clear()
    for name in COMMANDS:
        importlib.import_module(f"trainer.commands.{name}").add_parser(action)
    return whole


def desk_parser() -> argparse.ArgumentParser:
    """Return the window's parser with `demo` and `audit` as its commands."""
    whole = parser()
    whole.usage = "kitsdesk [PROJECT or CASE] [options]"
    commands = whole.add_subparsers(metavar="COMMAND")
    for name, own in (("demo", demo_parser()), ("audit", audit_parser())):
        commands.add_parser(
            name,
            prog=f"kitsdesk {name}",
            parents=[own],
            add_help=False,
            help=own.description,
            description=own.description,
        )
    return whole


def write_pages(out: Path) -> list[Path]:
    """Write both pages, packed, into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for name, own in (("kitsdesk", desk_parser()), ("kitsdesk-trainer", trainer_parser())):
        own.prog = name
        first = str(own.description).split(".")[0]
        setattr(own, "man_short_description", first[0].lower() + first[1:])  # noqa: B010
        data = {"project_name": "KiTSDesk", "version": __version__, "manual_title": "KiTSDesk"}
        page = out / f"{name}.1.gz"
        page.write_bytes(gzip.compress(str(Manpage(own, _data=data)).encode(), mtime=0))
        made.append(page)
    return made


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("out", type=Path)
    write_pages(words.parse_args().out)
