"""Writing a mask while the disk fills, the program is killed, the place cannot be written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from full_disk import small_disk

from trainer.imaging.geometry import Geometry
from trainer.imaging.mask_file import read_mask, write_image, write_mask
from trainer.imaging.safe_write import WriteFailed, safe_write

ROOT = Path(__file__).resolve().parents[2]
GRID = Geometry((40, 50, 60), (0.8, 0.8, 3.0), (1.0, 2.0, 3.0), (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0))


def mask(seed: int) -> np.ndarray:
    """Noise of three values: gzip cannot make it small."""
    return np.random.default_rng(seed).integers(0, 4, (60, 50, 40)).astype(np.uint8)


def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(-1000, 1000, (150, 100, 100)).astype(np.int16)


@pytest.fixture
def tiny_disk(tmp_path):
    """2 MB, the most of it free for one mask and not for an image of 3 MB."""
    with small_disk(tmp_path / "disk", 2000):
        yield tmp_path / "disk"


def only(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_21_a_full_disk_is_said_and_the_old_mask_kept(tiny_disk):
    write_mask(tiny_disk / "r0001.nii.gz", mask(1), GRID)
    grid = Geometry((100, 100, 150), GRID.spacing, GRID.origin, GRID.direction)
    with pytest.raises(WriteFailed) as caught:
        write_image(tiny_disk / "r0001.nii.gz", noise(), grid)
    assert "unchanged" in caught.value.kept
    assert "free space" in caught.value.advice
    assert np.array_equal(read_mask(tiny_disk / "r0001.nii.gz").array, mask(1))
    assert only(tiny_disk) == ["r0001.nii.gz"]


def test_21_a_disk_that_fills_during_the_write_is_noticed(tiny_disk):
    """The space check passes; another program takes the space before the bytes come."""
    write_mask(tiny_disk / "m.nii.gz", mask(1), GRID)

    def write(target: Path) -> None:
        with pytest.raises(OSError, match="No space"):
            (tiny_disk / "other.bin").write_bytes(bytes(4_000_000))
        target.write_bytes(bytes(100_000))

    with pytest.raises(WriteFailed, match="No space"):
        safe_write(tiny_disk / "m.nii.gz", write)
    assert np.array_equal(read_mask(tiny_disk / "m.nii.gz").array, mask(1))
    assert only(tiny_disk) == ["m.nii.gz", "other.bin"]


def test_21_a_write_cut_by_the_system_is_noticed(tmp_path):
    """SimpleITK reports success where the system lets a file grow no further."""
    script = f"""
        import resource, signal, sys
        import numpy as np
        from pathlib import Path
        from trainer.imaging.geometry import Geometry
        from trainer.imaging.mask_file import write_image
        from trainer.imaging.safe_write import WriteFailed
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
        grid = Geometry((100, 100, 150), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), {GRID.direction!r})
        noise = np.random.default_rng(0).integers(-1000, 1000, (150, 100, 100))
        try:
            write_image(Path({str(tmp_path)!r}) / "a.nii.gz", noise.astype(np.int16), grid)
        except WriteFailed as error:
            print(error.happened)
    """
    assert "a.nii.gz could not be written" in run_script(script).stdout
    assert only(tmp_path) == []


def run_script(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_30_a_read_only_folder_is_said(tmp_path):
    with (
        small_disk(tmp_path / "disk", 500, "ro"),
        pytest.raises(WriteFailed, match=r"Read-only|free") as caught,
    ):
        write_mask(tmp_path / "disk" / "m.nii.gz", mask(1), GRID)
    assert str(tmp_path / "disk") in caught.value.advice


def test_30_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "folder").write_bytes(b"")
    with pytest.raises(WriteFailed, match=r"m\.nii\.gz could not be written"):
        write_mask(tmp_path / "folder" / "m.nii.gz", mask(1), GRID)


def test_30_a_name_of_300_characters_is_said_and_one_of_250_is_written(tmp_path):
    with pytest.raises(WriteFailed, match="could not be written"):
        write_mask(tmp_path / f"{'x' * 300}.nii.gz", mask(1), GRID)
    write_mask(tmp_path / f"{'x' * 240}.nii.gz", mask(1), GRID)
    assert len(only(tmp_path)) == 1


@pytest.mark.parametrize("name", ["Müller 患者", "with space", "emoji 🫘", "line\nbreak", "-rf"])
def test_30_odd_names_are_written_and_read(tmp_path, name):
    write_mask(tmp_path / name / f"{name}.nii.gz", mask(1), GRID)
    assert np.array_equal(read_mask(tmp_path / name / f"{name}.nii.gz").array, mask(1))


def test_permissions_of_the_old_file_are_kept(tmp_path):
    path = tmp_path / "m.nii.gz"
    write_mask(path, mask(1), GRID)
    path.chmod(0o640)
    write_mask(path, mask(2), GRID)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path):
    (tmp_path / "outside.nii.gz").write_bytes(b"source data")
    (tmp_path / "m.nii.gz").symlink_to(tmp_path / "outside.nii.gz")
    write_mask(tmp_path / "m.nii.gz", mask(1), GRID)
    assert (tmp_path / "outside.nii.gz").read_bytes() == b"source data"
    assert not (tmp_path / "m.nii.gz").is_symlink()


def test_file_and_folder_are_synced_before_and_after_the_rename(tmp_path, monkeypatch):
    """What a power cut may not undo: the bytes before the name, the name before the return."""
    order: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_sync(handle)

    def replace(source: Path, target: Path) -> None:
        order.append("rename")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    write_mask(tmp_path / "m.nii.gz", mask(1), GRID)
    assert order == ["file", "rename", "folder"]
