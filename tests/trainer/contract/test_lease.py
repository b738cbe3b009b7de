from __future__ import annotations

import subprocess
import sys
import time

import pytest

from trainer.contract.lease import LeaseTaken, is_held, lease

HOLD = """
import sys, time
from pathlib import Path
from trainer.contract.lease import lease
with lease(Path(sys.argv[1]), "This run"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_only_one_holder_and_death_gives_it_back(tmp_path):
    path = tmp_path / "x.lock"
    assert not is_held(path)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "held\n"
        assert is_held(path)
        with pytest.raises(LeaseTaken, match=str(other.pid)), lease(path, "This run"):
            pass
    finally:
        other.kill()
        other.wait()
    assert not is_held(path)
    with lease(path, "This run"):
        assert is_held(path)
    assert not is_held(path)


def test_asking_often_does_not_keep_a_holder_out(tmp_path):
    path = tmp_path / "x.lock"
    ask = (
        "import sys\nfrom pathlib import Path\nfrom trainer.contract.lease import is_held\n"
        "while True: is_held(Path(sys.argv[1]))"
    )
    path.touch()
    asker = subprocess.Popen([sys.executable, "-c", ask, str(path)])
    try:
        time.sleep(0.3)
        for _ in range(50):
            with lease(path, "This run"):
                pass
    finally:
        asker.kill()
        asker.wait()
