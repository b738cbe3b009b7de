"""`kitsdesk`: the window, the demo and the audit from the command line."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from kitsdesk import __version__
from trainer.contract.errors import KitsDeskError

_DESK_LIBRARIES = ("PyQt6", "napari", "qtawesome", "pyqtgraph", "skimage", "platformdirs")


def parser() -> argparse.ArgumentParser:
    """Return the parser of `kitsdesk [PROJECT or CASE]`; `demo` and `audit` have their own."""
    main_parser = argparse.ArgumentParser(
        prog="kitsdesk",
        description="Review and correct kidney and kidney tumor masks on CT. Research use only.",
        epilog="Also: kitsdesk demo [--dir D] [--headless] [--report FILE] · "
        "kitsdesk audit PROJECT [--out FILE.md/.csv/.json]",
    )
    main_parser.add_argument("path", nargs="?", type=Path, help="a project, a case or a data set")
    main_parser.add_argument("--case", default="", help="the case of the project to open")
    main_parser.add_argument("--screenshot", type=Path, help="write the painted window and quit")
    main_parser.add_argument("--tab", choices=("tools", "review", "info"), default="review")
    main_parser.add_argument("--theme", choices=("dark", "light"), default=None)
    main_parser.add_argument("--version", action="version", version=f"KiTSDesk {__version__}")
    return main_parser


def demo_parser() -> argparse.ArgumentParser:
    """Return the parser of `kitsdesk demo`."""
    demo = argparse.ArgumentParser(prog="kitsdesk demo", description="The loop on phantoms.")
    demo.add_argument("--dir", type=Path, default=None, help="where the demo project is made")
    demo.add_argument("--headless", action="store_true", help="drive the loop without a person")
    demo.add_argument("--report", type=Path, default=None, help="write every step as JSON")
    return demo


def audit_parser() -> argparse.ArgumentParser:
    """Return the parser of `kitsdesk audit`."""
    audit = argparse.ArgumentParser(prog="kitsdesk audit", description="Verify the audit chain.")
    audit.add_argument("project", type=Path)
    audit.add_argument("--out", type=Path, default=None, help="a .md, .csv or .json file")
    return audit


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (2 = bad input, said on stderr)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except KitsDeskError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno is None:
            raise
        print(f"{error.filename or words[-1]}: {error.strerror}.", file=sys.stderr)
        return 2


def _run(words: list[str]) -> int:
    if words[:1] == ["audit"]:
        from kitsdesk.project.audit_report import run_audit

        options = audit_parser().parse_args(words[1:])
        return run_audit(options.project, options.out)
    missing = [name for name in _DESK_LIBRARIES if find_spec(name) is None]
    if missing:
        raise KitsDeskError(
            f"The window needs libraries that are not installed: {', '.join(missing)}.",
            advice="Install them with: pip install 'kitsdesk[desk]'",
        )
    from kitsdesk import app

    if words[:1] == ["demo"]:
        options = demo_parser().parse_args(words[1:])
        return app.run_demo(options.dir, headless=options.headless, report=options.report)
    options = parser().parse_args(words)
    return app.run_window(
        options.path,
        case=options.case,
        screenshot=options.screenshot,
        tab=options.tab,
        theme=options.theme,
    )


if __name__ == "__main__":
    sys.exit(main())
