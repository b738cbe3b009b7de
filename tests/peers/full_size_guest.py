"""A full-size guest: the same answer as nnU-Net's, and how long each took; by hand, minutes.

PEERS_PYTHON -m tests.peers.full_size_guest IMAGE [--net plain|residual] [--folds N] [--mirror]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

for _name in ("nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results"):
    os.environ.setdefault(_name, "unused")

import numpy as np
import torch

from tests.peers.guest_models import GuestKind, write_guest
from tests.peers.guest_predictions import our_labels, our_probabilities, theirs
from trainer.inference.case_batch import CaseBatch
from trainer.inference.loaded_model import load_model
from trainer.nets.nnunet_import import WhatItSaw, import_nnunet


def main() -> None:
    """Predict one image with both and print how far apart they are, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--net", choices=("plain", "residual"), default="residual")
    parser.add_argument("--transpose", default="0,1,2")
    parser.add_argument("--folds", type=int, default=1)
    parser.add_argument("--mirror", action="store_true")
    parser.add_argument("--stock", action="store_true", help="also nnU-Net with its fp16 sums")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(compare(args, Path(folder)), indent=1))


def compare(args: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Return agreement and seconds."""
    a, b, c = (int(axis) for axis in args.transpose.split(","))
    kind = GuestKind(
        net=args.net,
        folds=args.folds,
        transpose=(a, b, c),
        patch=(80, 160, 160),
        spacing=(3.22, 1.62, 1.62),
        full_size=True,
    )
    guest = write_guest(folder / "guest", kind)
    begun = time.perf_counter()
    import_nnunet(guest, folder / "ours", saw=WhatItSaw(none=True))
    marks = [begun, time.perf_counter()]
    folds = list(range(args.folds))
    expected = theirs(guest, args.image, folds, mirror=args.mirror)
    marks.append(time.perf_counter())
    loaded = load_model(folder / "ours", None, torch.device("cpu"))
    batch = CaseBatch([loaded], folder / "out", mirror=args.mirror)
    batch.run({"case": args.image}, lambda progress: None)
    marks.append(time.perf_counter())
    ours = our_labels(folder / "out/case.nii.gz")
    soft = our_probabilities(folder / "ours", args.image, folds, mirror=args.mirror, wish="auto")
    result: dict[str, object] = {
        "image": args.image.name,
        "labels_equal": float((ours == expected.labels).mean()),
        "probabilities_within": float(np.abs(soft - expected.probabilities).max()),
        "fractions": (np.bincount(expected.labels.ravel()) / expected.labels.size).tolist(),
        "seconds": dict(
            zip(
                ("import", "nnU-Net", "KiTSDesk"),
                np.diff(marks).round(1).tolist(),
                strict=True,
            )
        ),
    }
    if args.stock:
        stock = theirs(guest, args.image, folds, mirror=args.mirror, single=False)
        result["labels_equal_to_stock"] = float((ours == stock.labels).mean())
    return result


if __name__ == "__main__":
    main()
