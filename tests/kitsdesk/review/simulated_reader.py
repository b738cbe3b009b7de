from __future__ import annotations

import numpy as np

from kitsdesk.review.fault_model import Evidence


def reader(n=120, prevalence=0.1, skill=0.8, reviewed=60, seed=0):
    """Cases whose suspicion tells of faults, the most suspicious reviewed by such a reader."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(n) < prevalence
    suspicion = np.where(wrong, rng.beta(5, 2, n), rng.beta(2, 8, n))
    first = set(np.argsort(-suspicion)[:reviewed])
    cases = [
        Evidence(
            f"case_{i:05d}",
            float(suspicion[i]),
            None,
            bool(wrong[i] and rng.random() < skill) if i in first else None,
        )
        for i in range(n)
    ]
    return cases, wrong
