"""HU values of every tissue in two contrast phases, with their sources.

`mean` and `spread` describe patients: each phantom draws one value per tissue. The texture
inside an organ comes on top where it is painted. docs/phantoms.md shows the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Phase = Literal["corticomedullary", "nephrographic"]
PHASES: tuple[Phase, ...] = ("corticomedullary", "nephrographic")


@dataclass(frozen=True)
class Tissue:
    """Mean and between-patient SD in HU, in the corticomedullary and the nephrographic phase."""

    corticomedullary: tuple[float, float]
    nephrographic: tuple[float, float]
    source: str

    def of(self, phase: Phase) -> tuple[float, float]:
        """Return (mean, SD) in HU in `phase`."""
        return self.corticomedullary if phase == "corticomedullary" else self.nephrographic


_SCALE = "Hounsfield scale: Buzug, Computed Tomography (Springer 2008), p. 475"
_PHASES = "organ enhancement by phase: Prokop & Galanski, Spiral and Multislice CT (Thieme 2003)"
_RENAL = (
    "enhancement of cortex 195-217 HU corticomedullary, of medulla up to 145 HU nephrographic, "
    "their difference 110-140 HU and then below 30 HU (128 patients, Eur J Radiol 2007;63:"
    "420-426), above 30-40 HU unenhanced; later and weaker boluses as in mixed data are lower"
)
_RCC = (
    "renal cell carcinoma 173 ± 45 HU corticomedullary and 149 ± 34 HU nephrographic where "
    "hypervascular (Urologia 2014, doi 10.5301/uj.5000256); homogeneous papillary 32-100 and "
    "18-91 HU (114 patients, AJR 2018); the mixture's middle"
)


def _same(mean: float, spread: float, source: str = _SCALE) -> Tissue:
    return Tissue((mean, spread), (mean, spread), source)


TISSUES: dict[str, Tissue] = {
    "air": _same(-1000, 0),
    "skin": _same(35, 8),
    "fat": _same(-103, 5),
    "muscle": _same(58, 5, _PHASES),
    "lung": _same(-850, 20),
    "bone": _same(480, 60),
    "marrow": _same(170, 30),
    "disc": _same(85, 8),
    "canal": _same(28, 4),
    "liver": Tissue((72, 8), (108, 10), _PHASES),
    "hepatic vessel": Tissue((105, 12), (158, 12), _PHASES),
    "spleen": Tissue((125, 12), (122, 10), _PHASES),
    "pancreas": Tissue((105, 10), (92, 9), _PHASES),
    "aorta": Tissue((260, 30), (155, 14), _PHASES),
    "vena cava": Tissue((115, 18), (145, 12), _PHASES),
    "renal vein": Tissue((180, 20), (150, 12), _PHASES),
    "bowel wall": Tissue((85, 10), (90, 10), _PHASES),
    "bowel fluid": _same(22, 10),
    "stool": _same(10, 20),
    "gas": _same(-950, 15),
    "bile": _same(9, 4),
    "kidney cortex": Tissue((186, 15), (168, 12), _RENAL),
    "kidney medulla": Tissue((98, 11), (144, 11), _RENAL),
    "renal pelvis": Tissue((14, 5), (18, 7), _RENAL),
    "tumor": Tissue((130, 16), (122, 14), _RCC),
    "necrosis": Tissue((38, 8), (40, 8), _RCC),
    "cyst": _same(9, 4, "simple cyst 0-20 HU: Bosniak MA, Radiology 1986;158:1-10"),
    "table shell": _same(-150, 40, "carbon fibre and foam, measured range of scanner tables"),
    "table foam": _same(-890, 20, "carbon fibre and foam, measured range of scanner tables"),
}


def draw_tissues(rng: np.random.Generator, phase: Phase) -> dict[str, float]:
    """Return one patient's HU per tissue; draws are cut at two SDs."""
    values = {}
    for name, tissue in TISSUES.items():
        mean, spread = tissue.of(phase)
        values[name] = float(mean + spread * np.clip(rng.standard_normal(), -2, 2))
    return values
