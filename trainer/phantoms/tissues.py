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
_TYPICAL = (
    "typical radiological values of the phase, as in Prokop & Galanski, Spiral and Multislice "
    "Computed Tomography of the Body (Thieme 2003); set within that range, not fitted to data"
)
_RENAL = (
    "enhancement of cortex 195-217 HU corticomedullary, of medulla up to 145 HU nephrographic, "
    "their difference 110-140 HU and then below 30 HU (128 patients, Eur J Radiol 2007;63:"
    "420-426); mixed protocols have weaker boluses, so the lower part of it"
)
_RCC = (
    "renal cell carcinoma 173 ± 45 HU corticomedullary and 149 ± 34 HU nephrographic where "
    "hypervascular (Urologia 2014, doi 10.5301/uj.5000256); homogeneous papillary 32-100 and "
    "18-91 HU (42 tumors; AJR, Prevalence of low-attenuation homogeneous papillary renal cell "
    "carcinoma mimicking renal cysts on CT); between the two"
)
_CYST = "simple cyst 0-20 HU: Bosniak MA, Radiology 1986;158:1-10"
_TABLE = "a design choice: thin shells of low density around foam, faint on soft-tissue windows"


def _same(mean: float, spread: float, source: str = _SCALE) -> Tissue:
    return Tissue((mean, spread), (mean, spread), source)


TISSUES: dict[str, Tissue] = {
    "air": _same(-1000, 0),
    "skin": _same(35, 8),
    "fat": _same(-103, 5),
    "muscle": _same(58, 5, _TYPICAL),
    "lung": _same(-850, 20),
    "bone": _same(480, 60),
    "marrow": _same(170, 30),
    "disc": _same(85, 8),
    "canal": _same(28, 4),
    "liver": Tissue((72, 8), (108, 10), _TYPICAL),
    "hepatic vessel": Tissue((105, 12), (158, 12), _TYPICAL),
    "spleen": Tissue((125, 12), (122, 10), _TYPICAL),
    "pancreas": Tissue((105, 10), (92, 9), _TYPICAL),
    "aorta": Tissue((260, 30), (155, 14), _TYPICAL),
    "vena cava": Tissue((115, 18), (145, 12), _TYPICAL),
    "renal vein": Tissue((180, 20), (150, 12), _TYPICAL),
    "bowel wall": Tissue((85, 10), (90, 10), _TYPICAL),
    "bowel fluid": _same(22, 10),
    "stool": _same(10, 20),
    "gas": _same(-950, 15),
    "bile": _same(9, 4),
    "kidney cortex": Tissue((186, 15), (168, 12), _RENAL),
    "kidney medulla": Tissue((96, 11), (140, 11), _RENAL),
    "renal pelvis": Tissue((14, 5), (18, 7), _RENAL),
    "tumor": Tissue((94, 11), (98, 11), _RCC),
    "necrosis": Tissue((38, 8), (40, 8), _RCC),
    "cyst": _same(9, 4, _CYST),
    "table shell": _same(-150, 40, _TABLE),
    "table foam": _same(-890, 20, _TABLE),
}


def draw_tissues(rng: np.random.Generator, phase: Phase) -> dict[str, float]:
    """Return one patient's HU per tissue; draws are cut at two SDs."""
    values = {}
    for name, tissue in TISSUES.items():
        mean, spread = tissue.of(phase)
        values[name] = float(mean + spread * np.clip(rng.standard_normal(), -2, 2))
    return values
