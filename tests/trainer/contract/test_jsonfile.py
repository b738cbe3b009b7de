from __future__ import annotations

import pytest

from trainer.contract.errors import DamagedFile
from trainer.contract.jsonfile import append_line, read_json, read_lines, write_json


def test_a_half_written_last_line_waits_for_its_end(tmp_path):
    path = tmp_path / "metrics.jsonl"
    append_line(path, {"epoch": 1})
    with path.open("a") as file:
        file.write('{"epoch": 2')
    records, offset = read_lines(path)
    assert records == [{"epoch": 1}]
    with path.open("a") as file:
        file.write("}\n")
    assert read_lines(path, offset)[0] == [{"epoch": 2}]


def test_a_cut_file_is_named(tmp_path):
    path = tmp_path / "run.json"
    write_json(path, {"a": "b"})
    path.write_text(path.read_text()[:4])
    with pytest.raises(DamagedFile, match=r"run\.json"):
        read_json(path)
