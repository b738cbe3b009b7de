"""`kitsdesk-trainer`, also `python -m trainer`: finds the command and runs it."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence

from trainer.commands import COMMANDS
from trainer.contract.errors import Cancelled, KitsDeskError

EXIT_REFUSED = 2


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Return the parser with the arguments of `command` alone.

    The other commands are listed by name only: importing all of them would load torch
    for `run status`, which a window calls every second.
    """
    parser = argparse.ArgumentParser(
        prog="kitsdesk-trainer",
        description="Images, networks, training, inference and evaluation of KiTSDesk. "
        "Research use only. Not a medical device.",
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        if name == command:
            importlib.import_module(f"trainer.commands.{name}").add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=purpose)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 refused, 3 cancelled,
    75 to be started again (trainer.training.interruption)."""
    # Threads that spin while they wait make torch five times slower as soon as anything else
    # uses the cores (measured: 0.54 s against 0.10 s a batch). Read when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = next((part for part in arguments if not part.startswith("-")), None)
    parsed = build_parser(command).parse_args(arguments)
    module = importlib.import_module(f"trainer.commands.{parsed.command}")
    try:
        return int(module.run(parsed))
    except Cancelled as error:
        _report(error)
        return error.exit_code
    except KitsDeskError as error:
        _report(error)
        return EXIT_REFUSED
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno is None:
            raise
        _report(_in_words(error))
        return EXIT_REFUSED


def _in_words(error: OSError) -> KitsDeskError:
    """Return what the system refused: a full disk, a folder that cannot be written."""
    place = f"{error.filename}: " if error.filename else ""
    return KitsDeskError(
        f"{place}{error.strerror or error}.",
        kept="What was written before is kept.",
        advice="Check the free space and the permissions there, then do it again.",
    )


def _report(error: KitsDeskError) -> None:
    sys.stderr.write(json.dumps({"error": error.as_dict()}, ensure_ascii=False) + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
