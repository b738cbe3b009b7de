"""`describe`: a preset's network, its parameters and its cost, as JSON."""

from __future__ import annotations

import argparse
import json
from typing import Any

from trainer.commands.block_numbers import block_numbers
from trainer.contract.network_config import ARCHITECTURES
from trainer.contract.presets import PRESETS, preset


def add_parser(subparsers: Any) -> None:
    """Register the command."""
    parser = subparsers.add_parser("describe", help="a preset's network and its cost, as JSON")
    parser.add_argument("--arch", choices=ARCHITECTURES, default="residual")
    parser.add_argument("--preset", choices=sorted(PRESETS), default="kits2019")
    parser.add_argument("--blocks", type=block_numbers, help="per resolution, such as 1,2,3,4,5,6")
    parser.add_argument("--cysts", action="store_true", help="cysts are a class, not kidney")


def run(args: argparse.Namespace) -> int:
    """Print the description."""
    from trainer.nets.cost import network_cost

    chosen = preset(args.preset)
    if args.cysts:
        chosen = chosen.with_cysts()
    config = chosen.network(args.arch, args.blocks)
    cost = network_cost(config, chosen.plan.patch)
    description = {
        "preset": chosen.name,
        "architecture": args.arch,
        "parameters": cost.parameters,
        "gmac_per_patch": round(cost.gmac, 1),
        "patch": list(chosen.plan.patch),
        "spacing_mm": list(chosen.plan.spacing),
        "network": config.model_dump(mode="json"),
    }
    print(json.dumps(description, indent=1))
    return 0
