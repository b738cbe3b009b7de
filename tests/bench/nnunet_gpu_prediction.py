"""nnU-Net v2's own predictor on one case on a GPU, phase by phase. Prints JSON.

    python nnunet_gpu_prediction.py MODEL IMAGE OUT [--folds 0] [--device cuda]

As its command line runs it there: everything on the device, fp16 autocast and sums.
"""

from __future__ import annotations

import argparse
import json
import os
import time

os.environ.update(nnUNet_raw="unused", nnUNet_preprocessed="unused", nnUNet_results="unused")
import torch
from nnunetv2.inference.export_prediction import export_prediction_from_logits
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor


def main() -> None:
    """Run the phases and print their seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("image")
    parser.add_argument("out")
    parser.add_argument("--folds", default="0")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device = torch.device(args.device)
    predictor = nnUNetPredictor(use_mirroring=False, device=device, allow_tqdm=False)
    marks = [time.perf_counter()]

    def lap() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        marks.append(time.perf_counter())

    folds = [int(fold) for fold in args.folds.split(",")]
    predictor.initialize_from_trained_model_folder(args.model, folds, "checkpoint_final.pth")
    lap()
    plan = predictor.configuration_manager
    preprocessor = plan.preprocessor_class(verbose=False)
    data, _, facts = preprocessor.run_case(
        [args.image], None, predictor.plans_manager, plan, predictor.dataset_json
    )
    lap()
    logits = predictor.predict_logits_from_preprocessed_data(torch.as_tensor(data)).cpu()
    lap()
    export_prediction_from_logits(
        logits, facts, plan, predictor.plans_manager, predictor.dataset_json, args.out, False
    )
    lap()
    names = ("load", "preprocess", "predict", "export")
    seconds = {
        name: round(end - begun, 2)
        for name, begun, end in zip(names, marks, marks[1:], strict=False)
    }
    print(json.dumps({**seconds, "total": round(marks[-1] - marks[0], 2)}))


if __name__ == "__main__":
    main()
