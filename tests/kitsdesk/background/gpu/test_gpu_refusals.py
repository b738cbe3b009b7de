"""Why GPU support cannot be installed, said with numbers.

No test machine needs an NVIDIA card: where one is needed, a script stands in for `nvidia-smi`
and prints what that prints.
"""

from __future__ import annotations

import os
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from kitsdesk.background.gpu import gpu_plan, nvidia_cards
from kitsdesk.background.gpu.cuda_builds import INDEX_VARIABLE, choose_build
from kitsdesk.background.gpu.nvidia_cards import Card, NoGpuSupport

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


@pytest.fixture
def smi(tmp_path, monkeypatch):
    """Put an nvidia-smi in front of PATH that runs `body`."""

    def put(body: str) -> None:
        folder = tmp_path / "driver"
        folder.mkdir()
        script = folder / "nvidia-smi"
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return put


@pytest.fixture
def bus(tmp_path, monkeypatch):
    """Give the computer a PCI bus with displays of these vendors, and no nvidia-smi."""

    def put(*vendors: str) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(nvidia_cards, "_PCI", tmp_path / "pci")
        for number, vendor in enumerate(vendors):
            device = tmp_path / "pci" / str(number)
            device.mkdir(parents=True)
            (device / "class").write_text("0x030000\n")
            (device / "vendor").write_text(f"{vendor}\n")

    return put


def card(driver: str, capability: tuple[int, int] | None) -> Card:
    return Card("A card", driver, 24.0, capability)


def test_no_card_is_told_with_what_was_counted(bus):
    bus("0x8086", "0x1002")
    with pytest.raises(NoGpuSupport, match="no NVIDIA GPU: none of its 2 graphics devices"):
        gpu_plan.plan_gpu_support()


def test_a_card_without_a_driver_is_another_refusal(bus):
    bus("0x10de")
    with pytest.raises(NoGpuSupport, match="1 NVIDIA card, but no driver"):
        gpu_plan.plan_gpu_support()


def test_the_cards_are_read_as_the_driver_tells_them(smi):
    smi("echo 'NVIDIA H200, 580.95.05, 143771, 9.0'; echo 'NVIDIA L4, 580.95.05, 23034, 8.9'")
    # The driver's tool asks for memory before capability, as this program does.
    first, second = nvidia_cards.nvidia_cards()
    assert (first.name, first.driver, first.capability) == ("NVIDIA H200", "580.95.05", (9, 0))
    assert 150 < first.memory_gb < 151
    assert second.name == "NVIDIA L4"


def test_a_driver_that_does_not_answer_is_quoted(smi):
    smi('echo "NVIDIA-SMI has failed because it couldn\'t communicate with the driver."; exit 9')
    with pytest.raises(NoGpuSupport, match=r"ended with 9.*couldn't communicate"):
        nvidia_cards.nvidia_cards()


def test_an_old_driver_that_knows_no_capability_is_asked_again(smi):
    smi(
        'case "$1" in *compute_cap*) echo \'Field "compute_cap" is not valid\'; exit 2;; esac\n'
        "echo 'GeForce GTX 1080, 470.82.01, 8119'"
    )
    (only,) = nvidia_cards.nvidia_cards()
    assert only.capability is None
    with pytest.raises(NoGpuSupport, match=r"470\.82\.01 is too old: .* needs 525 or newer"):
        choose_build([only])


@pytest.mark.parametrize(
    ("driver", "capability", "build"),
    [
        ("580.65.06", (9, 0), "cu130"),
        ("570.124.06", (9, 0), "cu126"),
        ("535.183.01", (6, 1), "cu126"),
        ("590.44", (7, 0), "cu126"),
        ("590.44", (12, 0), "cu130"),
    ],
)
def test_the_build_follows_driver_and_card(driver, capability, build):
    assert choose_build([card(driver, capability)]).name == build


def test_a_new_card_under_an_old_driver_needs_a_newer_driver():
    with pytest.raises(NoGpuSupport, match=r"570\.10 is too old: .* needs 580"):
        choose_build([card("570.10", (12, 0))])


def test_a_card_older_than_every_build_is_refused():
    with pytest.raises(NoGpuSupport, match=r"compute capability 3\.5.*5\.0"):
        choose_build([card("580.10", (3, 5))])


def test_a_full_disk_is_told_in_gigabytes(tmp_path):
    with pytest.raises(NoGpuSupport, match=r"needs 9999999 GB .* GB free"):
        gpu_plan.require_disk(tmp_path / "not" / "there", 9_999_999)


def test_a_network_that_does_not_answer_is_named(monkeypatch):
    # Nothing listens on the discard port of loopback.
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(NoGpuSupport, match=r"http://127\.0\.0\.1:9/torch/ cannot be reached"):
        gpu_plan.require_network("http://127.0.0.1:9")


def test_a_computer_without_python_and_uv_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr(gpu_plan, "is_frozen", lambda: True)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(NoGpuSupport, match=r"Python 3\.11 to 3\.14"):
        gpu_plan.environment_maker(tmp_path / "gpu")


def test_an_installation_that_fits_is_planned_whole(smi, tmp_path, monkeypatch):
    smi("echo 'NVIDIA RTX A6000, 550.54.14, 49140, 8.6'")
    (tmp_path / "torch").mkdir()
    monkeypatch.chdir(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv(INDEX_VARIABLE, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(gpu_plan.require_disk, "__defaults__", (0.001,))
    plan = gpu_plan.plan_gpu_support()
    server.shutdown()
    server.server_close()
    assert plan.build == "cu126"
    assert plan.torch == f"torch=={gpu_plan.pinned('torch')}"
    assert plan.make[-1] == str(plan.folder)
    assert Path(plan.constraints).is_file()
