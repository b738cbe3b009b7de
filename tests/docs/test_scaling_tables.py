"""The tables of docs/scaling.md are those that the model prints today."""

from __future__ import annotations

import re

import pytest

from tests.bench.scaling import main, tables
from tests.docs.doc_commands import ROOT

PAGE = (ROOT / "docs" / "scaling.md").read_text("utf-8")
# A bold title and the table under it.
TABLE = re.compile(r"^(\*\*[^\n]+\*\*)\n\n((?:\|[^\n]*\n)+)", re.MULTILINE)
PRINTED = tables().split("\n\n")


def table_of_page(title: str) -> list[str]:
    """Return the rows under a title of the page."""
    found = {told.strip("*"): rows.splitlines() for told, rows in TABLE.findall(PAGE)}
    assert title in found, f"{title}: not on the page, which has {sorted(found)}"
    return found[title]


@pytest.mark.parametrize(("title", "table"), list(zip(PRINTED[::2], PRINTED[1::2], strict=True)))
def test_a_table_of_the_page_is_what_the_model_says(title, table):
    assert table_of_page(title) == table.splitlines()


def test_the_page_has_no_other_table_of_the_model():
    heads = [line for line in PAGE.splitlines() if line.startswith("| GPUs |")]
    assert len(heads) == len(TABLE.findall(PAGE)) == len(PRINTED) // 2


def test_the_command_that_the_page_names_prints_them(capsys):
    main([])
    assert capsys.readouterr().out.rstrip("\n").split("\n\n") == PRINTED
