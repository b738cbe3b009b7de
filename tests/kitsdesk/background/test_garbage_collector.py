"""In a process of its own: what it changes is the whole process's."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import gc, threading
from PyQt6.QtCore import QCoreApplication, QObject
from kitsdesk.background.garbage_collector import GarbageCollector

application = QCoreApplication([])
died_on = []

class Held(QObject):
    def __init__(self):
        super().__init__()
        self.itself = self
    def __del__(self):
        died_on.append(threading.get_ident())

def allocate():
    for _ in range(200):
        Held()
    cycles = []
    for _ in range(20000):
        cycles.append([cycles])

{collector}
worker = threading.Thread(target=allocate)
for _ in range(200):
    Held()
worker.start()
worker.join()
on_worker = sum(ident == worker.ident for ident in died_on)
while application is not None and {collects} and len(died_on) < 400:
    application.processEvents()
print(on_worker, sum(ident == threading.get_ident() for ident in died_on))
"""


def printed(script: str) -> list[str]:
    return subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    ).stdout.split()


def died(collector: str) -> tuple[int, int]:
    on_worker, here = printed(SCRIPT.format(collector=collector, collects=bool(collector)))
    return int(on_worker), int(here)


def test_nothing_dies_on_a_thread_that_allocates():
    on_worker, on_window = died("collector = GarbageCollector()")
    assert on_worker == 0
    assert on_window == 400


def test_python_itself_lets_them_die_there():
    on_worker, _ = died("")
    assert on_worker > 0


def test_python_collects_again_when_it_is_gone():
    lines = [
        "import gc",
        "from PyQt6 import sip",
        "from PyQt6.QtCore import QCoreApplication",
        "from kitsdesk.background.garbage_collector import GarbageCollector",
        "application = QCoreApplication([])",
        "collector = GarbageCollector()",
        "print(gc.isenabled(), gc.get_freeze_count() > 0)",
        "sip.delete(collector)",
        "print(gc.isenabled(), gc.get_freeze_count() > 0)",
    ]
    assert printed("\n".join(lines)) == ["False", "True", "True", "False"]
