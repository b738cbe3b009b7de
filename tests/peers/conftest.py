"""nnU-Net wants three folders before it is imported; nothing is read from them here."""

from __future__ import annotations

import os

for _name in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"):
    os.environ.setdefault(_name, "unused")
