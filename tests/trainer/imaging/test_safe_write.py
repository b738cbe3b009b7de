from __future__ import annotations

import pytest

from trainer.imaging.safe_write import WriteFailed, safe_write


def test_a_failed_check_keeps_the_old_file_and_leaves_no_rest(tmp_path):
    path = tmp_path / "mask.bin"
    path.write_bytes(b"old")

    def refuse(written):
        raise ValueError("not what was meant")

    with pytest.raises(WriteFailed) as caught:
        safe_write(path, lambda target: target.write_bytes(b"new"), refuse)
    assert path.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["mask.bin"]
    assert "unchanged" in caught.value.kept


def test_too_little_space_is_said_before_anything_is_written(tmp_path):
    with pytest.raises(WriteFailed, match="MB needed"):
        safe_write(tmp_path / "big", lambda target: None, expected_bytes=10**18)
    assert list(tmp_path.iterdir()) == []


def test_the_new_file_replaces_the_old(tmp_path):
    path = tmp_path / "deep" / "mask.bin"
    safe_write(path, lambda target: target.write_bytes(b"one"))
    safe_write(path, lambda target: target.write_bytes(b"two"))
    assert path.read_bytes() == b"two"
