from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import time
import numpy as np
from PyQt6.QtCore import QCoreApplication, QObject
from PyQt6 import sip
from kitsdesk.viewer import surface_worker

def slow(mask, spacing, cancelled):
    for _ in range(30):
        time.sleep(0.01)
    return {}

surface_worker.structure_meshes = slow
application = QCoreApplication([])
parent = QObject()
worker = surface_worker.SurfaceWorker(parent)
worker.request(np.zeros((4, 4, 4), np.uint8), (1.0, 1.0, 1.0), wait_ms=0)
while not worker._running:
    application.processEvents()
time.sleep(0.05)
del worker
sip.delete(parent)
print("alive")
"""


def test_a_worker_may_be_dropped_while_its_thread_works():
    """In a process of its own: what would fail is a lock that nothing ends."""
    out = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True, timeout=60
    )
    assert out.stdout.splitlines() == ["alive"]
    assert out.stderr == ""
