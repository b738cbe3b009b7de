"""The base of every error that a person can meet."""

from __future__ import annotations


class KitsDeskError(Exception):
    """Something went wrong in a way that a person can understand and act on.

    Parameters
    ----------
    happened : one sentence, what happened.
    kept : one sentence, what was kept or is unchanged ("" where nothing was at stake).
    advice : one sentence, what to do next ("" where there is nothing to do).
    """

    def __init__(self, happened: str, *, kept: str = "", advice: str = "") -> None:
        super().__init__(" ".join(part for part in (happened, kept, advice) if part))
        self.happened = happened
        self.kept = kept
        self.advice = advice

    def as_dict(self) -> dict[str, str]:
        """Return the parts with the type's name, ready for JSON."""
        return {
            "type": type(self).__name__,
            "happened": self.happened,
            "kept": self.kept,
            "advice": self.advice,
        }


class Cancelled(KitsDeskError):
    """A person asked for the work to stop; nothing failed."""

    exit_code = 3

    def __init__(self, kept: str = "Nothing was written.") -> None:
        super().__init__("Cancelled.", kept=kept)


class DamagedFile(KitsDeskError):
    """A file of the program's own is missing, cut or does not match its hash."""
