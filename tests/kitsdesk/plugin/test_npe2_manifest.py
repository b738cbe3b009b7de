"""The manifest as npe2 reads it, and the desk that stays apart from every plugin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from npe2 import PluginManifest

import kitsdesk.plugin
from kitsdesk.plugin.phantom_sample import phantom

YAML = Path(kitsdesk.plugin.__file__).with_name("napari.yaml")
CANVAS = """
import sys
from PyQt6.QtWidgets import QApplication
application = QApplication([])
from kitsdesk.viewer.napari_canvas import NapariCanvas
canvas = NapariCanvas()
canvas.model.add_labels(__import__("numpy").zeros((3, 3, 3), "uint8"))
from npe2 import PluginManager
found = [manifest.name for manifest in PluginManager.instance().iter_manifests()]
assert not found, found
print("apart")
import os
sys.stdout.flush()
os._exit(0)
"""


def test_the_manifest_is_valid_and_every_command_can_be_imported():
    manifest = PluginManifest.from_file(YAML)
    manifest.validate_imports()
    contributed = manifest.contributions
    assert contributed.readers
    assert contributed.readers[0].accepts_directories
    assert [item.command for item in contributed.menus["napari/layers/segment"]] == [
        "kitsdesk.predict"
    ]


def test_the_sample_is_a_ct_with_its_mask_on_one_grid():
    (ct, ct_layer, kind), (mask, mask_layer, mask_kind) = phantom()
    assert (kind, mask_kind) == ("image", "labels")
    assert ct.shape == mask.shape
    assert np.array_equal(ct_layer["translate"], mask_layer["translate"])
    assert set(np.unique(mask)) == {0, 1, 2}
    assert ct[mask == 1].mean() > ct[mask == 0].mean()


@pytest.mark.gui
def test_the_desks_canvases_load_no_plugin():
    done = subprocess.run(
        [sys.executable, "-c", CANVAS], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "apart" in done.stdout
